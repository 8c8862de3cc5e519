//! An account that appeals against whatever is decided, to delay everybody.

use super::{Hand, Liar, Said, decided};
use crate::{
    people::appeal_value,
    wallet::{Order, Wallet},
};
use venire_types::Address;

/// See the module.
#[derive(Debug)]
pub(super) struct AppealGriefer {
    pub(super) account: Wallet,
    /// Appeals that it can still afford.
    pub(super) left: u32,
}

impl Liar for AppealGriefer {
    fn accounts(&self) -> Vec<Address> {
        vec![self.account.address()]
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, _: u64) -> Vec<Said> {
        let Some(snapshot) = hand.node.snapshot() else {
            return Vec::new();
        };
        let Some(tx) = hand.dice.pick(&decided(snapshot)).copied() else {
            return Vec::new();
        };
        if self.left == 0 || !hand.dice.chance(300) {
            return Vec::new();
        }
        let value = appeal_value(hand.params, snapshot, hand.now_ms, tx);
        let sent = value.and_then(|value| {
            let now = hand.now_ms;
            self.account.send(snapshot, now, value, Order::Appeal(tx))
        });
        self.left -= 1;
        sent.map(|(_, input)| Said::now(input))
            .into_iter()
            .collect()
    }
}
