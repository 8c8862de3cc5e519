//! Many worlds, and nothing in them that must not be.

use venire_sim::{liars::LiarKind, report};

/// What happens in these worlds; a rule that is not here is not tried by them.
const HAPPENS: &[&str] = &[
    "accepted",
    "allocations",
    "allocations of messages' messages",
    "allocations refused",
    "appeal against a timeout",
    "appeal against a verdict",
    "appeal fails",
    "appeal for want of a proposal",
    "appeal for want of a verdict",
    "appeal succeeds",
    "appeal that the sender has funded",
    "ban for ever",
    "ban for strikes",
    "cancelled",
    "cancelled with a time limit",
    "ceilings",
    "delegator claims",
    "delegator claims: refused",
    "delegator exits",
    "delegator exits: refused",
    "delegator joins",
    "delegator joins: refused",
    "deploy by a message",
    "early message",
    "early message not sent again",
    "early message sent again",
    "epoch is advanced: refused",
    "epoch is finalized: refused",
    "epoch turned",
    "family of models down",
    "family of models slow",
    "identity is set",
    "identity is set: refused",
    "late message",
    "leader timeout",
    "limits of time units",
    "network cut",
    "node crashes",
    "node crashes with others",
    "operator is not offered",
    "operator is not offered: refused",
    "operator is offered",
    "operator is offered: refused",
    "operator is set",
    "operator is set: refused",
    "operator takes over",
    "operator takes over: refused",
    "parked",
    "prices change",
    "priming",
    "priming: refused",
    "replacement of the silent",
    "rotation",
    "salted deploy",
    "slash to come",
    "started",
    "taken back",
    "terms of fees",
    "terms refused",
    "too dear by its turn",
    "top-up",
    "top-up for messages",
    "top-up with ceilings",
    "tribunal",
    "tribunal convicts",
    "tribunal restores",
    "tribunal without majority",
    "undetermined",
    "validator claims",
    "validator claims: refused",
    "validator deposits",
    "validator deposits: refused",
    "validator exits",
    "validator exits: refused",
    "validator joins",
    "validator joins: refused",
    "validators timeout",
    "withdrawal",
];
/// How often each happens at least.
const OFTEN: u64 = 5;
/// What happens now and then: the chain is nearly always faster.
const SELDOM: &[&str] = &["epoch is advanced", "epoch is finalized"];

#[test]
fn two_hundred_worlds_hold() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let report = report::run(1, 200, cores, &|_| {});
    let failed: Vec<_> = report
        .failed
        .iter()
        .map(|verdict| (verdict.seed, &verdict.violations))
        .collect();
    assert!(failed.is_empty(), "venire sim --seed ...: {failed:#?}");
    assert_eq!((report.seeds, report.violations()), (200, 0), "all are run");
    // The worlds are worth something only if what is to be held against happens in them.
    for kind in LiarKind::ALL {
        assert!(
            report.liars.contains_key(kind.name()),
            "{kind:?} is in no world"
        );
    }
    let figures = &report.figures;
    for what in SELDOM {
        assert!(figures.coverage.of(what) > 0, "{what} never happens");
    }
    for what in HAPPENS {
        let count = figures.coverage.of(what);
        assert!(count >= OFTEN, "{what} happens {count} times");
    }
    assert!(figures.closed > 1_000, "{figures:?}");
    assert_eq!(
        figures.closed, figures.created,
        "everything comes to an end"
    );
    assert!(
        figures.appeals > 50 && figures.taken_back > 20,
        "{figures:?}"
    );
    assert!(
        figures.restarts > 50 && figures.refused > 1_000,
        "{figures:?}"
    );
}
