//! What is submitted to the consensus contract: selectors, fees, allocations, flags of clients.

use super::{
    super::{
        Action, ActionError, Allocation, Ceilings, Envelope, FeeTerms, MessageTerms, Submission,
        TopUp, TxData,
    },
    SIGNER, action, call, legacy, submission,
};
use crate::{chain::CONSENSUS_MAIN_BRADBURY, emission::On};
use alloc::{boxed::Box, vec};
use alloy_primitives::{Address, B256, U256, hex};

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
