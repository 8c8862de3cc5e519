//! Model families: who declares them, from when they count, and committees that are spread over
//! them.

use crate::{
    appeals::contest,
    stake::{code, does, epochs, rules, world},
    world::{World, committee, user},
};
use std::collections::BTreeMap;
use venire_protocol::{Key, Params, Value, stake::view, view::validators};
use venire_types::{
    Address, U256, chain::STAKING_LOCAL, envelope::StakeOrder, family::Family, vote::Status,
};

fn set(wallet: Address, family: &str) -> StakeOrder {
    let family = family.into();
    StakeOrder::SetFamily { wallet, family }
}

/// What is declared, and what counts.
fn family(world: &World, validator: Address) -> (String, String) {
    let staked = view::validator(&world.state, validator).expect("state");
    let active = validators(&world.state).expect("state");
    let member = active.iter().find(|member| member.address == validator);
    let declared = staked.expect("a validator").family;
    (
        declared.to_string(),
        member.expect("active").family.to_string(),
    )
}

fn pair(declared: &str, counts: &str) -> (String, String) {
    (declared.into(), counts.into())
}

/// `ROUND-38` in other words, for the first committees that a block drew: were seats poured over
/// all validators by weight, one to each at most, the parts of a family would come to its seats, but
/// for rounding.
pub(crate) fn check_first_committees(world: &World, before: &BTreeMap<Key, Value>) {
    let active = validators(&world.state).expect("state");
    let is_mixed = active.iter().any(|one| one.family != active[0].family);
    let is_on = world.params.family_spread;
    if !is_on || !is_mixed || before.get(&Key::validators()) != world.state.get(&Key::validators())
    {
        return;
    }
    for record in world.records() {
        let [round] = &record.rounds[..] else {
            continue;
        };
        let is_new = round.started_ms == world.now && !before.contains_key(&Key::tx(record.id));
        let seats = round.seats.len();
        if !is_new || seats < 2 || seats == active.len() {
            continue;
        }
        let weights: Vec<f64> = active
            .iter()
            .map(|one| one.weight.to::<u64>() as f64)
            .collect();
        let poured = |level: f64| weights.iter().map(move |weight| (weight * level).min(1.0));
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let level = (low + high) / 2.0;
            let all = poured(level).fold(0.0, |all, part| all + part);
            (low, high) = if all < seats as f64 {
                (level, high)
            } else {
                (low, level)
            };
        }
        let mut shares: BTreeMap<&Family, (f64, f64)> = BTreeMap::new();
        for (one, part) in active.iter().zip(poured(high)) {
            let sits = round.seats.iter().any(|seat| seat.validator == one.address);
            let (share, seated) = shares.entry(&one.family).or_default();
            (*share, *seated) = (*share + part, *seated + f64::from(u8::from(sits)));
        }
        for (family, (share, seated)) in shares {
            let off = (share - seated).abs();
            assert!(off < 1.0 + 1e-6, "{family}: {seated} seats of {share}");
        }
    }
}

/// `STAKE-60`
#[test]
fn a_family_counts_from_the_next_epoch() {
    let mut world = world(25, rules());
    let (wallet, order) = (user(100), set(user(100), "qwen"));
    assert_eq!(family(&world, wallet), pair("undeclared", "undeclared"));
    // A validator of genesis owns itself and speaks for itself.
    does(&mut world, 100, STAKING_LOCAL, 0, &order);
    assert_eq!(family(&world, wallet), pair("qwen", "undeclared"));
    epochs(&mut world, 1);
    assert_eq!(family(&world, wallet), pair("qwen", "qwen"));
    // The last word before the epoch's end counts.
    does(&mut world, 100, wallet, 0, &set(wallet, "llama"));
    does(&mut world, 100, wallet, 0, &set(wallet, ""));
    assert_eq!(family(&world, wallet), pair("undeclared", "qwen"));
    epochs(&mut world, 1);
    assert_eq!(family(&world, wallet), pair("undeclared", "undeclared"));
}

/// `STAKE-60`
#[test]
fn owner_and_operator_declare_a_family_and_nobody_else() {
    let mut world = world(25, rules());
    let join = StakeOrder::ValidatorJoin {
        operator: Some(user(50)),
    };
    does(&mut world, 1, STAKING_LOCAL, 5_000, &join);
    let wallet = view::wallets(&world.state, user(1)).expect("state")[0];
    epochs(&mut world, 2);
    does(&mut world, 1, wallet, 0, &set(wallet, "qwen"));
    does(&mut world, 50, wallet, 0, &set(wallet, "llama-3.1"));
    assert_eq!(family(&world, wallet), pair("llama-3.1", "undeclared"));
    let other = set(wallet, "gemma");
    assert_eq!(
        code(&mut world, 2, wallet, 0, &other),
        "NOT_OWNER_OR_OPERATOR"
    );
    let nobody = set(user(9), "gemma");
    assert_eq!(
        code(&mut world, 1, user(9), 0, &nobody),
        "VALIDATOR_NOT_JOINED"
    );
    for name in ["Qwen", "a b", &"x".repeat(33), &"x".repeat(10_000), "\u{0}"] {
        let order = set(wallet, name);
        assert_eq!(code(&mut world, 1, wallet, 0, &order), "INVALID_FAMILY");
    }
    assert_eq!(code(&mut world, 1, wallet, 1, &other), "VALUE_NOT_ALLOWED");
    assert_eq!(family(&world, wallet), pair("llama-3.1", "undeclared"));
}

/// Members of each of five families among 25 validators, in turn.
fn mix(world: &World, members: &[Address]) -> Vec<usize> {
    let active = validators(&world.state).expect("state");
    let of: BTreeMap<Address, Family> = active
        .into_iter()
        .map(|member| (member.address, member.family))
        .collect();
    let mut counts: BTreeMap<&Family, usize> = BTreeMap::new();
    for member in members {
        *counts.entry(&of[member]).or_default() += 1;
    }
    counts.into_values().collect()
}

const FIVE: [&str; 5] = ["qwen", "llama", "gemma", "phi", "mistral"];

/// `ROUND-38`
#[test]
fn committees_have_one_member_of_each_of_five_families() {
    let mut spread = World::among(25, Params::local(), &FIVE);
    let mut off = Params::local();
    off.family_spread = false;
    let mut plain = World::among(25, off, &FIVE);
    let mut uneven = 0;
    let contracts = [spread.deploy(1, 0, &[]), plain.deploy(1, 0, &[])];
    for _ in 0..12 {
        let tx = spread.call(1, contracts[0], 0, &[]);
        let members = committee(&spread.tx(tx));
        assert_eq!(mix(&spread, &members), [1; 5]);
        let tx = plain.call(1, contracts[1], 0, &[]);
        let members = committee(&plain.tx(tx));
        assert_eq!(members.len(), 5);
        uneven += u32::from(mix(&plain, &members) != [1; 5]);
    }
    assert!(uneven > 6, "without the rule most are not: {uneven}");
}

/// `ROUND-38`
#[test]
fn the_committee_of_an_appeal_has_every_familys_share_and_no_seat_less() {
    let mut world = World::among(25, Params::local(), &FIVE);
    let contract = world.deploy(1, 0, &[]);
    let tx = world.call(1, contract, 0, &[]);
    assert_eq!(world.status(tx), Status::Accepted);
    contest(&mut world, tx);
    let seats = |world: &World, round: usize| -> Vec<Address> {
        let record = world.tx(tx);
        let seats = record.rounds[round].seats.iter();
        seats.map(|seat| seat.validator).collect()
    };
    let appeal = seats(&world, 1);
    // Seven of the twenty that are left, four of each family.
    let counts = mix(&world, &appeal);
    assert_eq!((appeal.len(), counts.len()), (7, 5));
    assert!(
        counts.iter().all(|count| (1..=2).contains(count)),
        "{counts:?}"
    );
    assert!(
        !appeal
            .iter()
            .any(|member| seats(&world, 0).contains(member))
    );
}

/// `ROUND-01`, `STAKE-60`
#[test]
fn a_family_of_genesis_is_a_validators_and_counts_at_once() {
    let world = World::among(3, Params::local(), &["qwen", "undeclared"]);
    let jurors = world.jurors();
    assert_eq!(family(&world, jurors[0]), pair("qwen", "qwen"));
    assert_eq!(family(&world, jurors[1]), pair("undeclared", "undeclared"));
    assert_eq!(family(&world, jurors[2]), pair("qwen", "qwen"));
    let (one, two) = (Address::repeat_byte(1), Address::repeat_byte(2));
    let qwen = || Family::new("qwen").expect("a name");
    let begin = |families| {
        let start = venire_protocol::Genesis {
            time_ms: 0,
            validators: vec![(one, U256::from(1_000))],
            families,
            alloc: vec![],
        };
        venire_protocol::genesis(&Params::local(), &start).map_err(|error| error.to_string())
    };
    assert!(begin(vec![(one, qwen())]).is_ok());
    let error = begin(vec![(two, qwen())]).expect_err("no validator");
    assert!(
        error.contains("0x0202") && error.contains("qwen"),
        "{error}"
    );
    assert!(begin(vec![(one, qwen()), (one, qwen())]).is_err());
}
