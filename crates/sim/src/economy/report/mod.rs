//! Tables and plots of all studies, and a page of the book that has them.
//!
//! # Invariants
//! - The first columns of a table do not depend on luck: a page can be checked without long runs.

mod plots;
mod tables;

use super::{appeal, farm, finality, flip, returns};
use crate::court::Fault;

/// A table of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the page's markers.
    pub name: &'static str,
    /// Columns that closed forms or single runs give; the others depend on seed and trials.
    pub exact: usize,
    /// Names of the columns.
    pub head: Vec<String>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
    /// What the runs were.
    pub caption: String,
}

/// Everything that the studies found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Tables.
    pub tables: Vec<Table>,
    /// Plots: file name and SVG.
    pub plots: Vec<(&'static str, String)>,
}

/// Runs all studies: so many lifecycles for each adversary and so many transactions for each
/// behaviour, ten times as many draws, half as many appeals, a fifth as many journeys.
///
/// # Errors
/// [`Fault`].
pub fn report(seed: u64, trials: u32) -> Result<Report, Fault> {
    let captures = flip::captures(seed, trials.saturating_mul(10))?;
    let flips = flip::flips(seed, trials)?;
    let rows = appeal::rows(seed)?;
    let values = appeal::values(seed, (trials / 2).max(2))?;
    let farms = farm::farms(seed)?;
    let returns = returns::returns(seed, trials)?;
    let durations = finality::durations(seed, (trials / 5).max(2))?;
    let ran = |what: String| format!("Seed {seed}; {what}; intervals are 95 %.");
    Ok(Report {
        tables: vec![
            tables::capture(
                &captures,
                ran(format!("n = {} draws of 1,000 equal stakes", trials * 10)),
            ),
            tables::flip(
                &flips,
                ran(format!(
                    "n = {trials} transactions for each share, 200 equal stakes"
                )),
            ),
            tables::cost(&flips),
            tables::bribe(),
            tables::appeal(&rows),
            tables::value(
                &values,
                ran(format!("n = {} appeals for each cell", (trials / 2).max(2))),
            ),
            tables::farm(&farms),
            tables::earned(
                &returns,
                ran(format!(
                    "n = {trials} transactions for each row, 30 validators"
                )),
            ),
            tables::duration(
                &durations,
                ran(format!("n = {} journeys for each row", (trials / 5).max(2))),
            ),
        ],
        plots: vec![
            ("capture.svg", plots::capture(&captures)),
            ("flip.svg", plots::flip(&flips)),
            ("appeal.svg", plots::value(&values)),
            ("returns.svg", plots::earned(&returns)),
            ("finality.svg", plots::duration(&durations)),
        ],
    })
}

impl Table {
    /// As Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = line(&self.head);
        text.push_str(&line(&vec!["---".to_owned(); self.head.len()]));
        for row in &self.rows {
            text.push_str(&line(row));
        }
        if !self.caption.is_empty() {
            text.push_str(&format!("\n{}\n", self.caption));
        }
        text
    }
}

/// A page with its tables renewed: what stands between `<!-- table NAME -->` and
/// `<!-- end -->` is replaced. Tables without a marker are left out.
#[must_use]
pub fn fill(page: &str, tables: &[Table]) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- table ") {
        let Some((name, after)) = after.split_once(" -->") else {
            break;
        };
        let Some((old, after)) = after.split_once("<!-- end -->") else {
            break;
        };
        let table = tables.iter().find(|table| table.name == name);
        let new = table.map_or(old.to_owned(), |table| {
            format!("\n\n{}\n", table.to_markdown())
        });
        out.push_str(&format!("{before}<!-- table {name} -->{new}<!-- end -->"));
        rest = after;
    }
    out.push_str(rest);
    out
}
