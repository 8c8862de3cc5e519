//! What an appeal is worth to its appellant, by how sure it is.

use super::{
    closed::{self, Against, Stakes},
    flip::units,
    stats::Mean,
};
use crate::court::{Act, Case, Court, Fault, Jurors, RIGHT, Role, STAKE, Terms, paid, whole};
use crate::dice::Dice;
use venire_types::{Address, vote::Vote};

/// Beliefs of an appellant.
pub const BELIEFS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

const CASES: [Against; 4] = [
    Against::Verdict(0),
    Against::Verdict(1),
    Against::Verdict(2),
    Against::NoVerdict,
];

/// An appeal, by the closed form and as measured.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it is against.
    pub against: Against,
    /// Appeals that the sender funded.
    pub funded: usize,
    /// By hand.
    pub closed: Stakes,
    /// From quotes and balances.
    pub measured: Stakes,
}

/// A belief, and what appeals are worth to who holds it.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Appeals that the sender funded.
    pub funded: usize,
    /// Chance that the decision is wrong.
    pub belief: f64,
    /// Expected by the closed form, time units.
    pub closed: f64,
    /// Mean of runs.
    pub measured: Mean,
}

/// All see the same: the leader's answer is accepted (or not) until somebody appeals; then it is
/// confirmed `confirmed` times, and after that the fresh ones find the truth.
struct Play {
    against: Against,
    succeeds: bool,
}

impl Jurors for Play {
    fn act(&mut self, case: &Case<'_>) -> Act {
        if case.role == Role::Lead {
            return Act::Propose(RIGHT);
        }
        let first = case.round == 0;
        let agrees = match self.against {
            Against::Verdict(confirmed) => {
                let judged = usize::try_from(case.round).unwrap_or(usize::MAX);
                let has_leader = case
                    .record
                    .round()
                    .is_some_and(|round| round.leader.is_some());
                judged <= confirmed || has_leader || !self.succeeds
            }
            Against::NoVerdict => {
                let leads = case.record.round().and_then(venire_protocol::Round::leader);
                leads == Some(case.juror) || (!first && self.succeeds)
            }
        };
        Act::Vote(if agrees { Vote::Agree } else { Vote::Disagree })
    }
}

/// Quotes and outcomes of every kind of appeal.
///
/// # Errors
/// [`Fault`].
pub fn rows(seed: u64) -> Result<Vec<Row>, Fault> {
    let (base, contract) = court(seed)?;
    let mut rows = Vec::new();
    for against in CASES {
        for funded in 0..=3 {
            let mut measured = Stakes::default();
            for succeeds in [true, false] {
                let (quote, gain) = play(&base, contract, funded, Play { against, succeeds })?;
                (measured.bond, measured.funding, measured.reward) = quote;
                if succeeds {
                    measured.win = gain;
                } else {
                    measured.lose = gain;
                }
            }
            rows.push(Row {
                against,
                funded,
                closed: closed::stakes(funded, against),
                measured,
            });
        }
    }
    Ok(rows)
}

/// Appellants who are right as often as they believe.
///
/// # Errors
/// [`Fault`].
pub fn values(seed: u64, trials: u32) -> Result<Vec<Value>, Fault> {
    let (base, contract) = court(seed)?;
    let mut dice = Dice::new(seed, "appeal");
    let against = Against::Verdict(0);
    let mut values = Vec::new();
    for funded in 0..=3 {
        for belief in BELIEFS {
            let mut measured = Mean::default();
            for _ in 0..trials {
                let base = base.reseeded(dice.seed());
                let succeeds = dice.likely(belief);
                let (_, gain) = play(&base, contract, funded, Play { against, succeeds })?;
                measured.add(gain);
            }
            values.push(Value {
                funded,
                belief,
                closed: closed::stakes(funded, against).value(belief),
                measured,
            });
        }
    }
    Ok(values)
}

fn court(seed: u64) -> Result<(Court, Address), Fault> {
    let mut base = Court::new(paid(), &[STAKE; 120], seed)?;
    let contract = base.deploy()?;
    Ok((base, contract))
}

/// Bond, funding and reward of the last appeal, and what its appellant has more in the end.
fn play(
    base: &Court,
    contract: Address,
    funded: usize,
    mut play: Play,
) -> Result<((f64, f64, f64), f64), Fault> {
    let mut court = base.clone();
    let terms = Terms {
        appeals: u32::try_from(funded).unwrap_or_default(),
        ..Terms::default()
    };
    let tx = court.call(1, contract, terms, &mut play)?;
    court.judge(tx, &mut play)?;
    let earlier = match play.against {
        Against::Verdict(confirmed) => confirmed,
        Against::NoVerdict => 0,
    };
    for other in 0..earlier {
        court.appeal(3 + other, tx, &mut play)?;
        court.judge(tx, &mut play)?;
    }
    let appellant = court.user(2)?;
    let before = court.wealth(appellant)?;
    let quote = court.appeal(2, tx, &mut play)?;
    court.finish(tx, &mut play)?;
    court.audit()?;
    let gain = units(court.wealth(appellant)? - before);
    let number = |wei| units(whole(wei));
    Ok((
        (
            number(quote.bond),
            number(quote.funding),
            number(quote.reward),
        ),
        gain,
    ))
}
