//! Closed forms against the specification, runs against closed forms, the book against both.

use super::{
    appeal,
    closed::{self, Factorials},
    committee, farm, fill, finality, flip, report,
    returns::{self, Behaviour},
    stats::Share,
};
use std::time::Duration;
use venire_types::vote::Status;

const SIZES: [u32; 5] = [5, 7, 11, 23, 47];

fn near(value: f64, published: f64, tolerance: f64) {
    assert!(
        (value - published).abs() <= tolerance,
        "{value} {published}"
    );
}

#[test]
fn the_numbers_of_the_threat_model_come_out() {
    let facts = Factorials::new(1_000);
    let right = [
        (0.7, [0.837, 0.874, 0.922, 0.979, 0.998]),
        (0.8, [0.942, 0.967, 0.988, 0.9994, 1.0]),
        (0.9, [0.991, 0.997, 0.9997, 1.0, 1.0]),
    ];
    for (accuracy, row) in right {
        for (seats, published) in SIZES.into_iter().zip(row) {
            near(facts.majority(seats, accuracy), published, 6e-4);
        }
    }
    let owned = [
        (0.20, [0.058, 0.033, 0.012, 0.0006, 0.000_002]),
        (0.30, [0.163, 0.126, 0.078, 0.021, 0.0020]),
        (0.33, [0.205, 0.168, 0.117, 0.045, 0.0079]),
        (0.40, [0.317, 0.290, 0.247, 0.164, 0.082]),
    ];
    for (share, row) in owned {
        for (seats, published) in SIZES.into_iter().zip(row) {
            near(facts.majority(seats, share), published, 6e-4);
        }
    }
    near(facts.majority(5, 0.25), 0.104, 6e-4);
    near(facts.majority(5, 0.6), 0.683, 6e-4);
    // Three of five votes, 400 units each.
    near(closed::bribe(0), 1_200.0, 0.0);
    let deposits = [0, 1, 2, 3].map(closed::deposit);
    assert_eq!(deposits, [1_100.0, 4_900.0, 12_300.0, 26_900.0]);
}

#[test]
fn a_ladder_without_appeals_is_one_committee() {
    let facts = Factorials::new(200);
    for bad in [10, 40, 66, 100] {
        let ends = closed::ladder(200, bad, 3);
        let first = ends.first().copied().expect("an end");
        near(
            first.wrong + first.denied,
            facts.majority_of((200, bad), 5),
            1e-12,
        );
        assert!(ends.windows(2).all(|pair| pair[1].wrong <= pair[0].wrong));
    }
}

/// Is a share within five standard deviations of what it should be?
fn agrees(share: Share, expected: f64) {
    let deviation = (expected * (1.0 - expected) / f64::from(share.n)).sqrt();
    // One hit where a fraction of one is expected is no surprise.
    let room = 5.0 * deviation + 1.5 / f64::from(share.n);
    near(share.share(), expected, room);
}

#[test]
fn real_draws_are_draws_without_replacement() {
    let rows = flip::captures(7, 300).expect("draws");
    assert_eq!(rows.len(), 7 * closed::LADDER.len());
    for row in rows {
        agrees(row.drawn, row.finite);
    }
}

#[test]
fn adversaries_flip_as_often_as_the_closed_form_says() {
    let rows = flip::flips(7, 25).expect("runs");
    for row in &rows {
        agrees(row.wrong, row.closed.wrong);
        agrees(row.denied, row.closed.denied);
    }
    // A flip that nobody contests costs nothing.
    let uncontested = rows.iter().filter(|row| row.appeals == 0);
    assert!(uncontested.into_iter().all(|row| row.ring.mean >= 0.0));
}

#[test]
fn quotes_and_balances_are_those_worked_out_by_hand() {
    for row in appeal::rows(7).expect("appeals") {
        assert_eq!(row.measured, row.closed, "{:?} {}", row.against, row.funded);
    }
}

#[test]
fn behaviour_earns_what_the_closed_form_says() {
    for behaviour in [Behaviour::Honest, Behaviour::Lazy, Behaviour::Contrarian] {
        let row = returns::epoch(7, behaviour, 0.9, false, 120).expect("an epoch");
        near(row.mean, row.closed.expect("a closed form"), 2.5 * row.half);
        assert!(row.slashed_bps == 0.0 && row.banned == 0.0);
    }
    let idle = returns::epoch(7, Behaviour::Idle, 0.9, false, 120).expect("an epoch");
    assert!(idle.mean == 0.0 && idle.slashed_bps > 0.0 && idle.banned > 0.0);
}

#[test]
fn acting_together_never_pays() {
    for farm in farm::farms(7).expect("schemes") {
        assert!(farm.gain() <= 0.0, "{farm:?}");
    }
}

#[test]
fn a_thousand_judge_one_transaction() {
    let clock = || Duration::ZERO;
    let all = committee::first(7, 1535, false, clock).expect("a committee");
    // Nobody is left who could object, so it is final at once.
    assert_eq!((all.seats, all.status), (1_000, Status::Finalized));
    // Two leaders were dropped on the way up.
    let steps = committee::ladder(7, clock).expect("a ladder");
    let seats: Vec<usize> = steps.iter().map(|step| step.seats).collect();
    assert_eq!(seats, [383, 767, 998, 998]);
    assert_eq!(
        steps.last().map(|step| step.status),
        Some(Status::Finalized)
    );
}

#[test]
fn the_book_has_what_the_code_gives() {
    let page = include_str!("../../../../docs/book/src/economics.md");
    let report = report(4, 2).expect("a report");
    for table in &report.tables {
        let marker = format!("<!-- table {} -->", table.name);
        let (_, after) = page.split_once(&marker).expect("a place in the book");
        let (text, _) = after.split_once("<!-- end -->").expect("its end");
        let lines = text.lines().filter(|line| line.starts_with('|'));
        let cells = |line: &str| -> Vec<String> {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().to_owned()).collect()
        };
        let lines: Vec<Vec<String>> = lines.map(cells).collect();
        assert_eq!(lines.first(), Some(&table.head), "{}", table.name);
        let rows: Vec<&[String]> = lines[2..].iter().map(|row| &row[..table.exact]).collect();
        let exact: Vec<&[String]> = table.rows.iter().map(|row| &row[..table.exact]).collect();
        assert_eq!(rows, exact, "{}: run the example `economics`", table.name);
    }
    for (name, svg) in &report.plots {
        assert!(page.contains(&format!("economics/{name}")));
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    }
    assert_eq!(
        fill(&fill(page, &report.tables), &report.tables),
        fill(page, &report.tables)
    );
    assert_eq!(
        fill("a <!-- table none -->b<!-- end --> c", &[]),
        "a <!-- table none -->b<!-- end --> c"
    );
}

#[test]
fn the_same_seed_gives_the_same_journeys() {
    let run = |seed| format!("{:?}", finality::durations(seed, 2).expect("journeys"));
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}
