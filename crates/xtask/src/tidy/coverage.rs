//! The page that says where each row of the reference protocol is carried out.
//!
//! ```text
//! | 1.9 | what the reference says | APPEAL-05 | `a_test`, `another` | ADR 0014 |
//! ```
//!
//! # Invariants
//! - What a row names exists: rules, tests and other functions, decisions.
//! - A row has a rule with a test, or a decision, or says who takes it up later. One that has
//!   nothing says `missing`, and those are counted aloud.

use std::collections::BTreeSet;

use super::spec::{defined_rules, ids};
use crate::tree::{Finding, Tree};

const PAGE: &str = "docs/spec/coverage.md";

/// The sections that have rows: 1.1 to 1.12, 2.1 to 2.8, 3.1 to 3.9.
const SECTIONS: [(usize, usize); 3] = [(1, 12), (2, 8), (3, 9)];

/// Every row of the page names only what exists, and enough of it.
pub(super) fn rows(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.get(PAGE) else {
        return Vec::new();
    };
    let known = Known::of(tree);
    let (mut findings, mut sections, mut missing) = (Vec::new(), BTreeSet::new(), 0_usize);
    for (at, line) in text.lines().enumerate() {
        let Some(row) = line.strip_prefix('|') else {
            continue;
        };
        let mut fail = |what: String| findings.push(Finding::new(PAGE, at + 1, what));
        known.check(row, &mut fail);
        let cells: Vec<&str> = row
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let Some(section) = cells.first().filter(|first| is_section(first)) else {
            continue;
        };
        sections.insert((*section).to_owned());
        let named = cells.get(3).into_iter().flat_map(|cell| functions(cell));
        for name in named.filter(|name| known.functions.contains(name)) {
            if !known.tests.contains(name) {
                fail(format!("{name} is no test"));
            }
        }
        let [_, what, rules, tests, other] = cells.as_slice() else {
            fail("a row has five cells: section, what, rules, tests, otherwise".to_owned());
            continue;
        };
        let has_rule = ids(rules).next().is_some() && functions(tests).next().is_some();
        let is_later = other.contains("later: issue ");
        let is_missing = other.starts_with("missing");
        missing += usize::from(is_missing);
        let is_answered = has_rule || is_later || is_missing || decisions(other).next().is_some();
        if what.is_empty() || !is_answered {
            fail("name a rule with a test, a decision, or who takes it up later".to_owned());
        }
    }
    for section in all_sections().filter(|section| !sections.contains(section)) {
        let what = format!("no row is of section {section}");
        findings.push(Finding::new(PAGE, 1, what));
    }
    if missing > 0 {
        let what = format!("{missing} rows are missing");
        findings.push(Finding::warning(PAGE, 1, what));
    }
    findings
}

/// What rows may name.
struct Known<'a> {
    rules: BTreeSet<&'a str>,
    functions: BTreeSet<&'a str>,
    tests: BTreeSet<&'a str>,
    decisions: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(tree: &'a Tree) -> Self {
        let named = |(path, _): (&'a str, &'a str)| path.strip_prefix("docs/adr/")?.get(..4);
        let sources = tree.ending(&[".rs", ".py", ".ts"]);
        Self {
            rules: defined_rules(tree).iter().map(|rule| rule.id).collect(),
            functions: sources.flat_map(|(_, text)| declared(text)).collect(),
            tests: tree
                .ending(&[".rs"])
                .flat_map(|(_, text)| tests_of(text))
                .collect(),
            decisions: tree.ending(&[".md"]).filter_map(named).collect(),
        }
    }

    fn check(&self, row: &str, fail: &mut impl FnMut(String)) {
        for id in ids(row).filter(|id| !self.rules.contains(id) && !is_foreign(id)) {
            fail(format!("{id} is no rule of docs/spec"));
        }
        for name in functions(row).filter(|name| !self.functions.contains(name)) {
            fail(format!("no function is called {name}"));
        }
        for number in decisions(row).filter(|number| !self.decisions.contains(number)) {
            fail(format!("there is no decision {number}"));
        }
    }
}

/// Numbers of other houses.
fn is_foreign(id: &str) -> bool {
    ["EIP-", "ERC-", "UTF-", "SHA-"]
        .iter()
        .any(|family| id.starts_with(family))
}

/// Names of functions that a source declares.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    ["fn ", "def ", "function "]
        .into_iter()
        .flat_map(move |word| {
            let pieces = text.split(word).skip(1);
            pieces.filter_map(|piece| {
                piece
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .next()
            })
        })
}

/// Names of functions that stand under a mark such as `#[test]`.
fn tests_of(text: &str) -> impl Iterator<Item = &str> {
    let mut is_marked = false;
    text.lines().filter_map(move |line| {
        let line = line.trim_start();
        is_marked |= line == "#[test]" || line.starts_with("#[tokio::test");
        let name = declared(line).next()?;
        core::mem::take(&mut is_marked).then_some(name)
    })
}

/// Functions that a row names: small words in backquotes, the last part of a path.
fn functions(row: &str) -> impl Iterator<Item = &str> {
    let quoted = row.split('`').skip(1).step_by(2);
    quoted
        .filter(|word| word.contains('_') || word.contains("::"))
        .filter(|word| {
            word.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b':'))
        })
        .filter_map(|word| word.rsplit("::").next())
}

/// Numbers of decisions, `ADR 0014`.
fn decisions(row: &str) -> impl Iterator<Item = &str> {
    row.split("ADR ").skip(1).filter_map(|rest| rest.get(..4))
}

fn is_section(cell: &str) -> bool {
    cell.split_once('.')
        .is_some_and(|(part, number)| part.parse::<u8>().is_ok() && number.parse::<u8>().is_ok())
}

fn all_sections() -> impl Iterator<Item = String> {
    SECTIONS
        .into_iter()
        .flat_map(|(part, last)| (1..=last).map(move |number| format!("{part}.{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(row: &str) -> String {
        let others = all_sections().map(|section| format!("| {section} | x | | | ADR 0001 |\n"));
        format!("# Coverage\n\n{row}\n{}", others.collect::<String>())
    }

    fn found(row: &str) -> Vec<String> {
        let page = page(row);
        let tree = Tree::sample(&[
            (PAGE, &page),
            ("docs/spec/rounds.md", "**ABC-01** One.\n"),
            ("docs/adr/0001-one.md", "# 0001 One\n"),
            (
                "crates/a/src/lib.rs",
                "fn help_it() {}\n#[test]\nfn it_works() {}\n",
            ),
        ]);
        rows(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_that_name_enough_pass() {
        let good = [
            "| 1.1 | what | ABC-01 | `it_works` | |",
            "| 1.1 | what | ABC-01 | `a::it_works` | as ADR 0001 has it, and EIP-155 |",
            "| 1.1 | what | | | later: issue 5 |",
            "| read | `a::help_it` |",
        ];
        for row in good {
            assert_eq!(found(row), Vec::<String>::new(), "{row}");
        }
    }

    #[test]
    fn rows_that_name_nothing_or_what_is_not_there_fail() {
        let bad = [
            ("| 1.1 | what | | | |", "name a rule with a test"),
            ("| 1.1 | what | ABC-01 | | |", "name a rule with a test"),
            ("| 1.1 | | | | ADR 0001 |", "name a rule with a test"),
            (
                "| 1.1 | what | ABC-02 | `it_works` | |",
                "ABC-02 is no rule",
            ),
            (
                "| 1.1 | what | ABC-01 | `it_fails` | |",
                "no function is called it_fails",
            ),
            (
                "| 1.1 | what | ABC-01 | `help_it` | |",
                "help_it is no test",
            ),
            ("| 1.1 | what | | | ADR 0002 |", "there is no decision 0002"),
            ("| 1.1 | what | ADR 0001 |", "a row has five cells"),
            ("| read | `a::it_fails` |", "no function is called it_fails"),
        ];
        for (row, what) in bad {
            let found = found(row);
            assert!(
                found.len() == 1 && found[0].contains(what),
                "{row}: {found:?}"
            );
        }
    }

    #[test]
    fn missing_rows_are_counted_and_sections_must_be_there() {
        assert_eq!(
            found("| 1.1 | what | | | missing |"),
            ["docs/spec/coverage.md:1: warning: 1 rows are missing"]
        );
        let empty = Tree::sample(&[(PAGE, "# Coverage\n")]);
        assert_eq!(rows(&empty).len(), 29);
    }
}
