//! An account that stakes as many small validators instead of one large one.

use super::{Hand, Liar, Said};
use crate::wallet::{Order, Wallet};
use venire_node::core::Key;
use venire_types::{Address, envelope::StakeOrder};

/// See the module.
#[derive(Debug)]
pub(super) struct StakeSplitter {
    pub(super) account: Wallet,
    /// Keys of the validators that it still has to make.
    pub(super) keys: Vec<Key>,
}

impl Liar for StakeSplitter {
    fn accounts(&self) -> Vec<Address> {
        vec![self.account.address()]
    }

    fn on_view(&mut self, hand: &mut Hand<'_>, view: u64) -> Vec<Said> {
        if !view.is_multiple_of(8) {
            return Vec::new();
        }
        let (Some(key), Some(snapshot)) = (self.keys.pop(), hand.node.snapshot()) else {
            return Vec::new();
        };
        let operator = Some(key.address());
        let order = Order::Stake(StakeOrder::ValidatorJoin { operator });
        let value = hand.params.stake.validator_min;
        let sent = self.account.send(snapshot, hand.now_ms, value, order);
        hand.node.add_key(key);
        sent.map(|(_, input)| Said::now(input))
            .into_iter()
            .collect()
    }
}
