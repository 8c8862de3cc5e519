//! Everybody who means harm, one file each.
//!
//! # Invariants
//! - A liar has only its own keys, what its node sees, and what it can say; it cannot change state.
//!
//! # Not here
//! - What must hold in spite of them (`oracles`).

mod appeal_farmer;
mod appeal_griefer;
mod censor;
mod copier;
mod equivocator;
mod flooder;
mod grinder;
mod late_revealer;
mod lazy_voter;
mod non_revealer;
mod result_forger;
mod ring;
mod silent_leader;
mod slash_evader;
mod stake_splitter;

use crate::wallet::Wallet;
use crate::{
    dice::Dice,
    models::Models,
    node::{Duty, Node},
    parcel::Parcel,
    scenario::Scenario,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use venire_node::core::{Key, Snapshot};
use venire_protocol::{Input, Params, view};
use venire_types::{Address, B256};

/// What somebody says, and how.
#[derive(Clone, Debug)]
pub struct Said {
    /// The words.
    pub input: Input,
    /// Milliseconds from now.
    pub after_ms: u64,
    /// Only to these nodes; `None` for everybody who proposes.
    pub only: Option<Vec<usize>>,
}

impl Said {
    /// At once, to everybody.
    #[must_use]
    pub const fn now(input: Input) -> Self {
        Self {
            input,
            after_ms: 0,
            only: None,
        }
    }

    /// Later, to everybody.
    #[must_use]
    pub const fn later(input: Input, after_ms: u64) -> Self {
        Self {
            input,
            after_ms,
            only: None,
        }
    }
}

/// What a liar has in its hand.
pub struct Hand<'a> {
    /// The node it works at.
    pub node: &'a mut Node,
    /// The models, which it can ask as any validator.
    pub models: &'a Models,
    /// The rules.
    pub params: &'a Params,
    /// Milliseconds since 1970.
    pub now_ms: u64,
    /// Chance.
    pub dice: &'a mut Dice,
}

impl Hand<'_> {
    /// What an honest validator would say.
    pub fn honest(&mut self, duty: &Duty) -> Option<Input> {
        self.node.speak(self.models, duty)
    }
}

/// Somebody who means harm. What it does not do is done honestly.
pub trait Liar {
    /// Accounts that it spends from.
    fn accounts(&self) -> Vec<Address> {
        Vec::new()
    }

    /// A validator of its own has something to do; `None` to do it honestly.
    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let _ = (hand, duty);
        None
    }

    /// The proposer of a view fills a block; a liar that runs the node may change it.
    fn on_draft(&mut self, proposer: usize, parcels: &mut Vec<Arc<Parcel>>) {
        let _ = (proposer, parcels);
    }

    /// Time passes.
    fn on_view(&mut self, hand: &mut Hand<'_>, view: u64) -> Vec<Said> {
        let _ = (hand, view);
        Vec::new()
    }
}

/// Transactions that are decided and can be appealed against, as far as a node knows.
fn decided(snapshot: &Snapshot) -> Vec<B256> {
    let open = view::open(snapshot).unwrap_or_default();
    let is_decided = |tx: &B256| {
        snapshot
            .record(*tx)
            .is_some_and(|record| record.is_decided())
    };
    open.into_iter().filter(is_decided).collect()
}

/// All kinds of liars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiarKind {
    /// Leads and says nothing.
    SilentLeader,
    /// Agrees with everything unseen.
    LazyVoter,
    /// Says what others said.
    Copier,
    /// Says two things.
    Equivocator,
    /// Opens its votes too late.
    LateRevealer,
    /// Never opens its votes.
    NonRevealer,
    /// Leads with a result that was not computed.
    ResultForger,
    /// A quarter of the validators act as one.
    Ring,
    /// Lies as leader and appeals as user.
    AppealFarmer,
    /// Appeals against everything.
    AppealGriefer,
    /// Stakes as many.
    StakeSplitter,
    /// Leaves before it is slashed.
    SlashEvader,
    /// Wants to choose its committee.
    Grinder,
    /// Leaves things out of blocks.
    Censor,
    /// Sends rubbish.
    Flooder,
}

/// Validators that a splitter makes.
const SPLIT: u32 = 5;

impl LiarKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::SilentLeader,
        Self::LazyVoter,
        Self::Copier,
        Self::Equivocator,
        Self::LateRevealer,
        Self::NonRevealer,
        Self::ResultForger,
        Self::Ring,
        Self::AppealFarmer,
        Self::AppealGriefer,
        Self::StakeSplitter,
        Self::SlashEvader,
        Self::Grinder,
        Self::Censor,
        Self::Flooder,
    ];

    /// Name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SilentLeader => "silent leader",
            Self::LazyVoter => "lazy voter",
            Self::Copier => "copier",
            Self::Equivocator => "equivocator",
            Self::LateRevealer => "late revealer",
            Self::NonRevealer => "non-revealer",
            Self::ResultForger => "result forger",
            Self::Ring => "ring",
            Self::AppealFarmer => "appeal farmer",
            Self::AppealGriefer => "appeal griefer",
            Self::StakeSplitter => "stake splitter",
            Self::SlashEvader => "slash evader",
            Self::Grinder => "grinder",
            Self::Censor => "censor",
            Self::Flooder => "flooder",
        }
    }

    /// Those of a random world: at most one in five validators lies, a ring aside.
    #[must_use]
    pub fn some(dice: &mut Dice, validators: usize) -> Vec<Self> {
        let most = (validators / 5).min(4);
        let count = dice.index(most + 1);
        (0..count)
            .filter_map(|_| dice.pick(Self::ALL).copied())
            .collect()
    }

    /// The liar, and the validators that it speaks for.
    #[must_use]
    pub fn hire(self, hiring: &mut Hiring<'_>) -> (Box<dyn Liar>, Vec<Address>) {
        let one = |hiring: &mut Hiring<'_>| hiring.buy(1);
        match self {
            Self::SilentLeader => (Box::new(silent_leader::SilentLeader), one(hiring)),
            Self::LazyVoter => (Box::new(lazy_voter::LazyVoter), one(hiring)),
            Self::Copier => {
                let bought = one(hiring);
                let copier = copier::Copier {
                    keys: hiring.keys_of(&bought),
                    waiting: Vec::new(),
                };
                (Box::new(copier), bought)
            }
            Self::Equivocator => {
                let nodes = hiring.scenario.nodes;
                let others = BTreeMap::new();
                let equivocator = equivocator::Equivocator { nodes, others };
                (Box::new(equivocator), one(hiring))
            }
            Self::LateRevealer => (Box::new(late_revealer::LateRevealer), one(hiring)),
            Self::NonRevealer => (Box::new(non_revealer::NonRevealer), one(hiring)),
            Self::ResultForger => {
                let switches = hiring.dice.chance(500);
                (
                    Box::new(result_forger::ResultForger { switches }),
                    one(hiring),
                )
            }
            Self::Ring => {
                let bought = hiring.buy(hiring.scenario.validators / 4);
                let members = bought.iter().copied().collect();
                (Box::new(ring::Ring { members }), bought)
            }
            Self::AppealFarmer
            | Self::AppealGriefer
            | Self::StakeSplitter
            | Self::SlashEvader
            | Self::Grinder
            | Self::Censor
            | Self::Flooder => self.hire_user(hiring),
        }
    }

    /// Those whose harm is what they send, not how they judge.
    fn hire_user(self, hiring: &mut Hiring<'_>) -> (Box<dyn Liar>, Vec<Address>) {
        match self {
            Self::AppealFarmer => {
                let farmer = appeal_farmer::AppealFarmer {
                    partner: hiring.account("farmer"),
                    sown: BTreeSet::new(),
                };
                (Box::new(farmer), hiring.buy(1))
            }
            Self::AppealGriefer => {
                let griefer = appeal_griefer::AppealGriefer {
                    account: hiring.account("griefer"),
                    left: 12,
                };
                (Box::new(griefer), Vec::new())
            }
            Self::StakeSplitter => (Box::new(hiring.splitter()), Vec::new()),
            Self::SlashEvader => hiring.evader(),
            Self::Grinder => {
                let bought = hiring.buy(2);
                let grinder = grinder::Grinder {
                    account: hiring.account("grinder"),
                    validators: bought.iter().copied().collect(),
                    left: 10,
                    sent: Vec::new(),
                    tried: BTreeSet::new(),
                };
                (Box::new(grinder), bought)
            }
            Self::Censor => {
                let all: Vec<Address> = hiring.keys.keys().copied().collect();
                let censor = censor::Censor {
                    node: hiring.dice.index(hiring.scenario.nodes),
                    victims: hiring.dice.some(&all, 3).into_iter().collect(),
                };
                (Box::new(censor), Vec::new())
            }
            _ => {
                let flooder = flooder::Flooder {
                    key: hiring.key("flooder", 0),
                    account: hiring.account("flooder"),
                    left: 40,
                };
                (Box::new(flooder), Vec::new())
            }
        }
    }
}

/// Where liars come from.
pub struct Hiring<'a> {
    /// The world.
    pub scenario: &'a Scenario,
    /// Secret of the world, from which keys follow.
    pub secret: B256,
    /// Keys of the validators of genesis that are honest so far.
    pub keys: BTreeMap<Address, Key>,
    /// Chance.
    pub dice: &'a mut Dice,
    /// Liars so far: no two share an account.
    pub hired: u32,
    /// Keys of validators that were bought.
    pub bought: BTreeMap<Address, Key>,
}

impl Hiring<'_> {
    /// Buys honest validators.
    fn buy(&mut self, count: usize) -> Vec<Address> {
        let honest: Vec<Address> = self.keys.keys().copied().collect();
        let some = self.dice.some(&honest, count);
        for address in &some {
            if let Some(key) = self.keys.remove(address) {
                self.bought.insert(*address, key);
            }
        }
        some
    }

    fn keys_of(&self, bought: &[Address]) -> BTreeMap<Address, Key> {
        let keys = bought.iter().filter_map(|address| self.bought.get(address));
        keys.map(|key| (key.address(), key.clone())).collect()
    }

    fn key(&self, purpose: &str, index: u32) -> Key {
        let index = self.hired.saturating_mul(1_000).saturating_add(index);
        Key::derive(self.secret, purpose, index)
    }

    fn account(&self, purpose: &str) -> Wallet {
        let key = self.key(purpose, 0);
        Wallet::of(key, self.scenario.params.chain_id)
    }

    fn splitter(&self) -> stake_splitter::StakeSplitter {
        let keys = (1..=SPLIT).map(|index| self.key("splitter", index));
        stake_splitter::StakeSplitter {
            account: self.account("splitter"),
            keys: keys.collect(),
        }
    }

    fn evader(&mut self) -> (Box<dyn Liar>, Vec<Address>) {
        let bought = self.buy(1);
        let key = self.keys_of(&bought).into_values().next();
        let key = key.unwrap_or_else(|| self.key("evader", 0));
        let evader = slash_evader::SlashEvader {
            owner: Wallet::of(key, self.scenario.params.chain_id),
            offences: 0,
            last_ms: 0,
        };
        (Box::new(evader), bought)
    }
}
