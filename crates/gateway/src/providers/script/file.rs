//! The shape of a script file, and of one mocked page.

use super::{Page, Pattern, Rule, Script, ScriptError, reply_text, substring};
use regex::Regex;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use venire_types::Address;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    prompt: Vec<PromptFields>,
    #[serde(default)]
    comparative: Vec<VerdictFields>,
    #[serde(default)]
    non_comparative: Vec<VerdictFields>,
    #[serde(default)]
    web: Vec<WebFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptFields {
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    validator: Option<String>,
    reply: Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictFields {
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    validator: Option<String>,
    verdict: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebFields {
    url: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
    validator: Option<String>,
    method: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
pub(super) struct PageFields {
    method: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
}

impl From<PageFields> for Page {
    fn from(fields: PageFields) -> Self {
        let headers = fields.headers.into_iter();
        Self {
            method: fields
                .method
                .map_or("GET".to_owned(), |m| m.to_ascii_uppercase()),
            status: fields.status.unwrap_or(200),
            headers: headers
                .map(|(k, v)| (k.to_ascii_lowercase(), v.into_bytes()))
                .collect(),
            body: fields.body.into_bytes(),
        }
    }
}

impl File {
    pub(super) fn compile(self) -> Result<Script, ScriptError> {
        let mut script = Script {
            strict: self.strict,
            ..Script::default()
        };
        for rule in self.prompt {
            let pattern = pattern(rule.exact, rule.contains, rule.regex)?;
            let validator = address(rule.validator)?;
            script
                .prompts
                .push(Rule::new(pattern, validator, reply_text(&rule.reply)));
        }
        for (rules, target) in [
            (self.comparative, &mut script.comparative),
            (self.non_comparative, &mut script.non_comparative),
        ] {
            for rule in rules {
                let pattern = pattern(rule.exact, rule.contains, rule.regex)?;
                target.push(Rule::new(pattern, address(rule.validator)?, rule.verdict));
            }
        }
        for rule in self.web {
            let pattern = pattern(rule.url, rule.contains, rule.regex)?;
            let validator = address(rule.validator)?;
            let (method, status) = (rule.method, rule.status);
            let page = PageFields {
                method,
                status,
                headers: rule.headers,
                body: rule.body,
            };
            script.web.push(Rule::new(pattern, validator, page.into()));
        }
        Ok(script)
    }
}

fn pattern(
    exact: Option<String>,
    contains: Option<String>,
    regex: Option<String>,
) -> Result<Pattern, ScriptError> {
    match (exact, contains, regex) {
        (None, None, None) => Ok(Pattern::Default),
        (Some(whole), None, None) => Ok(Pattern::Exact(whole)),
        (None, Some(part), None) => Ok(substring(&part)),
        (None, None, Some(regex)) => Ok(Pattern::Regex(Regex::new(&regex)?)),
        (a, b, c) => Err(ScriptError::TwoPatterns(a.or(b).or(c).unwrap_or_default())),
    }
}

fn address(text: Option<String>) -> Result<Option<Address>, ScriptError> {
    text.map(|text| {
        text.parse()
            .map_err(|_| ScriptError::Validator(text.clone()))
    })
    .transpose()
}
