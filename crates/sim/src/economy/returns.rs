//! What a validator earns by how it behaves.

use super::{
    closed::{Factorials, L, V},
    flip::{stands, units},
};
use crate::court::{Act, Case, Court, Fault, Jurors, RIGHT, Role, STAKE, Terms, paid};
use crate::dice::Dice;
use std::collections::{BTreeMap, BTreeSet};
use venire_protocol::{Params, stake::StakeParams};
use venire_types::{Address, B256, vote::Vote};

/// How somebody behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Runs its model and votes what it finds.
    Honest,
    /// Agrees with everything, leads with a guess.
    Lazy,
    /// Votes what another member of the committee finds.
    Copier,
    /// Votes the opposite of what it finds.
    Contrarian,
    /// Says nothing.
    Idle,
    /// Seals a vote and never opens it.
    Sealer,
    /// Shares one model, and its errors, with others.
    Family,
}

/// All behaviours.
pub const BEHAVIOURS: [Behaviour; 7] = [
    Behaviour::Honest,
    Behaviour::Lazy,
    Behaviour::Copier,
    Behaviour::Contrarian,
    Behaviour::Idle,
    Behaviour::Sealer,
    Behaviour::Family,
];

/// Shares of proposals that are right.
pub const RATES: [f64; 3] = [0.7, 0.9, 0.97];

/// How often an honest validator sees whether a proposal is right.
pub const ACCURACY: f64 = 0.9;

/// How often members of a model family see the same.
pub const SHARED: f64 = 0.8;

/// Validators of a run.
pub const ALL: usize = 30;

/// Those of them that behave as the row says.
pub const SOME: usize = 3;

/// What a behaviour yields.
#[derive(Clone, Copy, Debug)]
pub struct Return {
    /// How they behave.
    pub behaviour: Behaviour,
    /// Share of proposals that are right.
    pub rate: f64,
    /// Somebody appeals against every wrong acceptance.
    pub appeals: bool,
    /// Seats that they had.
    pub seats: u32,
    /// Time units for a seat: fees less penalties.
    pub mean: f64,
    /// Half of its 95 % interval.
    pub half: f64,
    /// The same by the closed form, where there is one and nobody appeals.
    pub closed: Option<f64>,
    /// Share of stake to be slashed for each of them after the epoch, ten thousandths.
    pub slashed_bps: f64,
    /// Share of them that were banned.
    pub banned: f64,
}

const DAY_MS: u64 = 86_400_000;

struct Mixed {
    odd: BTreeSet<Address>,
    behaviour: Behaviour,
    rate: f64,
    dice: Dice,
    findings: BTreeMap<(B256, u32, Address), bool>,
}

impl Mixed {
    /// Does this member find that the answer is right? It finds the same when asked again.
    fn finds(&mut self, tx: B256, round: u32, who: Address, answer: u8) -> bool {
        let dice = &mut self.dice;
        let known = self.findings.entry((tx, round, who));
        let sees = *known.or_insert_with(|| dice.likely(ACCURACY));
        sees == (answer == RIGHT)
    }

    fn lead(&mut self, behaviour: Behaviour) -> Act {
        let right = match behaviour {
            Behaviour::Idle => return Act::Silent,
            Behaviour::Lazy => self.dice.likely(0.5),
            Behaviour::Contrarian => !self.dice.likely(self.rate),
            Behaviour::Honest | Behaviour::Copier | Behaviour::Sealer | Behaviour::Family => {
                self.dice.likely(self.rate)
            }
        };
        Act::Propose(u8::from(right))
    }

    fn judge(&mut self, case: &Case<'_>, behaviour: Behaviour, answer: u8) -> Act {
        let (tx, round, me) = (case.record.id, case.round, case.juror);
        let current = case.record.round();
        let leader = current.and_then(venire_protocol::Round::leader);
        let agrees = match behaviour {
            Behaviour::Idle => return Act::Silent,
            Behaviour::Lazy => true,
            _ if leader == Some(me) => true,
            Behaviour::Honest | Behaviour::Sealer => self.finds(tx, round, me, answer),
            Behaviour::Contrarian => !self.finds(tx, round, me, answer),
            Behaviour::Copier => {
                let seats = current.map_or(&[][..], |round| &round.seats).iter();
                let mut seats = seats.map(|seat| seat.validator);
                let other = seats.find(|seat| !self.odd.contains(seat) && Some(*seat) != leader);
                self.finds(tx, round, other.unwrap_or(me), answer)
            }
            Behaviour::Family => {
                let who = if self.dice.likely(SHARED) {
                    Address::ZERO
                } else {
                    me
                };
                self.finds(tx, round, who, answer)
            }
        };
        let vote = if agrees { Vote::Agree } else { Vote::Disagree };
        if behaviour == Behaviour::Sealer {
            Act::Seal(vote)
        } else {
            Act::Vote(vote)
        }
    }
}

impl Jurors for Mixed {
    fn act(&mut self, case: &Case<'_>) -> Act {
        let behaviour = if self.odd.contains(&case.juror) {
            self.behaviour
        } else {
            Behaviour::Honest
        };
        match case.role {
            Role::Lead => self.lead(behaviour),
            Role::Judge(answer) => self.judge(case, behaviour, answer),
        }
    }
}

/// The public networks' stakes and fees, one long epoch without inflation: what is left is what
/// judging earns and costs.
fn rules() -> Params {
    let base = paid();
    Params {
        stake: StakeParams {
            epoch_ms: 366 * DAY_MS,
            epoch_zero_ms: 366 * DAY_MS,
            inflation_start_bps: 0,
            inflation_step_bps: 0,
            inflation_floor_bps: 0,
            ..base.stake
        },
        ..base
    }
}

/// One epoch of so many transactions for every behaviour, share of right proposals, and with and
/// without appeals.
///
/// # Errors
/// [`Fault`].
pub fn returns(seed: u64, transactions: u32) -> Result<Vec<Return>, Fault> {
    let mut rows = Vec::new();
    for behaviour in BEHAVIOURS {
        for rate in RATES {
            for appeals in [false, true] {
                rows.push(epoch(seed, behaviour, rate, appeals, transactions)?);
            }
        }
    }
    Ok(rows)
}

/// One epoch of so many transactions.
///
/// # Errors
/// [`Fault`].
pub fn epoch(
    seed: u64,
    behaviour: Behaviour,
    rate: f64,
    appeals: bool,
    transactions: u32,
) -> Result<Return, Fault> {
    let mut court = Court::new(rules(), &[STAKE; ALL], seed)?;
    let contract = court.deploy()?;
    let mut jurors = Mixed {
        odd: court.validators().iter().take(SOME).copied().collect(),
        behaviour,
        rate,
        dice: Dice::new(seed, "returns"),
        findings: BTreeMap::new(),
    };
    let epoch = Epoch {
        contract,
        transactions,
        appeals,
    };
    let mut row = epoch.run(&mut court, &mut jurors)?;
    row.closed = closed(behaviour, rate).filter(|_| !appeals);
    Ok(row)
}

struct Epoch {
    contract: Address,
    transactions: u32,
    appeals: bool,
}

impl Epoch {
    fn run(&self, court: &mut Court, jurors: &mut Mixed) -> Result<Return, Fault> {
        let terms = Terms {
            appeals: u32::from(self.appeals),
            ..Terms::default()
        };
        let mut gains: Vec<(f64, u32)> = Vec::new();
        let mut wealth = together(court, &jurors.odd)?;
        for _ in 0..self.transactions {
            jurors.findings.clear();
            let tx = court.call(1, self.contract, terms, jurors)?;
            let record = court.judge(tx, jurors)?;
            if self.appeals && stands(&record) == Some(0) {
                court.appeal(2, tx, jurors)?;
                court.judge(tx, jurors)?;
            }
            let record = court.finish(tx, jurors)?;
            let now = together(court, &jurors.odd)?;
            let seats = record.rounds.iter().flat_map(|round| &round.seats);
            let seats = seats.filter(|seat| jurors.odd.contains(&seat.validator));
            let seats = u32::try_from(seats.count()).unwrap_or(u32::MAX);
            gains.push((units(now - wealth), seats));
            wealth = now;
        }
        court.audit()?;
        self.summed(court, jurors, &gains)
    }

    fn summed(&self, court: &Court, jurors: &Mixed, gains: &[(f64, u32)]) -> Result<Return, Fault> {
        let (gain, seats) = gains
            .iter()
            .fold((0.0, 0), |(gain, seats), one| (gain + one.0, seats + one.1));
        let mean = gain / f64::from(seats.max(1));
        let squares = gains.iter().fold(0.0, |sum, (gain, seats)| {
            let off = gain - mean * f64::from(*seats);
            sum + off * off
        });
        let (mut slashed_bps, mut banned) = (0.0, 0.0);
        let some = f64::from(u32::try_from(SOME).unwrap_or(1));
        let cap = court.params.stake.slash_cap_bps;
        for member in &jurors.odd {
            let staked = venire_protocol::stake::view::validator(&court.state, *member)?;
            let staked = staked.ok_or(Fault::Missing("validator"))?;
            let bps = staked.offences.iter().fold(0, |sum, deed| sum + deed.bps);
            slashed_bps += f64::from(bps.min(cap)) / some;
            banned += f64::from(u8::from(staked.banned_until > 0)) / some;
        }
        Ok(Return {
            behaviour: jurors.behaviour,
            rate: jurors.rate,
            appeals: self.appeals,
            seats,
            mean,
            half: 1.96 * squares.sqrt() / f64::from(seats.max(1)),
            closed: None,
            slashed_bps,
            banned,
        })
    }
}

fn together(court: &Court, who: &BTreeSet<Address>) -> Result<i128, Fault> {
    let mut together = 0;
    for member in who {
        together += court.wealth(*member)?;
    }
    Ok(together)
}

/// Expected time units of a seat among honest others, nobody appeals: four times out of five as a
/// member, else as the leader.
#[must_use]
pub fn closed(behaviour: Behaviour, rate: f64) -> Option<f64> {
    let (sees, leads_right) = match behaviour {
        Behaviour::Honest => (Some(ACCURACY), rate),
        Behaviour::Contrarian => (Some(1.0 - ACCURACY), 1.0 - rate),
        Behaviour::Lazy => (None, 0.5),
        Behaviour::Copier | Behaviour::Idle | Behaviour::Sealer | Behaviour::Family => return None,
    };
    let facts = Factorials::new(5);
    let at_least =
        |n: u32, k: u32, p: f64| (k..=n).fold(0.0, |sum, hits| sum + facts.binomial(n, hits, p));
    // Chance that a vote is the majority's: the leader agrees, three others vote what they see.
    let member = |right: bool| {
        let agree = if right { ACCURACY } else { 1.0 - ACCURACY };
        let mine = sees.map_or(1.0, |sees| if right { sees } else { 1.0 - sees });
        mine * at_least(3, 1, agree) + (1.0 - mine) * (1.0 - at_least(3, 2, agree))
    };
    let leader = |right: bool| at_least(4, 2, if right { ACCURACY } else { 1.0 - ACCURACY });
    let mixed =
        |part: &dyn Fn(bool) -> f64, right: f64| right * part(true) + (1.0 - right) * part(false);
    let as_member = V * (2.0 * mixed(&member, rate) - 1.0);
    let as_leader = L + V * (2.0 * mixed(&leader, leads_right) - 1.0);
    Some(0.8 * as_member + 0.2 * as_leader)
}
