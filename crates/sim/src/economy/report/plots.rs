//! What the studies found, as plots.

use super::{
    super::{
        appeal::Value,
        finality::Duration,
        flip::{self, Capture, Flip},
        plot::{self, Axis, Bar, Line, Scale},
        returns::Return,
    },
    tables::path,
};

fn chance(label: &'static str) -> Axis {
    Axis {
        label,
        scale: Scale::Log,
        marks: vec![1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0],
    }
}

pub(super) fn capture(rows: &[Capture]) -> String {
    let x = Axis {
        label: "seats (logarithmic)",
        scale: Scale::Log,
        marks: vec![5.0, 11.0, 23.0, 47.0, 95.0, 191.0, 383.0, 1000.0],
    };
    let lines = flip::SHARES.map(|share| {
        let rows = rows.iter().filter(|row| (row.share - share).abs() < 1e-9);
        let rows: Vec<&Capture> = rows.collect();
        let seats = |row: &Capture| f64::from(row.seats);
        Line {
            name: format!("share {share}"),
            points: rows.iter().map(|row| (seats(row), row.finite)).collect(),
            runs: rows
                .iter()
                .filter(|row| row.drawn.hits > 0)
                .map(|row| {
                    let (low, high) = row.drawn.wilson();
                    (seats(row), row.drawn.share(), low, high)
                })
                .collect(),
        }
    });
    let title = "An adversary's chance of a majority, by committee";
    plot::lines(title, &x, &chance("chance (logarithmic)"), &lines)
}

pub(super) fn flip(rows: &[Flip]) -> String {
    let x = Axis {
        label: "appeals of an honest appellant",
        scale: Scale::Linear,
        marks: vec![0.0, 1.0, 2.0, 3.0],
    };
    let lines = flip::SHARES.map(|share| {
        let rows = rows.iter().filter(|row| (row.share - share).abs() < 1e-9);
        let rows: Vec<(f64, &Flip)> = [0.0, 1.0, 2.0, 3.0].into_iter().zip(rows).collect();
        Line {
            name: format!("share {share}"),
            points: rows
                .iter()
                .map(|(at, row)| (*at, row.closed.wrong))
                .collect(),
            runs: rows
                .iter()
                .filter(|(_, row)| row.wrong.hits > 0)
                .map(|(at, row)| {
                    let (low, high) = row.wrong.wilson();
                    (*at, row.wrong.share(), low, high)
                })
                .collect(),
        }
    });
    let title = "Chance that a wrong verdict becomes final";
    plot::lines(title, &x, &chance("chance (logarithmic)"), &lines)
}

pub(super) fn value(rows: &[Value]) -> String {
    let x = Axis {
        label: "chance that the verdict is wrong",
        scale: Scale::Linear,
        marks: vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
    };
    let y = Axis {
        label: "expected value, time units",
        scale: Scale::Linear,
        marks: vec![-3000.0, -2000.0, -1000.0, 0.0, 1000.0, 2000.0],
    };
    let lines = [0, 1].map(|funded| {
        let rows = rows.iter().filter(|row| row.funded == funded);
        let rows: Vec<&Value> = rows.collect();
        Line {
            name: format!("{funded} appeals funded"),
            points: rows.iter().map(|row| (row.belief, row.closed)).collect(),
            runs: rows
                .iter()
                .map(|row| {
                    let (mean, half) = (row.measured.mean, row.measured.half());
                    (row.belief, mean, mean - half, mean + half)
                })
                .collect(),
        }
    });
    plot::lines(
        "What a first appeal is worth to its appellant",
        &x,
        &y,
        &lines,
    )
}

pub(super) fn earned(rows: &[Return]) -> String {
    let x = Axis {
        label: "time units for a seat (fees less penalties)",
        scale: Scale::Linear,
        marks: vec![-200.0, -100.0, 0.0, 100.0, 200.0, 300.0],
    };
    let shown = rows.iter().filter(|row| (row.rate - 0.9).abs() < 1e-9);
    let bars: Vec<Bar> = shown
        .map(|row| Bar {
            label: format!(
                "{}, {}",
                format!("{:?}", row.behaviour).to_lowercase(),
                if row.appeals {
                    "with appeals"
                } else {
                    "without appeals"
                }
            ),
            value: row.mean,
            interval: (row.mean - row.half, row.mean + row.half),
        })
        .collect();
    plot::bars("What a seat earns, nine of ten proposals right", &x, &bars)
}

pub(super) fn duration(rows: &[Duration]) -> String {
    let x = Axis {
        label: "seconds to finality: median, and up to the longest",
        scale: Scale::Linear,
        marks: vec![0.0, 1_200.0, 2_400.0, 3_600.0, 4_800.0, 6_000.0],
    };
    let shown = rows.iter().filter(|row| row.rules == "mirror");
    let bars: Vec<Bar> = shown
        .map(|row| Bar {
            label: path(row.path),
            value: row.final_s.0,
            interval: (row.final_s.0, row.final_s.2),
        })
        .collect();
    plot::bars("Time to finality, window of half an hour", &x, &bars)
}
