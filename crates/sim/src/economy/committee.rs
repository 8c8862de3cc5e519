//! Committees up to a thousand: what they cost a machine.

use crate::court::{
    Act, Case, Court, Fault, Honest, Jurors, RIGHT, Role, STAKE, Spent, Terms, paid,
};
use std::time::Duration;
use venire_protocol::{Key, TxRecord};
use venire_types::vote::{Status, Vote};

/// First committees whose costs are compared; of the last, 1,000 seats are filled.
pub const SIZES: [u32; 5] = [5, 25, 97, 385, 1535];

/// Validators.
pub const ALL: usize = 1_000;

/// One judgement of many.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Filled seats.
    pub seats: usize,
    /// Place on the ladder.
    pub number: u32,
    /// Where the transaction stood afterwards.
    pub status: Status,
    /// What it took.
    pub spent: Spent,
    /// Bytes of the record afterwards.
    pub record_bytes: usize,
}

impl Judged {
    /// Mean time of applying one statement.
    #[must_use]
    pub fn each(&self) -> Duration {
        let inputs = u32::try_from(self.spent.inputs).unwrap_or(u32::MAX);
        self.spent.applying.checked_div(inputs).unwrap_or_default()
    }
}

/// Fresh committees of appeals disagree, all others agree.
struct Rising;

impl Jurors for Rising {
    fn act(&mut self, case: &Case<'_>) -> Act {
        let has_leader = case
            .record
            .round()
            .is_some_and(|round| round.leader.is_some());
        match case.role {
            Role::Lead => Act::Propose(RIGHT),
            Role::Judge(_) if has_leader => Act::Vote(Vote::Agree),
            Role::Judge(_) => Act::Vote(Vote::Disagree),
        }
    }
}

/// First committees of growing size, each statement in a block of its own or all in one.
///
/// # Errors
/// [`Fault`].
pub fn sizes(seed: u64, one_by_one: bool, clock: fn() -> Duration) -> Result<Vec<Judged>, Fault> {
    let rows = SIZES.iter();
    rows.map(|seats| first(seed, *seats, one_by_one, clock))
        .collect()
}

/// One first committee of this size.
///
/// # Errors
/// [`Fault`].
pub fn first(
    seed: u64,
    seats: u32,
    one_by_one: bool,
    clock: fn() -> Duration,
) -> Result<Judged, Fault> {
    let mut court = Court::new(paid(), &[STAKE; ALL], seed)?.timed(clock);
    let contract = court.deploy()?;
    court.one_by_one = one_by_one;
    let terms = Terms {
        seats,
        ..Terms::default()
    };
    let before = court.spent;
    let tx = court.call(1, contract, terms, &mut Honest)?;
    let record = court.judge(tx, &mut Honest)?;
    let row = judged(&court, &record, before)?;
    court.finish(tx, &mut Honest)?;
    court.audit()?;
    Ok(row)
}

/// The ladder from 383 seats: two appeals succeed, and in the end everybody sits who may.
///
/// # Errors
/// [`Fault`].
pub fn ladder(seed: u64, clock: fn() -> Duration) -> Result<Vec<Judged>, Fault> {
    let mut court = Court::new(paid(), &[STAKE; ALL], seed)?.timed(clock);
    let contract = court.deploy()?;
    let terms = Terms {
        seats: 383,
        appeals: 2,
        ..Terms::default()
    };
    let mut rows = Vec::new();
    let mut before = court.spent;
    let tx = court.call(1, contract, terms, &mut Rising)?;
    let record = court.judge(tx, &mut Rising)?;
    rows.push(judged(&court, &record, before)?);
    for _ in 0..2 {
        before = court.spent;
        court.appeal(2, tx, &mut Rising)?;
        let record = court.judge(tx, &mut Rising)?;
        rows.push(judged(&court, &record, before)?);
    }
    before = court.spent;
    let record = court.finish(tx, &mut Rising)?;
    rows.push(judged(&court, &record, before)?);
    court.audit()?;
    Ok(rows)
}

fn judged(court: &Court, record: &TxRecord, before: Spent) -> Result<Judged, Fault> {
    let round = record.round().ok_or(Fault::Missing("round"))?;
    let now = court.spent;
    let stored = court.state.get(&Key::tx(record.id));
    let record_bytes = stored.ok_or(Fault::Missing("transaction"))?.len();
    Ok(Judged {
        seats: round.seats.len(),
        number: round.number,
        status: record.status,
        spent: Spent {
            signing: now.signing - before.signing,
            checking: now.checking - before.checking,
            applying: now.applying - before.applying,
            inputs: now.inputs - before.inputs,
            bytes: now.bytes - before.bytes,
            blocks: now.blocks - before.blocks,
        },
        record_bytes,
    })
}
