//! Checks of single lines: what every source file must open with, and what none may contain.
//!
//! # Invariants
//! - The banned words are built in pieces, so that this file does not trip its own check.

use super::in_crate;
use crate::tree::{Finding, Tree};

/// A word that no file of some kinds may contain.
struct Word {
    word: &'static str,
    suffixes: &'static [&'static str],
    message: &'static str,
}

const RUST: &[&str] = &[".rs"];
const PYTHON: &[&str] = &[".py"];
const SCRIPT: &[&str] = &[".ts", ".js", ".mjs", ".svelte"];
const SOURCE: &[&str] = &[".rs", ".py", ".ts", ".js", ".mjs", ".svelte", ".wit"];
const ANY: &[&str] = &[""];

const ALLOW: &str =
    "lints are relaxed with #[expect(lint, reason = \"...\")], which goes stale by itself";
const STUB: &str = "no stubs: implement it, or do not offer it";
const ABSTRACT: &str = "a stub? mark what subclasses must supply with abc.abstractmethod instead";
const SKIPPED: &str = "a test that does not run is no test: mend it or delete it";
const HOST: &str =
    "name a package, never the host of its registry (lock files: leave the addresses out)";

/// Raised by abstract methods too, so it is only warned about.
const ABSTRACT_WORD: &str = concat!("NotImpl", "ementedError");

const WORDS: &[Word] = &[
    Word {
        word: concat!("#[", "allow"),
        suffixes: RUST,
        message: ALLOW,
    },
    Word {
        word: concat!("#![", "allow"),
        suffixes: RUST,
        message: ALLOW,
    },
    Word {
        word: concat!("to", "do!("),
        suffixes: RUST,
        message: STUB,
    },
    Word {
        word: concat!("unimpl", "emented!("),
        suffixes: RUST,
        message: STUB,
    },
    Word {
        word: ABSTRACT_WORD,
        suffixes: PYTHON,
        message: ABSTRACT,
    },
    Word {
        word: concat!("#[", "ignore"),
        suffixes: RUST,
        message: SKIPPED,
    },
    Word {
        word: concat!("unittest", ".skip"),
        suffixes: PYTHON,
        message: SKIPPED,
    },
    Word {
        word: concat!("mark", ".skip"),
        suffixes: PYTHON,
        message: SKIPPED,
    },
    Word {
        word: concat!("x", "fail"),
        suffixes: PYTHON,
        message: SKIPPED,
    },
    Word {
        word: concat!("expected", "Failure"),
        suffixes: PYTHON,
        message: SKIPPED,
    },
    Word {
        word: concat!("test", ".skip("),
        suffixes: SCRIPT,
        message: SKIPPED,
    },
    Word {
        word: concat!("it", ".skip("),
        suffixes: SCRIPT,
        message: SKIPPED,
    },
    Word {
        word: concat!("describe", ".skip("),
        suffixes: SCRIPT,
        message: SKIPPED,
    },
    Word {
        word: concat!("registry.", "npmjs"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("registry.", "yarnpkg"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("python", "hosted.org"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("py", "pi.org"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("crates", ".io/api"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("static.", "crates", ".io"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("index.", "crates", ".io"),
        suffixes: ANY,
        message: HOST,
    },
    Word {
        word: concat!("deb.", "debian.org"),
        suffixes: ANY,
        message: HOST,
    },
];

const INTENTIONS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("HA", "CK:"),
];

/// Banned words, and intentions without an issue number.
pub(super) fn words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| *path != "Cargo.lock") {
        let words = WORDS
            .iter()
            .filter(|word| word.suffixes.iter().any(|suffix| path.ends_with(suffix)));
        for word in words.filter(|word| text.contains(word.word)) {
            let lines = text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains(word.word));
            let weigh = if word.word == ABSTRACT_WORD {
                Finding::warning
            } else {
                Finding::new
            };
            let message = format!("`{}`: {}", word.word, word.message);
            findings.extend(lines.map(|(at, _)| weigh(path, at + 1, message.clone())));
        }
        if SOURCE.iter().any(|suffix| path.ends_with(suffix)) {
            findings.extend(intentions(path, text));
        }
    }
    findings
}

fn intentions(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for word in INTENTIONS {
            let bare =
                line.split(word).skip(1).any(|rest| !has_issue(rest)) && stands_alone(line, word);
            if bare {
                let word = word.trim_end_matches(':');
                findings.push(Finding::new(
                    path,
                    at + 1,
                    format!("write {word}(#issue), or do it now"),
                ));
            }
        }
    }
    findings
}

fn has_issue(rest: &str) -> bool {
    rest.strip_prefix("(#")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn stands_alone(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.find(word).is_some_and(|at| {
        let (before, rest) = line.split_at(at);
        !before.ends_with(joins)
            && !rest
                .strip_prefix(word)
                .is_some_and(|after| after.starts_with(joins))
    })
}

/// Every Rust file opens with a sentence on its job; roots of the pure rooms and of those with a
/// guarantee of their own also say what always holds and what is not here.
pub(super) fn module_docs(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .ending(RUST)
        .filter(|(path, _)| in_crate(path).is_some())
    {
        let first = text.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("//! ").unwrap_or_default();
        if sentence.split(' ').count() < 3 {
            findings.push(Finding::new(
                path,
                1,
                "the first line must be `//!` and a sentence on the file's one job",
            ));
        }
        let is_strict = matches!(
            in_crate(path),
            Some(("types" | "protocol" | "vm" | "store", "src/lib.rs"))
        );
        for heading in ["//! # Invariants", "//! # Not here"] {
            if is_strict && !text.contains(heading) {
                findings.push(Finding::new(
                    path,
                    1,
                    format!("the root of this crate must have a part `{heading}`"),
                ));
            }
        }
    }
    findings
}

/// Rust source is ASCII, so that what a reviewer sees is what the compiler reads.
pub(super) fn ascii(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(RUST) {
        for (at, line) in text.lines().enumerate() {
            if let Some(letter) = line.chars().find(|letter| !letter.is_ascii()) {
                let what = format!(
                    "`{}` is not ASCII; write it as {}",
                    letter,
                    letter.escape_unicode()
                );
                findings.push(Finding::new(path, at + 1, what));
            }
        }
    }
    findings
}

/// Inside `protocol`, economics must be readable without rounds.
pub(super) fn direction(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree
        .files()
        .filter(|(path, _)| path.starts_with("crates/protocol/src/economics"))
    {
        for (at, line) in text.lines().enumerate() {
            if line.contains("crate::round") || line.contains("super::round") {
                let what = "economics may not use round: pass what it needs as a value";
                findings.push(Finding::new(path, at + 1, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_source_passes() {
        let tree = Tree::sample(&[
            (
                "crates/vm/src/meter.rs",
                "//! Counts fuel of a run.\nfn totodo_list() {}\n",
            ),
            ("web/app.ts", concat!("// TO", "DO(#12) sort by time\n")),
            ("Cargo.lock", concat!("registry.", "npmjs\n")),
        ]);
        assert_eq!(words(&tree), []);
        assert_eq!(module_docs(&tree), []);
        assert_eq!(ascii(&tree), []);
    }

    #[test]
    fn every_banned_word_is_found_where_it_stands() {
        for word in WORDS {
            let path = format!("crates/vm/src/bad{}", word.suffixes[0]);
            let tree = Tree::sample(&[(&path, &format!("first line\n    {}\n", word.word))]);
            let findings = words(&tree);
            assert!(
                findings
                    .iter()
                    .any(|f| f.line == 2 && f.message.ends_with(word.message)),
                "{}",
                word.word
            );
        }
    }

    #[test]
    fn intentions_need_an_issue() {
        for word in INTENTIONS {
            let tree = Tree::sample(&[("python/a.py", &format!("# {word} later\n"))]);
            assert_eq!(words(&tree).len(), 1, "{word}");
        }
    }

    #[test]
    fn a_file_without_a_sentence_fails_and_a_root_needs_its_parts() {
        for text in [
            "fn main() {}\n",
            "//! stub\n",
            "\n//! Comes too late in here.\n",
        ] {
            assert_eq!(
                module_docs(&Tree::sample(&[("crates/cli/src/main.rs", text)])).len(),
                1,
                "{text}"
            );
        }
        let root = "//! Every rule validators share.\n//!\n//! # Invariants\n//! - Pure.\n";
        assert_eq!(
            module_docs(&Tree::sample(&[("crates/protocol/src/lib.rs", root)])).len(),
            1
        );
        assert_eq!(
            module_docs(&Tree::sample(&[("crates/sdk/src/lib.rs", root)])),
            []
        );
    }

    #[test]
    fn letters_outside_ascii_fail_with_their_escape() {
        let findings = ascii(&Tree::sample(&[(
            "crates/vm/src/a.rs",
            "ok\n// na\u{ef}ve\n",
        )]));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert!(findings[0].message.contains("\\u{ef}"));
    }

    #[test]
    fn economics_may_not_look_at_rounds() {
        let good = Tree::sample(&[(
            "crates/protocol/src/round/mod.rs",
            "use crate::round::Step;\n",
        )]);
        assert_eq!(direction(&good), []);
        let bad = Tree::sample(&[(
            "crates/protocol/src/economics/fee.rs",
            "use crate::round::Step;\n",
        )]);
        assert_eq!(direction(&bad).len(), 1);
    }
}
