//! Checks of documents: pages that nobody can reach, links that lead nowhere, decisions half told.

use std::collections::BTreeSet;

use crate::tree::{Finding, Tree};

const SUMMARY: &str = "docs/book/src/SUMMARY.md";

/// Every page of the book is in its summary, and the other way round (`links` checks that half).
pub(super) fn book(tree: &Tree) -> Vec<Finding> {
    let summary = tree.get(SUMMARY).unwrap_or_default();
    let listed: BTreeSet<&str> = links_of(summary).map(|(_, link)| link).collect();
    let mut findings = Vec::new();
    for (path, _) in tree.ending(&[".md"]) {
        if let Some(page) = path.strip_prefix("docs/book/src/")
            && page != "SUMMARY.md"
            && !listed.contains(page)
        {
            findings.push(Finding::new(
                path,
                1,
                "this page is not in SUMMARY.md, so no reader finds it",
            ));
        }
    }
    findings
}

/// Every relative link of every document leads to a file or folder of the tree.
pub(super) fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(&[".md"]) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, link) in links_of(text) {
            let target = link.split('#').next().unwrap_or_default();
            let is_foreign =
                target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !is_foreign && !resolve(folder, target).is_some_and(|target| tree.has(&target)) {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("the link to {link} leads nowhere"),
                ));
            }
        }
    }
    findings
}

/// Every decision says what forced it, what was chosen, and what follows.
pub(super) fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(&[".md"]) {
        let Some(file) = path
            .strip_prefix("docs/adr/")
            .filter(|file| *file != "README.md")
        else {
            continue;
        };
        let number = file
            .get(..4)
            .filter(|number| number.bytes().all(|b| b.is_ascii_digit()));
        if !number.is_some_and(|number| text.starts_with(&format!("# {number} "))) {
            findings.push(Finding::new(
                path,
                1,
                "name the file NNNN-title.md and open it with `# NNNN Title`",
            ));
        }
        for heading in ["## Context", "## Decision", "## Consequences"] {
            if !text.lines().any(|line| line == heading) {
                findings.push(Finding::new(
                    path,
                    1,
                    format!("a decision needs a part `{heading}`"),
                ));
            }
        }
    }
    findings
}

/// Targets of inline links outside code blocks, with their lines.
fn links_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().flat_map(move |(at, line)| {
        in_code ^= line.trim_start().starts_with("```");
        let pieces = if in_code { "" } else { line }.split("](").skip(1);
        pieces
            .filter_map(move |piece| Some((at + 1, piece.split_once(')')?.0)))
            .collect::<Vec<_>>()
    })
}

/// Joins a relative link to the folder it is written in; `None` when it leaves the tree.
fn resolve(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_with_all_pages_listed_passes_and_an_orphan_fails() {
        let summary = (SUMMARY, "# Summary\n- [Start](start.md)\n");
        let good = Tree::sample(&[summary, ("docs/book/src/start.md", "# Start\n")]);
        assert_eq!(book(&good), []);
        let bad = Tree::sample(&[summary, ("docs/book/src/lost.md", "# Lost\n")]);
        assert_eq!(book(&bad).len(), 1);
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let text = "[a](../CHANGELOG.md#top) [b](https://x.example/y) [c](#here) [d](spec)\n```\n[e](no.md)\n```\n";
        let tree = Tree::sample(&[
            ("docs/a.md", text),
            ("CHANGELOG.md", ""),
            ("docs/spec/b.md", ""),
        ]);
        assert_eq!(links(&tree), []);
    }

    #[test]
    fn links_that_lead_nowhere_fail_with_their_line() {
        let tree = Tree::sample(&[("docs/a.md", "ok\n[a](gone.md) and [b](../../out.md)\n")]);
        let found: Vec<usize> = links(&tree).iter().map(|f| f.line).collect();
        assert_eq!(found, [2, 2]);
    }

    #[test]
    fn a_whole_decision_passes_and_a_half_told_one_fails() {
        let whole = "# 0001 One apply\n\n## Context\n\n## Decision\n\n## Consequences\n";
        assert_eq!(
            decisions(&Tree::sample(&[
                ("docs/adr/0001-one.md", whole),
                ("docs/adr/README.md", "")
            ])),
            []
        );
        let half = Tree::sample(&[("docs/adr/0002-two.md", "# Two\n\n## Context\n")]);
        assert_eq!(decisions(&half).len(), 3);
    }
}
