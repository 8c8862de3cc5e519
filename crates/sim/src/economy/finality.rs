//! How long it takes until a result is decided, and until it is final.

use super::stats::quantile;
use crate::court::{Act, Case, Court, Fault, Jurors, RIGHT, Role, STAKE, Terms, mirror, paid};
use crate::dice::Dice;
use venire_protocol::Params;
use venire_types::{Address, vote::Vote};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Accepted; so many appeals fail.
    Failed(usize),
    /// Accepted; so many appeals succeed, one after the other.
    Succeeded(usize),
    /// So many leaders say nothing, the next one does.
    SilentLeaders(u32),
    /// All four leaders say nothing.
    NoLeader,
    /// All four leaders are rejected.
    NoVerdict,
    /// Three of five members say nothing.
    SilentMembers,
}

/// All paths.
pub const PATHS: [Path; 10] = [
    Path::Failed(0),
    Path::Failed(1),
    Path::Failed(2),
    Path::Failed(3),
    Path::Succeeded(1),
    Path::Succeeded(2),
    Path::SilentLeaders(1),
    Path::SilentMembers,
    Path::NoVerdict,
    Path::NoLeader,
];

/// Blocks come so often, milliseconds.
pub const INTERVAL_MS: u64 = 1_000;

/// Median time of a leader's execution, and of a member's, milliseconds; both log-normal with
/// sigma 0.5.
pub const MEDIANS_MS: (f64, f64) = (6_000.0, 4_000.0);

/// How long a path takes, seconds.
#[derive(Clone, Debug)]
pub struct Duration {
    /// Rules: `local` or `mirror`.
    pub rules: &'static str,
    /// What happens.
    pub path: Path,
    /// Runs.
    pub n: u32,
    /// From inclusion to the first decision: median.
    pub decided: f64,
    /// From inclusion to finality: median, 95th percentile, longest.
    pub final_s: (f64, f64, f64),
}

struct Slow {
    path: Path,
    dice: Dice,
}

impl Jurors for Slow {
    fn act(&mut self, case: &Case<'_>) -> Act {
        let round = case.record.round();
        let leader = round.and_then(venire_protocol::Round::leader);
        let rotation = round.map_or(0, |round| round.rotation);
        let number = round.map_or(0, |round| round.number);
        if case.role == Role::Lead {
            return match self.path {
                Path::SilentLeaders(silent) if rotation < silent => Act::Silent,
                Path::NoLeader => Act::Silent,
                _ => Act::Propose(RIGHT),
            };
        }
        let is_appeal = leader.is_none();
        let agrees = match self.path {
            Path::Succeeded(times) => {
                let earlier = usize::try_from(number / 2).unwrap_or(usize::MAX);
                !is_appeal || earlier >= times
            }
            Path::NoVerdict => leader == Some(case.juror),
            Path::SilentMembers if case.round == 0 && leader != Some(case.juror) => {
                let seats = round.map_or(&[][..], |round| &round.seats).iter();
                let others = seats.map(|seat| seat.validator);
                let mut others = others.filter(|seat| Some(*seat) != leader);
                if others
                    .position(|seat| seat == case.juror)
                    .is_some_and(|place| place < 3)
                    && round.is_some_and(|round| round.replacements == 0)
                {
                    return Act::Silent;
                }
                true
            }
            _ => true,
        };
        Act::Vote(if agrees { Vote::Agree } else { Vote::Disagree })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds in milliseconds"
    )]
    fn delay_ms(&mut self, case: &Case<'_>) -> u64 {
        let median = match case.role {
            Role::Lead => MEDIANS_MS.0,
            Role::Judge(_) => MEDIANS_MS.1,
        };
        (median * (0.5 * self.dice.normal()).exp()) as u64
    }
}

/// Runs every path under both rules.
///
/// # Errors
/// [`Fault`].
pub fn durations(seed: u64, trials: u32) -> Result<Vec<Duration>, Fault> {
    let mut dice = Dice::new(seed, "finality");
    let mut rows = Vec::new();
    for (name, rules) in [("local", paid()), ("mirror", mirror())] {
        let (base, contract) = court(rules, seed)?;
        for path in PATHS {
            let (mut decided, mut finals) = (Vec::new(), Vec::new());
            for _ in 0..trials {
                let slow = Slow {
                    path,
                    dice: Dice::new(dice.seed(), "finality"),
                };
                let (at, end) = run(base.reseeded(dice.seed()), contract, slow, dice.unit())?;
                decided.push(at);
                finals.push(end);
            }
            decided.sort_by(f64::total_cmp);
            finals.sort_by(f64::total_cmp);
            rows.push(Duration {
                rules: name,
                path,
                n: trials,
                decided: quantile(&decided, 0.5),
                final_s: (
                    quantile(&finals, 0.5),
                    quantile(&finals, 0.95),
                    quantile(&finals, 1.0),
                ),
            });
        }
    }
    Ok(rows)
}

fn court(rules: Params, seed: u64) -> Result<(Court, Address), Fault> {
    let mut court = Court::new(rules, &[STAKE; 120], seed)?;
    court.interval_ms = INTERVAL_MS;
    let contract = court.deploy()?;
    Ok((court, contract))
}

/// Seconds to the first decision and to finality; appeals come when this share of what is left of
/// the window has passed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "minutes in milliseconds"
)]
fn run(
    mut court: Court,
    contract: Address,
    mut jurors: Slow,
    when: f64,
) -> Result<(f64, f64), Fault> {
    let terms = Terms {
        rotations: 3,
        ..Terms::default()
    };
    let begun = court.now_ms;
    let tx = court.call(1, contract, terms, &mut jurors)?;
    let mut record = court.judge(tx, &mut jurors)?;
    let decided = court.now_ms;
    let appeals = match jurors.path {
        Path::Failed(times) | Path::Succeeded(times) => times,
        _ => 0,
    };
    for _ in 0..appeals {
        let until = record.final_at_ms.unwrap_or(court.now_ms);
        let left = until.saturating_sub(court.now_ms).saturating_sub(1);
        let at = court.now_ms + (left as f64 * when) as u64;
        court.pass(at, &mut jurors)?;
        court.appeal(2, tx, &mut jurors)?;
        record = court.judge(tx, &mut jurors)?;
        if record.is_closed() {
            break;
        }
    }
    court.finish(tx, &mut jurors)?;
    let seconds = |at: u64| at.saturating_sub(begun) as f64 / 1_000.0;
    Ok((seconds(decided), seconds(court.now_ms)))
}
