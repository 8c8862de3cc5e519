//! Everything that a seed decides: size, rules, links, models, faults, liars and work.
//!
//! # Invariants
//! - Faults end before the work does, so that liveness can be asked for afterwards.

use crate::{dice::Dice, liars::LiarKind, models::Models, net::Links};
use std::collections::BTreeSet;
use venire_protocol::{FeeParams, Params, stake::StakeParams};
use venire_types::U256;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The power of a node goes.
    Crash {
        /// Which.
        node: usize,
    },
    /// Nodes are cut off from the others.
    Cut {
        /// Which.
        nodes: BTreeSet<usize>,
    },
}

/// When something goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Milliseconds after the beginning.
    pub at_ms: u64,
    /// For so long.
    pub for_ms: u64,
    /// What.
    pub fault: Fault,
}

/// A world before it begins.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Decides everything that is left open.
    pub seed: u64,
    /// Nodes.
    pub nodes: usize,
    /// Validators of genesis, spread over the nodes.
    pub validators: usize,
    /// Honest users.
    pub users: usize,
    /// Transactions that they send.
    pub transactions: u32,
    /// Transactions a second, while there are any left.
    pub rate: u64,
    /// Milliseconds between two blocks, at least.
    pub pace_ms: u64,
    /// The rules.
    pub params: Params,
    /// The links.
    pub links: Links,
    /// The models.
    pub models: Models,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
    /// Who lies.
    pub liars: Vec<LiarKind>,
    /// Honest users object to wrong verdicts.
    pub watch: bool,
    /// Whether users only call; else they do everything that users can.
    pub plain: bool,
}

/// Rules with short times, so that epochs turn and appeals end within a minute.
fn brisk(paid: bool) -> Params {
    let stake = StakeParams {
        epoch_ms: 20_000,
        epoch_zero_ms: 20_000,
        epochs_wake: true,
        validator_min: U256::from(10).pow(U256::from(18)),
        delegator_min: U256::from(10).pow(U256::from(15)),
        operator_delay_ms: 5_000,
        active_min: 8,
        ..StakeParams::public()
    };
    let stake = StakeParams {
        first_epoch: StakeParams::local().first_epoch,
        ..stake
    };
    let fees = if paid {
        FeeParams::paid()
    } else {
        FeeParams::local()
    };
    Params {
        propose_timeout_ms: 6_000,
        commit_timeout_ms: 6_000,
        reveal_timeout_ms: 4_000,
        grace_ms: 500,
        finality_window_ms: 5_000,
        fees,
        stake,
        ..Params::local()
    }
}

impl Scenario {
    /// The world of a seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "scenario");
        let nodes = usize::try_from(dice.between(4, 12)).unwrap_or(4);
        let validators = nodes * usize::try_from(dice.between(2, 4)).unwrap_or(2);
        let paid = dice.chance(500);
        let mut params = brisk(paid);
        if dice.chance(250) {
            params.stake.idle_bps = 0;
            params.stake.strikes_max = 0;
        }
        let loss = if dice.chance(500) {
            dice.between(1, 100)
        } else {
            0
        };
        let slow = if dice.chance(250) {
            BTreeSet::from([dice.index(nodes)])
        } else {
            BTreeSet::new()
        };
        let links = Links {
            delay_ms: dice.between(1, 60),
            jitter_ms: dice.between(0, 150),
            loss,
            slow,
        };
        let models = Models {
            seed,
            families: dice.between(1, 5),
            accuracy: dice.between(650, 1_000),
            correlation: dice.between(0, 800),
            outage: if dice.chance(300) {
                dice.between(1, 150)
            } else {
                0
            },
            latency_ms: dice.between(5, 200),
            spread_ms: dice.between(0, 800),
        };
        let transactions = u32::try_from(dice.between(10, 40)).unwrap_or(10);
        let rate = dice.between(1, 8);
        let span_ms = 1_000 * u64::from(transactions) / rate + 20_000;
        let troubles = troubles(&mut dice, nodes, span_ms);
        let liars = LiarKind::some(&mut dice, validators);
        Self {
            seed,
            nodes,
            validators,
            users: 6,
            transactions,
            rate,
            pace_ms: dice.between(50, 400),
            params,
            links,
            models,
            troubles,
            liars,
            watch: dice.chance(500),
            plain: false,
        }
    }

    /// A world without faults and liars, for measuring.
    #[must_use]
    pub fn calm(seed: u64, nodes: usize, validators: usize, transactions: u32) -> Self {
        let models = Models {
            seed,
            families: 4,
            accuracy: 1_000,
            correlation: 0,
            outage: 0,
            latency_ms: 50,
            spread_ms: 100,
        };
        let links = Links {
            delay_ms: 20,
            jitter_ms: 20,
            loss: 0,
            slow: BTreeSet::new(),
        };
        Self {
            seed,
            nodes,
            validators,
            users: 16,
            transactions,
            rate: 100,
            pace_ms: 200,
            params: brisk(false),
            links,
            models,
            troubles: Vec::new(),
            liars: Vec::new(),
            watch: false,
            plain: true,
        }
    }

    /// When the last trouble is over, milliseconds after the beginning.
    #[must_use]
    pub fn healed_ms(&self) -> u64 {
        let ends = self
            .troubles
            .iter()
            .map(|trouble| trouble.at_ms + trouble.for_ms);
        ends.max().unwrap_or_default()
    }
}

/// Crashes and cuts that leave more than two thirds of the nodes at work most of the time.
fn troubles(dice: &mut Dice, nodes: usize, span_ms: u64) -> Vec<Trouble> {
    let mut all = Vec::new();
    let few = (nodes - 1) / 3;
    if few == 0 {
        return all;
    }
    for _ in 0..dice.below(5) {
        let at_ms = dice.between(1_000, span_ms);
        let for_ms = dice.between(500, 15_000);
        let fault = if dice.chance(600) {
            Fault::Crash {
                node: dice.index(nodes),
            }
        } else {
            let everyone: Vec<usize> = (0..nodes).collect();
            let count = 1 + dice.index(nodes / 2);
            Fault::Cut {
                nodes: dice.some(&everyone, count).into_iter().collect(),
            }
        };
        all.push(Trouble {
            at_ms,
            for_ms,
            fault,
        });
    }
    // Now and then the whole network loses its power at once.
    if dice.chance(100) {
        let at_ms = dice.between(1_000, span_ms);
        all.extend((0..nodes).map(|node| Trouble {
            at_ms,
            for_ms: 2_000,
            fault: Fault::Crash { node },
        }));
    }
    all
}
