//! Limits of size: files that can be read in one sitting, types without a soup of parameters.

use std::collections::BTreeMap;

use super::in_crate;
use crate::tree::{Finding, Tree};

const WARN_LINES: usize = 500;
const FAIL_LINES: usize = 800;
const MAX_TYPE_PARAMETERS: usize = 2;

/// Files that may be longer, with the lines they may have and the reason. The list only shrinks.
const LONGER: &[(&str, usize, &str)] = &[];

/// Lines of code of a file, its inline tests left out, within the limits; no file over 800 in all.
pub(super) fn files(tree: &Tree) -> Vec<Finding> {
    let allowed: BTreeMap<&str, usize> = LONGER
        .iter()
        .map(|(path, lines, _)| (*path, *lines))
        .collect();
    let mut findings = Vec::new();
    for (path, text) in tree.ending(&[".rs", ".py"]) {
        let all = text.lines().count();
        let code = code_lines(text);
        let limit = allowed.get(path).copied().unwrap_or(FAIL_LINES);
        if all > limit {
            findings.push(Finding::new(
                path,
                limit + 1,
                format!("{all} lines; split the file (limit {limit})"),
            ));
        } else if code > WARN_LINES && !allowed.contains_key(path) {
            let what = format!(
                "{code} lines of code; split it by what changes together before it reaches {FAIL_LINES}"
            );
            findings.push(Finding::warning(path, WARN_LINES + 1, what));
        } else if allowed.contains_key(path) && all <= FAIL_LINES {
            findings.push(Finding::new(
                path,
                1,
                "short enough now; take it off the list in tidy/size.rs",
            ));
        }
    }
    findings
}

/// Lines before an inline test module.
fn code_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let starts_tests = |pair: &[&str]| {
        matches!(pair, [attribute, module]
            if attribute.trim() == "#[cfg(test)]" && module.starts_with("mod ") && module.ends_with('{'))
    };
    lines
        .windows(2)
        .position(starts_tests)
        .unwrap_or(lines.len())
}

/// A type or trait has at most two type parameters; lifetimes and constants are free.
pub(super) fn type_parameters(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .ending(&[".rs"])
        .filter(|(path, _)| in_crate(path).is_some())
    {
        for (at, line) in text.lines().enumerate() {
            let Some(parameters) = declared(line) else {
                continue;
            };
            let counts = |one: &&&str| !one.starts_with('\'') && !one.starts_with("const ");
            let many = parameters.iter().filter(counts).count();
            if many > MAX_TYPE_PARAMETERS {
                let what = format!(
                    "{many} type parameters; use concrete types, or one `dyn` seam (limit 2)"
                );
                findings.push(Finding::new(path, at + 1, what));
            }
        }
    }
    findings
}

/// The generic parameters of a type or trait that a line declares.
fn declared(line: &str) -> Option<Vec<&str>> {
    let mut words = line.trim_start().splitn(3, ' ');
    let mut word = words.next()?;
    if word == "pub" || word.starts_with("pub(") {
        word = words.next()?;
    }
    if !matches!(word, "struct" | "enum" | "trait" | "type") {
        return None;
    }
    let rest = line.split_once(word)?.1;
    let open = rest.find('<')?;
    if rest[..open].contains(['(', '{', '=', ':']) {
        return None;
    }
    let inside = &rest[open + 1..];
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' if depth == 0 => {
                found.push(inside[start..at].trim());
                break;
            }
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    Some(found.into_iter().filter(|one| !one.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        "let x = 1;\n".repeat(count)
    }

    #[test]
    fn short_files_pass_and_inline_tests_are_not_code() {
        let inline = lines(WARN_LINES) + "#[cfg(test)]\nmod tests {\n" + &lines(200) + "}\n";
        assert_eq!(
            files(&Tree::sample(&[
                ("a.rs", &lines(WARN_LINES)),
                ("b.rs", &inline)
            ])),
            []
        );
    }

    #[test]
    fn long_files_are_warned_about_and_too_long_ones_fail() {
        let tree = Tree::sample(&[
            ("a.rs", &lines(WARN_LINES + 1)),
            ("b.py", &lines(FAIL_LINES + 1)),
        ]);
        let findings = files(&tree);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert_eq!(findings[0].weight, crate::tree::Weight::Warning);
        assert_eq!(findings[1].weight, crate::tree::Weight::Failure);
    }

    #[test]
    fn two_type_parameters_pass() {
        let text = "pub struct A<'a, T, U, const N: usize> {\nstruct B(Vec<(u8, u8, u8)>);\nfn f<A, B, C>() {}\n\
            pub(crate) enum C<T: Into<Map<K, V>>, U> {\ntype D = Map<A, Map<B, C>>;\n";
        assert_eq!(
            type_parameters(&Tree::sample(&[("crates/vm/src/a.rs", text)])),
            []
        );
    }

    #[test]
    fn three_type_parameters_fail() {
        let tree = Tree::sample(&[(
            "crates/vm/src/a.rs",
            "ok\npub(crate) struct A<T, U: Into<V>, V> {\n",
        )]);
        let findings = type_parameters(&tree);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].line, 2);
    }
}
