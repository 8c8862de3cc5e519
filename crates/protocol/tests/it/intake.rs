//! Who may enter: nonces, chains, funds, replays, cancels, expiry.

use crate::{
    machine::{Op, call},
    world::{Act, World, key, sign, submit, user},
};
use k256::ecdsa::SigningKey;
use venire_protocol::{Effect, Input, Params, RawInput, Reject, admit, precheck, view};
use venire_types::{
    Address, B256, U256,
    chain::{CONSENSUS_MAIN_LOCAL, KNOWN_CHAIN_IDS, LOCAL_CHAIN_ID},
    envelope::{Envelope, EnvelopeError, TxData},
    keccak256,
    signed::{Cancel, Signed},
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

fn rlp_bytes(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => [rlp_length(bytes.len(), 0x80), bytes.to_vec()].concat(),
    }
}

fn rlp_length(length: usize, base: u8) -> Vec<u8> {
    if length < 56 {
        return vec![base + u8::try_from(length).expect("short")];
    }
    let bytes = (length as u64).to_be_bytes();
    let bytes = bytes
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect::<Vec<_>>();
    [
        vec![base + 55 + u8::try_from(bytes.len()).expect("short")],
        bytes,
    ]
    .concat()
}

fn rlp_number(number: u64) -> Vec<u8> {
    rlp_bytes(
        &number
            .to_be_bytes()
            .into_iter()
            .skip_while(|byte| *byte == 0)
            .collect::<Vec<_>>(),
    )
}

fn rlp_list(items: &[Vec<u8>]) -> Vec<u8> {
    let body = items.concat();
    [rlp_length(body.len(), 0xc0), body].concat()
}

/// A signed legacy transaction, written out by hand.
pub(crate) fn legacy(
    key: &SigningKey,
    nonce: u64,
    chain_id: Option<u64>,
    to: Address,
    value: u64,
    input: &[u8],
) -> Vec<u8> {
    let mut fields = vec![
        rlp_number(nonce),
        rlp_number(0),
        rlp_number(0),
        rlp_bytes(to.as_slice()),
        rlp_number(value),
        rlp_bytes(input),
    ];
    let mut unsigned = fields.clone();
    if let Some(id) = chain_id {
        unsigned.extend([rlp_number(id), rlp_number(0), rlp_number(0)]);
    }
    let signature = sign(key, keccak256(rlp_list(&unsigned)));
    let parity = u64::from(signature[64]);
    let v = chain_id.map_or(27 + parity, |id| id * 2 + 35 + parity);
    let number = |bytes: &[u8]| {
        rlp_bytes(
            &bytes
                .iter()
                .copied()
                .skip_while(|byte| *byte == 0)
                .collect::<Vec<_>>(),
        )
    };
    fields.extend([
        rlp_number(v),
        number(&signature[..32]),
        number(&signature[32..64]),
    ]);
    rlp_list(&fields)
}

fn nonce_of(world: &World, number: u8) -> u64 {
    view::account(&world.state, user(number))
        .expect("account")
        .nonce
}

#[test]
fn nonces_must_be_the_next_one_and_replays_do_nothing() {
    let mut world = World::new(5);
    let first = world.envelope(1, user(9), 10, vec![]);
    let gap = world.envelope_with(1, 1, None, user(9), 10, vec![]);
    assert_eq!(
        world.refuse(gap),
        Reject::NonceTooHigh {
            expected: 0,
            got: 1
        }
    );
    world.include(first.clone());
    assert_eq!(
        world.refuse(first),
        Reject::NonceTooLow {
            expected: 1,
            got: 0
        }
    );
    assert_eq!(
        (nonce_of(&world, 1), world.balance(user(9), Finalized)),
        (1, 10)
    );
}

#[test]
fn a_replay_inside_one_block_is_rejected_too() {
    let mut world = World::new(5);
    let transfer = world.envelope(1, user(9), 10, vec![]);
    let effects = world.step(vec![transfer.clone(), transfer]);
    let rejected = |effect: &&Effect| matches!(effect, Effect::Rejected { input: 1, reject } if reject.code() == "NONCE_TOO_LOW");
    assert_eq!(effects.iter().filter(rejected).count(), 1);
    assert_eq!(world.balance(user(9), Finalized), 10);
}

#[test]
fn every_client_is_accepted_on_a_local_chain_and_one_chain_elsewhere() {
    let mut world = World::new(5);
    for id in KNOWN_CHAIN_IDS.map(Some).into_iter().chain([None]) {
        let nonce = nonce_of(&world, 1);
        let input = world.envelope_with(1, nonce, id, user(9), 1, vec![]);
        world.include(input);
    }
    let stranger = world.envelope_with(1, 5, Some(1), user(9), 1, vec![]);
    let wrong = |got| Reject::WrongChain {
        got,
        chain: LOCAL_CHAIN_ID,
    };
    assert_eq!(world.refuse(stranger), wrong(Some(1)));

    let mut strict = World::with(
        5,
        Params {
            any_chain_id: false,
            ..Params::local()
        },
    );
    for id in [Some(61_999), Some(4_221), None] {
        let input = strict.envelope_with(1, 0, id, user(9), 1, vec![]);
        assert_eq!(strict.refuse(input), wrong(id));
    }
    let input = strict.envelope(1, user(9), 1, vec![]);
    strict.include(input);
}

#[test]
fn admission_says_what_apply_will_do() {
    let world = World::new(5);
    let Input::Transaction(good) = world.envelope(1, user(9), 10, vec![]) else {
        panic!()
    };
    let Input::Transaction(poor) = world.envelope(1, user(9), 2_000_000, vec![]) else {
        panic!()
    };
    assert_eq!(admit(&world.params, &world.state, world.now, &good), Ok(()));
    let error = admit(&world.params, &world.state, world.now, &poor).expect_err("too poor");
    assert_eq!(
        error.to_string(),
        "the account has 1000000 wei, the transaction needs 2000000"
    );
    assert!(precheck(&world.params, &poor).is_ok(), "no state, no funds");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_stable_code() {
    let mut world = World::new(5);
    let small = Params {
        tx_bytes_max: 200,
        ..Params::local()
    };
    let data = TxData::Call {
        calldata: call(&[Op::Add(1)]),
    };
    let lost = world.submission(1, 0, &submit(user(9), data.clone()));
    let Input::Transaction(large) = &lost else {
        panic!()
    };
    assert_eq!(
        precheck(&small, large).map_err(|reject| reject.code()),
        Err("TX_TOO_LARGE")
    );
    assert_eq!(
        world.refuse(lost),
        Reject::ContractNotFound { address: user(9) }
    );

    let contract = world.deploy(1, 0, &[]);
    let mut late = submit(contract, data);
    late.valid_until = Some(U256::from(1));
    world.now = 2_000;
    let late = world.submission(1, 0, &late);
    assert_eq!(
        world.refuse(late),
        Reject::Expired {
            until_ms: 1_000,
            now_ms: 2_000
        }
    );

    let claimed = submit(contract, TxData::Call { calldata: vec![6] }).to_input(user(2));
    let forged = world.envelope(1, CONSENSUS_MAIN_LOCAL, 0, claimed);
    assert_eq!(world.refuse(forged).code(), "SENDER_MISMATCH");

    let main = CONSENSUS_MAIN_LOCAL;
    let function = |selector: [u8; 4], id: B256| [&selector[..], id.as_slice()].concat();
    let id = world.call(1, contract, 0, &[]);
    for (selector, tx, value, code) in [
        ([0x8b, 0x5d, 0xe1, 0xbc], B256::ZERO, 0, "TX_NOT_FOUND"),
        ([0x70, 0xba, 0x33, 0x39], id, 1, "VALUE_NOT_ALLOWED"),
        ([0x70, 0xba, 0x33, 0x39], B256::ZERO, 0, "TX_NOT_FOUND"),
        ([0x70, 0xba, 0x33, 0x39], id, 0, "TX_NOT_PENDING"),
        ([0xb2, 0xef, 0xda, 0x83], id, 0, "TX_NOT_FINALIZABLE"),
        ([1, 2, 3, 4], id, 0, "UNKNOWN_FUNCTION"),
    ] {
        let input = world.envelope(1, main, value, function(selector, tx));
        assert_eq!(world.refuse(input).code(), code);
    }
    world.wait(10_000);
    let input = world.envelope(1, main, 0, function([0xb2, 0xef, 0xda, 0x83], id));
    assert_eq!(world.include(input), id);
}

#[test]
fn damaged_signatures_never_become_inputs() {
    let raw = legacy(&key(1), 0, None, user(9), 1, &[]);
    let cut = RawInput::Transaction(raw[..raw.len() - 1].to_vec()).verify(LOCAL_CHAIN_ID);
    assert_eq!(cut, Err(EnvelopeError::Malformed.into()));
    let signed = Signed {
        body: Cancel { tx: B256::ZERO },
        signature: [0; 65],
    };
    assert!(RawInput::Cancel(signed).verify(LOCAL_CHAIN_ID).is_err());
    assert!(Envelope::decode(&raw).is_ok());
}

fn cancel(number: u8, tx: B256) -> Input {
    let body = Cancel { tx };
    let signature = sign(&key(number), body.digest());
    RawInput::Cancel(Signed { body, signature })
        .verify(LOCAL_CHAIN_ID)
        .expect("signature")
}

#[test]
fn a_pending_transaction_can_be_withdrawn_by_its_sender_only() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    world.script(|_, _| Act::Silent);
    let running = world.send(1, contract, 0, &[Op::Add(1)]);
    let waiting = world.send(1, contract, 300, &[Op::Add(10)]);
    let last = world.send(2, contract, 0, &[Op::Add(100)]);

    assert_eq!(
        world.refuse(cancel(2, waiting)),
        Reject::NotSender { signer: user(2) }
    );
    let status = Status::Proposing;
    assert_eq!(
        world.refuse(cancel(1, running)),
        Reject::NotPending { status }
    );
    world.include(cancel(1, waiting));
    assert_eq!(world.status(waiting), Status::Canceled);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    let status = Status::Canceled;
    assert_eq!(
        world.refuse(cancel(1, waiting)),
        Reject::NotPending { status }
    );

    world.script(|_, _| Act::Honest);
    world.wait(world.params.propose_timeout_ms);
    world.drive();
    assert_eq!(world.status(last), Status::Accepted);
    assert_eq!(world.counter(contract, Accepted), 101);
    world.wait(10_000);
    assert_eq!(world.counter(contract, Finalized), 101);
}

#[test]
fn a_transaction_whose_turn_comes_too_late_is_withdrawn() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let running = world.send(1, contract, 0, &[Op::Add(1)]);
    let mut submission = submit(
        contract,
        TxData::Call {
            calldata: call(&[Op::Add(10)]),
        },
    );
    submission.valid_until = Some(U256::from(5));
    let late = world.include(world.submission(1, 300, &submission));
    world.now = 6_000;
    world.drive();
    assert_eq!(
        (world.status(running), world.status(late)),
        (Status::Accepted, Status::Canceled)
    );
    assert!(world.tx(late).note.expect("a note").contains("expired"));
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
}

#[test]
fn a_call_without_a_method_of_a_person_is_a_transfer() {
    let mut world = World::new(5);
    for (calldata, is_transfer) in [
        (vec![], true),
        (vec![6], true),
        (
            venire_types::calldata::encode(&venire_types::calldata::Value::call("", [])),
            true,
        ),
        (call(&[]), false),
        (vec![0], false),
        (vec![0xff], false),
    ] {
        let input = world.submission(1, 3, &submit(user(9), TxData::Call { calldata }));
        if is_transfer {
            let id = world.include(input);
            assert_eq!(world.status(id), Status::Finalized);
        } else {
            assert_eq!(
                world.refuse(input),
                Reject::ContractNotFound { address: user(9) }
            );
        }
    }
    assert_eq!(world.balance(user(9), Finalized), 9);
}

#[test]
fn calls_may_queue_behind_the_deploy_they_need() {
    let mut world = World::new(25);
    let data = TxData::Deploy {
        code: vec![1],
        calldata: crate::machine::constructor(&[]),
    };
    let deploy = world.include(world.submission(1, 0, &submit(Address::ZERO, data)));
    let contract = world.tx(deploy).recipient;
    let call = world.send(1, contract, 0, &[Op::Add(4)]);
    assert_eq!(world.status(call), Status::Pending);
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 4);
}

#[test]
fn the_faucet_mints_only_where_it_is_open() {
    let mut world = World::new(5);
    let id = world.include(Input::Faucet {
        to: user(9),
        amount: U256::from(77),
    });
    assert_eq!(world.status(id), Status::Finalized);
    assert_eq!(world.balance(user(9), Finalized), 77);
    let amount = U256::MAX;
    assert_eq!(
        world.refuse(Input::Faucet {
            to: user(9),
            amount
        }),
        Reject::FaucetExhausted
    );
    let mut closed = World::with(
        5,
        Params {
            faucet: false,
            ..Params::local()
        },
    );
    let amount = U256::from(1);
    assert_eq!(
        closed.refuse(Input::Faucet {
            to: user(9),
            amount
        }),
        Reject::NoFaucet
    );
}

fn park(world: &World, number: u8, to: Address, value: u64, ops: &[Op]) -> Input {
    let data = TxData::Call {
        calldata: call(ops),
    };
    match world.submission(number, value, &submit(to, data)) {
        Input::Transaction(envelope) => Input::Park(envelope),
        other => other,
    }
}

/// `ROUND-37`
#[test]
fn a_parked_transaction_keeps_its_place_until_it_is_started() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let parked = park(&world, 1, contract, 0, &[Op::Add(1)]);
    assert_eq!(parked.to_raw().verify(LOCAL_CHAIN_ID).as_ref(), Ok(&parked));
    let first = world.include(parked);
    let second = world.send(2, contract, 0, &[Op::Add(10)]);
    world.wait(1_000_000);
    assert_eq!(world.status(first), Status::Pending, "nothing runs out");
    assert_eq!(
        world.status(second),
        Status::Pending,
        "its turn has not come"
    );
    world.include(Input::Start { tx: first });
    assert_eq!(world.status(first), Status::Proposing);
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 11);
    let again = world.refuse(Input::Start { tx: first });
    assert_eq!(again, Reject::NotParked { tx: first });
    let unknown = world.refuse(Input::Start { tx: B256::ZERO });
    assert_eq!(unknown, Reject::UnknownTransaction { tx: B256::ZERO });
    world.params.manual = false;
    let parked = park(&world, 1, contract, 0, &[Op::Add(1)]);
    assert_eq!(world.refuse(parked), Reject::NotManual);
}

/// `ROUND-31`, `ROUND-37`
#[test]
fn a_parked_transaction_can_be_withdrawn_and_its_value_returns() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let held = world.include(park(&world, 1, contract, 300, &[Op::Add(1)]));
    assert_eq!(world.balance(user(1), Finalized), 999_700);
    let wrong = world.refuse(cancel(2, held));
    assert_eq!(wrong, Reject::NotSender { signer: user(2) });
    world.include(cancel(1, held));
    assert_eq!(world.status(held), Status::Canceled);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    let gone = world.refuse(Input::Start { tx: held });
    assert_eq!(gone, Reject::NotParked { tx: held });
    let next = world.send(2, contract, 0, &[Op::Add(10)]);
    world.drive();
    assert_eq!(world.status(next), Status::Accepted);
    assert_eq!(world.counter(contract, Accepted), 10);
}

/// `ROUND-08`, `ROUND-37`: a payment waits like any other.
#[test]
fn a_parked_payment_arrives_when_it_is_started() {
    let mut world = World::new(25);
    let Input::Transaction(envelope) = world.envelope(1, user(9), 50, vec![]) else {
        panic!("a signed transaction");
    };
    let tx = world.include(Input::Park(envelope));
    assert_eq!(world.status(tx), Status::Pending);
    assert_eq!(world.balance(user(9), Finalized), 0);
    assert_eq!(world.balance(user(1), Finalized), 999_950);
    world.include(Input::Start { tx });
    assert_eq!(world.status(tx), Status::Finalized);
    assert_eq!(world.balance(user(9), Finalized), 50);
}
