//! What spreading promises: seats, shares, chances, and nothing for who declares something else.

use super::*;
use crate::committee::{Lot, Purpose};
use alloc::{format, vec};
use proptest::prelude::*;
use venire_types::{Address, B256, signed::tagged};

/// Families of validators, by their number.
type Deal = fn(u8) -> u8;

/// A validator for each weight and family; families are numbers, 0 for who declares none.
fn active(members: &[(u64, u8)]) -> Vec<Validator> {
    let member = |(place, (weight, family)): (usize, &(u64, u8))| {
        let name = match family {
            0 => "undeclared".into(),
            number => format!("family-{number}"),
        };
        let address = Address::from_word(B256::from(U256::from(place + 1)));
        Validator {
            address,
            operator: address,
            stake: U256::from(*weight),
            weight: U256::from(*weight),
            family: Family::new(&name).expect("a name"),
        }
    };
    members.iter().enumerate().map(member).collect()
}

fn lot(number: u32, spread: bool) -> Lot {
    Lot {
        seed: tagged("test-seed", &[&number.to_be_bytes()]),
        tx: B256::ZERO,
        round: 0,
        spread,
    }
}

/// Places of who is drawn among those that are active.
fn draw(active: &[Validator], number: u32, spread: bool, wanted: u32) -> Vec<usize> {
    let seats = lot(number, spread).members(Purpose::Committee, active, &[], wanted);
    let place = |address| active.iter().position(|member| member.address == address);
    seats
        .into_iter()
        .map(|seat| place(seat.validator).expect("active"))
        .collect()
}

/// What a validator's chance of a seat is: a seat for who weighs as much, of the others a part of
/// the seats that are left, in parts of 2^64.
fn chances(weights: &[u64], wanted: u32) -> Vec<u128> {
    let mut chances = vec![None; weights.len()];
    loop {
        let open = || (0..weights.len()).filter(|place| chances[*place].is_none());
        let sure = chances.iter().flatten().count() as u128;
        let left = u128::from(wanted).saturating_sub(sure);
        let total: u128 = open().fold(0, |sum, place| sum + u128::from(weights[place]));
        let scaled = |place: usize| u128::from(weights[place]) * left;
        let heavy: Vec<usize> = open()
            .filter(|place| total > 0 && left > 0 && scaled(*place) >= total)
            .collect();
        if heavy.is_empty() {
            for place in open().collect::<Vec<_>>() {
                let chance = (scaled(place) << 64).checked_div(total);
                chances[place] = Some(chance.unwrap_or_default());
            }
            return chances.into_iter().flatten().collect();
        }
        for place in heavy {
            chances[place] = Some(1 << 64);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// As many seats as without the rule, none twice; each family its share of them, rounded up
    /// or down; the same again from the same seed.
    #[test]
    fn families_have_their_share_and_no_seat_is_lost(
        members in prop::collection::vec((1..1_000u64, 0..6u8), 1..60),
        wanted in 2..30u32,
        number: u32,
    ) {
        let active = active(&members);
        let drawn = draw(&active, number, true, wanted);
        prop_assert_eq!(&drawn, &draw(&active, number, true, wanted));
        prop_assert_eq!(drawn.len(), draw(&active, number, false, wanted).len());
        let mut once = drawn.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), drawn.len());
        let is_one = members.iter().all(|(_, family)| *family == members[0].1);
        if is_one {
            return Ok(());
        }
        let weights: Vec<u64> = members.iter().map(|(weight, _)| *weight).collect();
        let chances = chances(&weights, wanted);
        for family in 0..6 {
            let is_of = |place: usize| members[place].1 == family;
            let share: u128 = (0..members.len())
                .filter(|place| is_of(*place))
                .fold(0, |sum, place| sum + chances[place]);
            let seats = drawn.iter().filter(|place| is_of(**place)).count() as u128;
            // What rounding loses of each chance is less than one part.
            let (least, most) = (share >> 64, (share + 60).div_ceil(1 << 64));
            prop_assert!((least..=most).contains(&seats), "{} of {}..={}", seats, least, most);
        }
    }

    /// Where all are of one family, whichever, or the rule is off, or one seat is drawn, families
    /// change nothing at all.
    #[test]
    fn one_family_is_drawn_as_if_there_were_none(
        weights in prop::collection::vec(1..1_000u64, 1..40),
        family in 0..3u8,
        wanted in 1..12u32,
        number: u32,
    ) {
        let members: Vec<(u64, u8)> = weights.iter().map(|weight| (*weight, family)).collect();
        let undeclared: Vec<(u64, u8)> = weights.iter().map(|weight| (*weight, 0)).collect();
        let mixed: Vec<(u64, u8)> = (0..).zip(&weights).map(|(place, weight)| (*weight, place % 3)).collect();
        let before = draw(&active(&undeclared), number, false, wanted);
        prop_assert_eq!(&before, &draw(&active(&members), number, true, wanted));
        prop_assert_eq!(&before, &draw(&active(&mixed), number, false, wanted));
        let one = draw(&active(&undeclared), number, false, 1);
        prop_assert_eq!(one, draw(&active(&mixed), number, true, 1));
    }
}

#[test]
fn a_seat_is_as_likely_as_a_validator_weighs_within_its_family_and_across() {
    // Two large families, a small one, one member that is sure of its seat.
    let mut members: Vec<(u64, u8)> = (1..=24).map(|n| (10 * n, (n % 2) as u8 + 1)).collect();
    members.extend([(900, 3), (40, 3), (20, 4)]);
    let weights: Vec<u64> = members.iter().map(|(weight, _)| *weight).collect();
    let (active, draws) = (active(&members), 30_000u32);
    let mut seen = vec![0u32; members.len()];
    for number in 0..draws {
        for place in draw(&active, number, true, 5) {
            seen[place] += 1;
        }
    }
    let mut off = 0;
    for (seen, chance) in seen.iter().zip(chances(&weights, 5)) {
        let due = u32::try_from((chance * u128::from(draws)) >> 64).expect("few");
        if due == draws {
            assert_eq!(*seen, draws, "who is sure sits");
        } else {
            off += i64::from(*seen).abs_diff(i64::from(due)).pow(2) / u64::from(due);
        }
    }
    // 25 degrees of freedom: 52.6 is exceeded once in a thousand.
    assert!(off <= 52, "{off}");
}

/// Seats of the first `bought` members, and committees of five in which they are three, of
/// `draws`.
fn taken(active: &[Validator], bought: usize, draws: u32, spread: bool) -> (u32, u32) {
    (0..draws).fold((0, 0), |(seats, captured), number| {
        let drawn = draw(active, number, spread, 5);
        let own = drawn.into_iter().filter(|place| *place < bought).count();
        let own = u32::try_from(own).expect("few");
        (seats + own, captured + u32::from(own > 2))
    })
}

/// A person with a fifth of the weight, in twenty identities, against eighty honest ones.
fn bought(mine: impl Fn(u8) -> u8, honest: impl Fn(u8) -> u8) -> Vec<Validator> {
    let mine = (0..20).map(|n| (7, mine(n)));
    active(
        &mine
            .chain((0..80).map(|n| (7, honest(n))))
            .collect::<Vec<_>>(),
    )
}

#[test]
fn nothing_that_one_declares_gains_a_seat_or_a_committee() {
    const DRAWS: u32 = 10_000;
    // One seat of five: a fifth of the weight, whatever anybody declares.
    let (plain, majority) = taken(&bought(|_| 0, |_| 0), 20, DRAWS, true);
    assert!((9_700..10_300).contains(&plain), "{plain}");
    let worlds: [(&str, Deal); 3] = [
        ("undeclared", |_| 0),
        ("three families", |n| n % 3 + 1),
        ("one of the large and rest", |n| u8::from(n > 60) * (n % 8)),
    ];
    let plans: [(&str, Deal); 5] = [
        ("nothing", |_| 0),
        ("as the honest", |n| n % 3 + 1),
        ("one of its own", |_| 100),
        ("two of its own", |n| 100 + n % 2),
        ("each its own", |n| 100 + n),
    ];
    for (world, honest) in worlds {
        for (plan, mine) in plans {
            let (seats, captured) = taken(&bought(mine, honest), 20, DRAWS, true);
            // Goal C7 allows a gain of 5 %; the chance is exact, what is seen is within 3 %.
            assert!(seats * 100 <= DRAWS * 103, "{world}, {plan}: {seats} seats");
            assert!(seats * 100 >= DRAWS * 97, "{world}, {plan}: {seats} seats");
            // Five standard deviations of what nobody's declaring gives, about 5 %.
            assert!(
                captured <= majority + 110,
                "{world}, {plan}: {captured}, {majority}"
            );
        }
    }
}

#[test]
fn families_of_one_size_have_a_seat_each() {
    let eight: Vec<(u64, u8)> = (0..40).map(|n| (3, n % 8 + 1)).collect();
    let active = active(&eight);
    for number in 0..500 {
        let mut families: Vec<usize> = draw(&active, number, true, 5)
            .into_iter()
            .map(|place| place % 8)
            .collect();
        families.sort_unstable();
        families.dedup();
        assert_eq!(families.len(), 5);
    }
}

#[test]
fn who_is_spared_sits_when_nobody_else_is_left() {
    let members: Vec<(u64, u8)> = (0..9).map(|n| (n + 1, n as u8 % 3 + 1)).collect();
    let active = active(&members);
    let spared: Vec<Address> = active.iter().take(4).map(|member| member.address).collect();
    let used = [active[8].address];
    for number in 0..200 {
        let lot = lot(number, true);
        let few = lot.sparing(Purpose::Appeal, &active, (&used, &spared), 4);
        assert!(few.iter().all(|seat| !spared.contains(&seat.validator)));
        assert_eq!(few.len(), 4);
        let more = lot.sparing(Purpose::Appeal, &active, (&used, &spared), 6);
        let sits = more.iter().filter(|seat| spared.contains(&seat.validator));
        assert_eq!((more.len(), sits.count()), (6, 2));
        let all = lot.sparing(Purpose::Appeal, &active, (&used, &spared), 20);
        assert_eq!(all.len(), 8);
    }
}

#[test]
fn weights_of_nothing_and_of_everything_are_drawn_without_harm() {
    let none = active(&[(0, 1), (0, 2), (0, 3)]);
    assert!(draw(&none, 1, true, 2).is_empty());
    let mut huge = active(&[(1, 1), (1, 2), (1, 2), (1, 3)]);
    for member in &mut huge {
        // Weights are roots of numbers of 256 bits.
        member.weight = (U256::ONE << 128) - U256::ONE;
    }
    for wanted in [2, 3, 4, 1_537] {
        let seats = draw(&huge, 1, true, wanted).len();
        assert_eq!(seats, 4.min(wanted as usize));
    }
}

/// Committees of five, of `draws`, in which three err. A family errs about every tenth question; its
/// members say what it says four times of five, and err by themselves as often otherwise.
fn flipped(active: &[Validator], draws: u32, spread: bool) -> u32 {
    let errs = |what: &str, parts: &[&[u8]]| tagged(what, parts).0[0] < 26;
    let mut flipped = 0;
    for number in 0..draws {
        let question = number.to_be_bytes();
        let wrong = draw(active, number, spread, 5).into_iter().filter(|place| {
            let (family, place) = (active[*place].family.name(), place.to_be_bytes());
            if tagged("test-follows", &[&question, &place]).0[0] < 205 {
                errs("test-family", &[&question, family.as_bytes()])
            } else {
                errs("test-alone", &[&question, &place])
            }
        });
        flipped += u32::from(wrong.count() > 2);
    }
    flipped
}

#[test]
fn spread_committees_err_less_often() {
    const DRAWS: u32 = 20_000;
    let world = |family: Deal| {
        let members: Vec<(u64, u8)> = (0..80).map(|n| (9, family(n))).collect();
        active(&members)
    };
    // Of how many committees that erred the rule leaves how many, in hundredths at most.
    let worlds: [(&str, Deal, u32); 4] = [
        ("one family", |_| 0, 100),
        (
            "half of all in one family, four of an eighth",
            |n| (n % 8).saturating_sub(3),
            100,
        ),
        ("three families", |n| n % 3 + 1, 85),
        ("eight families", |n| n % 8 + 1, 60),
    ];
    for (name, family, most) in worlds {
        let active = world(family);
        let [before, after] = [false, true].map(|spread| flipped(&active, DRAWS, spread));
        assert!(after * 100 <= before * most, "{name}: {before}, {after}");
    }
}
