//! Which licences dependencies may carry: the allow-list of `deny.toml`, held against the build.
//!
//! `cargo deny` checks more (advisories, duplicates) but is not on every machine; this runs always.
//!
//! # Invariants
//! - `deny.toml` is the only list: both tools read it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use eyre::{Context as _, Result};
use serde::Deserialize;

use crate::metadata::Metadata;
use crate::output;
use crate::tree::Finding;

#[derive(Debug, Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

/// Checks every package of the build under `root`.
///
/// # Errors
/// When `deny.toml` cannot be read or cargo cannot describe the workspace.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let text = std::fs::read_to_string(root.join("deny.toml")).context("deny.toml is missing")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml has no list of licences")?;
    let metadata = Metadata::load(root)?;
    let findings = check(&metadata, &deny.licenses);
    Ok(output::verdict(
        "licences",
        &findings,
        &format!("{} packages", metadata.packages.len()),
    ))
}

fn check(metadata: &Metadata, licences: &Licences) -> Vec<Finding> {
    let exceptions: BTreeMap<&str, &Vec<String>> = licences
        .exceptions
        .iter()
        .map(|exception| (exception.name.as_str(), &exception.allow))
        .collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let extra = exceptions.get(package.name.as_str());
        let allowed = |id: &str| {
            licences.allow.iter().any(|one| one == id)
                || extra.is_some_and(|extra| extra.iter().any(|one| one == id))
        };
        let name = format!("{} {}", package.name, package.version);
        let what = match package.license.as_deref() {
            None => format!("{name} states no licence; replace it, or add a reasoned exception"),
            Some(expression) if satisfied(expression, &allowed) => continue,
            Some(expression) => {
                format!("{name} is licensed {expression}, which [licenses] does not allow")
            }
        };
        findings.push(Finding::new("deny.toml", 1, what));
    }
    findings
}

/// Whether a licence expression can be met with allowed licences only. `A/B` is the old way to
/// write `A OR B`; `A+`, A or a later version, is met by A.
fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser {
        words: &words,
        at: 0,
        allowed,
    };
    let met = parser.any();
    met && parser.at == words.len()
}

struct Parser<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> bool {
        let mut met = self.all();
        while self.take("OR") {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.take("AND") {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let met = self.any();
            return self.take(")") && met;
        }
        let Some(id) = self.words.get(self.at) else {
            return false;
        };
        self.at += 1;
        let id = id.trim_end_matches('+');
        if self.take("WITH") {
            let exception = self.words.get(self.at).copied().unwrap_or_default();
            self.at += 1;
            return (self.allowed)(&format!("{id} WITH {exception}"));
        }
        (self.allowed)(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    fn passes(expression: &str) -> bool {
        satisfied(expression, &|id| {
            ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].contains(&id)
        })
    }

    #[test]
    fn expressions_that_can_be_met() {
        for expression in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/GPL-3.0",
            "MIT+",
            "MIT AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "(MIT OR GPL-3.0) AND Apache-2.0",
        ] {
            assert!(passes(expression), "{expression}");
        }
    }

    #[test]
    fn expressions_that_cannot_be_met() {
        for expression in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "MIT WITH LLVM-exception",
            "(MIT",
            "",
            "MIT MIT",
        ] {
            assert!(!passes(expression), "{expression}");
        }
    }

    #[test]
    fn a_package_is_named_with_its_licence_and_an_exception_lets_it_pass() {
        let package = |name: &str, license: Option<&str>| Package {
            name: name.into(),
            license: license.map(Into::into),
            ..Package::default()
        };
        let metadata = Metadata {
            packages: vec![
                package("good", Some("MIT")),
                package("bad", Some("GPL-3.0")),
                package("none", None),
            ],
            ..Metadata::default()
        };
        let strict = Licences {
            allow: vec!["MIT".into()],
            exceptions: vec![],
        };
        let findings = check(&metadata, &strict);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(findings[0].message.contains("bad") && findings[0].message.contains("GPL-3.0"));
        assert!(findings[1].message.contains("states no licence"));
        let exception = Exception {
            name: "bad".into(),
            allow: vec!["GPL-3.0".into()],
        };
        let lenient = Licences {
            allow: vec!["MIT".into()],
            exceptions: vec![exception],
        };
        assert_eq!(check(&metadata, &lenient).len(), 1);
    }
}
