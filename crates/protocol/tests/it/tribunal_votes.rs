//! Statements to a tribunal that must not count.

use crate::{
    court::{bench, contested, court, opened, sealed, sparing, voters},
    fees::appeal,
    world::{Act, World, deviation, secret},
};
use venire_protocol::{Params, RawInput, Reject, Tribunal, TribunalPhase, TribunalReject};
use venire_types::{
    Address, B256,
    jury::{Commit, Proposal, Propose, Reveal, vote_commitment},
    vote::Vote,
};

/// A tribunal whose voters have not spoken yet.
fn open() -> (World, B256, Tribunal, Vec<Address>) {
    let (mut world, contract) = court();
    let (id, tribunal) = contested(&mut world, contract, Act::Deviant, [Act::Honest; 4]);
    let voters = voters(&tribunal);
    (world, id, tribunal, voters)
}

fn commits(world: &mut World, signer: Address, body: Commit) -> Reject {
    let input = world.signed(signer, body, RawInput::Commit);
    world.refuse(input)
}

fn reveals(world: &mut World, signer: Address, body: Reveal) -> Reject {
    let input = world.signed(signer, body, RawInput::Reveal);
    world.refuse(input)
}

#[test]
fn only_voters_vote_each_once_and_in_its_phase() {
    let (mut world, id, tribunal, voters) = open();
    let body = |world: &World, me| sealed(world, &tribunal, me, Act::Honest);
    let jurors = world.tx(id).rounds[0].seats.clone();
    let juror = jurors
        .iter()
        .find(|seat| seat.validator != tribunal.accused);
    let signer = tribunal.operator;
    let bad = body(&world, signer);
    let reject = commits(&mut world, signer, bad);
    assert_eq!(reject, TribunalReject::AccusedVotes { signer }.into());
    assert_eq!(reject.code(), "ACCUSED_VOTES");
    let signer = juror.expect("a juror").operator;
    let bad = body(&world, signer);
    let reject = commits(&mut world, signer, bad);
    assert_eq!(reject, Reject::NotMember { signer });

    let signer = voters[0];
    let bad = Commit {
        round: 1,
        ..body(&world, signer)
    };
    let (current, got) = (0, 1);
    let reject = commits(&mut world, signer, bad);
    assert_eq!(reject, Reject::WrongRound { current, got });
    let early = opened(&world, &tribunal, signer, Act::Honest);
    let phase = TribunalPhase::Committing;
    let reject = reveals(&mut world, signer, early);
    assert_eq!(reject, TribunalReject::WrongPhase { phase }.into());
    assert_eq!(reject.code(), "WRONG_TRIBUNAL_PHASE");
    // Nobody proposes anything to a tribunal.
    let propose = Propose {
        tx: tribunal.id,
        round: 0,
        proposal: Proposal::Timeout,
    };
    let input = world.signed(signer, propose, RawInput::Propose);
    let tx = tribunal.id;
    assert_eq!(world.refuse(input), Reject::UnknownTransaction { tx });

    let once = body(&world, signer);
    let input = world.signed(signer, once.clone(), RawInput::Commit);
    assert_eq!(world.include(input), tribunal.id);
    let reject = commits(&mut world, signer, once);
    assert_eq!(reject, Reject::AlreadyVoted { signer });
}

#[test]
fn a_vote_in_the_block_of_its_deadline_is_late() {
    let (mut world, id, tribunal, voters) = open();
    let late = sealed(&world, &tribunal, voters[1], Act::Honest);
    let first = sealed(&world, &tribunal, voters[0], Act::Honest);
    let input = world.signed(voters[0], first, RawInput::Commit);
    world.include(input);
    world.now += world.params.commit_timeout_ms;
    let input = world.signed(voters[1], late, RawInput::Commit);
    world.step(vec![input.clone()]);
    let now = crate::court::tribunal(&world, id);
    assert_eq!(now.phase, TribunalPhase::Revealing);
    let phase = now.phase;
    assert_eq!(
        world.refuse(input),
        TribunalReject::WrongPhase { phase }.into()
    );
    // Who sealed nothing opens nothing.
    let signer = voters[1];
    let body = opened(&world, &tribunal, signer, Act::Honest);
    assert_eq!(
        reveals(&mut world, signer, body),
        Reject::NoCommit { signer }
    );
    let body = opened(&world, &tribunal, voters[0], Act::Honest);
    world.now += world.params.reveal_timeout_ms;
    let input = world.signed(voters[0], body, RawInput::Reveal);
    world.step(vec![input.clone()]);
    let phase = TribunalPhase::Closed;
    assert_eq!(
        world.refuse(input),
        TribunalReject::WrongPhase { phase }.into()
    );
}

#[test]
fn a_vote_opens_only_to_what_was_sealed() {
    let (mut world, id, tribunal, voters) = open();
    world.bench(bench(&[Act::Sealed]));
    world.answer_once();
    assert_eq!(
        crate::court::tribunal(&world, id).phase,
        TribunalPhase::Revealing
    );
    let signer = voters[0];
    let honest = opened(&world, &tribunal, signer, Act::Honest);
    for changed in [
        Reveal {
            nonce: B256::ZERO,
            ..honest.clone()
        },
        Reveal {
            vote: Vote::Agree,
            ..honest.clone()
        },
        Reveal {
            result_hash: tribunal.result_hash,
            ..honest.clone()
        },
    ] {
        let reject = reveals(&mut world, signer, changed);
        assert_eq!(reject, Reject::SealMismatch { signer });
    }
    let empty = Reveal {
        vote: Vote::NotVoted,
        ..honest.clone()
    };
    assert_eq!(reveals(&mut world, signer, empty), Reject::EmptyVote);
    let heavy = Reveal {
        payload: Some(deviation()),
        ..honest.clone()
    };
    assert_eq!(reveals(&mut world, signer, heavy), Reject::PayloadMisplaced);
    let copied = reveals(&mut world, voters[1], honest.clone());
    let other = voters[1];
    assert_eq!(copied, Reject::SealMismatch { signer: other });
    let input = world.signed(signer, honest.clone(), RawInput::Reveal);
    world.include(input);
    assert_eq!(
        reveals(&mut world, signer, honest),
        Reject::AlreadyVoted { signer }
    );
}

#[test]
fn a_vote_that_contradicts_its_result_is_none() {
    let (mut world, id, tribunal, voters) = open();
    let signer = voters[0];
    let right = world.result(&world.tx(id), 0, Act::Honest).hash();
    for (vote, result_hash) in [
        (Vote::Agree, right),
        (Vote::Agree, B256::ZERO),
        (Vote::Disagree, tribunal.result_hash),
        (Vote::Disagree, B256::ZERO),
        (Vote::DeterministicViolation, right),
    ] {
        let (mut world, _, tribunal, voters) = open();
        let (tx, nonce) = (tribunal.id, secret(tribunal.id, 0, signer));
        let commitment = vote_commitment(tx, 0, signer, vote, result_hash, nonce);
        let body = Commit {
            tx,
            round: 0,
            commitment,
        };
        let input = world.signed(signer, body, RawInput::Commit);
        world.include(input);
        // The scripted commit of the same voter is refused.
        world.answer_once();
        let body = Reveal {
            tx,
            round: 0,
            vote,
            result_hash,
            nonce,
            payload: None,
        };
        let reject = reveals(&mut world, signer, body);
        assert_eq!(reject, TribunalReject::ContradictoryVote { signer }.into());
        assert_eq!(reject.code(), "CONTRADICTORY_VOTE");
        assert_eq!(voters[0], signer, "same chain, same draw");
    }
    world.drive();
    assert!(crate::court::tribunal(&world, id).finding.is_some());
}

#[test]
fn no_seal_fits_both_a_round_and_a_tribunal() {
    // The proposal is judged once more by an appeal while its tribunal votes; somebody sits in both.
    let params = Params {
        stake: sparing(),
        ..Params::local()
    };
    let mut world = World::with(20, params);
    let contract = world.deploy(1, 0, &[]);
    let (id, about) = contested(
        &mut world,
        contract,
        Act::Honest,
        [Act::Deviant, Act::Honest, Act::Honest, Act::Honest],
    );
    let input = appeal(&world, 3, id, 0);
    world.include(input);
    let voters = voters(&about);
    let record = world.tx(id);
    let seats = record.rounds[1].seats.iter();
    let signer = seats
        .map(|seat| seat.validator)
        .find(|member| voters.contains(member))
        .expect("somebody sits in both");
    let for_tribunal = sealed(&world, &about, signer, Act::Honest);
    let nonce = secret(id, 1, signer);
    let hash = about.result_hash;
    let for_round = vote_commitment(id, 1, signer, Vote::Agree, hash, nonce);
    for (tx, round, commitment) in [(id, 1, for_tribunal.commitment), (about.id, 0, for_round)] {
        let body = Commit {
            tx,
            round,
            commitment,
        };
        let input = world.signed(signer, body, RawInput::Commit);
        world.include(input);
    }
    world.answer_once();
    let opened_here = opened(&world, &about, signer, Act::Honest);
    let opened_there = Reveal {
        tx: id,
        round: 1,
        vote: Vote::Agree,
        result_hash: hash,
        nonce,
        payload: None,
    };
    for (body, other) in [
        (opened_here.clone(), (id, 1)),
        (opened_there.clone(), (about.id, 0)),
    ] {
        let (tx, round) = other;
        let swapped = Reveal {
            tx,
            round,
            ..body.clone()
        };
        for body in [body, swapped] {
            let reject = reveals(&mut world, signer, body);
            assert_eq!(reject, Reject::SealMismatch { signer });
        }
    }
}
