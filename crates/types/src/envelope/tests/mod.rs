//! Envelopes signed here with the curve library, for every supported form, and damaged ones.

mod staking;
mod submissions;

use super::{Action, ActionError, Envelope, EnvelopeError, Submission, TxData};
use crate::chain::CONSENSUS_MAIN_LOCAL;
use alloc::{vec, vec::Vec};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEnvelope, TxLegacy};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, Signature, TxKind, U256, address, hex, keccak256};
use k256::ecdsa::SigningKey;
use proptest::prelude::*;

fn key() -> SigningKey {
    // The first account of every Ethereum development chain.
    let secret = hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    SigningKey::from_slice(&secret).expect("secret key")
}

pub(super) const SIGNER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

fn sign<T: SignableTransaction<Signature>>(tx: T) -> Vec<u8>
where
    TxEnvelope: From<alloy_consensus::Signed<T>>,
{
    let hash = tx.signature_hash();
    let signature = key()
        .sign_prehash_recoverable(hash.as_slice())
        .expect("signature");
    TxEnvelope::from(tx.into_signed(signature.into())).encoded_2718()
}

pub(super) fn legacy(chain_id: Option<u64>, to: Option<Address>, input: Vec<u8>) -> Vec<u8> {
    sign(TxLegacy {
        chain_id,
        nonce: 7,
        to: to.map_or(TxKind::Create, TxKind::Call),
        value: U256::from(5),
        input: input.into(),
        ..TxLegacy::default()
    })
}

pub(super) fn submission(data: TxData) -> Submission {
    let recipient = match data {
        TxData::Deploy { .. } => Address::ZERO,
        TxData::Call { .. } => Address::repeat_byte(9),
    };
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

pub(super) fn call() -> TxData {
    TxData::Call { calldata: vec![6] }
}

pub(super) fn action(input: Vec<u8>) -> Result<Action, ActionError> {
    let raw = legacy(Some(61_127), Some(CONSENSUS_MAIN_LOCAL), input);
    Envelope::decode(&raw).expect("envelope").action()
}

#[test]
fn every_supported_type_is_decoded_and_its_signer_recovered() {
    let to = Address::repeat_byte(1);
    let typed = |chain_id| {
        [
            sign(TxEip2930 {
                chain_id,
                nonce: 7,
                to: to.into(),
                value: U256::from(5),
                ..Default::default()
            }),
            sign(TxEip1559 {
                chain_id,
                nonce: 7,
                to: to.into(),
                value: U256::from(5),
                ..Default::default()
            }),
        ]
    };
    let old = legacy(None, Some(to), vec![]);
    let new = legacy(Some(61_999), Some(to), vec![]);
    let [two_nine_three_oh, fifteen_fifty_nine] = typed(4_221);
    for (raw, chain_id) in [
        (old, None),
        (new, Some(61_999)),
        (two_nine_three_oh, Some(4_221)),
        (fifteen_fifty_nine, Some(4_221)),
    ] {
        let envelope = Envelope::decode(&raw).expect("envelope");
        assert_eq!(envelope.signer(), SIGNER);
        assert_eq!(envelope.hash(), keccak256(&raw));
        assert_eq!(envelope.chain_id(), chain_id);
        assert_eq!((envelope.nonce(), envelope.value()), (7, U256::from(5)));
        assert_eq!(envelope.to(), Some(to));
        assert_eq!(envelope.raw(), raw);
        assert_eq!(envelope.action(), Ok(Action::Transfer { to }));
    }
}

#[test]
fn bytes_that_are_no_transaction_are_refused() {
    let good = legacy(Some(61_127), Some(SIGNER), vec![1; 40]);
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(Envelope::decode(&[]), Err(EnvelopeError::Malformed));
    assert_eq!(Envelope::decode(&longer), Err(EnvelopeError::Malformed));
    assert_eq!(
        Envelope::decode(&good[..good.len() - 1]),
        Err(EnvelopeError::Malformed)
    );
    assert_eq!(
        Envelope::decode(&[3, 0xc0]),
        Err(EnvelopeError::UnsupportedType { kind: 3 })
    );
    assert_eq!(
        Envelope::decode(&[4, 0xc0]),
        Err(EnvelopeError::UnsupportedType { kind: 4 })
    );
    // The mirror image of a signature is no second form of the transaction.
    let tx = TxLegacy {
        to: TxKind::Call(SIGNER),
        ..TxLegacy::default()
    };
    let signature: Signature = key()
        .sign_prehash_recoverable(tx.signature_hash().as_slice())
        .expect("signature")
        .into();
    let order = U256::from_be_bytes(hex!(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    ));
    let mirror = Signature::new(signature.r(), order - signature.s(), !signature.v());
    let raw = TxEnvelope::from(tx.into_signed(mirror)).encoded_2718();
    assert_eq!(Envelope::decode(&raw), Err(EnvelopeError::BadSignature));
}

proptest! {
    #[test]
    fn damaged_bytes_never_panic(at in any::<usize>(), flip in 1..=255u8, cut in any::<usize>()) {
        let mut raw = legacy(Some(61_127), Some(CONSENSUS_MAIN_LOCAL), submission(call()).to_input(SIGNER));
        let at = at % raw.len();
        raw[at] ^= flip;
        raw.truncate(raw.len() - cut % 3);
        if let Ok(envelope) = Envelope::decode(&raw) {
            prop_assert_eq!(envelope.raw(), raw);
            let _ = envelope.action();
        }
    }

    #[test]
    fn random_bytes_never_panic(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Envelope::decode(&raw);
        let _ = TxData::decode(&raw);
    }
}
