//! What a final transaction owes, worked out from the votes that were opened (`FEE-06` to `FEE-16`).
//!
//! # Not here
//! - Whether it was paid (`bond`).

use super::minutes::Minutes;
use std::collections::BTreeMap;
use venire_protocol::{Appeal, AppealEnd, AppealKind, Rates, Round, TxRecord};
use venire_types::{Address, U256, signed::canonical, storage::PAGE, vote::Vote};

/// Wei for everybody.
#[derive(Debug, Default)]
pub(super) struct Dues {
    /// Fees of validators.
    pub(super) judges: BTreeMap<Address, U256>,
    /// What users get back, and what they win.
    pub(super) people: BTreeMap<Address, U256>,
    /// What nobody gets.
    pub(super) burned: U256,
}

/// Kinds of votes that a round can have a majority of.
const VOTES: [Vote; 4] = [
    Vote::Agree,
    Vote::Disagree,
    Vote::Timeout,
    Vote::DeterministicViolation,
];

/// A transaction whose money is divided.
struct Case<'a> {
    minutes: &'a Minutes,
    record: &'a TxRecord,
    rates: Rates,
}

impl Case<'_> {
    fn round(&self, index: usize) -> Option<&Round> {
        self.record.rounds.get(index)
    }

    /// Those who voted in a round, and how.
    fn votes(&self, index: usize) -> Vec<(Address, Vote)> {
        let seats = self.round(index).map_or(&[][..], |round| &round.seats);
        let votes = seats.iter().map(|seat| {
            let (vote, _) = self.minutes.vote(self.record, index, seat);
            (seat.validator, vote)
        });
        votes.filter(|(_, vote)| *vote != Vote::NotVoted).collect()
    }

    fn majority(&self, index: usize) -> Option<Vote> {
        let seats = self.round(index)?.seats.len();
        let votes = self.votes(index);
        let has_opened = self.minutes.result(self.record, index).is_some();
        VOTES.into_iter().find(|wanted| {
            let count = votes.iter().filter(|(_, vote)| vote == wanted).count();
            count > seats / 2 && (*wanted != Vote::Agree || has_opened)
        })
    }

    /// Those who voted with the majority of a round; without one, all who voted.
    fn aligned(&self, index: usize) -> Vec<Address> {
        let own = self.majority(index);
        let votes = self.votes(index).into_iter();
        votes
            .filter(|(_, vote)| own.is_none_or(|own| own == *vote))
            .map(|(who, _)| who)
            .collect()
    }

    /// The successful appeal that overturned what this round decided or confirmed.
    fn overturned(&self, index: usize) -> Option<&Appeal> {
        let judges = self.round(index)?.judges;
        let place = u32::try_from(index).ok()?;
        self.record.appeals.iter().find(|appeal| {
            let confirmed = judges == Some(appeal.against) && place < appeal.first;
            let is_about = appeal.against == place || confirmed;
            appeal.end == Some(AppealEnd::Succeeded) && is_about
        })
    }

    /// Members of a round that are paid (`FEE-07` to `FEE-09`).
    fn right(&self, index: usize) -> Vec<Address> {
        let Some(appeal) = self.overturned(index) else {
            return self.aligned(index);
        };
        if appeal.kind != AppealKind::Validators {
            return Vec::new();
        }
        let first = usize::try_from(appeal.first).unwrap_or(usize::MAX);
        let (verdict, own) = (self.majority(first), self.majority(index));
        let votes = self.votes(index).into_iter();
        let paid = votes.filter(|(_, vote)| match verdict {
            Some(verdict) => *vote == verdict,
            None => own != Some(*vote),
        });
        paid.map(|(who, _)| who).collect()
    }

    /// What a leader's attempt earns (`FEE-06`).
    fn leader(&self, index: usize) -> Option<(Address, U256)> {
        let seat = self.round(index)?.leader_seat()?;
        if self.overturned(index).is_some() {
            return None;
        }
        let words = self.minutes.of(self.record.id, index);
        if words.proposed?.is_none() {
            return Some((seat.validator, self.rates.leader / U256::from(2)));
        }
        let is_open = words.opened.contains_key(&seat.operator);
        let is_broken = self.majority(index) == Some(Vote::DeterministicViolation);
        (is_open && !is_broken).then_some((seat.validator, self.rates.leader))
    }

    /// What an attempt published costs (`FEE-10`).
    fn receipt(&self, index: usize) -> U256 {
        let words = self.minutes.of(self.record.id, index);
        let Some(Some((_, answers))) = words.proposed else {
            return U256::ZERO;
        };
        let payload = words.payload.as_ref();
        let bytes = answers + payload.map_or(0, |payload| canonical(payload).len());
        let wei = self.rates.byte.saturating_mul(U256::from(bytes));
        let most = self.record.funds.terms.execution;
        self.rates.slot.saturating_add(wei).min(most)
    }

    /// What the pages that stay cost, within what the receipt leaves.
    fn storage(&self) -> U256 {
        let rounds = &self.record.rounds;
        let Some(last) = rounds.iter().rposition(|round| round.judges.is_none()) else {
            return U256::ZERO;
        };
        let payload = self.minutes.payload(self.record, last);
        let payload = payload.filter(|_| self.record.is_success());
        let pages = payload.map_or(0, |payload| payload.delta.len());
        let wei = self.rates.storage.saturating_mul(U256::from(pages * PAGE));
        let most = self.record.funds.terms.execution;
        wei.min(most.saturating_sub(self.receipt(last)))
    }

    /// The round that judged an appeal.
    fn judged_by(&self, appeal: &Appeal) -> Option<usize> {
        let first = usize::try_from(appeal.first).ok()?;
        let number = self.round(first)?.number;
        let mut rounds = self.record.rounds.iter();
        rounds.rposition(|round| round.number == number && !round.superseded)
    }
}

fn give(book: &mut BTreeMap<Address, U256>, who: Address, wei: U256) {
    if !wei.is_zero() {
        let has = book.entry(who).or_default();
        *has = has.saturating_add(wei);
    }
}

impl Dues {
    /// Adds what a final transaction owes; says so if that is more than it holds.
    pub(super) fn add(&mut self, minutes: &Minutes, record: &TxRecord) -> Option<String> {
        let rates = record.funds.rates.unwrap_or_default();
        let case = Case {
            minutes,
            record,
            rates,
        };
        let mut spent = U256::ZERO;
        for (index, round) in record.rounds.iter().enumerate() {
            if !round.superseded {
                spent = spent.saturating_add(self.attempt(&case, index));
            }
        }
        let storage = case.storage();
        self.burned = self.burned.saturating_add(storage);
        spent = spent.saturating_add(storage);
        // What ended without a verdict was paid back then.
        let live = |appeal: &&Appeal| appeal.end != Some(AppealEnd::Canceled);
        let (mut rewards, mut early) = (U256::ZERO, Vec::new());
        for appeal in record.appeals.iter().filter(live) {
            if appeal.end == Some(AppealEnd::Succeeded) {
                give(&mut self.people, appeal.payer, appeal.bond);
                give(&mut self.people, appeal.payer, appeal.reward);
                rewards = rewards.saturating_add(appeal.reward);
                continue;
            }
            let judge = case.judged_by(appeal);
            if judge.is_some_and(|judge| case.overturned(judge).is_some()) {
                early.push(appeal);
            } else {
                let right = judge.map(|judge| case.aligned(judge));
                let paid = self.share(appeal.bond, &right.unwrap_or_default(), rates.validator);
                spent = spent.saturating_sub(paid);
            }
        }
        // Who was right too early pays the winners first (`FEE-14`).
        for appeal in early {
            let taken = appeal.bond.min(rewards);
            rewards = rewards.saturating_sub(taken);
            give(
                &mut self.people,
                appeal.payer,
                appeal.bond.saturating_sub(taken),
            );
        }
        spent = spent.saturating_add(rewards);
        let parts = record.funds.parts.iter().map(|part| (part.payer, part.wei));
        let added = record.appeals.iter().filter(live);
        let added = added.map(|appeal| (appeal.payer, appeal.funding));
        for (payer, wei) in parts.chain(added) {
            let taken = wei.min(spent);
            spent = spent.saturating_sub(taken);
            give(&mut self.people, payer, wei.saturating_sub(taken));
        }
        give(
            &mut self.people,
            record.funds.depositor,
            record.funds.messages,
        );
        (!spent.is_zero()).then(|| format!("it owes {spent} wei more than it holds"))
    }

    /// What a round is worth to its members; the wei that it takes.
    fn attempt(&mut self, case: &Case<'_>, index: usize) -> U256 {
        let receipt = case.receipt(index);
        self.burned = self.burned.saturating_add(receipt);
        let mut spent = receipt;
        if let Some((who, wei)) = case.leader(index) {
            give(&mut self.judges, who, wei);
            spent = spent.saturating_add(wei);
        }
        for who in case.right(index) {
            give(&mut self.judges, who, case.rates.validator);
            spent = spent.saturating_add(case.rates.validator);
        }
        spent
    }

    /// A lost bond (`FEE-12`); what it pays of votes that are paid anyway.
    fn share(&mut self, bond: U256, right: &[Address], vote: U256) -> U256 {
        let count = U256::from(right.len());
        if count.is_zero() {
            self.burned = self.burned.saturating_add(bond);
            return U256::ZERO;
        }
        let each = bond / count;
        if each < vote {
            return bond;
        }
        for who in right {
            give(&mut self.judges, *who, each.saturating_sub(vote));
        }
        let rest = bond.saturating_sub(each.saturating_mul(count));
        self.burned = self.burned.saturating_add(rest);
        vote.saturating_mul(count)
    }
}
