//! Message budgets that a sender divides itself (`FEE-22` to `FEE-24`).
//!
//! Prices are those of `fees`: a message of five seats without rotations costs 1,100.

use crate::{
    fees::{JUDGED, RICH, appeal, order, terms, with_contract},
    machine::{Op, call},
    world::{Act, World, user},
};
use venire_protocol::{AllocationError, Input, Reject};
use venire_types::{
    Address, B256, U256,
    chain::CONSENSUS_MAIN_LOCAL,
    emission::On,
    envelope::{Allocation, Ceilings, FeeTerms, MessageTerms, TopUp},
    outcome::Outcome,
    storage::StateView::Finalized,
    vote::Status,
};

fn run_key() -> B256 {
    B256::right_padding_from(b"run")
}

/// For calls of `to` on acceptance, without rotations.
fn node(parent: Option<u32>, to: Address, budget: u64) -> Allocation {
    Allocation {
        internal: true,
        on: On::Accepted,
        parent,
        recipient: to,
        call_key: run_key(),
        budget: U256::from(budget),
        fee_params: rotating(&[0]),
    }
}

fn rotating(rotations: &[u64]) -> Vec<u8> {
    MessageTerms {
        appeals: U256::from(rotations.len() - 1),
        rotations: rotations.iter().copied().map(U256::from).collect(),
        ..MessageTerms::default()
    }
    .encode()
}

fn divided(messages: u64, allocations: Vec<Allocation>) -> FeeTerms {
    FeeTerms {
        messages: U256::from(messages),
        allocations,
        ..terms(0, &[0])
    }
}

fn send(world: &World, to: Address, ops: &[Op], fees: FeeTerms) -> Input {
    let wei = 1_100 + fees.messages.to::<u64>();
    world.submission(1, wei, &order(to, ops, fees))
}

fn post(to: Address, ops: &[Op]) -> Op {
    Op::Post(to, 0, On::Accepted, call(ops))
}

fn settle(world: &mut World) {
    for _ in 0..4 {
        world.wait(10_000);
        world.drive();
    }
}

#[test]
fn a_message_is_judged_on_the_terms_of_its_allocation() {
    let (mut world, contract) = with_contract(&[]);
    let other = world.deploy(3, 0, &[]);
    world.wait(10_000);
    // One rotation and one funded appeal: 2 x 1,100, then 1,500 and 2,300.
    let paid = Allocation {
        fee_params: rotating(&[1, 0]),
        ..node(None, other, 6_500)
    };
    let ops = [post(contract, &[]), post(other, &[Op::Add(1)])];
    let id = world.include(send(&world, contract, &ops, divided(8_000, vec![paid])));
    world.drive();
    let [rest, named] = world.tx(id).children[..] else {
        panic!("two messages")
    };
    let named = world.tx(named);
    assert_eq!(named.funds.terms.rotations, [1, 0]);
    let deposit = U256::from(2_200 + 1_500 + 2_300);
    assert_eq!(named.funds.parts[0].wei, deposit);
    assert_eq!(named.funds.messages, U256::from(500));
    // The other message has what no allocation names.
    assert_eq!(world.tx(rest).funds.held(), U256::from(1_500));
    assert_eq!(world.tx(id).funds.messages, U256::ZERO);
    settle(&mut world);
    assert_eq!(world.counter(other, Finalized), 1);
    assert_eq!(world.balance(user(1), Finalized), RICH - 3 * JUDGED);
}

#[test]
fn messages_of_one_allocation_share_it_and_its_tree() {
    let (mut world, contract) = with_contract(&[]);
    let leaf = || post(contract, &[post(contract, &[post(contract, &[])])]);
    // Two messages, and what each sends: 2 x (1,100 + (1,100 + 1,100)).
    let tree = vec![
        node(None, contract, 6_600),
        node(Some(0), contract, 4_400),
        node(Some(1), contract, 2_200),
    ];
    let fees = divided(6_600, tree);
    let id = world.include(send(&world, contract, &[leaf(), leaf()], fees));
    settle(&mut world);
    let mut line = world.tx(id).children;
    assert_eq!(line.len(), 2);
    for (held, below) in [(3_300, 2), (2_200, 1), (1_100, 0)] {
        let one = world.tx(line[0]);
        let paid = one.funds.parts[0].wei + one.funds.messages;
        assert!(one.is_success(), "{:?}", one.outcome);
        assert_eq!(
            (one.funds.allocations.len(), one.funds.allocation),
            (below, Some(0))
        );
        assert!(paid <= U256::from(held), "{paid}");
        line = one.children;
    }
    assert_eq!(world.balance(user(1), Finalized), RICH - 7 * JUDGED);
}

#[test]
fn a_message_whose_allocation_is_too_small_makes_the_result_a_failure() {
    let (mut world, contract) = with_contract(&[]);
    let ops = [post(contract, &[]), post(contract, &[])];
    for fees in [
        // One for two messages, although the rest would do.
        divided(5_000, vec![node(None, contract, 1_100)]),
        // Another method, another time, another receiver: the rest is empty.
        divided(
            2_200,
            vec![Allocation {
                call_key: B256::repeat_byte(1),
                ..node(None, contract, 2_200)
            }],
        ),
        divided(
            2_200,
            vec![Allocation {
                on: On::Finalized,
                ..node(None, contract, 2_200)
            }],
        ),
        divided(2_200, vec![node(None, user(9), 2_200)]),
    ] {
        let before = world.balance(user(1), Finalized);
        let id = world.include(send(&world, contract, &ops, fees));
        world.drive();
        let failed = Outcome::VmError("fee messages".into());
        assert_eq!(world.tx(id).outcome, Some(failed));
        world.wait(10_000);
        assert_eq!(world.balance(user(1), Finalized), before - JUDGED);
    }
}

#[test]
fn any_method_deploys_and_payments_have_allocations_too() {
    let (mut world, contract) = with_contract(&[]);
    let any = Allocation {
        call_key: B256::ZERO,
        ..node(None, contract, 1_100)
    };
    let deploy = Allocation {
        recipient: Address::ZERO,
        call_key: B256::ZERO,
        ..node(None, contract, 1_100)
    };
    let outside = Allocation {
        internal: false,
        fee_params: vec![1, 2, 3],
        ..node(None, user(9), 700)
    };
    let ops = [
        post(contract, &[]),
        Op::Deploy(0, 0, On::Accepted),
        Op::External(user(9), 4),
    ];
    let fees = FeeTerms {
        value: U256::from(4),
        ..divided(2_900, vec![any, deploy, outside])
    };
    let id = world.include(world.submission(1, 4_004, &order(contract, &ops, fees)));
    settle(&mut world);
    assert!(world.tx(id).is_success(), "{:?}", world.tx(id).outcome);
    assert_eq!(world.balance(user(9), Finalized), 4);
    assert_eq!(world.balance(user(1), Finalized), RICH - 4 - 3 * JUDGED);
}

#[test]
fn a_message_that_is_not_sent_after_all_returns_to_its_allocation() {
    let (mut world, contract) = with_contract(&[]);
    let tree = vec![node(None, contract, 2_000)];
    let fees = FeeTerms {
        appeals: U256::from(1),
        rotations: vec![U256::ZERO; 2],
        ..divided(2_500, tree)
    };
    let ops = [post(contract, &[])];
    let id = world.include(world.submission(1, 7_400, &order(contract, &ops, fees)));
    world.script(|record, _| match record.round() {
        Some(round) if round.judges.is_some() => Act::Disagree,
        Some(round) if round.number == 2 => Act::Deviant,
        _ => Act::Honest,
    });
    world.drive();
    let child = world.tx(id).children[0];
    let left = |world: &World| {
        let funds = world.tx(id).funds;
        (
            funds.messages.to::<u64>(),
            funds.allocations[0].budget.to::<u64>(),
        )
    };
    assert_eq!(left(&world), (500, 0));
    world.include(appeal(&world, 2, id, 1_500));
    world.drive();
    assert_eq!(world.status(child), Status::Canceled);
    assert_eq!(left(&world), (2_500, 2_000));
}

/// Each below the one before.
fn line(to: Address, nodes: u32) -> Vec<Allocation> {
    let budget = |place: u32| 1_100 * u64::from(nodes - place);
    let places = 0..nodes;
    places
        .map(|place| node(place.checked_sub(1), to, budget(place)))
        .collect()
}

#[test]
fn trees_that_make_no_sense_are_refused() {
    let (mut world, contract) = with_contract(&[]);
    let at = |parent, budget| node(parent, contract, budget);
    let payment = |parent| Allocation {
        internal: false,
        ..at(parent, 1_100)
    };
    let line = |nodes| line(contract, nodes);
    let unreadable = Allocation {
        fee_params: vec![0; 5],
        ..at(None, 1_100)
    };
    let wei = |wei: u64| U256::from(wei);
    let low = AllocationError::TooLow {
        node: 0,
        budget: wei(2_199),
        needed: wei(2_200),
    };
    let over = AllocationError::OverBudget {
        named: wei(9_001),
        budget: wei(9_000),
    };
    let cases = [
        (
            vec![at(None, 1_100); 65],
            AllocationError::TooMany {
                nodes: 65,
                limit: 64,
            },
        ),
        (
            vec![at(Some(0), 1_100)],
            AllocationError::BadParent { node: 0 },
        ),
        (
            vec![at(Some(1), 1_100), at(None, 2_200)],
            AllocationError::BadParent { node: 0 },
        ),
        (
            vec![payment(None), at(Some(0), 1_100)],
            AllocationError::BadParent { node: 1 },
        ),
        (
            vec![at(None, 2_200), payment(Some(0))],
            AllocationError::BadParent { node: 1 },
        ),
        (line(6), AllocationError::TooDeep { node: 5, limit: 5 }),
        (
            vec![at(None, 1_100), at(None, 1_200)],
            AllocationError::Duplicate { node: 1 },
        ),
        (vec![unreadable], AllocationError::BadTerms { node: 0 }),
        (vec![at(None, 2_199), at(Some(0), 1_100)], low),
        (vec![at(None, 9_001)], over),
    ];
    for (tree, error) in cases {
        let input = send(&world, contract, &[], divided(9_000, tree));
        assert_eq!(world.refuse(input), Reject::Allocation(error));
    }
}

#[test]
fn budgets_and_terms_beyond_reason_are_refused() {
    let (mut world, contract) = with_contract(&[]);
    let at = |parent, budget| node(parent, contract, budget);
    let huge = Allocation {
        budget: U256::MAX,
        ..at(None, 0)
    };
    let other = Allocation {
        recipient: user(9),
        ..huge.clone()
    };
    let input = send(&world, contract, &[], divided(9_000, vec![huge, other]));
    assert_eq!(world.refuse(input).code(), "ALLOCATIONS_OVER_BUDGET");
    // Terms of a message are checked like those of a transaction.
    let few = MessageTerms {
        validator_units: U256::from(1),
        rotations: vec![U256::ZERO],
        ..MessageTerms::default()
    };
    let few = Allocation {
        fee_params: few.encode(),
        ..at(None, 1_100)
    };
    let input = send(&world, contract, &[], divided(9_000, vec![few]));
    assert_eq!(world.refuse(input).code(), "TOO_FEW_UNITS");
    let fits = send(&world, contract, &[], divided(9_000, line(contract, 5)));
    world.include(fits);
}

#[test]
fn a_new_ceiling_holds_for_messages_of_allocations() {
    let (mut world, contract) = with_contract(&[]);
    let other = world.deploy(3, 0, &[]);
    world.wait(10_000);
    // Something is in flight, so that the price can rise before the next one starts.
    world.send(2, contract, 0, &[]);
    let at_most = |unit: u64| Ceilings {
        unit: U256::from(unit),
        ..Ceilings::default()
    };
    let fees = FeeTerms {
        ceilings: at_most(1),
        ..divided(2_200, vec![node(None, other, 2_200)])
    };
    let ops = [post(other, &[Op::Add(1)])];
    let tx = world.include(world.submission(1, 4_400, &order(contract, &ops, fees)));
    let top_up = TopUp {
        tx,
        messages: U256::ZERO,
        ceilings: at_most(2),
    };
    world.include(world.envelope(1, CONSENSUS_MAIN_LOCAL, 0, top_up.to_input()));
    world.params.fees.unit_price = U256::from(2);
    settle(&mut world);
    let message = world.tx(world.tx(tx).children[0]);
    assert_eq!(message.note, None);
    assert_eq!(message.funds.terms.ceiling, U256::from(2));
    assert_eq!(world.counter(other, Finalized), 1);
}
