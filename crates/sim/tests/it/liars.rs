//! Each liar alone in a world that works: it changes nothing that must hold, and does not get what it
//! wants.

use venire_protocol::{Round, Seat, TxRecord, stake};
use venire_sim::{Outcome, Scenario, World, liars::LiarKind, net::Links};
use venire_types::{Address, vote::Status};

/// A world of twelve validators on six nodes in which everything is in order but for one liar.
fn world(kind: LiarKind, seed: u64) -> Outcome {
    let mut scenario = Scenario::random(seed);
    let calm = Scenario::calm(seed, 6, 12, 24);
    scenario.nodes = calm.nodes;
    scenario.validators = calm.validators;
    scenario.transactions = calm.transactions;
    scenario.rate = 4;
    scenario.pace_ms = 200;
    scenario.links = Links {
        loss: 0,
        ..calm.links
    };
    scenario.models = calm.models;
    scenario.troubles = Vec::new();
    scenario.liars = vec![kind];
    World::new(scenario).expect("a world").run()
}

/// Three worlds with this liar, all of which hold.
fn worlds(kind: LiarKind) -> Vec<Outcome> {
    let all: Vec<Outcome> = (1..=3).map(|seed| world(kind, seed)).collect();
    for outcome in &all {
        assert_eq!(outcome.violations, [], "{kind:?}");
        assert_eq!(outcome.figures.closed, outcome.figures.created, "{kind:?}");
    }
    all
}

fn rounds(outcome: &Outcome) -> Vec<(TxRecord, Round)> {
    let records = outcome.state.records().into_iter();
    records
        .flat_map(|record| {
            let rounds = record.rounds.clone();
            rounds.into_iter().map(move |round| (record.clone(), round))
        })
        .collect()
}

/// Seats of liars in rounds that ended.
fn seats(outcome: &Outcome) -> Vec<Seat> {
    let seats = rounds(outcome)
        .into_iter()
        .flat_map(|(_, round)| round.seats);
    seats
        .filter(|seat| outcome.liable.contains(&seat.validator))
        .collect()
}

#[test]
fn a_silent_leader_is_replaced() {
    let mut led = 0;
    for outcome in worlds(LiarKind::SilentLeader) {
        for (record, round) in rounds(&outcome) {
            if round
                .leader()
                .is_some_and(|leader| outcome.liable.contains(&leader))
            {
                led += 1;
                assert!(round.proposal.is_none(), "{record:?}");
            }
        }
    }
    assert!(led > 0, "it never led");
}

#[test]
fn who_does_not_execute_is_not_paid_for_agreeing() {
    let mut judged = 0;
    for outcome in worlds(LiarKind::LazyVoter) {
        for (_, round) in rounds(&outcome) {
            for seat in &round.seats {
                let is_lazy = outcome.liable.contains(&seat.validator);
                let leads = round.leader() == Some(seat.validator);
                if is_lazy && !leads && seat.revealed_ms.is_some() {
                    judged += 1;
                    assert_ne!(Some(seat.result_hash), round.result_hash);
                }
            }
        }
    }
    assert!(judged > 0, "it never judged");
}

#[test]
fn a_copied_vote_never_counts() {
    let mut sat = 0;
    for outcome in worlds(LiarKind::Copier) {
        for (_, round) in rounds(&outcome) {
            for seat in &round.seats {
                let leads = round.leader() == Some(seat.validator);
                if outcome.liable.contains(&seat.validator) && !leads {
                    sat += 1;
                    assert_eq!(seat.revealed_ms, None);
                }
            }
        }
    }
    assert!(sat > 0, "it never sat");
}

#[test]
fn who_says_two_things_is_heard_once() {
    let all = worlds(LiarKind::Equivocator);
    let seats: Vec<Seat> = all.iter().flat_map(seats).collect();
    assert!(seats.iter().any(|seat| seat.revealed_ms.is_some()));
    assert!(all.iter().all(|outcome| outcome.figures.refused > 0));
}

#[test]
fn votes_that_are_opened_late_or_never_do_not_count() {
    for kind in [LiarKind::LateRevealer, LiarKind::NonRevealer] {
        let seats: Vec<Seat> = worlds(kind).iter().flat_map(seats).collect();
        assert!(seats.iter().any(|seat| seat.commit.is_some()), "{kind:?}");
        assert!(
            seats.iter().all(|seat| seat.revealed_ms.is_none()),
            "{kind:?}"
        );
    }
}

#[test]
fn a_forged_result_is_never_installed() {
    let mut led = 0;
    for outcome in worlds(LiarKind::ResultForger) {
        for (record, round) in rounds(&outcome) {
            let forger = round
                .leader()
                .filter(|leader| outcome.liable.contains(leader));
            led += usize::from(forger.is_some());
            let payload = outcome.state.payload(record.id);
            let pages = payload.map(|payload| payload.delta).unwrap_or_default();
            let is_judged = !record.leader_only;
            assert!(!is_judged || pages.values().all(|page| *page != [0xf0; 32]));
        }
    }
    assert!(led > 0, "it never led");
}

#[test]
fn a_ring_without_a_majority_decides_nothing_alone() {
    let (mut forged, mut convicted) = (0, 0);
    for outcome in worlds(LiarKind::Ring) {
        convicted += outcome.figures.coverage.of("tribunal convicts");
        for (record, round) in rounds(&outcome) {
            let ours = round
                .seats
                .iter()
                .filter(|seat| outcome.liable.contains(&seat.validator))
                .count();
            let is_last = record.round() == Some(&round);
            let leads = round
                .leader()
                .is_some_and(|leader| outcome.liable.contains(&leader));
            let is_accepted = record
                .history
                .iter()
                .any(|step| step.status == Status::Accepted);
            let payload = outcome.state.payload(record.id);
            let pages = payload.map(|payload| payload.delta).unwrap_or_default();
            let is_forged = pages.values().any(|page| *page == [0xf0; 32]);
            let is_lie = asks(&outcome, &record) || is_forged;
            forged += usize::from(leads && round.result_hash.is_some());
            if leads && is_last && is_accepted && !record.leader_only && is_lie {
                assert!(ours * 2 > round.seats.len(), "{record:?}");
            }
        }
    }
    assert!(forged > 0, "it never led");
    assert!(convicted > 0, "no tribunal saw it");
}

/// Whether a transaction asked a model.
fn asks(outcome: &Outcome, record: &TxRecord) -> bool {
    let last = record.round_index().unwrap_or_default();
    !outcome.state.nondet(record.id, last).is_empty()
}

#[test]
fn appeals_of_farmers_and_griefers_end() {
    for kind in [LiarKind::AppealFarmer, LiarKind::AppealGriefer] {
        let appeals: u64 = worlds(kind)
            .iter()
            .fold(0, |sum, outcome| sum + outcome.figures.appeals);
        assert!(appeals > 0, "{kind:?} never appealed");
    }
}

#[test]
fn a_splitter_has_as_many_validators_as_it_pays_for() {
    for outcome in worlds(LiarKind::StakeSplitter) {
        let joined = stake::view::validators_joined_count(&outcome.state).expect("state");
        assert!(joined > 12, "{joined}");
    }
}

#[test]
fn who_leaves_after_an_offence_is_slashed_all_the_same() {
    let mut fled = 0;
    for outcome in worlds(LiarKind::SlashEvader) {
        let evader: Address = *outcome.liable.first().expect("an evader");
        let books = stake::view::validator(&outcome.state, evader).expect("state");
        let books = books.expect("its books");
        let left = books
            .own
            .exits
            .iter()
            .filter(|exit| exit.epoch < books.primed);
        fled += left.clone().count();
        for offence in &books.offences {
            assert!(
                offence.due >= books.primed,
                "an offence was forgotten: {offence:?}"
            );
        }
    }
    assert!(fled > 0, "it never left");
}

#[test]
fn a_grinder_cannot_withdraw_what_has_begun() {
    let mut withdrawn = 0;
    for outcome in worlds(LiarKind::Grinder) {
        for record in outcome.state.records() {
            if record.status == Status::Canceled {
                withdrawn += 1;
                assert!(record.rounds.is_empty(), "{record:?}");
            }
        }
        assert!(outcome.figures.refused > 0, "it tries");
    }
    assert!(withdrawn > 0, "it never withdrew what waited");
}

#[test]
fn a_censor_and_a_flooder_stop_nothing() {
    for kind in [LiarKind::Censor, LiarKind::Flooder] {
        let all = worlds(kind);
        assert!(
            all.iter().all(|outcome| outcome.figures.closed > 10),
            "{kind:?}"
        );
    }
}
