//! The compatibility page and the corpus know each other: nothing named is missing, nothing is unnamed.

use crate::machine::root;
use std::{collections::BTreeSet, fs};

/// Fewest cases that must be there, so that a lost directory is noticed.
const CASES: usize = 80;

/// Names in backticks in the last column of the tables that end in "shown by".
fn shown(page: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in page.lines() {
        let Some(row) = line.strip_prefix('|') else {
            inside = false;
            continue;
        };
        let columns: Vec<&str> = row.trim_end().trim_end_matches('|').split(" | ").collect();
        let last = columns.last().map_or("", |last| last.trim());
        inside |= last == "shown by";
        if inside {
            names.extend(last.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    names
}

/// Whether `FILE::NAME` is a function of that name in that file.
fn is_test(name: &str) -> bool {
    let Some((path, function)) = name.split_once("::") else {
        return false;
    };
    let keyword = if path.ends_with(".py") { "def" } else { "fn" };
    fs::read_to_string(root().join(path))
        .is_ok_and(|text| text.contains(&format!("{keyword} {function}(")))
}

#[test]
fn every_case_is_in_the_page_and_everything_in_the_page_exists() {
    let page = fs::read_to_string(root().join("docs/compat.md")).expect("docs/compat.md");
    let entries = fs::read_dir(root().join("conformance/contracts")).expect("conformance");
    let cases: BTreeSet<String> = entries
        .map(|entry| entry.expect("entry"))
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let named = shown(&page);
    let absent: Vec<&String> = named
        .iter()
        .filter(|name| !cases.contains(*name) && !is_test(name))
        .collect();
    assert!(
        absent.is_empty(),
        "docs/compat.md names {absent:?}, which do not exist"
    );
    let unnamed: Vec<&String> = cases.difference(&named).collect();
    assert!(
        unnamed.is_empty(),
        "name the cases {unnamed:?} in a table of docs/compat.md"
    );
    assert!(cases.len() >= CASES, "only {} cases", cases.len());
}
