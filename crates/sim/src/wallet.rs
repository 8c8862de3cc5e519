//! A user's key and the transactions it signs.
//!
//! # Invariants
//! - Nonces go on from what the chain knows; one that was refused is used again after a while.

use alloy_consensus::{SignableTransaction, TxEnvelope, TxLegacy};
use alloy_primitives::{Bytes, Signature, TxKind};
use venire_node::core::{Key, Snapshot};
use venire_protocol::{Input, RawInput};
use venire_types::{
    Address, B256, U256,
    chain::{CONSENSUS_MAIN_LOCAL, STAKING_LOCAL},
    envelope::{StakeOrder, Submission, TopUp, TxData, appeal_input},
    signed::{Cancel, Signed},
};

/// After so long a nonce that did not arrive is used again, milliseconds.
const PATIENCE_MS: u64 = 8_000;

/// A user.
#[derive(Clone, Debug)]
pub struct Wallet {
    key: Key,
    chain_id: u64,
    next: u64,
    sent_ms: u64,
}

/// What a user sends.
#[derive(Clone, Debug)]
pub enum Order {
    /// Money to an account.
    Transfer(Address),
    /// A contract call or deploy.
    Submit(Box<Submission>),
    /// An objection.
    Appeal(B256),
    /// More money for judging.
    TopUp(TopUp),
    /// Something of staking.
    Stake(StakeOrder),
    /// Something of staking to a validator's wallet.
    StakeAt(Address, StakeOrder),
    /// Bytes that mean nothing.
    Junk(Vec<u8>),
}

impl Wallet {
    /// User number `index` of a purpose.
    #[must_use]
    pub fn new(seed: B256, purpose: &str, index: u32, chain_id: u64) -> Self {
        Self {
            key: Key::derive(seed, purpose, index),
            chain_id,
            next: 0,
            sent_ms: 0,
        }
    }

    /// The account of a key.
    #[must_use]
    pub const fn of(key: Key, chain_id: u64) -> Self {
        Self {
            key,
            chain_id,
            next: 0,
            sent_ms: 0,
        }
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.key.address()
    }

    /// Signs an order with wei attached; the id that the transaction will have comes with it.
    pub fn send(
        &mut self,
        snapshot: &Snapshot,
        now_ms: u64,
        value: U256,
        order: Order,
    ) -> Option<(B256, Input)> {
        let signed = self.draft(snapshot, now_ms, value, order)?;
        self.sent(now_ms);
        Some(signed)
    }

    /// What was drafted last is on its way: its nonce is used.
    pub const fn sent(&mut self, now_ms: u64) {
        self.next += 1;
        self.sent_ms = now_ms;
    }

    /// Signs an order without using its nonce: what is sent next takes its place. For orders that
    /// ought to be refused, or may not be sent at all.
    pub fn draft(
        &mut self,
        snapshot: &Snapshot,
        now_ms: u64,
        value: U256,
        order: Order,
    ) -> Option<(B256, Input)> {
        let known = snapshot.account(self.address()).nonce;
        if known > self.next || now_ms > self.sent_ms + PATIENCE_MS {
            self.next = known;
        }
        let (to, input) = match order {
            Order::Transfer(to) => (to, Vec::new()),
            Order::Submit(submission) => {
                (CONSENSUS_MAIN_LOCAL, submission.to_input(self.address()))
            }
            Order::Appeal(tx) => (CONSENSUS_MAIN_LOCAL, appeal_input(tx)),
            Order::TopUp(top_up) => (CONSENSUS_MAIN_LOCAL, top_up.to_input()),
            Order::Stake(order) => (STAKING_LOCAL, order.to_input()),
            // A wallet's own claim names nobody; this one does.
            Order::StakeAt(_, order @ StakeOrder::ValidatorClaim { .. }) => {
                (STAKING_LOCAL, order.to_input())
            }
            Order::StakeAt(to, order) => (to, order.to_input()),
            Order::Junk(bytes) => (CONSENSUS_MAIN_LOCAL, bytes),
        };
        self.sign(self.next, to, value, input)
    }

    /// A signed transaction with any nonce.
    #[must_use]
    pub fn sign(
        &self,
        nonce: u64,
        to: Address,
        value: U256,
        input: Vec<u8>,
    ) -> Option<(B256, Input)> {
        let transaction = TxLegacy {
            chain_id: Some(self.chain_id),
            nonce,
            gas_price: 0,
            gas_limit: 0,
            to: TxKind::Call(to),
            value,
            input: Bytes::from(input),
        };
        let bytes = self.key.sign_hash(transaction.signature_hash());
        let signature = Signature::from_raw_array(&bytes).ok()?;
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        let id = *envelope.tx_hash();
        let raw = alloy_eips::eip2718::Encodable2718::encoded_2718(&envelope);
        let input = RawInput::Transaction(raw).verify(self.chain_id).ok()?;
        Some((id, input))
    }

    /// The wish to withdraw a pending transaction.
    #[must_use]
    pub fn cancel(&self, tx: B256) -> Option<Input> {
        let body = Cancel { tx };
        let signature = self.key.sign_hash(body.digest());
        let signed = Signed { body, signature };
        RawInput::Cancel(signed).verify(self.chain_id).ok()
    }
}

/// A submission with the defaults of published clients.
#[must_use]
pub fn submission(recipient: Address, data: TxData) -> Submission {
    Submission {
        recipient,
        validators: U256::from(5),
        rotations: U256::from(3),
        valid_until: None,
        data,
        leader_only: false,
        fees: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_types::{chain::LOCAL_CHAIN_ID, envelope::Action};

    fn sent(wallet: &mut Wallet, now_ms: u64) -> (u64, Action) {
        let order = Order::Transfer(Address::repeat_byte(9));
        let empty = Snapshot::default();
        let (id, input) = wallet.send(&empty, now_ms, U256::ONE, order).unwrap();
        let Input::Transaction(envelope) = input else {
            panic!("not a transaction");
        };
        assert_eq!((envelope.hash(), envelope.signer()), (id, wallet.address()));
        (envelope.nonce(), envelope.action().unwrap())
    }

    #[test]
    fn nonces_go_on_and_one_that_was_lost_is_used_again() {
        let mut wallet = Wallet::new(B256::ZERO, "test", 0, LOCAL_CHAIN_ID);
        let (first, action) = sent(&mut wallet, 100_000);
        assert!(matches!(action, Action::Transfer { .. }));
        assert_eq!((first, sent(&mut wallet, 100_500).0), (0, 1));
        assert_eq!(sent(&mut wallet, 100_500 + PATIENCE_MS + 1).0, 0);
    }

    #[test]
    fn a_withdrawal_is_signed_by_the_account() {
        let wallet = Wallet::new(B256::ZERO, "test", 1, LOCAL_CHAIN_ID);
        let Some(Input::Cancel(wish)) = wallet.cancel(B256::repeat_byte(3)) else {
            panic!("no withdrawal");
        };
        assert_eq!(wish.signer(), wallet.address());
        assert_eq!(wish.body().tx, B256::repeat_byte(3));
    }
}
