//! Scripts: canned answers for prompts, verdicts and pages.
//!
//! A file is TOML (`.toml`) or JSON and has four lists and a switch:
//!
//! ```toml
//! strict = true                     # unmatched questions fail instead of going to the next provider
//!
//! [[prompt]]                        # contains = | exact = | regex = ; none of them: the default
//! contains = "coin"
//! reply = { give_coin = false }     # or text
//! validator = "0x..."               # optional: only this validator
//!
//! [[comparative]]                   # also [[non_comparative]]; matched against all parts of the question
//! verdict = true
//!
//! [[web]]
//! url = "https://example.com/a"     # exact; or contains = | regex =
//! method = "GET"                    # default GET; "RENDER" answers page renders
//! status = 200
//! body = "hello"
//! ```
//!
//! # Invariants
//! - Order of preference: exact, contains and regex in the order of the script, the default last.
//! - Which rules were used and which questions found none is counted ([`Script::report`]).

mod file;

use super::Task;
use file::{File, PageFields};
use regex::Regex;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use venire_types::Address;
use venire_types::ask::Template;

/// Most unmatched questions that are remembered.
const MAX_UNMATCHED: usize = 1_000;

/// Why a script is refused.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("script {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML of the right shape.
    #[error("script is not valid TOML: {0}")]
    Toml(#[from] toml::de::Error),
    /// Not JSON of the right shape.
    #[error("script is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A pattern that is not a regular expression.
    #[error("pattern is not a regular expression: {0}")]
    Regex(#[from] regex::Error),
    /// A rule with two patterns.
    #[error("rule has more than one of exact, contains, regex: `{0}`")]
    TwoPatterns(String),
    /// Not 20 bytes of hex.
    #[error("`{0}` is not a validator address")]
    Validator(String),
    /// A mock table of an unexpected shape.
    #[error("`{0}` is not a table of mocks")]
    Mocks(&'static str),
}

/// What a script did so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Patterns of rules that no question used.
    pub unused: Vec<String>,
    /// Questions that no rule matched.
    pub unmatched: Vec<String>,
}

/// A set of canned answers.
#[derive(Debug, Default)]
pub struct Script {
    strict: bool,
    prompts: Vec<Rule<String>>,
    comparative: Vec<Rule<bool>>,
    non_comparative: Vec<Rule<bool>>,
    web: Vec<Rule<Page>>,
    unmatched: Mutex<Vec<String>>,
}

/// A canned page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    method: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// What a lookup came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// A rule matched.
    Answer(T),
    /// No rule; somebody else may answer.
    Nothing,
    /// No rule, and nobody else may answer.
    Refused,
}

#[derive(Debug)]
struct Rule<T> {
    pattern: Pattern,
    validator: Option<Address>,
    answer: T,
    used: AtomicBool,
}

#[derive(Debug)]
enum Pattern {
    Exact(String),
    Contains(String),
    Regex(Regex),
    Default,
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(whole) => whole == text,
            Self::Contains(part) => text.contains(part),
            Self::Regex(regex) => regex.is_match(text),
            Self::Default => true,
        }
    }

    /// Smaller is preferred.
    fn rank(&self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Contains(_) | Self::Regex(_) => 1,
            Self::Default => 2,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Exact(text) => format!("exact {text:?}"),
            Self::Contains(text) => format!("contains {text:?}"),
            Self::Regex(regex) => format!("regex {:?}", regex.as_str()),
            Self::Default => "default".to_owned(),
        }
    }
}

impl<T> Rule<T> {
    fn new(pattern: Pattern, validator: Option<Address>, answer: T) -> Self {
        Self {
            pattern,
            validator,
            answer,
            used: AtomicBool::new(false),
        }
    }
}

impl Script {
    /// Reads a script file.
    ///
    /// # Errors
    /// When it cannot be read or is not a script.
    pub fn load(path: &Path) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(path).map_err(|source| ScriptError::Read {
            path: path.to_owned(),
            source,
        })?;
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            Self::from_toml(&text)
        } else {
            Self::from_json(&text)
        }
    }

    /// Reads a script in TOML.
    ///
    /// # Errors
    /// When it is not a script.
    pub fn from_toml(text: &str) -> Result<Self, ScriptError> {
        toml::from_str::<File>(text)?.compile()
    }

    /// Reads a script in JSON; the mock tables of [`Script::from_mocks`] are accepted as well.
    ///
    /// # Errors
    /// When it is not a script.
    pub fn from_json(text: &str) -> Result<Self, ScriptError> {
        let value: Json = serde_json::from_str(text)?;
        if value.get("mock_response").is_some() || value.get("mock_web_response").is_some() {
            return Self::from_mocks(&value);
        }
        serde_json::from_value::<File>(value)?.compile()
    }

    /// Reads the mock tables that test clients put into a validator's `plugin_config`:
    /// `mock_response` (`response`, `eq_principle_prompt_comparative`,
    /// `eq_principle_prompt_non_comparative`; keys are substrings, `""` is the default) and
    /// `mock_web_response` (`nondet_web_request`; keys are exact URLs). Other keys are ignored.
    ///
    /// # Errors
    /// When a table is not one.
    pub fn from_mocks(config: &Json) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        let models = config.get("mock_response");
        for (key, reply) in table(models, "response")? {
            script
                .prompts
                .push(Rule::new(substring(key), None, reply_text(reply)));
        }
        for (key, verdict) in table(models, "eq_principle_prompt_comparative")? {
            script
                .comparative
                .push(Rule::new(substring(key), None, truthy(verdict)));
        }
        for (key, verdict) in table(models, "eq_principle_prompt_non_comparative")? {
            script
                .non_comparative
                .push(Rule::new(substring(key), None, truthy(verdict)));
        }
        for (url, page) in table(config.get("mock_web_response"), "nondet_web_request")? {
            let page: PageFields = serde_json::from_value(page.clone())?;
            script
                .web
                .push(Rule::new(Pattern::Exact(url.clone()), None, page.into()));
        }
        Ok(script)
    }

    /// Adds an answer to prompts that contain `part`; the empty string is the default.
    #[must_use]
    pub fn reply(mut self, part: &str, reply: impl Into<String>) -> Self {
        self.prompts
            .push(Rule::new(substring(part), None, reply.into()));
        self
    }

    /// Adds a verdict on comparisons that contain `part`; the empty string is the default.
    #[must_use]
    pub fn comparative(mut self, part: &str, verdict: bool) -> Self {
        self.comparative
            .push(Rule::new(substring(part), None, verdict));
        self
    }

    /// Adds a verdict on outputs whose question contains `part`; the empty string is the default.
    #[must_use]
    pub fn non_comparative(mut self, part: &str, verdict: bool) -> Self {
        self.non_comparative
            .push(Rule::new(substring(part), None, verdict));
        self
    }

    /// Makes unmatched questions fail.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// What was not used and what was not matched so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let mut unused = Vec::new();
        collect_unused("prompt", &self.prompts, &mut unused);
        collect_unused("comparative", &self.comparative, &mut unused);
        collect_unused("non_comparative", &self.non_comparative, &mut unused);
        collect_unused("web", &self.web, &mut unused);
        let unmatched = match self.unmatched.lock() {
            Ok(list) => list.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        };
        Report { unused, unmatched }
    }

    /// The scripted answer to a prompt or template, as a model would have written it.
    pub(crate) fn answer(&self, validator: Address, task: Task<'_>) -> Found<String> {
        match task {
            Task::Prompt(prompt) => self.look(&self.prompts, validator, "prompt", prompt),
            Task::Extract { task, sources, .. } => {
                let texts = sources.iter().map(|(_, text)| text.as_str());
                let text: Vec<&str> = std::iter::once(task).chain(texts).collect();
                self.look(&self.prompts, validator, "prompt", &text.join("\n"))
            }
            Task::Template(Template::NonComparativeLeader {
                task,
                criteria,
                input,
            }) => {
                let text = [task.as_str(), criteria, input].join("\n");
                self.look(&self.prompts, validator, "prompt", &text)
            }
            Task::Template(Template::Comparative {
                leader,
                mine,
                principle,
            }) => {
                let text = [principle.as_str(), leader, mine].join("\n");
                as_verdict(self.look(&self.comparative, validator, "comparative", &text))
            }
            Task::Template(Template::NonComparativeValidator {
                task,
                criteria,
                input,
                output,
            }) => {
                let text = [task.as_str(), criteria, input, output].join("\n");
                as_verdict(self.look(&self.non_comparative, validator, "non_comparative", &text))
            }
        }
    }

    /// The scripted page; `method` is `RENDER` for renders.
    pub(crate) fn page(&self, validator: Address, method: &str, url: &str) -> Found<Page> {
        let for_method = |rule: &Rule<Page>| rule.answer.method == method;
        self.look_among(&self.web, for_method, validator, method, url)
    }

    fn look<T: Clone>(&self, rules: &[Rule<T>], from: Address, kind: &str, text: &str) -> Found<T> {
        self.look_among(rules, |_| true, from, kind, text)
    }

    fn look_among<T: Clone>(
        &self,
        rules: &[Rule<T>],
        applies: impl Fn(&Rule<T>) -> bool,
        validator: Address,
        kind: &str,
        text: &str,
    ) -> Found<T> {
        let best = rules
            .iter()
            .filter(|rule| applies(rule) && rule.validator.is_none_or(|only| only == validator))
            .filter(|rule| rule.pattern.matches(text))
            .min_by_key(|rule| (rule.pattern.rank(), rule.validator.is_none()));
        if let Some(rule) = best {
            rule.used.store(true, Ordering::Relaxed);
            return Found::Answer(rule.answer.clone());
        }
        if let Ok(mut list) = self.unmatched.lock()
            && list.len() < MAX_UNMATCHED
        {
            list.push(format!(
                "{kind}: {}",
                text.chars().take(200).collect::<String>()
            ));
        }
        if self.strict {
            Found::Refused
        } else {
            Found::Nothing
        }
    }
}

fn as_verdict(found: Found<bool>) -> Found<String> {
    match found {
        Found::Answer(result) => {
            Found::Answer(json!({"reason": "scripted", "result": result}).to_string())
        }
        Found::Nothing => Found::Nothing,
        Found::Refused => Found::Refused,
    }
}

fn collect_unused<T>(kind: &str, rules: &[Rule<T>], out: &mut Vec<String>) {
    let unused = rules
        .iter()
        .filter(|rule| !rule.used.load(Ordering::Relaxed));
    out.extend(unused.map(|rule| format!("{kind}: {}", rule.pattern.show())));
}

fn substring(part: &str) -> Pattern {
    if part.is_empty() {
        Pattern::Default
    } else {
        Pattern::Contains(part.to_owned())
    }
}

fn table<'a>(
    parent: Option<&'a Json>,
    name: &'static str,
) -> Result<impl Iterator<Item = (&'a String, &'a Json)>, ScriptError> {
    let fields = match parent.and_then(|tables| tables.get(name)) {
        None | Some(Json::Null) => None,
        Some(Json::Object(fields)) => Some(fields),
        Some(_) => return Err(ScriptError::Mocks(name)),
    };
    Ok(fields.into_iter().flatten())
}

fn reply_text(reply: &Json) -> String {
    match reply {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truthy(verdict: &Json) -> bool {
    match verdict {
        Json::Bool(verdict) => *verdict,
        Json::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
