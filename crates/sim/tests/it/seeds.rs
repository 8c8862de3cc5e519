//! Many worlds, and nothing in them that must not be.

use venire_sim::{liars::LiarKind, report};

/// What happens in these worlds; a rule that is not here is not tried by them.
const HAPPENS: &[&str] = &[
    "accepted",
    "appeal against a verdict",
    "appeal fails",
    "appeal succeeds",
    "ban for strikes",
    "cancelled",
    "cancelled with a time limit",
    "delegator joins",
    "early message",
    "early message sent again",
    "epoch turned",
    "late message",
    "leader timeout",
    "priming",
    "rotation",
    "slash to come",
    "taken back",
    "top-up",
    "tribunal",
    "tribunal convicts",
    "tribunal restores",
    "undetermined",
    "validator exits",
    "validator joins",
    "validators timeout",
    "withdrawal",
];

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
    for what in HAPPENS {
        assert!(figures.coverage.of(what) > 0, "{what} never happens");
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
