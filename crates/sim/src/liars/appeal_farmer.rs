//! A validator that lies when it leads, so that an account of its own can appeal and collect.

use super::{Hand, Liar, Said, decided};
use crate::{
    node::Duty,
    people::appeal_value,
    wallet::{Order, Wallet},
};
use std::collections::BTreeSet;
use venire_node::core::Phase;
use venire_protocol::DutyKind;
use venire_types::{Address, B256};

/// See the module.
#[derive(Debug)]
pub(super) struct AppealFarmer {
    pub(super) partner: Wallet,
    /// Transactions about which it lied.
    pub(super) sown: BTreeSet<B256>,
}

impl Liar for AppealFarmer {
    fn accounts(&self) -> Vec<Address> {
        vec![self.partner.address()]
    }

    fn on_duty(&mut self, hand: &mut Hand<'_>, duty: &Duty) -> Option<Vec<Said>> {
        if !matches!(duty.kind, DutyKind::Lead) || hand.node.recalls(duty.place).is_some() {
            return None;
        }
        let execution = hand.node.execute(&hand.models.inverted(), duty)?;
        let entry = hand.node.bind(duty, execution)?;
        self.sown.insert(duty.place.tx);
        let juror = hand.node.juror(duty.place.validator)?;
        let words = juror.speak(duty.place, Phase::Lead, entry)?;
        Some(vec![Said::now(words)])
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, _: u64) -> Vec<Said> {
        let Some(snapshot) = hand.node.snapshot() else {
            return Vec::new();
        };
        let ripe = decided(snapshot)
            .into_iter()
            .filter(|tx| self.sown.contains(tx));
        let ripe: Vec<B256> = ripe.collect();
        let mut said = Vec::new();
        for tx in ripe {
            self.sown.remove(&tx);
            let value = appeal_value(hand.params, snapshot, hand.now_ms, tx);
            let sent = value.and_then(|value| {
                let now = hand.now_ms;
                self.partner.send(snapshot, now, value, Order::Appeal(tx))
            });
            said.extend(sent.map(|(_, input)| Said::now(input)));
        }
        said
    }
}
