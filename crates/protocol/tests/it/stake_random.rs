//! A chain with short epochs, slashes, strikes and inflation under random stakers and liars: every
//! block is applied twice and on demand, and its books are checked.

use crate::{
    machine::Op,
    world::{Act, World, user},
};
use proptest::prelude::*;
use venire_protocol::{
    Params,
    stake::{StakeParams, view},
};
use venire_types::{
    Address, B256, U256, chain::STAKING_LOCAL, envelope::StakeOrder, keccak256, vote::Status,
};

#[derive(Clone, Debug)]
enum Move {
    Call {
        user: u8,
        value: u64,
    },
    Join {
        user: u8,
        value: u64,
    },
    Delegate {
        user: u8,
        validator: usize,
        value: u64,
    },
    Leave {
        user: u8,
        validator: usize,
    },
    Claim {
        user: u8,
        validator: usize,
    },
    Exit {
        user: u8,
    },
    Answer,
    Wait {
        ms: u64,
    },
}

fn a_move() -> impl Strategy<Value = Move> {
    let user = || 1..4u8;
    prop_oneof![
        5 => (user(), 0..500u64).prop_map(|(user, value)| Move::Call { user, value }),
        1 => (user(), 0..9_000u64).prop_map(|(user, value)| Move::Join { user, value }),
        3 => (user(), any::<usize>(), 0..900u64).prop_map(
            |(user, validator, value)| Move::Delegate { user, validator, value }),
        2 => (user(), any::<usize>())
            .prop_map(|(user, validator)| Move::Leave { user, validator }),
        2 => (user(), any::<usize>())
            .prop_map(|(user, validator)| Move::Claim { user, validator }),
        1 => user().prop_map(|user| Move::Exit { user }),
        9 => Just(Move::Answer),
        4 => prop_oneof![0..20_000u64, 100_000..400_000u64].prop_map(|ms| Move::Wait { ms }),
    ]
}

fn temper(tx: B256, round: usize, validator: Address) -> Act {
    let round = u8::try_from(round).unwrap_or(u8::MAX);
    match keccak256([tx.as_slice(), validator.as_slice(), &[round]].concat())[0] {
        0..=15 => Act::Disagree,
        16..=31 => Act::Timeout,
        32..=63 => Act::Silent,
        64..=79 => Act::Sealed,
        80..=103 => Act::Deviant,
        _ => Act::Honest,
    }
}

fn play(world: &mut World, contract: Address, turn: &Move) {
    let all = view::validators_joined(&world.state, 0, 1_000).expect("state");
    let at = |index: usize| {
        let place = index.checked_rem(all.len()).unwrap_or_default();
        all.get(place).copied().unwrap_or_default()
    };
    let (user_number, to, value, order) = match *turn {
        Move::Call { user, value } => {
            world.send(user, contract, value, &[Op::Add(1)]);
            return;
        }
        Move::Answer => {
            world.answer_once();
            return;
        }
        Move::Wait { ms } => {
            world.wait(ms);
            return;
        }
        Move::Join { user, value } => {
            let operator = Some(Address::from_word(keccak256(all.len().to_be_bytes())));
            let order = StakeOrder::ValidatorJoin { operator };
            (user, STAKING_LOCAL, value, order)
        }
        Move::Delegate {
            user,
            validator,
            value,
        } => {
            let validator = at(validator);
            let order = StakeOrder::DelegatorJoin { validator };
            (user, STAKING_LOCAL, value, order)
        }
        Move::Leave {
            user: number,
            validator,
        } => {
            let validator = at(validator);
            let shares = view::shares_of(&world.params, &world.state, user(number), validator);
            let shares = shares.expect("shares");
            let order = StakeOrder::DelegatorExit { validator, shares };
            (number, STAKING_LOCAL, 0, order)
        }
        Move::Claim {
            user: number,
            validator,
        } => {
            let order = StakeOrder::DelegatorClaim {
                delegator: user(number),
                validator: at(validator),
            };
            (number, STAKING_LOCAL, 0, order)
        }
        Move::Exit { user: number } => {
            let wallets = view::wallets(&world.state, user(number)).expect("wallets");
            let wallet = wallets.last().copied().unwrap_or_default();
            let shares = view::shares_of(&world.params, &world.state, wallet, wallet);
            let shares = shares.expect("shares");
            (
                number,
                wallet,
                0,
                StakeOrder::ValidatorExit { wallet, shares },
            )
        }
    };
    let input = world.envelope(user_number, to, value, order.to_input());
    world.step(vec![input]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn stakers_and_liars_keep_the_books(moves in proptest::collection::vec(a_move(), 1..60)) {
        let params = Params {
            stake: StakeParams {
                validator_min: U256::from(900),
                delegator_min: U256::from(42),
                first_epoch: 2,
                epoch_ms: 30_000,
                active_min: 10,
                ..StakeParams::public()
            },
            ..Params::local()
        };
        let mut world = World::among(25, params, &["qwen", "undeclared", "llama"]);
        let contract = world.deploy(1, 0, &[]);
        world.script(|record, me| temper(record.id, record.rounds.len(), me));
        world.bench(|tribunal, me| temper(tribunal.id, 0, me));
        let wallets = world.jurors();
        for turn in moves {
            play(&mut world, contract, &turn);
        }
        // Every transaction comes to its end, whoever was banned meanwhile.
        world.script(|_, _| Act::Honest);
        world.bench(|_, _| Act::Honest);
        for _ in 0..100 {
            world.drive();
            world.wait(400_000);
        }
        for id in world.blocks.iter().flat_map(|block| &block.inputs).filter_map(|input| match input {
            venire_protocol::Input::Transaction(envelope) => Some(envelope.hash()),
            _ => None,
        }) {
            if let Some(record) = venire_protocol::view::tx(&world.state, id).expect("state") {
                prop_assert_eq!(record.status, Status::Finalized);
            }
        }
        // Nobody of genesis joined or left: whoever has the stake and no ban is active again.
        let active = view::active_validators(&world.state).expect("active");
        for wallet in wallets {
            let record = view::validator(&world.state, wallet).expect("state").expect("validator");
            let is_rich = record.own.stake >= world.params.stake.validator_min;
            prop_assert_eq!(active.contains(&wallet), is_rich && !record.banned_for_ever);
            prop_assert_eq!(record.accusations, 0);
        }
    }
}
