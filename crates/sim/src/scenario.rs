//! Everything that a seed decides: size, rules, links, models, faults, liars and work.
//!
//! # Invariants
//! - Faults end before the work does, so that liveness can be asked for afterwards.

use crate::{dice::Dice, liars::LiarKind, models::Models, net::Links};
use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};
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
    /// No model of a family can be reached.
    Down {
        /// Which.
        family: u64,
    },
    /// All models of a family take longer than a phase lasts.
    Slow {
        /// Which.
        family: u64,
    },
}

/// What people of some worlds do and those of others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Habit {
    /// Object to wrong verdicts and to decisions without one.
    Watch,
    /// Say what they pay for, down to the messages.
    Terms,
    /// Own validators and delegate, with short epochs.
    Stake,
    /// Hold transactions back until they start them.
    Park,
    /// Write contracts that are not deterministic.
    Drift,
    /// Write contracts that do what the model says.
    Choose,
    /// Do nothing but call.
    Plain,
}

/// Rules that are in force from a block on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first block.
    pub height: u64,
    /// The rules from then on.
    pub params: Params,
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
    /// The rules at the beginning.
    pub params: Params,
    /// Prices change once.
    pub change: Option<Change>,
    /// The links.
    pub links: Links,
    /// The models.
    pub models: Models,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
    /// Who lies.
    pub liars: Vec<LiarKind>,
    /// What its people do.
    pub habits: BTreeSet<Habit>,
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
        let links = links(&mut dice, nodes);
        let mut models = models(&mut dice, seed);
        let transactions = u32::try_from(dice.between(10, 40)).unwrap_or(10);
        let rate = dice.between(1, 8);
        let span_ms = 1_000 * u64::from(transactions) / rate + 20_000;
        let mut troubles = troubles(&mut dice, nodes, span_ms);
        let mut liars = LiarKind::some(&mut dice, validators);
        let pace_ms = dice.between(50, 400);
        let habits = habits(&mut dice, paid);
        if habits.contains(&Habit::Choose) {
            models.accuracy = dice.between(600, 800);
        }
        if dice.chance(300) {
            troubles.extend(outages(&mut dice, models.families, span_ms));
        }
        if dice.chance(150) {
            liars.extend([LiarKind::ResultForger; 3]);
        }
        if habits.contains(&Habit::Stake) {
            params.stake = quick(params.stake);
        }
        params.manual = habits.contains(&Habit::Park);
        let change = change(&mut dice, &params);
        Self {
            seed,
            nodes,
            validators,
            users: 6,
            transactions,
            rate,
            pace_ms,
            params,
            change,
            links,
            models,
            troubles,
            liars,
            habits,
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
            down: 0,
            slow: 0,
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
            change: None,
            links,
            models,
            troubles: Vec::new(),
            liars: Vec::new(),
            habits: BTreeSet::from([Habit::Plain]),
        }
    }

    /// Whether its people do that.
    #[must_use]
    pub fn has(&self, habit: Habit) -> bool {
        self.habits.contains(&habit)
    }

    /// The rules that hold for a block.
    #[must_use]
    pub fn params_at(&self, height: u64) -> &Params {
        let change = self.change.as_ref();
        let change = change.filter(|change| change.height <= height);
        change.map_or(&self.params, |change| &change.params)
    }

    /// All rules, by the first block for which they hold.
    #[must_use]
    pub fn rules(&self) -> BTreeMap<u64, Params> {
        let first = (0, self.params.clone());
        let change = self.change.as_ref();
        let later = change.map(|change| (change.height, change.params.clone()));
        iter::once(first).chain(later).collect()
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
    // Some lose their power together: who else judges has to do without them.
    if dice.chance(300) {
        let everyone: Vec<usize> = (0..nodes).collect();
        let count = 1 + dice.index(few);
        let (at_ms, for_ms) = (dice.between(1_000, span_ms), dice.between(5_000, 12_000));
        let together = dice.some(&everyone, count).into_iter();
        all.extend(together.map(|node| Trouble {
            at_ms,
            for_ms,
            fault: Fault::Crash { node },
        }));
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

/// What people of a world do.
fn habits(dice: &mut Dice, paid: bool) -> BTreeSet<Habit> {
    let mut habits = BTreeSet::new();
    for (habit, chance) in [
        (Habit::Watch, 500),
        (Habit::Terms, if paid { 600 } else { 100 }),
        (Habit::Stake, 250),
        (Habit::Park, 150),
        (Habit::Drift, 150),
        (Habit::Choose, 300),
    ] {
        if dice.chance(chance) {
            habits.insert(habit);
        }
    }
    // What was chosen by a wrong verdict shows only when somebody objects; what only a held back
    // transaction makes possible for an epoch, only where there are both.
    if habits.contains(&Habit::Choose) {
        habits.insert(Habit::Watch);
    }
    if habits.contains(&Habit::Stake) && dice.chance(400) {
        habits.insert(Habit::Park);
    }
    habits
}

/// Epochs as short as transactions are, so that whoever joins can leave within a minute.
fn quick(stake: StakeParams) -> StakeParams {
    StakeParams {
        epoch_ms: 4_000,
        epoch_zero_ms: 4_000,
        activation_epochs: 1,
        slash_delay_epochs: 1,
        unbonding_epochs: 3,
        operator_delay_ms: 2_000,
        ..stake
    }
}

/// Families of models that are away, or slow, for a while.
fn outages(dice: &mut Dice, families: u64, span_ms: u64) -> Vec<Trouble> {
    let count = 1 + dice.below(3);
    let one = |dice: &mut Dice| {
        let family = dice.below(families);
        Trouble {
            at_ms: dice.between(1_000, span_ms),
            for_ms: dice.between(4_000, 15_000),
            fault: if dice.chance(500) {
                Fault::Down { family }
            } else {
                Fault::Slow { family }
            },
        }
    };
    (0..count).map(|_| one(dice)).collect()
}

/// In some worlds in which people pay, prices change.
fn change(dice: &mut Dice, params: &Params) -> Option<Change> {
    if params.fees.is_gasless() || !dice.chance(300) {
        return None;
    }
    let times = *dice.pick(&[50_u64, 110, 150, 300])?;
    let new = |price: U256| price * U256::from(times) / U256::from(100);
    let mut params = params.clone();
    params.fees.unit_price = new(params.fees.unit_price);
    if dice.chance(500) {
        params.fees.receipt_price += U256::ONE;
        params.fees.storage_price += U256::ONE;
    }
    let height = dice.between(10, 80);
    Some(Change { height, params })
}

/// Links of a world: half of all worlds lose messages, a quarter has a slow node.
fn links(dice: &mut Dice, nodes: usize) -> Links {
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
    Links {
        delay_ms: dice.between(1, 60),
        jitter_ms: dice.between(0, 150),
        loss,
        slow,
    }
}

/// Models of a world.
fn models(dice: &mut Dice, seed: u64) -> Models {
    Models {
        seed,
        families: dice.between(1, 5),
        accuracy: dice.between(650, 1_000),
        correlation: dice.between(0, 800),
        outage: if dice.chance(300) {
            dice.between(1, 150)
        } else {
            0
        },
        down: 0,
        slow: 0,
        latency_ms: dice.between(5, 200),
        spread_ms: dice.between(0, 800),
    }
}
