//! What programs do, on an empty state.

use super::*;
use venire_protocol::{Funds, Kind};
use venire_types::vote::{RoundResult, Status};

fn models() -> Models {
    Models {
        seed: 1,
        families: 2,
        accuracy: 1_000,
        correlation: 0,
        outage: 0,
        down: 0,
        slow: 0,
        latency_ms: 1,
        spread_ms: 0,
    }
}

fn record(id: B256) -> TxRecord {
    TxRecord {
        id,
        kind: Kind::Call,
        sender: Address::ZERO,
        origin: Address::ZERO,
        recipient: Address::repeat_byte(7),
        value: U256::from(10),
        nonce: None,
        slot: None,
        index: 0,
        validators_wanted: 5,
        rotations: 0,
        rotations_left: 0,
        leader_only: false,
        valid_until_ms: None,
        salt: U256::ZERO,
        created_height: 0,
        created_ms: 0,
        status: Status::Proposing,
        history: Vec::new(),
        rounds: Vec::new(),
        appeals: Vec::new(),
        seed: B256::ZERO,
        outcome: None,
        result: RoundResult::Idle,
        window_ms: 0,
        final_at_ms: None,
        window_closed: false,
        triggered_by: None,
        children: Vec::new(),
        descent: 0,
        funds: Funds::default(),
        note: None,
    }
}

fn run(models: &Models, validator: u8, tx: B256, ops: &[Op], role: Role) -> Execution {
    let desk = Desk {
        models,
        validator: Address::repeat_byte(validator),
        round: 0,
    };
    let body = Body {
        calldata: call(ops),
        code: Vec::new(),
    };
    execute(desk, &record(tx), &body, &Snapshot::default(), role)
}

fn message(to: u8) -> Op {
    Op::Post {
        to: [to; 20],
        value: 1,
        early: true,
        ops: Vec::new(),
    }
}

#[test]
fn a_program_sends_what_the_answer_says() {
    let models = models();
    let tx = |n: u8| B256::repeat_byte(n);
    let asks = |n: u8| models.truth(tx(n));
    let yes = (0..64).find(|n| asks(*n)).unwrap();
    let no = (0..64).find(|n| !asks(*n)).unwrap();
    let ops = [
        Op::Ask,
        Op::Choose {
            yes: vec![message(1)],
            no: vec![message(2), Op::Add(1)],
        },
    ];
    for (question, to) in [(yes, 1), (no, 2)] {
        let execution = run(&models, 9, tx(question), &ops, Role::Leader);
        let [Emission::Post { to: sent, .. }] = execution.emissions.as_slice() else {
            panic!("{execution:?}");
        };
        assert_eq!(*sent, Address::repeat_byte(to));
        // Who judges does what the leader's answer says, and sees that its own is another.
        let leader = Arc::new(execution.nondet.clone());
        let wrong = models.inverted();
        let role = Role::Validator { leader };
        let judged = run(&wrong, 8, tx(question), &ops, role);
        assert_eq!(
            (judged.emissions, judged.delta),
            (execution.emissions, execution.delta)
        );
        assert_eq!(judged.disagreement, Some(0));
    }
}

#[test]
fn a_contract_deploys_another_with_what_it_has() {
    let deploy = |value| Op::Deploy {
        salt: 3,
        value,
        early: false,
        ops: vec![Op::Add(2)],
    };
    let execution = run(&models(), 1, B256::ZERO, &[deploy(4)], Role::Leader);
    let expected = Emission::Deploy {
        code: CODE.to_vec(),
        calldata: constructor(&[Op::Add(2)]),
        value: U256::from(4),
        salt: U256::from(3),
        on: On::Finalized,
    };
    assert_eq!(execution.emissions, [expected]);
    let poor = run(&models(), 1, B256::ZERO, &[deploy(11)], Role::Leader);
    assert_eq!(poor.outcome, Outcome::VmError("inbalance".into()));
    assert!(poor.emissions.is_empty());
}

#[test]
fn no_two_validators_agree_on_what_drifts() {
    let all: Vec<_> = (1..9)
        .map(|validator| run(&models(), validator, B256::ZERO, &[Op::Drift], Role::Leader).delta)
        .collect();
    for (place, one) in all.iter().enumerate() {
        assert!(all.iter().skip(place + 1).all(|other| other != one));
    }
}

#[test]
fn a_tribunal_executes_though_no_model_is_there() {
    let models = models();
    let down = Models {
        down: u64::MAX,
        ..models
    };
    let ops = [Op::Ask, Op::Add(1)];
    let leader = run(&models, 1, B256::ZERO, &ops, Role::Leader);
    assert!(
        run(&down, 2, B256::ZERO, &ops, Role::Leader)
            .unavailable
            .is_some()
    );
    let leaders = Arc::new(leader.nondet.clone());
    let role = Role::Sync { leader: leaders };
    assert_eq!(run(&down, 2, B256::ZERO, &ops, role).delta, leader.delta);
}
