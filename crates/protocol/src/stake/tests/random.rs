//! Random orders, offences, rewards and epochs: the books are right after each of them.

use super::{Bench, FUNDS, rules, who};
use crate::{
    ApplyError, ledger,
    stake::{StakeParams, StakedValidator, view},
};
use alloc::{vec, vec::Vec};
use proptest::prelude::*;
use venire_types::{Address, U256, envelope::StakeOrder, keccak256};

#[derive(Clone, Debug)]
enum Move {
    Join {
        person: u8,
        value: u64,
    },
    Deposit {
        validator: usize,
        value: u64,
    },
    Exit {
        validator: usize,
        parts: u64,
    },
    Claim {
        validator: usize,
    },
    Delegate {
        person: u8,
        validator: usize,
        value: u64,
    },
    Undelegate {
        person: u8,
        validator: usize,
        parts: u64,
    },
    Collect {
        person: u8,
        validator: usize,
    },
    Prime {
        person: u8,
        validator: usize,
    },
    Idle {
        validator: usize,
    },
    Violate {
        validator: usize,
        leads: bool,
    },
    Earn {
        validator: usize,
        wei: u64,
    },
    Penalize {
        validator: usize,
        wei: u64,
    },
    Epoch,
}

fn value() -> impl Strategy<Value = u64> {
    prop_oneof![0..100u64, 42..50_000u64, 42_000..5_000_000u64]
}

fn a_move() -> impl Strategy<Value = Move> {
    let v = || 0..6usize;
    let p = || 1..8u8;
    prop_oneof![
        2 => (p(), value()).prop_map(|(person, value)| Move::Join { person, value }),
        3 => (v(), value()).prop_map(|(validator, value)| Move::Deposit { validator, value }),
        4 => (v(), 0..12u64).prop_map(|(validator, parts)| Move::Exit { validator, parts }),
        2 => v().prop_map(|validator| Move::Claim { validator }),
        6 => (p(), v(), value())
            .prop_map(|(person, validator, value)| Move::Delegate { person, validator, value }),
        5 => (p(), v(), 0..12u64).prop_map(
            |(person, validator, parts)| Move::Undelegate { person, validator, parts }),
        3 => (p(), v()).prop_map(|(person, validator)| Move::Collect { person, validator }),
        2 => (p(), v()).prop_map(|(person, validator)| Move::Prime { person, validator }),
        4 => v().prop_map(|validator| Move::Idle { validator }),
        3 => (v(), any::<bool>()).prop_map(|(validator, leads)| Move::Violate { validator, leads }),
        3 => (v(), value()).prop_map(|(validator, wei)| Move::Earn { validator, wei }),
        2 => (v(), value()).prop_map(|(validator, wei)| Move::Penalize { validator, wei }),
        8 => Just(Move::Epoch),
    ]
}

fn parts_of(bench: &Bench, member: Address, validator: Address, parts: u64) -> U256 {
    let shares = view::shares_of(&bench.params, &bench.state, member, validator);
    shares.expect("shares") * U256::from(parts) / U256::from(10)
}

fn play(bench: &mut Bench, wallets: &mut Vec<Address>, earns: bool, turn: &Move) {
    let at = |index: usize| wallets[index % wallets.len()];
    match *turn {
        Move::Join { person, value } => {
            let operator = Some(Address::from_word(keccak256([
                person,
                u8::try_from(wallets.len()).expect("few"),
            ])));
            let before = view::validators_joined_count(&bench.state).expect("count");
            let order = StakeOrder::ValidatorJoin { operator };
            if bench.order(person, value, &order).is_ok() {
                let all = view::validators_joined(&bench.state, before, 9).expect("joined");
                wallets.extend(all);
            }
        }
        Move::Deposit { validator, value } => {
            let wallet = at(validator);
            let owner = bench.validator(wallet).owner;
            if owner != wallet {
                let order = StakeOrder::ValidatorDeposit { wallet };
                let _ = bench.order(owner[0], value, &order);
            }
        }
        Move::Exit { validator, parts } => {
            let wallet = at(validator);
            let shares = parts_of(bench, wallet, wallet, parts);
            let owner = bench.validator(wallet).owner;
            let order = StakeOrder::ValidatorExit { wallet, shares };
            let _ = bench.order(owner[0], 0, &order);
        }
        Move::Claim { validator } => {
            let order = StakeOrder::ValidatorClaim {
                validator: at(validator),
            };
            let _ = bench.order(9, 0, &order);
        }
        Move::Idle { .. } | Move::Violate { .. } | Move::Earn { .. } | Move::Penalize { .. } => {
            judge(bench, wallets, earns, turn).expect("a seam never fails")
        }
        Move::Epoch => epoch(bench, wallets),
        Move::Delegate { .. }
        | Move::Undelegate { .. }
        | Move::Collect { .. }
        | Move::Prime { .. } => delegate(bench, wallets, earns, turn),
    }
}

fn delegate(bench: &mut Bench, wallets: &[Address], earns: bool, turn: &Move) {
    let at = |index: usize| wallets[index % wallets.len()];
    match *turn {
        Move::Delegate {
            person,
            validator,
            value,
        } => {
            let order = StakeOrder::DelegatorJoin {
                validator: at(validator),
            };
            let _ = bench.order(person, value, &order);
        }
        Move::Undelegate {
            person,
            validator,
            parts,
        } => {
            let validator = at(validator);
            let shares = parts_of(bench, who(person), validator, parts);
            let order = StakeOrder::DelegatorExit { validator, shares };
            let _ = bench.order(person, 0, &order);
        }
        Move::Collect { person, validator } => {
            let order = StakeOrder::DelegatorClaim {
                delegator: who(person),
                validator: at(validator),
            };
            let _ = bench.order(9, 0, &order);
        }
        Move::Prime { person, validator } => {
            let order = StakeOrder::ValidatorPrime {
                validator: at(validator),
            };
            bench.does(if earns { person } else { 9 }, 0, &order);
        }
        _ => unreachable!("not a delegator's move"),
    }
}

/// Some number that changes from move to move.
fn wei_of(staking: &crate::stake::Staking<'_, '_>) -> u64 {
    staking.epochs.current.deposited.as_limbs()[0]
}

fn judge(
    bench: &mut Bench,
    wallets: &[Address],
    earns: bool,
    turn: &Move,
) -> Result<(), ApplyError> {
    let at = |index: usize| wallets[index % wallets.len()];
    let deed = bench.epoch();
    let change = |staking: &mut crate::stake::Staking<'_, '_>,
                  validator: Address,
                  how: &dyn Fn(&mut StakedValidator)| {
        let mut record = staking.validator(validator)?.expect("validator");
        how(&mut record);
        staking.save(&record);
        Ok(())
    };
    bench.run(|staking| match *turn {
        Move::Idle { validator } => {
            // One of five transactions, some of them twice.
            let tx = keccak256((wei_of(staking) % 5).to_be_bytes());
            staking.idle(at(validator), deed, tx)
        }
        Move::Violate { validator, leads } => {
            let tribunal = keccak256(wei_of(staking).to_be_bytes());
            if leads {
                staking.convict(at(validator), deed)
            } else {
                staking.misjudged(at(validator), deed, tribunal)
            }
        }
        Move::Earn { validator, wei } if earns => {
            let wei = U256::from(wei);
            ledger::debit(staking.state, who(9), wei)?;
            change(staking, at(validator), &|record| record.fees += wei)
        }
        Move::Penalize { validator, wei } => change(staking, at(validator), &|record| {
            record.penalties += U256::from(wei);
        }),
        _ => Ok(()),
    })
}

/// An epoch begins: it slashes no more than the cap of everything at stake.
fn epoch(bench: &mut Bench, wallets: &[Address]) {
    let mut at_stake = U256::ZERO;
    for wallet in wallets {
        let record = bench.validator(*wallet);
        let pools = record.own.holds() + record.delegated.holds();
        // Books that nobody primed catch up with several epochs at once.
        let epochs = U256::from(bench.epoch() + 1 - record.primed);
        at_stake += (pools + record.fees + record.stake_inflation) * epochs;
    }
    bench.epochs(1);
    let epochs = view::epochs(&bench.state).expect("epochs");
    let (slashed, at_stake) = (epochs.current.slashed, at_stake + epochs.previous.inflation);
    assert!(slashed * U256::from(10) <= at_stake, "{slashed} {at_stake}");
}

fn history(rules: StakeParams, earns: bool, moves: &[Move]) -> (Bench, Vec<Address>) {
    let mut bench = Bench::new(rules, &[(101, 50_000), (102, 5_000_000)]);
    let mut wallets = vec![who(101), who(102)];
    for turn in moves {
        play(&mut bench, &mut wallets, earns, turn);
    }
    (bench, wallets)
}

fn all_of(bench: &Bench, member: Address, validator: Address) -> u64 {
    let (params, state) = (&bench.params, &bench.state);
    let waiting = view::pending_deposits(params, state, member, validator).expect("state");
    let leaving = view::pending_withdrawals(params, state, member, validator).expect("state");
    bench.stake(member, validator) + (waiting + leaving).to::<u64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The bench checks conservation, shares and worth after every move.
    #[test]
    fn any_history_keeps_the_books(
        moves in proptest::collection::vec(a_move(), 1..80),
        mints in any::<bool>(),
        primed_at_change in 0..4u32,
    ) {
        let rules = StakeParams {
            inflation_start_bps: if mints { 900 } else { 0 },
            primed_at_change,
            ..rules()
        };
        history(rules, true, &moves);
    }

    /// Without rewards nobody ever has more than what they brought: what one takes out is never
    /// another's.
    #[test]
    fn nobody_takes_out_more_than_their_share(
        moves in proptest::collection::vec(a_move(), 1..80),
    ) {
        let (mut bench, wallets) = history(rules(), false, &moves);
        let dust = u64::try_from(moves.len()).expect("few");
        for round in 0..2 {
            for person in 1..8 {
                let mut owned = 0;
                for wallet in &wallets {
                    owned += all_of(&bench, who(person), *wallet);
                    if bench.validator(*wallet).owner == who(person) {
                        owned += all_of(&bench, *wallet, *wallet);
                    }
                }
                // What rounding takes from others stays in the pool: a wei for each of their moves.
                prop_assert!(bench.balance(who(person)) + owned <= FUNDS + dust + 50 * round);
            }
            // Everyone leaves; when all is claimed, nothing but what is not theirs is left.
            for person in 1..8 {
                for validator in 0..wallets.len() {
                    play(&mut bench, &mut wallets.clone(), false,
                        &Move::Undelegate { person, validator, parts: 10 });
                }
            }
            bench.epochs(8);
        }
    }
}
