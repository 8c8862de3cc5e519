//! How often, and at what cost, an adversary has a wrong verdict made final.

use super::{
    closed::{self, Ends, Factorials, LADDER},
    stats::{Mean, Share},
};
use crate::court::{Act, Case, Court, Fault, Honest, Jurors, RIGHT, Role, STAKE, Terms, paid};
use crate::dice::Dice;
use std::collections::BTreeSet;
use venire_protocol::{TxRecord, stake};
use venire_types::{
    Address, B256, keccak256,
    vote::{Status, Vote},
};

/// Weight shares of the adversary.
pub const SHARES: [f64; 7] = [0.05, 0.1, 0.2, 0.3, 0.33, 0.4, 0.5];

/// Validators of a full active set.
pub const FULL: u32 = 1_000;

/// Validators of the runs of whole lifecycles.
pub const SOME: u32 = 200;

/// Appeals of the honest appellant at most.
pub const DEPTH: usize = 3;

const WRONG: u8 = 0;

/// A committee and an adversary.
#[derive(Clone, Copy, Debug)]
pub struct Capture {
    /// Seats.
    pub seats: u32,
    /// Weight share of the adversary.
    pub share: f64,
    /// Chance of a majority, seats drawn independently.
    pub independent: f64,
    /// Chance of a majority of 1,000 equal stakes, drawn without replacement.
    pub finite: f64,
    /// What real draws gave.
    pub drawn: Share,
}

/// Draws committees by the real rule; one draw of the largest committee has all smaller ones as
/// its beginnings, because members are drawn one after the other.
///
/// # Errors
/// [`Fault`].
pub fn captures(seed: u64, draws: u32) -> Result<Vec<Capture>, Fault> {
    let stakes = vec![STAKE; usize::try_from(FULL).unwrap_or_default()];
    let params = paid();
    let court = Court::new(params.clone(), &stakes, seed)?;
    let facts = Factorials::new(FULL);
    let mut rows: Vec<Capture> = Vec::new();
    for share in SHARES {
        let bad = part(FULL, share);
        rows.extend(LADDER.iter().map(|seats| Capture {
            seats: *seats,
            share,
            independent: facts.majority(*seats, share),
            finite: facts.majority_of((FULL, bad), *seats),
            drawn: Share::default(),
        }));
    }
    let place: std::collections::BTreeMap<Address, u32> = (0..)
        .zip(court.validators())
        .map(|(place, who)| (*who, place))
        .collect();
    for draw in 0..draws {
        let lot = lot(seed, draw);
        let (_, members) = stake::view::selection(&params, &court.state, lot, 0, FULL, &[])?;
        let ranks: Vec<u32> = members
            .iter()
            .filter_map(|member| place.get(member).copied())
            .collect();
        for row in &mut rows {
            let bad = part(FULL, row.share);
            let sitting = ranks
                .iter()
                .take(usize::try_from(row.seats).unwrap_or_default());
            let bad = sitting.filter(|rank| **rank < bad).count();
            row.drawn
                .add(u32::try_from(bad).unwrap_or(u32::MAX) > row.seats / 2);
        }
    }
    Ok(rows)
}

fn lot(seed: u64, draw: u32) -> B256 {
    keccak256([&seed.to_be_bytes()[..], &draw.to_be_bytes()].concat())
}

/// So many of all, rounded.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a small number"
)]
pub(super) fn part(all: u32, share: f64) -> u32 {
    (f64::from(all) * share).round() as u32
}

/// Validators that act together where they have a majority of the seats, and are honest elsewhere.
struct Ring(BTreeSet<Address>);

impl Jurors for Ring {
    fn act(&mut self, case: &Case<'_>) -> Act {
        let seats = case.record.round().map_or(&[][..], |round| &round.seats);
        let ours = seats.iter().filter(|seat| self.0.contains(&seat.validator));
        if !self.0.contains(&case.juror) || ours.count() <= seats.len() / 2 {
            return Honest.act(case);
        }
        match case.role {
            Role::Lead => Act::Propose(WRONG),
            Role::Judge(RIGHT) => Act::Vote(Vote::Disagree),
            Role::Judge(_) => Act::Vote(Vote::Agree),
        }
    }
}

/// What stands after so many appeals.
#[derive(Clone, Copy, Debug)]
pub struct Flip {
    /// Weight share of the adversary.
    pub share: f64,
    /// Appeals of an honest appellant at most.
    pub appeals: usize,
    /// By the closed form.
    pub closed: Ends,
    /// A wrong verdict became final.
    pub wrong: Share,
    /// No verdict became final.
    pub denied: Share,
    /// What the adversary's validators have more after a transaction whose first committee they
    /// own than if they had been honest in it, time units.
    pub ring: Mean,
    /// What the appellant has more after such a transaction.
    pub appellant: Mean,
    /// What its sender paid.
    pub sender: Mean,
}

/// Whole lifecycles: an adversary, a sender that funds all appeals, and an honest appellant.
///
/// # Errors
/// [`Fault`].
pub fn flips(seed: u64, trials: u32) -> Result<Vec<Flip>, Fault> {
    let stakes = vec![STAKE; usize::try_from(SOME).unwrap_or_default()];
    let mut base = Court::new(paid(), &stakes, seed)?;
    let contract = base.deploy()?;
    let mut dice = Dice::new(seed, "flip");
    let mut rows = Vec::new();
    for share in SHARES {
        let bad = part(SOME, share);
        let closed = closed::ladder(SOME, bad, DEPTH);
        let mut cells: Vec<Flip> = (0..)
            .zip(closed)
            .map(|(appeals, closed)| Flip {
                share,
                appeals,
                closed,
                wrong: Share::default(),
                denied: Share::default(),
                ring: Mean::default(),
                appellant: Mean::default(),
                sender: Mean::default(),
            })
            .collect();
        let members = base.validators().iter().copied();
        let mut ring = Ring(
            members
                .take(usize::try_from(bad).unwrap_or_default())
                .collect(),
        );
        for _ in 0..trials {
            lifecycle(&base.reseeded(dice.seed()), contract, &mut ring, &mut cells)?;
        }
        rows.extend(cells);
    }
    Ok(rows)
}

fn lifecycle(
    base: &Court,
    contract: Address,
    ring: &mut Ring,
    cells: &mut [Flip],
) -> Result<(), Fault> {
    let mut court = base.clone();
    let terms = Terms {
        appeals: u32::try_from(DEPTH).unwrap_or_default(),
        ..Terms::default()
    };
    let before = Purses::of(&court, ring)?;
    let tx = court.call(1, contract, terms, ring)?;
    let mut record = court.judge(tx, ring)?;
    let honest = if stands(&record) == Some(RIGHT) {
        0.0
    } else {
        let mut other = base.clone();
        let tx = other.call(1, contract, terms, &mut Honest)?;
        other.finish(tx, &mut Honest)?;
        Purses::of(&other, ring)?.since(before).ring
    };
    for place in 0..cells.len() {
        let is_right = stands(&record) == Some(RIGHT);
        let mut end = court.clone();
        end.finish(tx, ring)?;
        let change = Purses::of(&end, ring)?.since(before);
        let reached = if is_right { cells.len() } else { place + 1 };
        let captured = place > 0 || !is_right;
        for cell in cells.iter_mut().take(reached).skip(place) {
            cell.wrong.add(stands(&record) == Some(WRONG));
            cell.denied.add(stands(&record).is_none());
            if captured {
                cell.ring.add(change.ring - honest);
                cell.appellant.add(change.appellant);
                cell.sender.add(-change.sender);
            }
        }
        if is_right || place + 1 == cells.len() {
            break;
        }
        court.appeal(2, tx, ring)?;
        record = court.judge(tx, ring)?;
    }
    Ok(())
}

/// The answer that was accepted, if one was.
pub(super) fn stands(record: &TxRecord) -> Option<u8> {
    let is_accepted = matches!(record.status, Status::Accepted | Status::Finalized);
    match record.outcome.as_ref().filter(|_| is_accepted)? {
        venire_types::outcome::Outcome::Return(answer) => answer.first().copied(),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Purses {
    ring: i128,
    sender: i128,
    appellant: i128,
}

/// Changes of purses, time units.
struct Changes {
    ring: f64,
    sender: f64,
    appellant: f64,
}

impl Purses {
    fn of(court: &Court, ring: &Ring) -> Result<Self, Fault> {
        let mut together = 0;
        for member in &ring.0 {
            together += court.wealth(*member)?;
        }
        Ok(Self {
            ring: together,
            sender: court.wealth(court.user(1)?)?,
            appellant: court.wealth(court.user(2)?)?,
        })
    }

    fn since(self, before: Self) -> Changes {
        Changes {
            ring: units(self.ring - before.ring),
            sender: units(self.sender - before.sender),
            appellant: units(self.appellant - before.appellant),
        }
    }
}

/// A difference of money as a number.
#[expect(clippy::cast_precision_loss, reason = "differences are small")]
pub(super) fn units(difference: i128) -> f64 {
    difference as f64
}
