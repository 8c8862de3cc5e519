//! Somebody who sends as much rubbish as the links carry: transactions without money or meaning,
//! nonces far ahead, and words of strangers about transactions that do not exist.

use super::{Hand, Liar, Said};
use crate::wallet::Wallet;
use venire_node::core::Key;
use venire_protocol::Input;
use venire_types::{
    Address, B256, U256,
    jury::{Commit, Reveal},
    keccak256,
    vote::Vote,
};

/// Messages a view.
const BURST: u64 = 12;

/// See the module.
#[derive(Debug)]
pub(super) struct Flooder {
    pub(super) key: Key,
    pub(super) account: Wallet,
    pub(super) left: u32,
}

impl Flooder {
    fn rubbish(&self, hand: &mut Hand<'_>) -> Option<Input> {
        let noise = keccak256(hand.dice.below(u64::MAX).to_be_bytes());
        // About something real as often as about nothing.
        let open = hand.node.snapshot().map(super::decided).unwrap_or_default();
        let tx = hand.dice.pick(&open).copied().unwrap_or(noise);
        let round = u32::try_from(hand.dice.below(3)).unwrap_or_default();
        let chain_id = hand.params.chain_id;
        match hand.dice.below(4) {
            0 => {
                let commit = Commit {
                    tx,
                    round,
                    commitment: noise,
                };
                self.key.sign(chain_id, commit).ok().map(Input::Commit)
            }
            1 => {
                let reveal = Reveal {
                    tx,
                    round,
                    vote: Vote::Disagree,
                    result_hash: noise,
                    nonce: B256::ZERO,
                    payload: None,
                };
                self.key.sign(chain_id, reveal).ok().map(Input::Reveal)
            }
            2 => {
                let nonce = 1_000 + hand.dice.below(1_000);
                let to = Address::from_word(noise);
                let signed = self.account.sign(nonce, to, U256::MAX, Vec::new());
                signed.map(|(_, input)| input)
            }
            _ => self.account.cancel(tx),
        }
    }
}

impl Liar for Flooder {
    fn on_view(&mut self, hand: &mut Hand<'_>, _: u64) -> Vec<Said> {
        if self.left == 0 {
            return Vec::new();
        }
        self.left -= 1;
        (0..BURST)
            .filter_map(|_| self.rubbish(hand).map(Said::now))
            .collect()
    }
}
