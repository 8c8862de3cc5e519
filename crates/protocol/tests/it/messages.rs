//! Messages between contracts: when they leave, who sends them, and in which order they end.

use crate::{
    machine::{Op, call},
    world::{Act, World, user},
};
use venire_protocol::{Kind, Params, view};
use venire_types::{
    Address, B256, U256,
    chain::topic,
    emission::On,
    outcome::Outcome,
    storage::StateView::{Accepted, Finalized},
    vote::Status,
};

fn post(to: Address, value: u64, on: On, ops: &[Op]) -> Op {
    Op::Post(to, value, on, call(ops))
}

#[test]
fn a_message_on_acceptance_runs_before_its_parent_is_final() {
    let mut world = World::new(25);
    let (first, second) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    world.wait(10_000);
    let parent = world.call(
        1,
        first,
        50,
        &[post(second, 20, On::Accepted, &[Op::Add(8)])],
    );

    let [child] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    let record = world.tx(child);
    assert_eq!(record.status, Status::Accepted);
    assert_eq!((record.sender, record.origin), (first, user(1)));
    assert_eq!(record.triggered_by, Some((parent, On::Accepted)));
    assert_eq!(
        (record.kind, record.nonce, record.descent),
        (Kind::Call, None, 1)
    );
    assert_eq!(world.counter(second, Accepted), 8);
    assert_eq!(
        (
            world.balance(first, Accepted),
            world.balance(second, Accepted)
        ),
        (30, 20)
    );
    assert_eq!(
        (
            world.balance(first, Finalized),
            world.balance(second, Finalized)
        ),
        (0, 0)
    );

    world.wait(10_000);
    assert_eq!(world.status(child), Status::Finalized);
    assert_eq!(
        (
            world.balance(first, Finalized),
            world.balance(second, Finalized)
        ),
        (30, 20)
    );
}

#[test]
fn a_message_on_finality_does_not_exist_before() {
    let mut world = World::new(25);
    let (first, second) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    let parent = world.call(
        1,
        first,
        50,
        &[post(second, 20, On::Finalized, &[Op::Add(8)])],
    );
    assert!(world.tx(parent).children.is_empty());
    // What will be sent can no longer be spent.
    assert_eq!(world.balance(first, Accepted), 30);
    world.wait(10_000);
    let [child] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    assert_eq!(world.status(child), Status::Proposing);
    world.drive();
    assert_eq!(
        (world.status(child), world.counter(second, Accepted)),
        (Status::Accepted, 8)
    );
    assert_eq!(world.tx(child).triggered_by, Some((parent, On::Finalized)));
}

#[test]
fn a_child_is_never_final_before_its_parent() {
    let mut world = World::new(25);
    let (first, second) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    world.wait(10_000);
    // The parent's own predecessor keeps it from being final.
    world.script(|record, _| {
        if record.value == U256::from(1) {
            Act::Silent
        } else {
            Act::Honest
        }
    });
    let parent = world.call(1, first, 0, &[post(second, 0, On::Accepted, &[Op::Add(8)])]);
    world.drive();
    let [child] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    let silent = world.send(1, second, 1, &[]);
    world.wait(10_000);
    let finals: Vec<B256> = world
        .effects
        .iter()
        .filter_map(|effect| match effect {
            venire_protocol::Effect::Finalized { tx } => Some(*tx),
            _ => None,
        })
        .collect();
    assert_eq!(finals, [parent, child]);
    assert_eq!(world.status(silent), Status::Proposing);
}

#[test]
fn chains_of_messages_keep_the_origin_and_have_an_end() {
    let params = Params {
        descent_max: 3,
        ..Params::local()
    };
    let mut world = World::with(25, params);
    let contracts: Vec<Address> = (0..6).map(|_| world.deploy(1, 0, &[])).collect();
    let mut ops = vec![Op::Add(1)];
    for contract in contracts[1..].iter().rev() {
        ops = vec![Op::Add(1), post(*contract, 0, On::Accepted, &ops)];
    }
    let mut id = world.call(3, contracts[0], 0, &ops);
    for (descent, contract) in contracts.iter().enumerate().take(3) {
        let record = world.tx(id);
        assert_eq!((record.origin, record.recipient), (user(3), *contract));
        assert_eq!(record.descent as usize, descent);
        let [child] = record.children[..] else {
            panic!("one child")
        };
        id = child;
        assert_eq!(world.tx(id).sender, *contract);
    }
    let last = world.tx(id);
    assert_eq!(last.outcome, Some(Outcome::VmError("message_depth".into())));
    assert!(last.children.is_empty());
    assert_eq!(world.counter(contracts[3], Accepted), 0);
}

#[test]
fn a_message_without_a_method_to_a_person_is_a_transfer() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let ops = [
        Op::Post(user(8), 5, On::Accepted, vec![6]),
        Op::Post(user(8), 6, On::Finalized, vec![]),
        Op::External(user(9), 7),
    ];
    let parent = world.call(1, contract, 100, &ops);
    let [early] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    assert_eq!(
        (world.tx(early).kind, world.status(early)),
        (Kind::Transfer, Status::Accepted)
    );
    assert_eq!(
        world.balance(user(8), Accepted),
        0,
        "not before the parent is final"
    );
    world.wait(10_000);
    assert_eq!(world.tx(parent).children.len(), 3);
    for child in world.tx(parent).children {
        assert_eq!(world.status(child), Status::Finalized);
        assert_eq!(world.tx(child).rounds, []);
    }
    assert_eq!(
        (
            world.balance(user(8), Finalized),
            world.balance(user(9), Finalized)
        ),
        (11, 7)
    );
    assert_eq!(world.balance(contract, Finalized), 82);
}

#[test]
fn a_message_to_a_contract_without_a_method_is_judged() {
    let mut world = World::new(25);
    let (first, second) = (world.deploy(1, 0, &[]), world.deploy(2, 0, &[]));
    let parent = world.call(1, first, 100, &[Op::Post(second, 5, On::Accepted, vec![6])]);
    let [child] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    assert_eq!(
        (world.tx(child).kind, world.tx(child).rounds.len()),
        (Kind::Call, 1)
    );
    assert_eq!(world.balance(second, Accepted), 5);
}

#[test]
fn a_call_of_nothing_fails_and_returns_its_value() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let parent = world.call(
        1,
        contract,
        100,
        &[post(user(8), 5, On::Accepted, &[Op::Add(1)])],
    );
    let [child] = world.tx(parent).children[..] else {
        panic!("one child")
    };
    let outcome = Outcome::VmError("invalid_contract absent".into());
    assert_eq!(world.tx(child).outcome, Some(outcome));
    assert_eq!(world.balance(contract, Accepted), 95);
    world.wait(10_000);
    assert_eq!(world.balance(contract, Finalized), 100);
}

#[test]
fn contracts_deploy_contracts() {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let ops = [
        Op::Deploy(3, 0, On::Accepted),
        Op::Deploy(4, 9, On::Accepted),
    ];
    let parent = world.call(1, contract, 100, &ops);
    let [plain, salted] = world.tx(parent).children[..] else {
        panic!("two children")
    };
    let known = venire_protocol::salted_address(contract, U256::from(9), world.params.chain_id);
    assert_eq!(world.tx(salted).recipient, known);
    assert_ne!(world.tx(plain).recipient, known);
    let code = view::code(&world.state, known, Accepted)
        .expect("state")
        .expect("code");
    assert_eq!(&code[..], b"child");
    let meta = view::contract(&world.state, known, Accepted)
        .expect("state")
        .expect("contract");
    assert_eq!((meta.creator, meta.deploy), (contract, salted));
    assert_eq!(
        (
            world.balance(contract, Accepted),
            world.balance(known, Accepted)
        ),
        (93, 4)
    );

    // The same salt again: the address is taken, the value comes back.
    let again = world.call(1, contract, 0, &[Op::Deploy(5, 9, On::Accepted)]);
    let [child] = world.tx(again).children[..] else {
        panic!("one child")
    };
    let outcome = Outcome::VmError("invalid_contract address_taken".into());
    assert_eq!(world.tx(child).outcome, Some(outcome));
    world.wait(10_000);
    assert_eq!(
        (
            world.balance(contract, Finalized),
            world.balance(known, Finalized)
        ),
        (93, 4)
    );
}

#[test]
fn salted_addresses_are_those_of_the_public_networks() {
    use venire_types::keccak256;
    let deployer: Address = "0x03FB09251eC05ee9Ca36c98644070B89111D4b3F"
        .parse()
        .expect("address");
    let wanted: Address = "0x31a38fac42349DC16a84A22FbBACCBb6E238B7F9"
        .parse()
        .expect("address");
    assert_eq!(
        venire_protocol::salted_address(deployer, U256::from(127), 255),
        wanted
    );
    let deployer: Address = "0x0100000000000000000000000000000000000000"
        .parse()
        .expect("address");
    let wanted: Address = "0xf539Cb83f077Cd01BDd1a4E002866dCC0D15D633"
        .parse()
        .expect("address");
    assert_eq!(
        venire_protocol::salted_address(deployer, U256::from(1), 0),
        wanted
    );
    assert_eq!(
        topic::TRANSACTION_ACCEPTED,
        keccak256("TransactionAccepted(bytes32)")
    );
    assert_eq!(
        topic::TRANSACTION_FINALIZED,
        keccak256("TransactionFinalized(bytes32)")
    );
    assert_eq!(
        topic::NEW_TRANSACTION,
        keccak256("NewTransaction(bytes32,address,address)")
    );
    assert_eq!(
        topic::CREATED_TRANSACTION,
        keccak256("CreatedTransaction(bytes32,uint256)")
    );
    let processed = keccak256("InternalMessageProcessed(bytes32,address,address)");
    assert_eq!(topic::INTERNAL_MESSAGE_PROCESSED, processed);
}
