//! Statements that must not count: out of phase, out of place, forged, opened differently.

use crate::{
    machine::Op,
    world::{Act, World, committee, deviation, user},
};
use venire_protocol::{Input, RawInput, Reject};
use venire_types::{
    Address, B256,
    jury::{Commit, Payload, Proposal, Propose, Reveal, proposal_commitment},
    storage::StateView::Accepted,
    vote::{Status, Vote},
};

/// A world in which a call with value waits for its leader.
fn proposing() -> (World, Address, B256) {
    let mut world = World::new(25);
    let contract = world.deploy(1, 0, &[]);
    let id = world.send(1, contract, 5, &[Op::Add(5)]);
    (world, contract, id)
}

fn outsider(world: &World, id: B256) -> Address {
    let members = committee(&world.tx(id));
    (100..125)
        .map(user)
        .find(|juror| !members.contains(juror))
        .expect("an outsider")
}

fn commit(world: &World, me: Address, tx: B256, round: u32) -> Input {
    let commitment = B256::repeat_byte(1);
    world.signed(
        me,
        Commit {
            tx,
            round,
            commitment,
        },
        RawInput::Commit,
    )
}

#[test]
fn only_the_leader_proposes_and_only_once() {
    let (mut world, _, id) = proposing();
    let round = world.tx(id).round_index().expect("round");
    let [leader, member] = committee(&world.tx(id))[..2] else {
        panic!("committee")
    };
    let proposal = |tx, round| Propose {
        tx,
        round,
        proposal: Proposal::Timeout,
    };
    let input = world.signed(member, proposal(id, round), RawInput::Propose);
    assert_eq!(world.refuse(input), Reject::NotLeader { signer: member });
    let input = world.signed(leader, proposal(id, round + 1), RawInput::Propose);
    assert_eq!(
        world.refuse(input),
        Reject::WrongRound { current: 0, got: 1 }
    );
    let input = world.signed(leader, proposal(B256::ZERO, round), RawInput::Propose);
    assert_eq!(
        world.refuse(input),
        Reject::UnknownTransaction { tx: B256::ZERO }
    );
    let input = commit(&world, member, id, round);
    assert_eq!(
        world.refuse(input),
        Reject::WrongPhase {
            status: Status::Proposing
        }
    );

    let proposals = world.answers();
    world.step(proposals.clone());
    let [proposal] = <[Input; 1]>::try_from(proposals).expect("one proposal");
    assert_eq!(
        world.refuse(proposal),
        Reject::WrongPhase {
            status: Status::Committing
        }
    );
}

#[test]
fn recorded_answers_are_bounded() {
    let (mut world, _, id) = proposing();
    let leader = committee(&world.tx(id))[0];
    let nondet = [(0, vec![1; world.params.execution.nondet_bytes as usize])].into();
    let proposal = Proposal::Result {
        nondet,
        commitment: B256::ZERO,
    };
    let input = world.signed(
        leader,
        Propose {
            tx: id,
            round: 0,
            proposal,
        },
        RawInput::Propose,
    );
    assert_eq!(world.refuse(input).code(), "ANSWERS_TOO_LARGE");
}

#[test]
fn members_commit_once_and_outsiders_never() {
    let (mut world, _, id) = proposing();
    world.answer_once();
    let member = committee(&world.tx(id))[1];
    let stranger = outsider(&world, id);
    let input = commit(&world, stranger, id, 0);
    assert_eq!(world.refuse(input), Reject::NotMember { signer: stranger });
    world.include(commit(&world, member, id, 0));
    let input = commit(&world, member, id, 0);
    assert_eq!(world.refuse(input), Reject::AlreadyVoted { signer: member });
    // The replayed honest commit comes too late as well, and the first one opens to nothing.
    world.answer_once();
    assert_eq!(world.status(id), Status::Revealing);
}

#[test]
fn late_commits_do_not_count() {
    let (mut world, _, id) = proposing();
    world.answer_once();
    let mut commits = world.answers();
    let late = commits.pop().expect("five commits");
    world.step(commits);
    world.wait(world.params.commit_timeout_ms);
    assert_eq!(
        world.refuse(late),
        Reject::WrongPhase {
            status: Status::Revealing
        }
    );
    world.drive();
    let record = world.tx(id);
    assert_eq!(record.status, Status::Accepted);
    let silent = record.rounds[0]
        .seats
        .iter()
        .filter(|seat| seat.vote == Vote::NotVoted);
    assert_eq!(silent.count(), 1);
}

#[test]
fn a_commit_in_the_block_of_its_deadline_is_late() {
    let (mut world, _, id) = proposing();
    world.answer_once();
    let mut commits = world.answers();
    let late = commits.pop().expect("five commits");
    world.step(commits);
    world.now += world.params.commit_timeout_ms;
    world.step(vec![late]);
    assert_eq!(world.status(id), Status::Revealing);
    assert_eq!(world.tx(id).rounds[0].committed(), 4);
}

/// A world in which all votes are sealed.
fn revealing() -> (World, Address, B256, Vec<Address>) {
    let (mut world, contract, id) = proposing();
    world.answer_once();
    world.answer_once();
    assert_eq!(world.status(id), Status::Revealing);
    let members = committee(&world.tx(id));
    (world, contract, id, members)
}

#[test]
fn nothing_of_a_vote_is_readable_before_it_is_opened() {
    let (world, _, id, _) = revealing();
    let record = world.tx(id);
    let round = &record.rounds[0];
    assert_eq!(round.result_hash, None);
    assert!(round.seats.iter().all(|seat| seat.vote == Vote::NotVoted));
    assert!(
        round
            .seats
            .iter()
            .all(|seat| seat.result_hash == B256::ZERO)
    );
    let mut seals: Vec<_> = round.seats.iter().filter_map(|seat| seat.commit).collect();
    seals.sort();
    seals.dedup();
    assert_eq!(seals.len(), 5, "equal votes have different seals");
}

#[test]
fn a_vote_opens_only_to_what_was_sealed() {
    let (mut world, contract, id, members) = revealing();
    let record = world.tx(id);
    let me = members[1];
    let honest = world.reveal(&record, 0, me, Act::Honest);
    let stranger = outsider(&world, id);
    let send = |world: &mut World, signer, body: Reveal| {
        let input = world.signed(signer, body, RawInput::Reveal);
        world.refuse(input)
    };
    let mismatch = Reject::SealMismatch { signer: me };
    let changed = Reveal {
        vote: Vote::Disagree,
        ..honest.clone()
    };
    assert_eq!(send(&mut world, me, changed), mismatch);
    let changed = Reveal {
        nonce: B256::ZERO,
        ..honest.clone()
    };
    assert_eq!(send(&mut world, me, changed), mismatch);
    let changed = Reveal {
        result_hash: B256::ZERO,
        ..honest.clone()
    };
    assert_eq!(send(&mut world, me, changed), mismatch);
    let empty = Reveal {
        vote: Vote::NotVoted,
        ..honest.clone()
    };
    assert_eq!(send(&mut world, me, empty), Reject::EmptyVote);
    assert_eq!(
        send(&mut world, stranger, honest.clone()),
        Reject::NotMember { signer: stranger }
    );
    // Another member's vote cannot be copied.
    let copied = send(&mut world, members[2], honest.clone());
    assert_eq!(copied, Reject::SealMismatch { signer: members[2] });
    let heavy = Reveal {
        payload: Some(deviation()),
        ..honest.clone()
    };
    assert_eq!(send(&mut world, me, heavy), Reject::PayloadMisplaced);

    world.include(world.signed(me, honest.clone(), RawInput::Reveal));
    assert_eq!(
        send(&mut world, me, honest),
        Reject::AlreadyVoted { signer: me }
    );
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 5);
}

#[test]
fn a_leader_opens_exactly_the_result_it_proposed() {
    let (mut world, contract, id, members) = revealing();
    let leader = members[0];
    let honest = world.reveal(&world.tx(id), 0, leader, Act::Honest);
    let result = honest.payload.clone().expect("the leader's result");
    for (payload, reject) in [
        (None, Reject::PayloadMisplaced),
        (Some(deviation()), Reject::BadPayload),
        (
            Some(Payload {
                emissions: vec![],
                delta: [].into(),
                ..result
            }),
            Reject::BadPayload,
        ),
    ] {
        let body = Reveal {
            payload,
            ..honest.clone()
        };
        let input = world.signed(leader, body, RawInput::Reveal);
        assert_eq!(world.refuse(input), reject);
    }
    world.include(world.signed(leader, honest, RawInput::Reveal));
    world.drive();
    assert_eq!(world.counter(contract, Accepted), 5);
}

/// A leader that proposes `payload`, seals it, and then opens it.
fn lead_with(payload: Payload) -> Reject {
    let (mut world, _, id) = proposing();
    let leader = committee(&world.tx(id))[0];
    let (hash, nonce) = (payload.hash(), B256::repeat_byte(7));
    let commitment = proposal_commitment(id, 0, leader, hash, nonce);
    let proposal = Proposal::Result {
        nondet: [(0, vec![0])].into(),
        commitment,
    };
    world.include(world.signed(
        leader,
        Propose {
            tx: id,
            round: 0,
            proposal,
        },
        RawInput::Propose,
    ));
    let commitment = venire_types::jury::vote_commitment(id, 0, leader, Vote::Agree, hash, nonce);
    world.include(world.signed(
        leader,
        Commit {
            tx: id,
            round: 0,
            commitment,
        },
        RawInput::Commit,
    ));
    // The leader's own scripted answers come second and are refused.
    world.answer_once();
    world.answer_once();
    assert_eq!(world.status(id), Status::Revealing);
    let reveal = Reveal {
        tx: id,
        round: 0,
        vote: Vote::Agree,
        result_hash: hash,
        nonce,
        payload: Some(payload),
    };
    let input = world.signed(leader, reveal, RawInput::Reveal);
    world.refuse(input)
}

#[test]
fn a_leader_cannot_touch_other_contracts_or_exceed_bounds() {
    let page = crate::machine::counter(user(1));
    let foreign = Payload {
        delta: [(page, [1; 32])].into(),
        ..success()
    };
    assert_eq!(lead_with(foreign), Reject::BadPayload);
    let failed = venire_types::outcome::Outcome::UserError("no".into());
    let both = Payload {
        outcome: failed,
        delta: [(page, [1; 32])].into(),
        emissions: vec![],
    };
    assert_eq!(lead_with(both), Reject::BadPayload);
    let event = venire_types::emission::Emission::Event {
        topics: vec![],
        data: vec![],
    };
    let many = Payload {
        emissions: vec![event; 257],
        ..success()
    };
    assert_eq!(lead_with(many), Reject::BadPayload);
}

fn success() -> Payload {
    Payload {
        outcome: venire_types::outcome::Outcome::Return(vec![0]),
        delta: [].into(),
        emissions: vec![],
    }
}

#[test]
fn statements_for_a_decided_transaction_are_refused() {
    let (mut world, _, id, members) = revealing();
    let reveal = world.reveal(&world.tx(id), 0, members[1], Act::Honest);
    world.drive();
    let input = world.signed(members[1], reveal, RawInput::Reveal);
    assert_eq!(
        world.refuse(input),
        Reject::WrongPhase {
            status: Status::Accepted
        }
    );
}
