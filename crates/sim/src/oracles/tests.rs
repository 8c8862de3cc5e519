//! Each oracle sees what must not be in a small sight made by hand, and nothing in a right one.

use super::*;
use std::sync::LazyLock;
use venire_node::core::Key as Pen;
use venire_protocol::{
    Appeal, AppealEnd, AppealKind, Block, Body, Delta, Funds, Key, Kind, Part, Round, Seat,
    StatusChange,
    stake::{Epoch, Epochs, Offence, StakedValidator},
};
use venire_types::{
    U256,
    emission::{Emission, On},
    jury::{Commit, Payload, Proposal, Propose, Reveal, vote_commitment},
    outcome::Outcome,
    vote::{RoundResult, Vote},
};

const CHAIN: u64 = 7;
const TX: B256 = B256::repeat_byte(1);
const CHILD: B256 = B256::repeat_byte(2);
const CONTRACT: Address = Address::repeat_byte(3);
const USER: Address = Address::repeat_byte(4);
const NOW: u64 = 1_000_000;
const HEIGHT: u64 = 9;

static PENS: LazyLock<Vec<Pen>> = LazyLock::new(|| {
    let pens = (0..20).map(|index| Pen::derive(B256::ZERO, "oracle", index));
    pens.collect()
});

fn who(seat: usize) -> Address {
    PENS[seat].address()
}

fn params() -> Params {
    Params {
        chain_id: CHAIN,
        fees: venire_protocol::FeeParams::paid(),
        ..crate::scenario::Scenario::calm(1, 4, 8, 1).params
    }
}

fn round(number: u32, members: &[usize], leader: Option<u32>) -> Round {
    let seats = members.iter().map(|seat| Seat {
        validator: who(*seat),
        operator: who(*seat),
        commit: None,
        vote: Vote::NotVoted,
        result_hash: B256::ZERO,
        revealed_ms: None,
    });
    Round {
        number,
        rotation: 0,
        judges: None,
        superseded: false,
        read_height: 0,
        seats: seats.collect(),
        leader,
        idle: Vec::new(),
        replacements: 0,
        started_ms: NOW,
        phase_ms: NOW,
        deadline_ms: NOW,
        proposal: None,
        bytes: 0,
        result: RoundResult::NoMajority,
        result_hash: None,
    }
}

/// A call that went through these statuses, each in the block that is looked at.
fn record(statuses: &[Status], rounds: Vec<Round>) -> TxRecord {
    let history = statuses.iter().map(|status| StatusChange {
        status: *status,
        height: HEIGHT,
        time_ms: NOW,
    });
    TxRecord {
        id: TX,
        kind: Kind::Call,
        sender: USER,
        origin: USER,
        recipient: CONTRACT,
        value: U256::ZERO,
        nonce: None,
        slot: Some(0),
        index: 0,
        validators_wanted: 5,
        rotations: 0,
        rotations_left: 0,
        leader_only: false,
        valid_until_ms: None,
        salt: U256::ZERO,
        created_height: 1,
        created_ms: NOW,
        status: statuses.last().copied().unwrap_or(Status::Pending),
        history: history.collect(),
        rounds,
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

fn appeal(kind: AppealKind, bond: u64, end: Option<AppealEnd>) -> Appeal {
    Appeal {
        kind,
        appellant: USER,
        payer: USER,
        bond: U256::from(bond),
        funding: U256::ZERO,
        against: 0,
        first: 1,
        filed_height: HEIGHT,
        reward: U256::ZERO,
        filed_ms: NOW,
        left_ms: 0,
        end,
        settled: end.is_some(),
    }
}

fn put<T: borsh::BorshSerialize>(delta: &mut Delta, key: Key, value: &T) {
    let bytes = borsh::to_vec(value).expect("bytes");
    delta.insert(key, Some(bytes.into()));
}

fn state(records: &[&TxRecord], more: impl FnOnce(&mut Delta)) -> Snapshot {
    let mut delta = Delta::new();
    for record in records {
        put(&mut delta, Key::tx(record.id), record);
    }
    put(&mut delta, Key::epochs(), &Epochs::default());
    more(&mut delta);
    Snapshot::default().with(delta)
}

fn ordered(now: u64, inputs: Vec<Input>, mut effects: Vec<Effect>) -> Ordered {
    for input in 0..u32::try_from(inputs.len()).expect("few") {
        effects.push(Effect::Included { input, tx: TX });
    }
    Ordered {
        block: Block {
            height: HEIGHT,
            time_ms: now,
            seed: B256::ZERO,
            inputs,
        },
        bytes: Vec::new(),
        parcels: Vec::new(),
        root: B256::ZERO,
        effects,
        proposer: 0,
    }
}

/// Looks at one block with one oracle.
fn look<T>(
    before: &Snapshot,
    after: &Snapshot,
    ordered: &Ordered,
    minutes: &mut minutes::Minutes,
    oracle: impl FnOnce(&Scene<'_>) -> T,
) -> T {
    let params = params();
    let _ = minutes.hear(ordered);
    let sight = Sight {
        ordered,
        after,
        params: &params,
    };
    oracle(&Scene::new(&sight, before, minutes))
}

fn moved(to: Status) -> Effect {
    Effect::StatusChanged {
        tx: TX,
        from: Status::Pending,
        to,
    }
}

fn payload(emissions: Vec<Emission>) -> Payload {
    Payload {
        outcome: Outcome::Return(Vec::new()),
        delta: std::collections::BTreeMap::new(),
        emissions,
    }
}

/// The leader's proposal, and these votes on it.
fn session(payload: &Payload, votes: &[Vote]) -> Vec<Input> {
    let nondet = [(0, vec![1])].into();
    let proposal = Proposal::Result {
        nondet,
        commitment: B256::ZERO,
    };
    let propose = Propose {
        tx: TX,
        round: 0,
        proposal,
    };
    let mut all = vec![Input::Propose(
        PENS[0].sign(CHAIN, propose).expect("signed"),
    )];
    for (seat, vote) in votes.iter().enumerate() {
        let (round, result_hash, nonce) = (0, payload.hash(), B256::ZERO);
        let commitment = vote_commitment(TX, round, who(seat), *vote, result_hash, nonce);
        let commit = Commit {
            tx: TX,
            round,
            commitment,
        };
        let reveal = Reveal {
            tx: TX,
            round,
            vote: *vote,
            result_hash,
            nonce,
            payload: (seat == 0).then(|| payload.clone()),
        };
        all.push(Input::Commit(
            PENS[seat].sign(CHAIN, commit).expect("signed"),
        ));
        all.push(Input::Reveal(
            PENS[seat].sign(CHAIN, reveal).expect("signed"),
        ));
    }
    all
}

const JUDGED: [Status; 3] = [Status::Proposing, Status::Committing, Status::Revealing];

fn judged(end: Status) -> TxRecord {
    let statuses = [&JUDGED[..], &[end]].concat();
    record(&statuses, vec![round(0, &[0, 1, 2, 3, 4], Some(0))])
}

#[test]
fn a_verdict_needs_more_than_half_of_all_seats() {
    let result = payload(Vec::new());
    for (agree, status, is_right) in [
        (3, Status::Accepted, true),
        (2, Status::Accepted, false),
        (2, Status::Undetermined, true),
        (3, Status::Undetermined, false),
    ] {
        let votes = vec![Vote::Agree; agree];
        let block = ordered(NOW, session(&result, &votes), vec![moved(status)]);
        let mut record = judged(status);
        let is_accepted = status == Status::Accepted;
        record.outcome = is_accepted.then(|| result.outcome.clone());
        let after = state(&[&record], |delta| {
            put(delta, Key::payload(TX), &result);
        });
        let before = Snapshot::default();
        let mut minutes = minutes::Minutes::default();
        let seen = look(&before, &after, &block, &mut minutes, verdict::block);
        assert_eq!(seen.is_none(), is_right, "{agree} {status:?}: {seen:?}");
    }
}

#[test]
fn what_was_agreed_is_no_failure_without_a_reason() {
    let result = payload(Vec::new());
    let votes = [Vote::Agree; 5];
    let block = ordered(NOW, session(&result, &votes), vec![moved(Status::Accepted)]);
    for code in ["inbalance", "fee messages", "message_depth"] {
        let mut record = judged(Status::Accepted);
        record.outcome = Some(Outcome::VmError(code.into()));
        let (before, after) = (Snapshot::default(), state(&[&record], |_| ()));
        let mut minutes = minutes::Minutes::default();
        let seen = look(&before, &after, &block, &mut minutes, verdict::block);
        assert!(seen.is_some(), "{code}");
    }
}

#[test]
fn a_vote_opens_to_what_was_sealed() {
    let mut inputs = session(&payload(Vec::new()), &[Vote::Agree]);
    assert_eq!(
        minutes::Minutes::default().hear(&ordered(NOW, inputs.clone(), Vec::new())),
        None
    );
    let sealed = inputs.remove(1);
    let without = ordered(NOW, inputs.clone(), Vec::new());
    assert!(minutes::Minutes::default().hear(&without).is_some());
    inputs.insert(1, sealed.clone());
    inputs.push(sealed);
    let twice = ordered(NOW, inputs, Vec::new());
    assert!(minutes::Minutes::default().hear(&twice).is_some());
}

/// Active validators, as the state lists them.
fn active(delta: &mut Delta) {
    let all: Vec<venire_protocol::Validator> = (0..20)
        .map(|seat| venire_protocol::Validator {
            address: who(seat),
            operator: who(seat),
            stake: U256::ONE,
            weight: U256::ONE,
            family: venire_types::family::Family::default(),
        })
        .collect();
    put(delta, Key::validators(), &all);
}

#[test]
fn a_new_committee_follows_from_those_before() {
    let first = round(0, &[0, 1, 2, 3, 4], Some(0));
    let appeal = Round {
        judges: Some(0),
        ..round(1, &[5, 6, 7, 8, 9, 10, 11], None)
    };
    let next = |members: &[usize]| round(2, members, Some(1));
    let whole = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    let with_leader = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    let without_one = [12, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    let statuses = [
        Status::Proposing,
        Status::AppealCommitting,
        Status::Proposing,
    ];
    for (appealed, last, is_right) in [
        (appeal.clone(), next(&whole), true),
        (appeal.clone(), next(&with_leader), false),
        (appeal.clone(), next(&without_one), false),
        (appeal.clone(), next(&whole[1..]), false),
        (
            Round {
                judges: Some(0),
                ..round(1, &[0, 6, 7, 8, 9, 10, 11], None)
            },
            next(&[1, 2, 3, 4, 0, 6, 7, 8, 9, 10, 11]),
            false,
        ),
    ] {
        let record = record(&statuses, vec![first.clone(), appealed, last]);
        let block = ordered(NOW, Vec::new(), vec![moved(Status::Proposing)]);
        let after = state(&[&record], active);
        let mut minutes = minutes::Minutes::default();
        let seen = look(&after, &after, &block, &mut minutes, committee::block);
        assert_eq!(seen.is_none(), is_right, "{seen:?}");
    }
}

#[test]
fn a_window_is_as_long_as_history_makes_it_and_final_means_closed() {
    let whole = params().finality_window_ms;
    let decided = |status, left: u64| Effect::Decided {
        tx: TX,
        status,
        final_at_ms: NOW + left,
    };
    let appealed = Effect::Appealed {
        tx: TX,
        appellant: USER,
    };
    let status = Status::Undetermined;
    let mut record = judged(status);
    let after = state(&[&record], active);
    let look = |after: &Snapshot, now, effects| {
        let block = ordered(now, Vec::new(), effects);
        let mut minutes = minutes::Minutes::default();
        look(after, after, &block, &mut minutes, |scene| {
            finality::Finality::default().block(scene)
        })
    };
    let shorter = whole * u64::from(params().appeal_window_bps) / 10_000;
    for (effects, is_right) in [
        (vec![decided(status, whole)], true),
        (vec![decided(status, whole - 1)], false),
        (
            vec![
                decided(status, whole),
                appealed.clone(),
                decided(status, shorter),
            ],
            true,
        ),
        (
            vec![
                decided(status, whole),
                appealed.clone(),
                decided(status, whole),
            ],
            false,
        ),
        (vec![appealed.clone()], false),
        (
            vec![decided(status, whole), moved(Status::Finalized)],
            false,
        ),
    ] {
        let seen = look(&after, NOW, effects);
        assert_eq!(seen.is_none(), is_right, "{seen:?}");
    }
    // Final in order, after its parent, and no later than it is due.
    record.rounds.clear();
    record.status = Status::Finalized;
    let end = vec![decided(status, 0), moved(Status::Finalized)];
    assert_eq!(look(&state(&[&record], active), NOW, end.clone()), None);
    record.slot = Some(1);
    assert!(look(&state(&[&record], active), NOW, end.clone()).is_some());
    record.slot = Some(0);
    record.triggered_by = Some((CHILD, On::Accepted));
    assert!(look(&state(&[&record], active), NOW, end.clone()).is_some());
    record.triggered_by = None;
    let late = vec![decided(status, 0)];
    assert!(look(&state(&[&record], active), NOW, late).is_some());
}

#[test]
fn a_message_is_what_the_agreed_execution_returned() {
    let result = payload(vec![Emission::Post {
        to: USER,
        calldata: vec![5],
        value: U256::from(3),
        on: On::Accepted,
    }]);
    let right = TxRecord {
        id: CHILD,
        sender: CONTRACT,
        recipient: USER,
        value: U256::from(3),
        triggered_by: Some((TX, On::Accepted)),
        ..record(&[Status::Pending], Vec::new())
    };
    let other = TxRecord {
        recipient: CONTRACT,
        ..right.clone()
    };
    let dear = TxRecord {
        value: U256::from(4),
        ..right.clone()
    };
    let forged = TxRecord {
        sender: USER,
        ..right.clone()
    };
    for (child, calldata, status, is_right) in [
        (&right, 5, Status::Accepted, true),
        (&right, 6, Status::Accepted, false),
        (&other, 5, Status::Accepted, false),
        (&dear, 5, Status::Accepted, false),
        (&forged, 5, Status::Accepted, false),
        (&right, 5, Status::Undetermined, false),
    ] {
        let mut parent = judged(status);
        parent.outcome = Some(result.outcome.clone());
        parent.children = vec![CHILD];
        let body = Body {
            calldata: vec![calldata],
            code: Vec::new(),
        };
        let after = state(&[&parent, child], |delta| {
            put(delta, Key::body(CHILD), &body)
        });
        let created = Effect::Created {
            tx: CHILD,
            kind: Kind::Call,
            recipient: USER,
            parent: Some((TX, On::Accepted)),
        };
        let inputs = session(&result, &[Vote::Agree; 5]);
        let block = ordered(NOW, inputs, vec![moved(status), created]);
        let mut minutes = minutes::Minutes::default();
        let seen = look(&after, &after, &block, &mut minutes, |scene| {
            emission::Sent::default().block(scene)
        });
        assert_eq!(seen.is_none(), is_right, "{calldata} {status:?}: {seen:?}");
    }
}

#[test]
fn a_bond_pays_for_each_fresh_member_and_comes_back_to_a_winner() {
    let fees = params().fees;
    let price = |members: u64| {
        let units = members * fees.validator_units + fees.leader_units;
        let wei = fees.unit_price.saturating_mul(U256::from(units));
        wei.max(U256::ONE).to::<u64>()
    };
    let rounds = || {
        vec![
            round(0, &[0, 1, 2, 3, 4], Some(0)),
            round(2, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], Some(0)),
        ]
    };
    for (bond, is_right) in [(price(7), true), (price(1), false), (price(11), false)] {
        let mut record = record(&[Status::Proposing], rounds());
        record.appeals = vec![appeal(AppealKind::Leader, bond, None)];
        let after = state(&[&record], |_| ());
        let block = ordered(NOW, Vec::new(), vec![moved(Status::Proposing)]);
        let mut minutes = minutes::Minutes::default();
        let seen = look(&after, &after, &block, &mut minutes, bond::block);
        assert_eq!(seen.is_none(), is_right, "{bond}: {seen:?}");
    }
    // Final: the winner gets bond and reward, who paid the deposit what is left of it.
    let mut record = record(&[Status::Finalized], rounds());
    let won = appeal(AppealKind::Leader, price(7), Some(AppealEnd::Succeeded));
    record.appeals = vec![Appeal {
        filed_height: 1,
        reward: U256::from(5),
        ..won
    }];
    record.funds.parts = vec![Part {
        payer: USER,
        wei: U256::from(30),
    }];
    for (missing, is_right) in [(0, true), (1, false)] {
        let due = U256::from(price(7) + 30 - missing);
        let account = venire_protocol::Account {
            nonce: 0,
            balance: due,
        };
        let after = state(&[&record], |delta| put(delta, Key::account(USER), &account));
        let block = ordered(NOW, Vec::new(), vec![Effect::Finalized { tx: TX }]);
        let before = Snapshot::default();
        let mut minutes = minutes::Minutes::default();
        let seen = look(&before, &after, &block, &mut minutes, bond::block);
        assert_eq!(seen.is_none(), is_right, "{seen:?}");
    }
}

/// A state with the books of one validator.
fn booked(record: &TxRecord, books: &StakedValidator, epoch: u64, slashed: u64) -> Snapshot {
    state(&[record], |delta| {
        put(delta, Key::candidates(), &vec![books.address]);
        put(delta, Key::staked(books.address), books);
        let burned = venire_protocol::Globals {
            burned: U256::from(slashed),
            ..venire_protocol::Globals::default()
        };
        put(delta, Key::globals(), &burned);
        let current = Epoch {
            number: epoch,
            slashed: U256::from(slashed),
            ..Epoch::default()
        };
        let epochs = Epochs {
            current,
            ..Epochs::default()
        };
        put(delta, Key::epochs(), &epochs);
    })
}

fn books(stake: u64, primed: u64, offences: Vec<Offence>) -> StakedValidator {
    let mut books = StakedValidator {
        address: who(0),
        primed,
        offences,
        ..StakedValidator::default()
    };
    (books.own.stake, books.own.shares) = (U256::from(stake), U256::from(stake));
    books
}

#[test]
fn nobody_is_slashed_without_a_deed_and_no_deed_goes_without_its_slash() {
    let rules = params().stake;
    let offence = |bps| Offence {
        epoch: 4,
        due: 4 + rules.slash_delay_epochs,
        bps,
    };
    let one = vec![offence(rules.idle_bps)];
    let two = vec![offence(rules.idle_bps * 2)];
    // A leader that said nothing, or one that said so.
    let silent = record(
        &[Status::Proposing, Status::LeaderTimeout],
        vec![round(0, &[0, 1, 2, 3, 4], Some(0))],
    );
    let spoke = Propose {
        tx: TX,
        round: 0,
        proposal: Proposal::Timeout,
    };
    let spoke = Input::Propose(PENS[0].sign(CHAIN, spoke).expect("signed"));
    for (inputs, offences, is_right) in [
        (vec![], one.clone(), true),
        (vec![], vec![], false),
        (vec![], two, false),
        (vec![spoke.clone()], vec![], true),
        (vec![spoke], one, false),
    ] {
        let before = booked(&silent, &books(1_000_000, 4, Vec::new()), 4, 0);
        let after = booked(&silent, &books(1_000_000, 4, offences), 4, 0);
        let scenario = Scenario::calm(1, 4, 8, 1);
        let all = BTreeSet::from([who(0)]);
        let mut oracle = slash::Slash::new(&scenario, &before, &all);
        let block = ordered(NOW, inputs, vec![moved(Status::LeaderTimeout)]);
        let mut minutes = minutes::Minutes::default();
        let seen = look(&before, &after, &block, &mut minutes, |scene| {
            oracle.block(scene)
        });
        assert_eq!(seen.is_none(), is_right, "{seen:?}");
    }
}

#[test]
fn a_slash_takes_its_share_once_and_no_more_than_the_cap() {
    let idle = params().stake.idle_bps;
    for (deeds, taken, is_right) in [
        (1, 10_000, true),
        (1, 0, false),
        (1, 20_000, false),
        (20, 100_000, true),
        (20, 200_000, false),
    ] {
        let offence = Offence {
            epoch: 4,
            due: 6,
            bps: idle * deeds,
        };
        let record = record(&[Status::Pending], Vec::new());
        let scenario = Scenario::calm(1, 4, 8, 1);
        let before = booked(&record, &books(1_000_000, 5, vec![offence]), 5, 0);
        let after = booked(&record, &books(1_000_000 - taken, 6, Vec::new()), 6, taken);
        let mut oracle = slash::Slash::new(&scenario, &before, &BTreeSet::from([who(0)]));
        let block = ordered(NOW, Vec::new(), Vec::new());
        let mut minutes = minutes::Minutes::default();
        let seen = look(&before, &after, &block, &mut minutes, |scene| {
            oracle.block(scene)
        });
        assert_eq!(seen.is_none(), is_right, "{deeds} {taken}: {seen:?}");
    }
}

#[test]
fn no_phase_and_no_tribunal_outlasts_its_time() {
    let params = params();
    let state = Snapshot::default();
    let mut minutes = minutes::Minutes::default();
    let mut oracle = liveness::Liveness::default();
    let mut at = |now, effects| {
        let block = ordered(now, Vec::new(), effects);
        look(&state, &state, &block, &mut minutes, |scene| {
            oracle.block(scene)
        })
    };
    let opened = Effect::TribunalOpened {
        tribunal: CHILD,
        tx: TX,
        accused: who(0),
    };
    let later = NOW + params.commit_timeout_ms;
    assert_eq!(at(NOW, vec![opened]), None);
    assert_eq!(at(later, vec![moved(Status::Proposing)]), None);
    assert_eq!(at(later + params.reveal_timeout_ms - 1, Vec::new()), None);
    assert!(at(later + params.reveal_timeout_ms, Vec::new()).is_some());
    let closed = Effect::TribunalClosed {
        tribunal: CHILD,
        tx: TX,
        finding: venire_protocol::Finding::NoMajority,
    };
    assert_eq!(at(later + params.reveal_timeout_ms, vec![closed]), None);
    assert!(at(later + params.propose_timeout_ms, Vec::new()).is_some());
}
