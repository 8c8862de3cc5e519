//! An account with validators of its own that sends call after call, withdraws every other one when its
//! committee is about to be drawn, tries to withdraw those whose committee it does not like, and stays
//! silent as leader of the others: it wants a committee in which its validators have the majority.

use super::{Hand, Liar, Said};
use crate::{
    contract::{Op, call},
    node::Duty,
    wallet::{Order, Wallet, submission},
};
use std::collections::BTreeSet;
use venire_protocol::{DutyKind, Kind, view};
use venire_types::{Address, B256, U256, envelope::TxData, vote::Status};

/// See the module.
#[derive(Debug)]
pub(super) struct Grinder {
    pub(super) account: Wallet,
    pub(super) validators: BTreeSet<Address>,
    pub(super) left: u32,
    pub(super) sent: Vec<B256>,
    /// What it has tried to withdraw.
    pub(super) tried: BTreeSet<B256>,
}

impl Grinder {
    fn has_majority(&self, hand: &Hand<'_>, tx: B256) -> Option<bool> {
        let record = hand.node.snapshot()?.record(tx)?;
        let seats = &record.round()?.seats;
        let ours = seats
            .iter()
            .filter(|seat| self.validators.contains(&seat.validator));
        Some(ours.count() * 2 > seats.len())
    }
}

impl Liar for Grinder {
    fn accounts(&self) -> Vec<Address> {
        vec![self.account.address()]
    }

    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        let is_bad = self.has_majority(hand, duty.place.tx) == Some(false);
        let is_ours = self.sent.contains(&duty.place.tx);
        (matches!(duty.kind, DutyKind::Lead) && is_bad && is_ours).then(Vec::new)
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, view: u64) -> Vec<Said> {
        let mut said = Vec::new();
        let last: Vec<B256> = self.sent.iter().rev().take(8).copied().collect();
        for tx in last {
            let is_bad = self.has_majority(hand, tx) == Some(false);
            if (is_bad || is_next(hand, tx)) && self.tried.insert(tx) {
                said.extend(self.account.cancel(tx).map(Said::now));
            }
        }
        let Some(snapshot) = hand.node.snapshot() else {
            return said;
        };
        if self.left == 0 || !view.is_multiple_of(6) {
            return said;
        }
        let contract = snapshot
            .records()
            .into_iter()
            .find(|record| record.kind == Kind::Deploy && record.is_success());
        let Some(contract) = contract else {
            return said;
        };
        self.left -= 1;
        // The second waits for the first: it can still be withdrawn when the first has its committee.
        for part in 0..2 {
            let calldata = call(&[Op::Ask, Op::Add(u64::from(self.left * 2 + part))]);
            let data = TxData::Call { calldata };
            let order = Order::Submit(Box::new(submission(contract.recipient, data)));
            let sent = self.account.send(snapshot, hand.now_ms, U256::ZERO, order);
            if let Some((tx, input)) = sent {
                self.sent.push(tx);
                said.push(Said::now(input));
            }
        }
        said
    }
}

/// Whether a transaction waits, and its committee is drawn when the one before is decided.
fn is_next(hand: &Hand<'_>, tx: B256) -> bool {
    let next = hand.node.snapshot().and_then(|snapshot| {
        let record = snapshot.record(tx)?;
        let queue = view::queue(snapshot, record.recipient).ok()?;
        let waits = record.status == Status::Pending && record.rounds.is_empty();
        Some(waits && queue.busy && record.slot == Some(queue.next))
    });
    next.unwrap_or(false)
}
