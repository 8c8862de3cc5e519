//! Everybody who means harm, one file each.
//!
//! # Invariants
//! - A liar has only its own keys, what its node sees, and what it can say; it cannot change state.
//!
//! # Not here
//! - What must hold in spite of them (`oracles`).

mod silent_leader;

use crate::{
    dice::Dice,
    models::Models,
    node::{Duty, Node},
    parcel::Parcel,
    scenario::Scenario,
};
use std::sync::Arc;
use venire_protocol::{Input, Params};
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

/// All kinds of liars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiarKind {
    /// Leads and says nothing.
    SilentLeader,
}

impl LiarKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::SilentLeader];

    /// Name in reports and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SilentLeader => "silent leader",
        }
    }

    /// Those of a random world.
    #[must_use]
    pub fn some(dice: &mut Dice, validators: usize) -> Vec<Self> {
        let most = (validators / 5).min(4);
        let count = dice.index(most + 1);
        (0..count)
            .filter_map(|_| dice.pick(Self::ALL).copied())
            .collect()
    }

    /// The liar, and the validators whose keys it has.
    #[must_use]
    pub fn hire(
        self,
        scenario: &Scenario,
        secret: B256,
        validators: &[Address],
        dice: &mut Dice,
    ) -> (Box<dyn Liar>, Vec<Address>) {
        let _ = (scenario, secret);
        match self {
            Self::SilentLeader => {
                let keys = dice.some(validators, 1);
                (Box::new(silent_leader::SilentLeader), keys)
            }
        }
    }
}
