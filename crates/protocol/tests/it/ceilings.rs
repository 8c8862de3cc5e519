//! Limits that a sender names, and the address that it chooses (`FEE-20`, `FEE-21`, `ROUND-28`).

use crate::{
    fees::{RICH, order, terms, with_contract},
    machine::constructor,
    world::{World, submit, user},
};
use venire_protocol::{Input, Reject, salted_address};
use venire_types::{
    Address, B256, U256,
    chain::CONSENSUS_MAIN_LOCAL,
    envelope::{Ceilings, FeeTerms, Submission, TopUp, TxData},
    outcome::Outcome,
    storage::StateView::Finalized,
    vote::Status,
};

fn limited(unit: u64, storage: u64, receipt: u64) -> Ceilings {
    Ceilings {
        unit: U256::from(unit),
        storage: U256::from(storage),
        receipt: U256::from(receipt),
    }
}

fn call_with(world: &World, contract: Address, wei: u64, ceilings: Ceilings) -> Input {
    let fees = FeeTerms {
        ceilings,
        execution: U256::from(2_000_000),
        ..terms(0, &[0])
    };
    world.submission(1, wei, &order(contract, &[], fees))
}

fn top_up(world: &World, tx: B256, ceilings: Ceilings) -> Input {
    let messages = U256::ZERO;
    let top_up = TopUp {
        tx,
        messages,
        ceilings,
    };
    world.envelope(1, CONSENSUS_MAIN_LOCAL, 0, top_up.to_input())
}

#[test]
fn fewer_time_units_than_are_paid_are_refused_and_more_are_not_paid() {
    let (mut world, contract) = with_contract(&[]);
    let units = |leader: u64, validator: u64| FeeTerms {
        leader_units: U256::from(leader),
        validator_units: U256::from(validator),
        ..terms(0, &[0])
    };
    for (fees, allotted, needed) in [(units(99, 0), 99, 100), (units(100, 199), 199, 200)] {
        let input = world.submission(1, 1_100, &order(contract, &[], fees));
        let allotted = U256::from(allotted);
        assert_eq!(
            world.refuse(input),
            Reject::TooFewUnits { allotted, needed }
        );
    }
    let input = world.submission(1, 1_100, &order(contract, &[], units(1_000, 2_000)));
    world.include(input);
    world.drive();
    world.wait(10_000);
    assert_eq!(world.balance(user(1), Finalized), RICH - 1_100);
}

#[test]
fn every_price_has_a_ceiling_when_a_transaction_enters() {
    for (above, what) in [
        (limited(1, 9, 9), "a time unit"),
        (limited(9, 1, 9), "a byte of storage"),
        (limited(9, 9, 1), "a unit of gas of a receipt"),
    ] {
        let (mut world, contract) = with_contract(&[]);
        let two = U256::from(2);
        world.params.fees.unit_price = two;
        world.params.fees.storage_price = two;
        world.params.fees.receipt_price = two;
        world.params.fees.slot_gas = 0;
        let (price, ceiling) = (two, U256::ONE);
        let input = call_with(&world, contract, 10, above);
        assert_eq!(
            world.refuse(input),
            Reject::PriceTooHigh {
                what,
                price,
                ceiling
            }
        );
    }
}

#[test]
fn every_price_has_a_ceiling_when_a_transaction_is_activated() {
    for what in ["a byte of storage", "a unit of gas of a receipt"] {
        let (mut world, contract) = with_contract(&[]);
        world.send(2, contract, 0, &[]);
        world.params.fees.slot_gas = 0;
        world.params.fees.byte_gas = 0;
        world.params.fees.storage_price = U256::ONE;
        world.params.fees.receipt_price = U256::ONE;
        let wei = 1_100 + 2_000_000;
        let amount = U256::from(wei);
        world.step(vec![Input::Faucet {
            to: user(1),
            amount,
        }]);
        let id = world.include(call_with(&world, contract, wei, limited(9, 1, 1)));
        if what == "a byte of storage" {
            world.params.fees.storage_price = U256::from(2);
        } else {
            world.params.fees.receipt_price = U256::from(2);
        }
        world.drive();
        assert_eq!(world.status(id), Status::Canceled);
        let note = format!("{what} costs 2 wei, the sender pays at most 1");
        assert_eq!(world.tx(id).note, Some(note));
        assert_eq!(world.balance(user(1), Finalized), RICH + wei);
    }
}

#[test]
fn a_new_ceiling_must_not_be_below_the_price() {
    let (mut world, contract) = with_contract(&[]);
    world.send(2, contract, 0, &[]);
    let id = world.send(1, contract, 0, &[]);
    world.params.fees.unit_price = U256::from(2);
    let input = top_up(&world, id, limited(1, 0, 0));
    assert_eq!(world.refuse(input).code(), "PRICE_TOO_HIGH");
    world.include(top_up(&world, id, limited(5, 0, 0)));
    let terms = world.tx(id).funds.terms;
    assert_eq!(terms.ceiling, U256::from(5));
    assert_eq!(terms.storage_ceiling, U256::ZERO, "as before");
}

#[test]
fn a_deployer_can_choose_an_address_that_is_known_before() {
    let mut world = World::new(25);
    let deploy = |world: &World, number: u8, salt: u64| {
        let fees = FeeTerms {
            salt: U256::from(salt),
            ..terms(0, &[0])
        };
        let data = TxData::Deploy {
            code: b"code".to_vec(),
            calldata: constructor(&[]),
        };
        let submission = Submission {
            fees: Some(Box::new(fees)),
            ..submit(Address::ZERO, data)
        };
        world.submission(number, 0, &submission)
    };
    let known = |number: u8, salt: u64, world: &World| {
        salted_address(user(number), U256::from(salt), world.params.chain_id)
    };
    let id = world.include(deploy(&world, 1, 7));
    let other = world.include(deploy(&world, 2, 7));
    world.drive();
    assert_eq!(world.tx(id).recipient, known(1, 7, &world));
    assert_eq!(world.tx(other).recipient, known(2, 7, &world));
    assert!(world.tx(id).is_success() && world.tx(other).is_success());
    let again = world.include(deploy(&world, 1, 7));
    world.drive();
    let taken = Outcome::VmError("invalid_contract address_taken".into());
    assert_eq!(world.tx(again).outcome, Some(taken));
    // Without a salt the address follows from the id.
    let plain = world.include(deploy(&world, 1, 0));
    assert_ne!(world.tx(plain).recipient, known(1, 0, &world));
}
