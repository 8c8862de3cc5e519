//! A validator that stays silent for a while and takes its stake out before the slash is applied.

use super::{Hand, Liar, Said};
use crate::{
    node::Duty,
    wallet::{Order, Wallet},
};
use venire_protocol::stake::view::validator;
use venire_types::{U256, envelope::StakeOrder};

/// Duties that it lets pass before it leaves.
const OFFENCES: u32 = 3;

/// See the module.
#[derive(Debug)]
pub(super) struct SlashEvader {
    /// The account of its own key, which owns a validator of genesis.
    pub(super) owner: Wallet,
    pub(super) offences: u32,
    pub(super) last_ms: u64,
}

impl Liar for SlashEvader {
    fn on_duty(&mut self, _: &mut Hand<'_>, _: &Duty) -> Option<Vec<Said>> {
        self.offences = self.offences.saturating_add(1);
        Some(Vec::new())
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, _: u64) -> Vec<Said> {
        let Some(snapshot) = hand.node.snapshot() else {
            return Vec::new();
        };
        if self.offences < OFFENCES || hand.now_ms < self.last_ms + 3_000 {
            return Vec::new();
        }
        self.last_ms = hand.now_ms;
        let wallet = self.owner.address();
        let position =
            venire_protocol::stake::view::shares_of(hand.params, snapshot, wallet, wallet);
        let shares = position.unwrap_or_default();
        let exists = validator(snapshot, wallet).ok().flatten().is_some();
        let order = if shares > U256::ZERO {
            StakeOrder::ValidatorExit { wallet, shares }
        } else {
            StakeOrder::ValidatorClaim { validator: wallet }
        };
        let order = Order::StakeAt(wallet, order);
        let sent = exists
            .then(|| self.owner.send(snapshot, hand.now_ms, U256::ZERO, order))
            .flatten();
        sent.map(|(_, input)| Said::now(input))
            .into_iter()
            .collect()
    }
}
