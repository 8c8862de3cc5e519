//! What the studies found, as tables.

use super::{
    super::{
        appeal::{Row, Value},
        closed::{self, Against},
        farm::{Farm, Scheme},
        finality::{Duration, Path},
        flip::{self, Capture, Flip},
        returns::Return,
        stats::{Mean, Share},
    },
    Table,
};

fn percent(share: f64) -> String {
    if share == 0.0 {
        "0".to_owned()
    } else if share < 1e-15 {
        "< 1e-15".to_owned()
    } else if share < 0.000_1 {
        format!("{share:.1e}")
    } else if share < 0.01 {
        format!("{:.2} %", share * 100.0)
    } else {
        format!("{:.1} %", share * 100.0)
    }
}

fn observed(share: Share) -> String {
    let (low, high) = share.wilson();
    format!(
        "{} ({} to {})",
        percent(share.share()),
        percent(low),
        percent(high)
    )
}

fn units(value: f64) -> String {
    if value.is_infinite() {
        return "-".to_owned();
    }
    // No negative zero.
    format!("{:.0}", if value.abs() < 0.5 { 0.0 } else { value })
}

fn mean(mean: Mean) -> String {
    match mean.n {
        0 => "-".to_owned(),
        1 => units(mean.mean),
        _ => format!("{} \u{b1} {}", units(mean.mean), units(mean.half())),
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

fn table(name: &'static str, exact: usize, head: Vec<String>, rows: Vec<Vec<String>>) -> Table {
    Table {
        name,
        exact,
        head,
        rows,
        caption: String::new(),
    }
}

pub(super) fn capture(rows: &[Capture], caption: String) -> Table {
    let shown = [0.2, 0.33, 0.4, 0.5];
    let mut cells = Vec::new();
    for share in shown {
        for row in rows.iter().filter(|row| (row.share - share).abs() < 1e-9) {
            cells.push(vec![
                format!("{share}"),
                row.seats.to_string(),
                percent(row.independent),
                percent(row.finite),
                observed(row.drawn),
            ]);
        }
    }
    let head = words([
        "share",
        "seats",
        "independent draws",
        "1,000 equal stakes",
        "real draws",
    ]);
    Table {
        caption,
        ..table("capture", 4, head, cells)
    }
}

pub(super) fn flip(rows: &[Flip], caption: String) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            format!("{}", row.share),
            row.appeals.to_string(),
            percent(row.closed.wrong),
            percent(row.closed.denied),
            observed(row.wrong),
            observed(row.denied),
            mean(row.ring),
            mean(row.appellant),
        ]
    });
    let head = words([
        "share",
        "appeals",
        "wrong and final",
        "no verdict",
        "wrong, runs",
        "no verdict, runs",
        "adversary, against honesty",
        "appellant",
    ]);
    Table {
        caption,
        ..table("flip", 4, head, cells.collect())
    }
}

pub(super) fn cost(rows: &[Flip]) -> Table {
    let mut cells = Vec::new();
    for share in flip::SHARES {
        let rows = rows.iter().filter(|row| (row.share - share).abs() < 1e-9);
        let attempts = rows.map(|row| large(1.0 / row.closed.wrong));
        let stake = share * f64::from(flip::FULL) * 42_000.0 / 1e6;
        let first = [format!("{share}"), format!("{stake:.1}")];
        cells.push(first.into_iter().chain(attempts).collect());
    }
    let head = words([
        "share",
        "stake, million GEN",
        "nobody appeals",
        "one appeal",
        "two",
        "three",
    ]);
    table("cost", 6, head, cells)
}

/// A count, rounded to what matters of it.
fn large(count: f64) -> String {
    if count < 10.0 {
        format!("{count:.1}")
    } else if count < 100_000.0 {
        format!("{count:.0}")
    } else if count.is_finite() {
        format!("{count:.0e}")
    } else {
        "-".to_owned()
    }
}

pub(super) fn bribe() -> Table {
    let rows = (0..=7).map(|appeals: usize| {
        let seats = if appeals == 0 {
            5
        } else {
            closed::LADDER[2 * appeals - 1]
        };
        vec![
            appeals.to_string(),
            seats.to_string(),
            (seats / 2 + 1).to_string(),
            units(closed::bribe(appeals)),
            format!("{:.1}", closed::bribe(appeals) / 1_000.0),
        ]
    });
    let head = words([
        "appeals",
        "newest committee",
        "votes to buy there",
        "units in all",
        "GEN in all",
    ]);
    table("bribe", 5, head, rows.collect())
}

fn against(against: Against) -> String {
    match against {
        Against::Verdict(0) => "a verdict".to_owned(),
        Against::Verdict(1) => "a verdict confirmed once".to_owned(),
        Against::Verdict(times) => format!("a verdict confirmed {times} times"),
        Against::NoVerdict => "no verdict".to_owned(),
    }
}

fn belief(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.2}")
    } else {
        "never".to_owned()
    }
}

pub(super) fn appeal(rows: &[Row]) -> Table {
    let cells = rows.iter().map(|row| {
        let quote = &row.measured;
        vec![
            against(row.against),
            row.funded.to_string(),
            units(quote.bond),
            units(quote.funding),
            units(quote.reward),
            units(quote.win),
            units(quote.lose),
            belief(quote.break_even()),
        ]
    });
    let head = words([
        "against",
        "funded appeals",
        "bond",
        "funding",
        "reward",
        "if it succeeds",
        "if it fails",
        "break-even belief",
    ]);
    table("appeal", 8, head, cells.collect())
}

pub(super) fn value(rows: &[Value], caption: String) -> Table {
    let shown = rows.iter().filter(|row| row.funded <= 1);
    let cells = shown.map(|row| {
        vec![
            row.funded.to_string(),
            format!("{}", row.belief),
            units(row.closed),
            mean(row.measured),
        ]
    });
    let head = words(["funded appeals", "belief", "expected", "runs"]);
    Table {
        caption,
        ..table("value", 3, head, cells.collect())
    }
}

const fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Nonsense => "the leader proposes nonsense, the others reject it",
        Scheme::Timeout => "the leader declares a timeout",
        Scheme::Majority => "leader and two friends accept nonsense",
        Scheme::Whole => "all five accept nonsense",
    }
}

pub(super) fn farm(rows: &[Farm]) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            scheme(row.scheme).to_owned(),
            row.funded.to_string(),
            units(row.validators),
            units(row.partner),
            units(row.honest),
            units(row.gain()),
            units(row.sender),
        ]
    });
    let head = words([
        "scheme",
        "funded appeals",
        "validators get",
        "partner gets",
        "honesty gets",
        "gain",
        "sender pays",
    ]);
    table("farm", 7, head, cells.collect())
}

pub(super) fn earned(rows: &[Return], caption: String) -> Table {
    let cells = rows.iter().map(|row| {
        vec![
            format!("{:?}", row.behaviour).to_lowercase(),
            format!("{}", row.rate),
            if row.appeals { "yes" } else { "no" }.to_owned(),
            row.closed.map_or("-".to_owned(), units),
            format!("{} \u{b1} {}", units(row.mean), units(row.half)),
            row.seats.to_string(),
            format!("{:.1} %", row.slashed_bps / 100.0),
            format!("{:.0} %", row.banned * 100.0),
        ]
    });
    let head = words([
        "behaviour",
        "right proposals",
        "appeals",
        "a seat, closed form",
        "a seat, runs",
        "seats",
        "stake slashed",
        "banned",
    ]);
    Table {
        caption,
        ..table("returns", 4, head, cells.collect())
    }
}

pub(super) fn path(path: Path) -> String {
    match path {
        Path::Failed(0) => "nobody appeals".to_owned(),
        Path::Failed(1) => "one appeal fails".to_owned(),
        Path::Failed(times) => format!("{times} appeals fail"),
        Path::Succeeded(1) => "one appeal succeeds".to_owned(),
        Path::Succeeded(times) => format!("{times} appeals succeed"),
        Path::SilentLeaders(1) => "a leader is silent, the next is not".to_owned(),
        Path::SilentLeaders(times) => format!("{times} leaders are silent"),
        Path::NoLeader => "all four leaders are silent".to_owned(),
        Path::NoVerdict => "all four leaders are rejected".to_owned(),
        Path::SilentMembers => "three of five members are silent".to_owned(),
    }
}

pub(super) fn duration(rows: &[Duration], caption: String) -> Table {
    let cells = rows.iter().map(|row| {
        let (middle, most, longest) = row.final_s;
        vec![
            row.rules.to_owned(),
            path(row.path),
            format!("{:.0}", row.decided),
            format!("{middle:.0}"),
            format!("{most:.0}"),
            format!("{longest:.0}"),
        ]
    });
    let head = words([
        "times",
        "what happens",
        "decided, median",
        "final, median",
        "95 %",
        "longest",
    ]);
    Table {
        caption,
        ..table("finality", 2, head, cells.collect())
    }
}
