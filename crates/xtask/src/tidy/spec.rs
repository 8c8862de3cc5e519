//! Ties between the written rules, the shared vectors, and the code and tests that carry them out.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Finding, Tree};

const CODE: &[&str] = &[".rs", ".py", ".ts", ".js", ".mjs", ".svelte", ".wit"];

/// A numbered rule: where it stands, and what it says at first.
pub(crate) struct Rule<'a> {
    /// Its number, such as `ROUND-07`.
    pub(crate) id: &'a str,
    /// Page that defines it.
    pub(crate) path: &'a str,
    /// Line of the definition, counted from 1.
    pub(crate) line: usize,
    /// Its first sentence.
    pub(crate) sentence: String,
}

/// Every rule that `docs/spec` defines (a line that opens with `**ROUND-07**`), page by page.
pub(crate) fn defined_rules(tree: &Tree) -> Vec<Rule<'_>> {
    let mut rules = Vec::new();
    for (path, text) in tree
        .ending(&[".md"])
        .filter(|(path, _)| path.starts_with("docs/spec/"))
    {
        for (at, line) in text.lines().enumerate() {
            if let Some(id) = defined(line) {
                let rest = text.lines().skip(at).take_while(|line| !line.is_empty());
                rules.push(Rule {
                    id,
                    path,
                    line: at + 1,
                    sentence: sentence(id, &rest.collect::<Vec<_>>().join(" ")),
                });
            }
        }
    }
    rules
}

/// Files of code that name each rule, in order of path; samples of these checks do not count.
pub(crate) fn named_rules(tree: &Tree) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let is_ours = |path: &str| path.starts_with("crates/xtask/");
    for (path, text) in tree.ending(CODE).filter(|(path, _)| !is_ours(path)) {
        for id in text.lines().flat_map(ids) {
            named.entry(id).or_default().insert(path);
        }
    }
    named
}

/// Each rule is named by code, each number in code is a rule, and no number is given twice.
pub(super) fn rules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut rules: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for rule in defined_rules(tree) {
        let here = (rule.path, rule.line);
        if let Some((first, line)) = rules.insert(rule.id, here) {
            let what = format!("{} is already a rule, at {first}:{line}", rule.id);
            findings.push(Finding::new(rule.path, rule.line, what));
        }
    }
    let families: BTreeSet<&str> = rules.keys().filter_map(|id| family(id)).collect();
    for (path, text) in tree.ending(CODE) {
        for (at, line) in text.lines().enumerate() {
            for id in ids(line).filter(|id| family(id).is_some_and(|one| families.contains(one))) {
                if !rules.contains_key(id) {
                    let what = format!("{id} is no rule of docs/spec");
                    findings.push(Finding::new(path, at + 1, what));
                }
            }
        }
    }
    let named = named_rules(tree);
    for (id, (path, line)) in rules.iter().filter(|(id, _)| !named.contains_key(*id)) {
        let what = format!("{id} is named by no code; write it where it is carried out");
        findings.push(Finding::new(path, *line, what));
    }
    findings
}

/// What a rule says at first, without its number.
fn sentence(id: &str, paragraph: &str) -> String {
    let text = paragraph.trim_start_matches(['#', '-', '*', '|', '`', ' ']);
    let text = text.strip_prefix(id).unwrap_or(text);
    let text = text.trim_start_matches(['*', '`', ' ']);
    let is_end = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let rest = rest.trim_start_matches([')', '"']);
        let next = rest.strip_prefix(' ').and_then(|rest| rest.chars().next());
        rest.is_empty() || next.is_some_and(|c| c.is_uppercase() || c == '`')
    };
    let mut stops = text.match_indices('.').map(|(at, _)| at + 1);
    let end = stops.find(|at| is_end(*at)).unwrap_or(text.len());
    text.get(..end).unwrap_or(text).to_owned()
}

/// The rule that a line defines: its number opens the line, in bold type or as a heading.
fn defined(line: &str) -> Option<&str> {
    let bare = line.trim_start_matches(['#', '-', '*', '|', '`', ' ']);
    let marks = line.strip_suffix(bare)?;
    let id = ids(bare).next()?;
    (bare.starts_with(id) && (marks.contains("**") || marks.starts_with('#'))).then_some(id)
}

/// Words like `ROUND-07`: capitals, a dash, digits.
pub(super) fn ids(line: &str) -> impl Iterator<Item = &str> {
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
    fn rules_are_told_by_their_first_sentence() {
        let page = "# Rounds\n\n**ABC-01** Half of `0.5.1` (see ABC-02.) is one\nvote. No more.\n\n- **ABC-02** Two\n";
        let tree = Tree::sample(&[("docs/spec/rounds.md", page)]);
        let told: Vec<(usize, String)> = defined_rules(&tree)
            .into_iter()
            .map(|rule| (rule.line, rule.sentence))
            .collect();
        let first = "Half of `0.5.1` (see ABC-02.) is one vote.";
        assert_eq!(told, [(3, first.to_owned()), (6, "Two".to_owned())]);
    }

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
