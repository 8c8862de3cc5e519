//! Ties between the written rules, the shared vectors, and the code and tests that carry them out.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Finding, Tree};

const CODE: &[&str] = &[".rs", ".py", ".ts", ".js", ".mjs", ".svelte", ".wit"];

/// Rules are numbered in `docs/spec` (a line that opens with `**ROUND-07**`). Each is named by
/// code, each number in code is a rule, and no number is given twice.
pub(super) fn rules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut rules: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (path, text) in tree
        .ending(&[".md"])
        .filter(|(path, _)| path.starts_with("docs/spec/"))
    {
        for (at, line) in text.lines().enumerate() {
            let Some(id) = defined(line) else { continue };
            if let Some((first, line)) = rules.insert(id, (path, at + 1)) {
                findings.push(Finding::new(
                    path,
                    at + 1,
                    format!("{id} is already a rule, at {first}:{line}"),
                ));
            }
        }
    }
    let families: BTreeSet<&str> = rules.keys().filter_map(|id| family(id)).collect();
    let mut named = BTreeSet::new();
    for (path, text) in tree.ending(CODE) {
        for (at, line) in text.lines().enumerate() {
            for id in ids(line).filter(|id| family(id).is_some_and(|one| families.contains(one))) {
                named.insert(id);
                if !rules.contains_key(id) {
                    findings.push(Finding::new(
                        path,
                        at + 1,
                        format!("{id} is no rule of docs/spec"),
                    ));
                }
            }
        }
    }
    for (id, (path, line)) in rules.iter().filter(|(id, _)| !named.contains(*id)) {
        findings.push(Finding::new(
            path,
            *line,
            format!("{id} is named by no code; write it where it is carried out"),
        ));
    }
    findings
}

/// The rule that a line defines: its number opens the line, in bold type or as a heading.
fn defined(line: &str) -> Option<&str> {
    let bare = line.trim_start_matches(['#', '-', '*', '|', '`', ' ']);
    let marks = line.strip_suffix(bare)?;
    let id = ids(bare).next()?;
    (bare.starts_with(id) && (marks.contains("**") || marks.starts_with('#'))).then_some(id)
}

/// Words like `ROUND-07`: capitals, a dash, digits.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| family(word).is_some())
}

fn family(word: &str) -> Option<&str> {
    let (family, number) = word.split_once('-')?;
    let is_family = family.len() >= 2 && family.bytes().all(|b| b.is_ascii_uppercase());
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    (is_family && is_number).then_some(family)
}

/// Every file under `conformance/` is read by a test: some source names it, or a folder it is in.
pub(super) fn vectors(tree: &Tree) -> Vec<Finding> {
    let sources: Vec<&str> = tree.ending(CODE).map(|(_, text)| text).collect();
    let is_named = |name: &str| sources.iter().any(|text| text.contains(name));
    let mut named_folders: BTreeMap<&str, bool> = BTreeMap::new();
    let mut findings = Vec::new();
    let is_vector = |path: &str| path.starts_with("conformance/") && !path.ends_with(".md");
    for (path, _) in tree.files().filter(|(path, _)| is_vector(path)) {
        let folders = path
            .match_indices('/')
            .skip(1)
            .filter_map(|(at, _)| path.get(..at));
        let mut is_read = false;
        for folder in folders {
            is_read |= *named_folders
                .entry(folder)
                .or_insert_with(|| is_named(folder));
        }
        if !is_read && !is_named(path) {
            let what = "no test reads this vector; name it or its folder in one";
            findings.push(Finding::new(path, 1, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_named_by_code_pass() {
        let tree = Tree::sample(&[
            (
                "docs/spec/rounds.md",
                "# Rounds\n\n- **ABC-01** One vote.\n- **ABC-02** No more, see ABC-01.\n",
            ),
            (
                "crates/protocol/src/a.rs",
                "// ABC-01, ABC-02; SHA-256 is no rule.\n",
            ),
        ]);
        assert_eq!(rules(&tree), []);
    }

    #[test]
    fn rules_without_code_code_without_rules_and_doubles_fail() {
        let tree = Tree::sample(&[
            (
                "docs/spec/rounds.md",
                "**ABC-01** One.\n### ABC-01 again\n- **ABC-3** three\n\nUTF-8 is no rule\n",
            ),
            ("crates/protocol/src/a.rs", "// ABC-01\n// ABC-09\n"),
        ]);
        let found: Vec<String> = rules(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/spec/rounds.md:2: ABC-01 is already a rule, at docs/spec/rounds.md:1",
                "crates/protocol/src/a.rs:2: ABC-09 is no rule of docs/spec",
                "docs/spec/rounds.md:3: ABC-3 is named by no code; write it where it is carried out",
            ]
        );
    }

    #[test]
    fn vectors_that_a_test_names_pass_and_others_fail() {
        let tree = Tree::sample(&[
            ("conformance/README.md", "How to read these.\n"),
            ("conformance/calldata/a.json", "{}"),
            ("conformance/rounds/b.json", "{}"),
            ("conformance/rounds/c.json", "{}"),
            (
                "crates/types/tests/it/main.rs",
                "conformance/calldata\"; conformance/rounds/b.json\n",
            ),
        ]);
        let found: Vec<String> = vectors(&tree).into_iter().map(|f| f.path).collect();
        assert_eq!(
            found,
            Vec::<String>::new(),
            "the folder of c.json is named by the path of b.json"
        );
        let unread = Tree::sample(&[
            ("conformance/rounds/c.json", "{}"),
            ("conformance/top.json", "{}"),
        ]);
        assert_eq!(vectors(&unread).len(), 2);
    }
}
