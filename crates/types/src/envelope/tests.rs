//! Envelopes signed here with the curve library, for every supported form, and damaged ones.

use super::{
    Action, ActionError, Allocation, Ceilings, Envelope, EnvelopeError, FeeTerms, Identity,
    MessageTerms, StakeOrder, Submission, TopUp, TxData,
};
use crate::chain::{
    CONSENSUS_MAIN_BRADBURY, CONSENSUS_MAIN_LOCAL, STAKING_ASIMOV, STAKING_BRADBURY, STAKING_LOCAL,
};
use crate::emission::On;
use alloc::{boxed::Box, vec, vec::Vec};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEnvelope, TxLegacy};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, B256, Signature, TxKind, U256, address, hex, keccak256};
use k256::ecdsa::SigningKey;
use proptest::prelude::*;

fn key() -> SigningKey {
    // The first account of every Ethereum development chain.
    let secret = hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
    SigningKey::from_slice(&secret).expect("secret key")
}

const SIGNER: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

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

fn legacy(chain_id: Option<u64>, to: Option<Address>, input: Vec<u8>) -> Vec<u8> {
    sign(TxLegacy {
        chain_id,
        nonce: 7,
        to: to.map_or(TxKind::Create, TxKind::Call),
        value: U256::from(5),
        input: input.into(),
        ..TxLegacy::default()
    })
}

fn submission(data: TxData) -> Submission {
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

fn call() -> TxData {
    TxData::Call { calldata: vec![6] }
}

fn action(input: Vec<u8>) -> Result<Action, ActionError> {
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

#[test]
fn selectors_are_those_that_clients_send() {
    let call = submission(call()).to_input(SIGNER);
    assert_eq!(call[..4], hex!("27241a99"));
    let mut until = submission(self::call());
    until.valid_until = Some(U256::from(1_000));
    assert_eq!(until.to_input(SIGNER)[..4], hex!("e71d5196"));
    let id = B256::repeat_byte(0xab);
    for (selector, wanted) in [
        (hex!("8b5de1bc"), Action::Appeal { tx: id }),
        (hex!("b2efda83"), Action::Finalize { tx: id }),
        (hex!("70ba3339"), Action::Cancel { tx: id }),
    ] {
        assert_eq!(action([&selector[..], id.as_slice()].concat()), Ok(wanted));
    }
    let word = |number: u64| B256::from(U256::from(number)).to_vec();
    let list = [hex!("f5acca71").to_vec(), word(32), word(1), id.to_vec()];
    assert_eq!(
        action(list.concat()),
        Ok(Action::FinalizeIdle { txs: vec![id] })
    );
}

fn fee_terms() -> FeeTerms {
    FeeTerms {
        value: U256::from(5),
        appeals: U256::from(1),
        rotations: vec![U256::from(2), U256::ZERO],
        execution: U256::from(511_512),
        messages: U256::from(7),
        leader_units: U256::from(100),
        validator_units: U256::from(200),
        ceilings: ceilings(),
        allocations: [None, Some(0)].map(allocation).to_vec(),
        salt: U256::ZERO,
    }
}

fn ceilings() -> Ceilings {
    Ceilings {
        unit: U256::from(9),
        storage: U256::from(2),
        receipt: U256::from(3),
    }
}

fn allocation(parent: Option<u32>) -> Allocation {
    Allocation {
        internal: true,
        on: On::Accepted,
        parent,
        recipient: Address::repeat_byte(7),
        call_key: B256::repeat_byte(8),
        budget: U256::from(5),
        fee_params: MessageTerms::default().encode(),
    }
}

#[test]
fn terms_of_messages_survive_the_abi_and_rubbish_does_not() {
    let terms = MessageTerms {
        leader_units: U256::from(100),
        validator_units: U256::from(200),
        appeals: U256::from(1),
        execution: U256::from(511_512),
        rotations: vec![U256::from(2), U256::ZERO],
    };
    let bytes = terms.encode();
    // Four words, the place of the list, its length, and its two entries.
    assert_eq!(bytes.len(), 8 * 32);
    assert_eq!(MessageTerms::decode(&bytes), Some(terms));
    assert_eq!(MessageTerms::decode(&bytes[1..]), None);
    assert_eq!(MessageTerms::decode(&[]), None);
}

#[test]
fn fees_survive_the_abi_under_the_selectors_that_clients_send() {
    for valid_until in [None, Some(U256::from(1_700_000_000))] {
        let wanted = Submission {
            valid_until,
            fees: Some(Box::new(fee_terms())),
            ..submission(call())
        };
        let mut input = wanted.to_input(SIGNER);
        assert_eq!(input[..4], hex!("35a251fb"));
        assert_eq!(action(input.clone()), Ok(Action::Submit(wanted.clone())));
        // `deploySalted` takes the same order.
        input[..4].copy_from_slice(&hex!("98863702"));
        assert_eq!(action(input.clone()), Ok(Action::Submit(wanted.clone())));
        let fees = FeeTerms {
            salt: U256::from(4),
            ..fee_terms()
        };
        let salted = Submission {
            fees: Some(Box::new(fees)),
            ..wanted
        };
        let with_salt = salted.to_input(SIGNER);
        assert_eq!(with_salt[..4], hex!("98863702"));
        assert_eq!(action(with_salt), Ok(Action::Submit(salted)));
        input.truncate(input.len() - 32);
        assert_eq!(action(input), Err(ActionError::BadArguments));
    }
    let top_up = TopUp {
        tx: B256::repeat_byte(0xab),
        messages: U256::from(7),
        ceilings: ceilings(),
    };
    let mut input = top_up.to_input();
    assert_eq!(input[..4], hex!("fa648bb3"));
    assert_eq!(action(input.clone()), Ok(Action::TopUp(top_up)));
    input[..4].copy_from_slice(&hex!("6985d9c5"));
    assert_eq!(action(input), Ok(Action::Appeal { tx: top_up.tx }));
    let claimed = Address::repeat_byte(2);
    let lie = Submission {
        fees: Some(Box::new(fee_terms())),
        ..submission(call())
    };
    assert_eq!(
        action(lie.to_input(claimed)),
        Err(ActionError::SenderMismatch {
            claimed,
            signer: SIGNER
        })
    );
}

#[test]
fn submissions_survive_the_abi() {
    let deploy = TxData::Deploy {
        code: b"# contract".to_vec(),
        calldata: vec![6],
    };
    for data in [deploy, call()] {
        for valid_until in [None, Some(U256::from(1_700_000_000))] {
            for leader_only in [false, true] {
                let wanted = Submission {
                    valid_until,
                    leader_only,
                    ..submission(data.clone())
                };
                assert_eq!(action(wanted.to_input(SIGNER)), Ok(Action::Submit(wanted)));
            }
        }
    }
    let never = Submission {
        valid_until: Some(U256::ZERO),
        ..submission(call())
    };
    let Ok(Action::Submit(got)) = action(never.to_input(SIGNER)) else {
        panic!("no submission")
    };
    assert_eq!(got.valid_until, None);
}

#[test]
fn submissions_that_lie_or_make_no_sense_are_refused() {
    let claimed = Address::repeat_byte(2);
    assert_eq!(
        action(submission(call()).to_input(claimed)),
        Err(ActionError::SenderMismatch {
            claimed,
            signer: SIGNER
        })
    );
    let stray = Submission {
        recipient: Address::ZERO,
        ..submission(call())
    };
    assert_eq!(
        action(stray.to_input(SIGNER)),
        Err(ActionError::DeployMismatch)
    );
    let input = submission(call()).to_input(SIGNER);
    assert_eq!(
        action(input[..input.len() - 32].to_vec()),
        Err(ActionError::BadArguments)
    );
    assert_eq!(
        action(input[..3].to_vec()),
        Err(ActionError::UnknownFunction)
    );
    assert_eq!(action(vec![1, 2, 3, 4]), Err(ActionError::UnknownFunction));
    assert_eq!(action(vec![]), Err(ActionError::UnknownFunction));
    let raw = legacy(None, None, vec![]);
    assert_eq!(
        Envelope::decode(&raw).expect("envelope").action(),
        Err(ActionError::NoReceiver)
    );
    let raw = legacy(None, Some(CONSENSUS_MAIN_BRADBURY), vec![9; 4]);
    let action = Envelope::decode(&raw).expect("envelope").action();
    assert_eq!(action, Err(ActionError::UnknownFunction));
}

#[test]
fn leader_flags_of_all_clients_are_read() {
    // `[calldata, flag]` as genlayer-js and genlayer-py write it.
    let js = hex!("d4920e066d6574686f644c6765745f76616c756500");
    let py = hex!("d4920e066d6574686f644c6765745f76616c756580");
    let calldata = js[2..20].to_vec();
    for bytes in [js, py] {
        let wanted = TxData::Call {
            calldata: calldata.clone(),
        };
        assert_eq!(TxData::decode(&bytes), Ok((wanted, false)));
    }
    assert_eq!(
        TxData::decode(&hex!("c20601")),
        Ok((TxData::Call { calldata: vec![6] }, true))
    );
    assert_eq!(
        TxData::decode(&hex!("c20602")),
        Err(ActionError::BadLeaderFlag)
    );
    for bytes in [
        &[][..],
        &hex!("c106"),
        &hex!("c406060600"),
        &hex!("c2060000"),
        &hex!("c306c000"),
    ] {
        assert_eq!(
            TxData::decode(bytes),
            Err(ActionError::BadTxData),
            "{bytes:?}"
        );
    }
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

fn asks(to: Address, input: Vec<u8>) -> Result<Action, ActionError> {
    let raw = legacy(None, Some(to), input);
    Envelope::decode(&raw).expect("envelope").action()
}

#[test]
fn staking_orders_are_what_clients_encode() {
    let (wallet, other) = (Address::repeat_byte(7), Address::repeat_byte(8));
    let shares = U256::from(42);
    let of_staking = [
        StakeOrder::ValidatorJoin { operator: None },
        StakeOrder::ValidatorJoin {
            operator: Some(other),
        },
        StakeOrder::ValidatorClaim { validator: wallet },
        StakeOrder::ValidatorPrime { validator: wallet },
        StakeOrder::DelegatorJoin { validator: wallet },
        StakeOrder::DelegatorExit {
            validator: wallet,
            shares,
        },
        StakeOrder::DelegatorClaim {
            delegator: other,
            validator: wallet,
        },
        StakeOrder::EpochAdvance,
        StakeOrder::EpochFinalize,
    ];
    for order in of_staking {
        for to in [STAKING_LOCAL, STAKING_ASIMOV, STAKING_BRADBURY] {
            assert_eq!(asks(to, order.to_input()), Ok(Action::Stake(order.clone())));
        }
        assert_eq!(
            asks(wallet, order.to_input()),
            Err(ActionError::UnknownFunction)
        );
        assert_eq!(
            asks(CONSENSUS_MAIN_LOCAL, order.to_input()),
            Err(ActionError::UnknownFunction)
        );
    }
}

#[test]
fn orders_of_wallets_are_what_clients_encode() {
    let (wallet, other) = (Address::repeat_byte(7), Address::repeat_byte(8));
    let shares = U256::from(42);
    let identity = Identity {
        moniker: "m".into(),
        logo_uri: "l".into(),
        website: "w".into(),
        description: "d".into(),
        email: "e".into(),
        twitter: "t".into(),
        telegram: "g".into(),
        github: "h".into(),
        extra_cid: vec![1, 2],
    };
    let of_wallets = [
        StakeOrder::ValidatorDeposit { wallet },
        StakeOrder::ValidatorExit { wallet, shares },
        StakeOrder::SetOperator {
            wallet,
            operator: other,
        },
        StakeOrder::SetIdentity { wallet, identity },
        StakeOrder::InitiateOperatorTransfer {
            wallet,
            operator: other,
        },
        StakeOrder::CompleteOperatorTransfer { wallet },
        StakeOrder::CancelOperatorTransfer { wallet },
    ];
    for order in of_wallets {
        assert_eq!(
            asks(wallet, order.to_input()),
            Ok(Action::Stake(order.clone()))
        );
    }
    // A wallet claims for itself; the staking contract takes a wallet for its signer.
    let claim = keccak256("validatorClaim()")[..4].to_vec();
    assert_eq!(
        asks(wallet, claim),
        Ok(Action::Stake(StakeOrder::ValidatorClaim {
            validator: wallet
        }))
    );
    let deposit = StakeOrder::ValidatorDeposit { wallet: SIGNER };
    assert_eq!(
        asks(STAKING_LOCAL, deposit.to_input()),
        Ok(Action::Stake(deposit))
    );
}

#[test]
fn selectors_of_staking_are_the_published_ones() {
    for (name, input) in [
        (
            "validatorJoin(address)",
            StakeOrder::ValidatorJoin {
                operator: Some(SIGNER),
            },
        ),
        (
            "delegatorExit(address,uint256)",
            StakeOrder::DelegatorExit {
                validator: SIGNER,
                shares: U256::ONE,
            },
        ),
        (
            "setIdentity(string,string,string,string,string,string,string,string,bytes)",
            StakeOrder::SetIdentity {
                wallet: SIGNER,
                identity: Identity::default(),
            },
        ),
    ] {
        assert_eq!(input.to_input()[..4], keccak256(name)[..4], "{name}");
    }
}

#[test]
fn staking_arguments_must_fit() {
    let mut input = StakeOrder::DelegatorJoin {
        validator: Address::repeat_byte(7),
    }
    .to_input();
    input[4] = 1;
    assert_eq!(
        asks(STAKING_LOCAL, input.clone()),
        Err(ActionError::BadArguments)
    );
    input.truncate(10);
    assert_eq!(asks(STAKING_LOCAL, input), Err(ActionError::BadArguments));
}
