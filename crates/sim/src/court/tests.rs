//! The court itself: deterministic, honest with money, and refusing what the rules refuse.

use super::{Act, Case, Court, Fault, Honest, Jurors, Role, STAKE, Terms, paid};
use venire_types::vote::{Status, Vote};

/// Says nothing, whatever it is asked.
struct Silent;

impl Jurors for Silent {
    fn act(&mut self, _: &Case<'_>) -> Act {
        Act::Silent
    }
}

/// Proposes where only a vote is asked for.
struct Confused;

impl Jurors for Confused {
    fn act(&mut self, _: &Case<'_>) -> Act {
        Act::Propose(1)
    }
}

fn court(seed: u64) -> Court {
    Court::new(paid(), &[STAKE; 30], seed).expect("a chain")
}

#[test]
fn the_same_seed_gives_the_same_state() {
    let run = |seed| {
        let mut court = court(seed);
        let contract = court.deploy().expect("deploy");
        let tx = court
            .call(1, contract, Terms::default(), &mut Honest)
            .expect("call");
        let record = court.finish(tx, &mut Honest).expect("final");
        assert_eq!(record.status, Status::Finalized);
        court.audit().expect("the books are right");
        court.state
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn silence_ends_by_deadlines() {
    let mut court = court(1);
    let contract = court.deploy().expect("deploy");
    let begun = court.now_ms;
    let tx = court
        .call(1, contract, Terms::default(), &mut Silent)
        .expect("call");
    let record = court.judge(tx, &mut Silent).expect("a decision");
    assert_eq!(record.status, Status::LeaderTimeout);
    assert_eq!(court.now_ms - begun, court.params.propose_timeout_ms);
}

#[test]
fn what_the_rules_refuse_is_a_fault_of_the_study() {
    let mut court = court(1);
    let contract = court.deploy().expect("deploy");
    let tx = court
        .call(1, contract, Terms::default(), &mut Honest)
        .expect("call");
    court.finish(tx, &mut Honest).expect("final");
    assert!(matches!(court.quote(tx), Err(Fault::Refused(_))));
    assert!(matches!(court.user(99), Err(Fault::Missing(_))));
    let confused = court
        .call(1, contract, Terms::default(), &mut Confused)
        .and_then(|tx| court.judge(tx, &mut Confused));
    assert!(matches!(confused, Err(Fault::Missing(_))));
}

#[test]
fn sealed_votes_that_are_never_opened_decide_nothing() {
    struct Sealers;
    impl Jurors for Sealers {
        fn act(&mut self, case: &Case<'_>) -> Act {
            match case.role {
                Role::Lead => Honest.act(case),
                Role::Judge(_) => Act::Seal(Vote::Agree),
            }
        }
    }
    let mut court = court(1);
    let contract = court.deploy().expect("deploy");
    let tx = court
        .call(1, contract, Terms::default(), &mut Sealers)
        .expect("call");
    let record = court.judge(tx, &mut Sealers).expect("a decision");
    assert_eq!(record.status, Status::Undetermined);
}
