//! What a juror says to a prompt.

use super::Mind;
use super::skeleton::{self, Field, Kind};
use serde_json::{Map, Value as Json, json};

/// Longest sentence that is quoted, characters.
const MAX_QUOTE: usize = 280;

/// Answer to a prompt that wants text: the object it shows, one of the answers it offers, a number
/// in the bounds it gives, or its most telling sentence.
pub(super) fn text(mind: &Mind<'_>) -> String {
    if let Some(fields) = skeleton::shown(mind.prompt) {
        return Json::Object(fill(mind, &fields)).to_string();
    }
    if let Some(choice) = offered(mind) {
        return choice;
    }
    let lower = mind.prompt.to_lowercase();
    let wants_number = [
        "only a number",
        "a single number",
        "only an integer",
        "only the number",
    ];
    if wants_number.iter().any(|phrase| lower.contains(phrase)) {
        let (low, high) = skeleton::bounds(&lower);
        return between(mind, "number", low, high).to_string();
    }
    telling_sentence(mind.prompt, mind.prompt)
}

/// Answer to a prompt that wants a JSON object.
pub(super) fn object(mind: &Mind<'_>) -> String {
    let fields = skeleton::shown(mind.prompt).unwrap_or_else(|| skeleton::named(mind.prompt));
    let object = if fields.is_empty() {
        let answer = offered(mind).unwrap_or_else(|| telling_sentence(mind.prompt, mind.prompt));
        Map::from_iter([("answer".to_owned(), json!(answer))])
    } else {
        fill(mind, &fields)
    };
    Json::Object(object).to_string()
}

/// Performs a task on an input: names one of the labels the task offers, or quotes the sentence of
/// the input that has most in common with task and criteria.
pub(super) fn perform(task: &str, criteria: &str, input: &str) -> String {
    let brief = format!("{task}\n{criteria}");
    let labels = skeleton::options(&brief);
    let lower = input.to_lowercase();
    let mentioned = labels
        .iter()
        .find(|label| lower.contains(&label.to_lowercase()));
    match mentioned.or_else(|| labels.first()) {
        Some(label) => label.clone(),
        None => telling_sentence(input, &brief),
    }
}

fn fill(mind: &Mind<'_>, fields: &[Field]) -> Map<String, Json> {
    fields
        .iter()
        .map(|field| (field.key.clone(), value(mind, field)))
        .collect()
}

fn value(mind: &Mind<'_>, field: &Field) -> Json {
    let matter = &field.key;
    match &field.kind {
        Kind::Bool => json!(mind.yes(matter)),
        Kind::Int(low, high) => json!(between(mind, matter, *low, *high)),
        Kind::Fraction => json!(f64::from(mind.evidence(matter) / 10) / 100.0),
        Kind::Text => json!(telling_sentence(mind.prompt, matter)),
        Kind::OneOf(options) => json!(mind.choose(matter, options)),
        Kind::List => json!([]),
        Kind::Object(nested) => Json::Object(fill(mind, nested)),
    }
}

pub(super) fn between(mind: &Mind<'_>, matter: &str, low: i64, high: i64) -> i64 {
    let span = high
        .saturating_sub(low)
        .saturating_add(1)
        .clamp(1, 1_000_000_000);
    low.saturating_add(i64::from(mind.evidence(matter)) * span / 1000)
}

/// One of the answers a prompt offers.
fn offered(mind: &Mind<'_>) -> Option<String> {
    let lower = mind.prompt.to_lowercase();
    for (yes, no) in [
        ("yes", "no"),
        ("true", "false"),
        ("approve", "reject"),
        ("valid", "invalid"),
    ] {
        let forms = [
            format!("{yes} or {no}"),
            format!("{yes}/{no}"),
            format!("{no} or {yes}"),
            format!("'{yes}' or '{no}'"),
            format!("\"{yes}\" or \"{no}\""),
            format!("`{yes}` or `{no}`"),
        ];
        if forms.iter().any(|form| lower.contains(form)) {
            let word = if mind.yes("answer") { yes } else { no };
            return Some(in_case_of(mind.prompt, word));
        }
    }
    let options = skeleton::options(mind.prompt);
    mind.choose("answer", &options).map(str::to_owned)
}

/// The word in upper or title case if the prompt writes it so.
fn in_case_of(prompt: &str, word: &str) -> String {
    let upper = word.to_uppercase();
    let mut title = word.to_owned();
    if let Some(head) = title.get_mut(..1) {
        head.make_ascii_uppercase();
    }
    let has = |form: &str| {
        prompt
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w == form)
    };
    if has(&upper) {
        upper
    } else if has(&title) && !has(word) {
        title
    } else {
        word.to_owned()
    }
}

/// The sentence that shares most words with a matter; the first of equals.
pub(super) fn telling_sentence(text: &str, matter: &str) -> String {
    let matter: Vec<String> = split_words(matter);
    let sentences = text
        .split_inclusive(['.', '!', '?', '\n'])
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .take(500);
    let mut best = ("", 0);
    for sentence in sentences {
        let shared = split_words(sentence)
            .iter()
            .filter(|word| matter.contains(word))
            .count();
        if best.0.is_empty() || shared > best.1 {
            best = (sentence, shared);
        }
    }
    best.0.chars().take(MAX_QUOTE).collect()
}

/// Words of at least four letters, at most 200.
fn split_words(text: &str) -> Vec<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4);
    words.take(200).map(str::to_lowercase).collect()
}
