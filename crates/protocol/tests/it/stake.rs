//! Staking through signed transactions: joining, leaving, keys, and what is refused.

use crate::world::{World, user};
use venire_protocol::{
    AdmitError, Effect, Input, Params, Reject, admit,
    stake::{StakeParams, StakeReject, view},
};
use venire_types::{
    Address, U256,
    chain::STAKING_LOCAL,
    envelope::{Identity, StakeOrder},
    keccak256,
    storage::StateView::Finalized,
};

pub(crate) const EPOCH: u64 = 1_000_000;

/// The public rules, with small minima and short epochs; no inflation.
pub(crate) fn rules() -> StakeParams {
    StakeParams {
        validator_min: U256::from(1_000),
        delegator_min: U256::from(42),
        first_epoch: 2,
        epoch_ms: EPOCH,
        operator_delay_ms: 5_000,
        inflation_start_bps: 0,
        inflation_floor_bps: 0,
        ..StakeParams::public()
    }
}

pub(crate) fn world(validators: u8, stake: StakeParams) -> World {
    let params = Params {
        stake,
        ..Params::local()
    };
    World::with(validators, params)
}

fn give(world: &World, number: u8, to: Address, value: u64, order: &StakeOrder) -> Input {
    world.envelope(number, to, value, order.to_input())
}

pub(crate) fn does(world: &mut World, number: u8, to: Address, value: u64, order: &StakeOrder) {
    let input = give(world, number, to, value, order);
    let Input::Transaction(envelope) = &input else {
        unreachable!("an order is a transaction")
    };
    admit(&world.params, &world.state, world.now, envelope).expect("admitted");
    world.include(input);
}

/// Refused by admission and by the block, for the same reason.
fn refused(world: &mut World, number: u8, to: Address, value: u64, order: &StakeOrder) -> Reject {
    let input = give(world, number, to, value, order);
    let Input::Transaction(envelope) = &input else {
        unreachable!("an order is a transaction")
    };
    let early = admit(&world.params, &world.state, world.now, envelope);
    let reject = world.refuse(input);
    assert_eq!(early, Err(AdmitError::Rejected(reject.clone())));
    reject
}

pub(crate) fn code(
    world: &mut World,
    number: u8,
    to: Address,
    value: u64,
    order: &StakeOrder,
) -> &'static str {
    refused(world, number, to, value, order).code()
}

/// A new validator of a user whose operator is somebody's key; its wallet.
fn join(world: &mut World, number: u8, operator: Address, value: u64) -> Address {
    let order = StakeOrder::ValidatorJoin {
        operator: Some(operator),
    };
    does(world, number, STAKING_LOCAL, value, &order);
    let all = view::validators_joined(&world.state, 0, 1_000).expect("state");
    *all.last().expect("joined")
}

pub(crate) fn epochs(world: &mut World, count: u64) {
    for _ in 0..count {
        world.wait(EPOCH);
    }
}

pub(crate) fn is_active(world: &World, validator: Address) -> bool {
    let active = view::active_validators(&world.state).expect("state");
    active.contains(&validator)
}

#[test]
fn a_validator_joins_and_is_active_two_epochs_later() {
    let mut world = world(25, rules());
    let wallet = join(&mut world, 1, user(50), 5_000);
    assert_eq!(world.balance(user(1), Finalized), 995_000);
    assert_eq!(view::wallets(&world.state, user(1)), Ok(vec![wallet]));
    let figures = view::validator_view(&world.state, wallet).expect("state");
    let figures = figures.expect("figures");
    assert_eq!((figures.deposit, figures.live), (U256::from(5_000), false));
    epochs(&mut world, 1);
    assert!(!is_active(&world, wallet));
    epochs(&mut world, 1);
    assert!(is_active(&world, wallet));
    assert_eq!(view::active_validators_count(&world.state), Ok(26));
    let weights = view::active_weights(&world.state).expect("weights");
    let largest = weights.iter().max().expect("weights");
    // Five times the stake, five times the weight.
    assert_eq!(
        *largest / U256::from(5),
        *weights.iter().min().expect("weights")
    );
}

#[test]
fn one_owner_may_have_several_validators() {
    let mut world = world(3, rules());
    let wallets = [50, 51].map(|key| join(&mut world, 1, user(key), 2_000));
    assert_ne!(wallets[0], wallets[1]);
    assert_eq!(view::wallets(&world.state, user(1)), Ok(wallets.to_vec()));
    epochs(&mut world, 2);
    assert!(wallets.iter().all(|wallet| is_active(&world, *wallet)));
}

#[test]
fn own_stake_comes_back_through_the_wallet() {
    let mut world = world(25, rules());
    let wallet = join(&mut world, 1, user(50), 5_000);
    does(
        &mut world,
        1,
        wallet,
        1_000,
        &StakeOrder::ValidatorDeposit { wallet },
    );
    epochs(&mut world, 2);
    let exit = |shares: u64| StakeOrder::ValidatorExit {
        wallet,
        shares: U256::from(shares),
    };
    assert_eq!(code(&mut world, 1, wallet, 0, &exit(0)), "EXIT_OF_NOTHING");
    assert_eq!(
        code(&mut world, 1, wallet, 0, &exit(6_001)),
        "VALIDATOR_EXIT_EXCEEDS_SHARES"
    );
    assert_eq!(
        code(&mut world, 1, wallet, 0, &exit(5_500)),
        "VALIDATOR_BELOW_MINIMUM_STAKE"
    );
    assert_eq!(
        code(&mut world, 2, wallet, 0, &exit(1)),
        "OWNABLE_UNAUTHORIZED_ACCOUNT"
    );
    let claim = StakeOrder::ValidatorClaim { validator: wallet };
    assert_eq!(
        code(&mut world, 2, STAKING_LOCAL, 0, &claim),
        "NOTHING_TO_CLAIM"
    );
    does(&mut world, 1, wallet, 0, &exit(6_000));
    epochs(&mut world, 6);
    assert_eq!(
        code(&mut world, 2, STAKING_LOCAL, 0, &claim),
        "CLAIM_TOO_EARLY"
    );
    epochs(&mut world, 1);
    does(&mut world, 2, STAKING_LOCAL, 0, &claim);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    assert_eq!(view::validators_joined_count(&world.state), Ok(25));
}

#[test]
fn a_delegator_joins_earns_nothing_here_and_leaves() {
    let mut world = world(25, rules());
    let validator = user(100);
    let join = StakeOrder::DelegatorJoin { validator };
    does(&mut world, 1, STAKING_LOCAL, 100, &join);
    does(&mut world, 2, STAKING_LOCAL, 50, &join);
    let list = view::delegators(&world.state, validator, 0, 9).expect("list");
    assert_eq!(list, [user(1), user(2)]);
    epochs(&mut world, 2);
    let exit = |shares: u64| StakeOrder::DelegatorExit {
        validator,
        shares: U256::from(shares),
    };
    assert_eq!(
        code(&mut world, 1, STAKING_LOCAL, 0, &exit(101)),
        "DELEGATOR_EXIT_EXCEEDS_SHARES"
    );
    assert_eq!(
        code(&mut world, 1, STAKING_LOCAL, 0, &exit(60)),
        "DELEGATOR_EXIT_WOULD_BE_BELOW_MINIMUM"
    );
    assert_eq!(
        code(&mut world, 3, STAKING_LOCAL, 0, &exit(1)),
        "DELEGATOR_EXIT_EXCEEDS_SHARES"
    );
    does(&mut world, 1, STAKING_LOCAL, 0, &exit(40));
    does(&mut world, 1, STAKING_LOCAL, 0, &exit(60));
    let commits = view::withdrawals(&world.params, &world.state, user(1), validator);
    let commits = commits.expect("commits");
    assert_eq!(
        (commits.len(), commits[0].input, commits[0].link_to_next),
        (1, U256::from(100), 0)
    );
    epochs(&mut world, 7);
    let claim = StakeOrder::DelegatorClaim {
        delegator: user(1),
        validator,
    };
    does(&mut world, 3, STAKING_LOCAL, 0, &claim);
    assert_eq!(world.balance(user(1), Finalized), 1_000_000);
    assert_eq!(
        view::delegators(&world.state, validator, 0, 9),
        Ok(vec![user(2)])
    );
    assert_eq!(
        code(&mut world, 3, STAKING_LOCAL, 0, &claim),
        "NOTHING_TO_CLAIM"
    );
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut world = world(
        3,
        StakeParams {
            validators_max: 4,
            ..rules()
        },
    );
    let validator = user(100);
    let join = |operator| StakeOrder::ValidatorJoin { operator };
    let delegate = StakeOrder::DelegatorJoin { validator };
    let nobody = user(77);
    let cases = [
        (0, join(None), "VALIDATOR_MAY_NOT_JOIN_WITH_ZERO_VALUE"),
        (999, join(None), "VALIDATOR_BELOW_MINIMUM_STAKE"),
        (1_000, join(Some(Address::ZERO)), "INVALID_OPERATOR_ADDRESS"),
        (1_000, join(Some(validator)), "OPERATOR_ALREADY_ASSIGNED"),
        (
            0,
            delegate.clone(),
            "DELEGATOR_MAY_NOT_JOIN_WITH_ZERO_VALUE",
        ),
        (41, delegate, "DELEGATOR_BELOW_MINIMUM_STAKE"),
        (
            42,
            StakeOrder::DelegatorJoin { validator: nobody },
            "VALIDATOR_NOT_JOINED",
        ),
        (
            0,
            StakeOrder::ValidatorPrime { validator: nobody },
            "VALIDATOR_NOT_JOINED",
        ),
        (
            0,
            StakeOrder::ValidatorClaim { validator: nobody },
            "VALIDATOR_NOT_JOINED",
        ),
        (
            1,
            StakeOrder::ValidatorPrime { validator },
            "VALUE_NOT_ALLOWED",
        ),
        (1_000_001, join(None), "INSUFFICIENT_FUNDS"),
        (0, StakeOrder::EpochAdvance, "EPOCH_NOT_FINISHED"),
        (0, StakeOrder::EpochFinalize, "EPOCH_ALREADY_FINALIZED"),
        (
            0,
            StakeOrder::DelegatorExit {
                validator,
                shares: U256::MAX,
            },
            "DELEGATOR_EXIT_EXCEEDS_SHARES",
        ),
        (
            0,
            StakeOrder::DelegatorExit {
                validator,
                shares: U256::ZERO,
            },
            "EXIT_OF_NOTHING",
        ),
    ];
    for (value, order, expected) in cases {
        assert_eq!(code(&mut world, 1, STAKING_LOCAL, value, &order), expected);
    }
}

#[test]
fn wallets_keys_and_places_are_checked() {
    let mut world = world(
        3,
        StakeParams {
            validators_max: 4,
            ..rules()
        },
    );
    let nobody = user(77);
    let join = |operator| StakeOrder::ValidatorJoin { operator };
    // A call of a wallet that is none, and of the staking contract by who is no wallet.
    let deposit = StakeOrder::ValidatorDeposit { wallet: nobody };
    assert_eq!(
        code(&mut world, 1, nobody, 5, &deposit),
        "VALIDATOR_NOT_JOINED"
    );
    assert_eq!(
        code(&mut world, 1, STAKING_LOCAL, 5, &deposit),
        "VALIDATOR_NOT_JOINED"
    );

    // Twice with the same key, and one too many.
    does(&mut world, 1, STAKING_LOCAL, 1_000, &join(None));
    let again = refused(&mut world, 1, STAKING_LOCAL, 1_000, &join(None));
    assert_eq!(
        again,
        Reject::Stake(StakeReject::OperatorAlreadyAssigned { operator: user(1) })
    );
    let full = refused(&mut world, 2, STAKING_LOCAL, 1_000, &join(None));
    assert_eq!(
        full,
        Reject::Stake(StakeReject::MaxNumberOfValidatorsReached { maximum: 4 })
    );
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let mut world = world(3, rules());
    let mut input = StakeOrder::ValidatorPrime {
        validator: user(100),
    }
    .to_input();
    input.truncate(20);
    let cut = world.envelope(1, STAKING_LOCAL, 0, input);
    assert_eq!(world.refuse(cut).code(), "BAD_ARGUMENTS");
    let unknown = world.envelope(1, STAKING_LOCAL, 0, vec![1, 2, 3, 4]);
    assert_eq!(world.refuse(unknown).code(), "UNKNOWN_FUNCTION");
    let plain = world.envelope(1, STAKING_LOCAL, 5, vec![]);
    assert_eq!(world.refuse(plain).code(), "UNKNOWN_FUNCTION");
}

#[test]
fn operators_change_in_one_step_or_two_and_keys_rest() {
    let mut world = world(25, rules());
    let wallet = join(&mut world, 1, user(50), 5_000);
    epochs(&mut world, 2);
    let operator = |world: &World| {
        let active = venire_protocol::view::validators(&world.state).expect("state");
        let member = active.into_iter().find(|member| member.address == wallet);
        member.expect("active").operator
    };
    let set = |operator| StakeOrder::SetOperator { wallet, operator };
    does(&mut world, 1, wallet, 0, &set(user(51)));
    assert_eq!(operator(&world), user(51));
    assert_eq!(
        code(&mut world, 2, wallet, 0, &set(user(52))),
        "OWNABLE_UNAUTHORIZED_ACCOUNT"
    );
    let other = StakeOrder::ValidatorJoin {
        operator: Some(user(50)),
    };
    assert_eq!(
        code(&mut world, 2, STAKING_LOCAL, 5_000, &other),
        "OPERATOR_ALREADY_ASSIGNED",
        "the old key rests"
    );

    let offer = StakeOrder::InitiateOperatorTransfer {
        wallet,
        operator: user(2),
    };
    let complete = StakeOrder::CompleteOperatorTransfer { wallet };
    let cancel = StakeOrder::CancelOperatorTransfer { wallet };
    assert_eq!(
        code(&mut world, 2, wallet, 0, &complete),
        "NO_PENDING_OPERATOR"
    );
    does(&mut world, 1, wallet, 0, &offer);
    assert_eq!(
        code(&mut world, 2, wallet, 0, &complete),
        "OPERATOR_TRANSFER_NOT_READY"
    );
    assert_eq!(code(&mut world, 3, wallet, 0, &complete), "NOT_OPERATOR");
    does(&mut world, 1, wallet, 0, &cancel);
    assert_eq!(
        code(&mut world, 1, wallet, 0, &cancel),
        "NO_PENDING_OPERATOR"
    );
    does(&mut world, 1, wallet, 0, &offer);
    world.wait(5_000);
    does(&mut world, 2, wallet, 0, &complete);
    assert_eq!(operator(&world), user(2));
    epochs(&mut world, 2);
    does(&mut world, 3, STAKING_LOCAL, 5_000, &other);
}

#[test]
fn a_validator_says_who_it_is_within_bounds() {
    let mut world = world(25, rules());
    let wallet = join(&mut world, 1, user(50), 5_000);
    let identity = Identity {
        moniker: "Themis".into(),
        extra_cid: vec![1, 2, 3],
        ..Identity::default()
    };
    let order = StakeOrder::SetIdentity {
        wallet,
        identity: identity.clone(),
    };
    does(&mut world, 1, wallet, 0, &order);
    assert_eq!(view::identity(&world.state, wallet), Ok(identity));
    let identity = Identity {
        website: "x".repeat(4_097),
        ..Identity::default()
    };
    let order = StakeOrder::SetIdentity { wallet, identity };
    assert_eq!(code(&mut world, 1, wallet, 0, &order), "IDENTITY_TOO_LARGE");
}

#[test]
fn orders_leave_a_nonce_and_an_effect() {
    let mut world = world(5, rules());
    let order = StakeOrder::ValidatorPrime {
        validator: user(100),
    };
    let input = give(&world, 1, STAKING_LOCAL, 0, &order);
    let Input::Transaction(envelope) = &input else {
        unreachable!("an order is a transaction")
    };
    let hash = envelope.hash();
    assert_eq!(hash, keccak256(envelope.raw()));
    let effects = world.step(vec![input]);
    assert_eq!(effects, [Effect::Included { input: 0, tx: hash }]);
    let account = venire_protocol::view::account(&world.state, user(1)).expect("account");
    assert_eq!(account.nonce, 1);
}
