//! What stake earns and loses, to the wei.

use super::{Bench, FUNDS, rules, who};
use crate::stake::{StakeParams, view};
use alloc::{string::ToString, vec::Vec};
use venire_types::{Address, B256, U256, envelope::StakeOrder};

fn delegate(bench: &mut Bench, number: u8, validator: Address, value: u64) {
    bench.does(number, value, &StakeOrder::DelegatorJoin { validator });
}

fn earn(bench: &mut Bench, validator: Address, wei: u64) {
    // The seam moves the money of a payer into the validator's earnings.
    bench
        .run(|staking| {
            crate::ledger::debit(staking.state, who(9), U256::from(wei))?;
            let mut record = staking.validator(validator)?.expect("validator");
            record.fees += U256::from(wei);
            staking.save(&record);
            Ok::<_, crate::ApplyError>(())
        })
        .expect("earned");
}

fn idle(bench: &mut Bench, validator: Address, tx: u8) {
    let deed = bench.epoch();
    bench
        .run(|staking| staking.idle(validator, deed, B256::repeat_byte(tx)))
        .expect("idle");
}

fn violate(bench: &mut Bench, validator: Address, as_leader: bool) {
    let deed = bench.epoch();
    bench
        .run(|staking| {
            if as_leader {
                staking.convict(validator, deed)
            } else {
                staking.misjudged(validator, deed, B256::ZERO)
            }
        })
        .expect("violated");
}

#[test]
fn deposits_work_after_two_epochs_and_exits_pay_after_seven() {
    let mut bench = Bench::new(rules(), &[(101, 50_000)]);
    let wallet = bench.join(1, 42_000);
    bench.epochs(1);
    assert_eq!(
        (bench.stake(wallet, wallet), bench.is_active(wallet)),
        (0, false)
    );
    bench.epochs(1);
    assert_eq!(
        (bench.stake(wallet, wallet), bench.is_active(wallet)),
        (42_000, true)
    );
    let shares = U256::from(42_000);
    bench.does(1, 0, &StakeOrder::ValidatorExit { wallet, shares });
    assert!(bench.is_active(wallet), "works until the epoch ends");
    bench.epochs(1);
    assert!(!bench.is_active(wallet));
    let claim = StakeOrder::ValidatorClaim { validator: wallet };
    bench.epochs(5);
    let early = bench
        .order(7, 0, &claim)
        .expect_err("too early")
        .to_string();
    assert_eq!(
        early,
        "the next exit can be claimed in epoch 11, this is epoch 10"
    );
    bench.epochs(1);
    bench.does(7, 0, &claim);
    assert_eq!(bench.balance(who(1)), FUNDS);
    bench.order(7, 0, &claim).expect_err("claimed twice");
}

#[test]
fn fees_reach_the_owner_and_both_pools_in_proportion() {
    let mut bench = Bench::new(rules(), &[(101, 60_000)]);
    let validator = who(101);
    delegate(&mut bench, 1, validator, 30_000);
    delegate(&mut bench, 2, validator, 10_000);
    bench.epochs(2);
    earn(&mut bench, validator, 1_000);
    bench.epochs(1);
    // A tenth for the owner; 900 over 60,000 own and 40,000 delegated.
    assert_eq!(bench.balance(validator), 100);
    assert_eq!(bench.stake(validator, validator), 60_540);
    assert_eq!(bench.stake(who(1), validator), 30_270);
    assert_eq!(bench.stake(who(2), validator), 10_090);
}

#[test]
fn penalties_are_burned_from_fees_first_and_then_from_own_stake() {
    let mut bench = Bench::new(rules(), &[(101, 60_000)]);
    let validator = who(101);
    delegate(&mut bench, 1, validator, 30_000);
    bench.epochs(2);
    earn(&mut bench, validator, 1_000);
    bench
        .run(|staking| {
            let mut record = staking.validator(validator)?.expect("validator");
            record.penalties = U256::from(1_500);
            staking.save(&record);
            Ok::<_, crate::ApplyError>(())
        })
        .expect("penalized");
    bench.epochs(1);
    assert_eq!(bench.globals().burned, U256::from(1_500));
    assert_eq!(bench.stake(validator, validator), 59_500);
    assert_eq!(bench.stake(who(1), validator), 30_000);
}

#[test]
fn a_slash_comes_two_epochs_later_and_splits_four_to_one() {
    let mut bench = Bench::new(rules(), &[(101, 60_000)]);
    let validator = who(101);
    delegate(&mut bench, 1, validator, 40_000);
    bench.epochs(2);
    violate(&mut bench, validator, true);
    bench.epochs(1);
    assert_eq!(bench.stake(validator, validator), 60_000);
    bench.epochs(1);
    // 5 % of 100,000, a fifth of it from delegators.
    assert_eq!(bench.stake(validator, validator), 56_000);
    assert_eq!(bench.stake(who(1), validator), 39_000);
    assert_eq!(bench.globals().burned, U256::from(5_000));
}

#[test]
fn delegators_never_lose_more_than_the_rate_of_their_own() {
    let mut bench = Bench::new(rules(), &[(101, 1_000_000)]);
    let validator = who(101);
    delegate(&mut bench, 1, validator, 1_000);
    bench.epochs(2);
    violate(&mut bench, validator, true);
    bench.epochs(2);
    assert_eq!(bench.stake(who(1), validator), 950);
    assert_eq!(bench.stake(validator, validator), 1_000_000 - 50_050 + 50);
}

#[test]
fn one_epoch_slashes_a_tenth_at_most() {
    let mut bench = Bench::new(rules(), &[(101, 100_000)]);
    let validator = who(101);
    for _ in 0..5 {
        violate(&mut bench, validator, true);
    }
    bench.epochs(2);
    assert_eq!(bench.stake(validator, validator), 90_000);
    bench.epochs(2);
    assert_eq!(
        bench.stake(validator, validator),
        90_000,
        "what exceeds it is forgiven"
    );
}

#[test]
fn who_leaves_before_the_slash_pays_it_and_who_left_before_the_deed_does_not() {
    let mut bench = Bench::new(rules(), &[(101, 100_000)]);
    let validator = who(101);
    for number in [1, 2] {
        delegate(&mut bench, number, validator, 10_000);
    }
    bench.epochs(2);
    let exit = |shares: u64| StakeOrder::DelegatorExit {
        validator,
        shares: U256::from(shares),
    };
    bench.does(1, 0, &exit(10_000));
    bench.epochs(1);
    violate(&mut bench, validator, true);
    bench.does(2, 0, &exit(10_000));
    bench.epochs(7);
    for number in [1, 2] {
        bench.does(
            3,
            0,
            &StakeOrder::DelegatorClaim {
                delegator: who(number),
                validator,
            },
        );
    }
    assert_eq!(bench.balance(who(1)), FUNDS);
    assert_eq!(bench.balance(who(2)), FUNDS - 500);
    assert_eq!(bench.stake(validator, validator), 100_000 - 5_500 + 500);
}

#[test]
fn three_strikes_ban_for_this_epoch_and_the_next() {
    let mut bench = Bench::new(rules(), &[(101, 100_000), (102, 100_000)]);
    let validator = who(101);
    idle(&mut bench, validator, 1);
    idle(&mut bench, validator, 2);
    idle(&mut bench, validator, 2);
    assert!(bench.is_active(validator));
    bench.epochs(1);
    idle(&mut bench, validator, 3);
    assert!(
        bench.is_active(validator),
        "strikes of another epoch do not count"
    );
    idle(&mut bench, validator, 4);
    idle(&mut bench, validator, 5);
    assert!(!bench.is_active(validator));
    let banned = view::banned(&bench.state, bench.epoch(), 0, 9).expect("banned");
    assert_eq!(
        (banned.len(), banned[0].validator, banned[0].until),
        (1, validator, 4)
    );
    bench.epochs(1);
    assert!(!bench.is_active(validator));
    bench.epochs(1);
    assert!(bench.is_active(validator));
    // 2 % for the first epoch, 3 % for the second.
    assert_eq!(bench.stake(validator, validator), 95_060);
}

#[test]
fn nobody_is_banned_for_silence_when_everybody_is_silent() {
    let rules = StakeParams {
        active_min: 2,
        ..rules()
    };
    let validators = [(101, 100_000), (102, 100_000), (103, 100_000)];
    let mut bench = Bench::new(rules, &validators);
    for number in [101, 102, 103] {
        for tx in 1..=4 {
            idle(&mut bench, who(number), tx);
        }
    }
    let active = view::active_validators(&bench.state).expect("active");
    assert_eq!(active, [who(102), who(103)]);
}

#[test]
fn nothing_ends_a_ban_for_ever() {
    let mut bench = Bench::new(rules(), &[(101, 100_000), (102, 100_000)]);
    let validator = who(101);
    violate(&mut bench, validator, true);
    assert!(!bench.is_active(validator));
    bench.epochs(5);
    assert!(!bench.is_active(validator));
    let refused = bench.order(1, 100, &StakeOrder::DelegatorJoin { validator });
    refused.expect_err("nobody delegates to it");
    assert_eq!(view::is_banned(&bench.state, validator), Ok(true));
}

#[test]
fn who_primes_anothers_validator_gets_a_hundredth_of_the_slash() {
    let rules = StakeParams {
        primed_at_change: 1,
        ..rules()
    };
    let mut bench = Bench::new(rules, &[(101, 100_000), (102, 100_000)]);
    let validator = who(102);
    violate(&mut bench, validator, false);
    bench.epochs(1);
    assert!(bench.is_active(validator), "primed in the epoch before");
    bench.epochs(1);
    assert!(!bench.is_active(validator), "nobody primed it");
    bench.does(1, 0, &StakeOrder::ValidatorPrime { validator });
    assert_eq!(bench.balance(who(1)), FUNDS + 10);
    assert_eq!(bench.globals().burned, U256::from(990));
    bench.does(1, 0, &StakeOrder::ValidatorPrime { validator });
    assert_eq!(bench.balance(who(1)), FUNDS + 10, "paid once");
    bench.epochs(1);
    assert!(bench.is_active(validator));
}

#[test]
fn inflation_is_minted_to_the_wei_and_split() {
    let rules = StakeParams {
        inflation_start_bps: 900,
        inflation_floor_bps: 400,
        ..rules()
    };
    let (developers, treasury) = (rules.developers, rules.treasury);
    let mut bench = Bench::new(rules, &[(101, 300_000_000), (102, 100_000_000)]);
    let before = bench.globals().minted;
    bench.epochs(1);
    // 9 % of 9.4 billion in a year, a 365th of it in an epoch.
    let pot = before.to::<u64>() * 9 / 100 / 365;
    let minted = (bench.globals().minted - before).to::<u64>();
    assert!(pot - minted < 10, "{pot} {minted}");
    assert_eq!(bench.balance(developers), pot / 10);
    assert_eq!(bench.balance(treasury), pot / 20);
    assert_eq!(bench.balance(who(101)), (pot / 10) * 3 / 4);
    let epochs = view::epochs(&bench.state).expect("epochs");
    assert_eq!(epochs.previous.inflation, U256::from(minted));
    assert!(bench.stake(who(101), who(101)) > 300_000_000);
}

#[test]
fn inflation_falls_by_the_year_to_its_floor() {
    let rules = StakeParams::public();
    let rates: Vec<u32> = [0, 1, 4, 5, 6, u64::MAX]
        .map(|year| rules.inflation_bps(year))
        .to_vec();
    assert_eq!(rates, [900, 800, 500, 400, 400, 400]);
}

#[test]
fn in_epoch_0_everything_is_at_once_and_epoch_1_does_not_exist() {
    let rules = StakeParams {
        first_epoch: 0,
        ..rules()
    };
    let mut bench = Bench::new(rules, &[]);
    let small = bench.join(1, 5);
    let large = bench.join(2, 50_000);
    assert_eq!(bench.stake(small, small), 5);
    delegate(&mut bench, 3, large, 1);
    let exit = StakeOrder::DelegatorExit {
        validator: large,
        shares: U256::ONE,
    };
    bench.does(3, 0, &exit);
    assert_eq!(bench.balance(who(3)), FUNDS);
    bench.epochs(1);
    assert_eq!(bench.epoch(), 2);
    assert!(bench.is_active(large) && !bench.is_active(small));
}
