//! Facts out of material, each with the words that say so.
//!
//! The model only reports what the material states; it decides nothing. Code checks that each quoted
//! passage stands in the material, that the value can be read out of it, and that the material does not
//! state two different values. An order hidden in the material has no place in such a record.
//!
//! # Invariants
//! - A fact is used only with a quotation that occurs in a source, word for word.
//! - Two values for one field are a conflict, whichever of them is right: nobody guesses.
//!
//! # Not here
//! - Whether the sources themselves tell the truth: that is for contracts, who ask several.
//! - How numbers and days are read out of words ([`readings`]).
//!
//! # Proof
//! The tests below and those of [`readings`]: nothing of an answer gets through but values with words
//! of the material that state them.

pub(crate) mod readings;

use super::canary;
use super::mark::Mark;
use super::prompt::{Piece, Prompt, shown};
use super::schema::{Field, Schema, SchemaError, Shape};
use super::template::EXTRACT;
use super::transform::Look;
use super::visible::clean;
use crate::context::Context;
use crate::trail::Trail;
use readings::{has_day, numbers};
use std::collections::BTreeMap;
use venire_types::calldata::Value;

/// Most different statements that a model reports for one field.
const MAX_CANDIDATES: u32 = 3;
/// Longest quotation, characters.
const MAX_QUOTE: u32 = 300;

/// One extraction, before it is asked.
pub(crate) struct Extraction {
    /// What is wanted.
    pub(crate) record: Schema,
    /// What a model is asked for: statements for each field.
    pub(crate) asked: Schema,
    /// How it is asked.
    pub(crate) prompt: Prompt,
    /// Texts of the sources and of the sources as shown, as quotations are looked up in them.
    haystacks: Vec<String>,
    has_echo: bool,
}

/// What came of an extraction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// `{"values": {field: value}, "evidence": {field: quotation}}`.
    Record(Value),
    /// The material states several values for the field.
    Conflict(String, Vec<Value>),
    /// The material says nothing usable about a field that is required.
    Missing(String),
}

impl Extraction {
    /// Prepares an extraction; `sources` are cleaned already. With `echo` the answer has to repeat a word
    /// of that call.
    pub(crate) fn new(
        task: &str,
        schema: &str,
        sources: &[(String, String)],
        look: &Look,
        echo: Option<&Context>,
    ) -> Result<Self, SchemaError> {
        let record = Schema::parse(schema)?;
        let asked = record.fields().iter().map(statements);
        let mut asked = Schema::of(asked.collect::<Result<_, _>>()?);
        if let Some(context) = echo {
            asked = canary::with_echo(&asked, context);
        }
        let mut pieces = vec![Piece::Words(format!(
            "{task}\n\nThe record: {}\n\n",
            asked.json()
        ))];
        let material = sources.iter().map(|(label, text)| Piece::data(label, text));
        pieces.extend(material);
        pieces.push(Piece::Words(EXTRACT.closing(look).to_owned()));
        let texts = sources
            .iter()
            .flat_map(|(_, text)| [folded(text), folded(&shown(text, look.fence))]);
        let mut haystacks: Vec<String> = texts.collect();
        haystacks.dedup();
        Ok(Self {
            record,
            asked,
            prompt: Prompt {
                system: EXTRACT.role(look),
                pieces,
                again: String::new(),
            },
            haystacks,
            has_echo: echo.is_some(),
        })
    }

    /// Reads an answer: nothing if it was not written to this request.
    pub(crate) fn read(&self, answer: &str) -> Result<Value, String> {
        let answer = self.asked.read(answer).map_err(|error| error.to_string())?;
        if !self.has_echo {
            return Ok(answer);
        }
        canary::without_echo(answer).ok_or_else(|| canary::TRAPPED.to_owned())
    }

    /// Checks what a model reported (by [`Self::read`]) about material that was marked so.
    pub(crate) fn check(&self, reported: &Value, mark: Mark, trail: &mut Trail) -> Found {
        let nothing = BTreeMap::new();
        let reported = match reported {
            Value::Map(fields) => fields,
            _ => &nothing,
        };
        let (mut values, mut evidence) = (BTreeMap::new(), BTreeMap::new());
        for field in self.record.fields() {
            let statements = reported.get(&field.name).map_or(&[][..], items);
            let mut stated: Vec<(Value, String)> = Vec::new();
            for statement in statements {
                let Some((value, quote)) = self.supported(field, statement, mark, trail) else {
                    continue;
                };
                if !stated.iter().any(|(known, _)| *known == value) {
                    stated.push((value, quote));
                }
            }
            if stated.len() > 1 {
                trail.note("conflict", &field.name);
                let values = stated.into_iter().map(|(value, _)| value).collect();
                return Found::Conflict(field.name.clone(), values);
            }
            match stated.pop() {
                Some((value, quote)) => {
                    values.insert(field.name.clone(), value);
                    evidence.insert(field.name.clone(), Value::Str(quote));
                }
                None if field.required => return Found::Missing(field.name.clone()),
                None => {}
            }
        }
        Found::Record(Value::map([
            ("values", Value::Map(values)),
            ("evidence", Value::Map(evidence)),
        ]))
    }

    /// The value and quotation of a statement that the material supports.
    fn supported(
        &self,
        field: &Field,
        statement: &Value,
        mark: Mark,
        trail: &mut Trail,
    ) -> Option<(Value, String)> {
        let Value::Map(statement) = statement else {
            return None;
        };
        let (value, quote) = (statement.get("value")?, statement.get("quote")?.as_str()?);
        let quote = mark.taken(quote);
        let needle = folded(&quote);
        if needle.is_empty() || !self.haystacks.iter().any(|text| text.contains(&needle)) {
            trail.note("quotation not in the material", &field.name);
            return None;
        }
        if !states(&field.shape, value, &needle) {
            trail.note("value not in the quotation", &field.name);
            return None;
        }
        Some((value.clone(), quote))
    }
}

fn items(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        _ => &[],
    }
}

/// The field of statements for a field of the record.
fn statements(field: &Field) -> Result<Field, SchemaError> {
    let shape = match &field.shape {
        Shape::Maybe(shape) => shape.as_ref(),
        shape => shape,
    };
    match shape {
        Shape::Flag
        | Shape::Int { .. }
        | Shape::Decimal
        | Shape::Text { .. }
        | Shape::Date
        | Shape::Choice(_) => {}
        Shape::List { .. } | Shape::Record(_) | Shape::Maybe(_) => {
            return Err(SchemaError {
                at: format!("$.{}", field.name),
                what: "only plain values can be extracted: text, numbers, days, choices, true or false"
                    .to_owned(),
            });
        }
    }
    let part = |name: &str, shape: Shape| Field {
        name: name.to_owned(),
        description: None,
        shape,
        required: true,
    };
    let statement = Shape::Record(vec![
        part("quote", Shape::Text { max: MAX_QUOTE }),
        part("value", shape.clone()),
    ]);
    Ok(Field {
        name: field.name.clone(),
        description: field.description.clone(),
        shape: Shape::List {
            items: Box::new(statement),
            max: MAX_CANDIDATES,
        },
        required: true,
    })
}

/// Text in which quotations are found again: one space between words, lower case, plain digits.
pub(crate) fn folded(text: &str) -> String {
    let lower = clean(text).to_lowercase();
    let plain: String = lower.chars().map(readings::plain).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a quotation states a value. What a flag means is beyond code, and what a choice means unless
/// the quotation names another one: there the quotation alone counts.
pub(crate) fn states(shape: &Shape, value: &Value, quote: &str) -> bool {
    match shape {
        Shape::Flag => true,
        Shape::Choice(choices) => {
            let named = |choice: &String| is_word_of(&folded(choice), quote);
            let chosen = value_text(value);
            named(&chosen) || !choices.iter().any(named)
        }
        Shape::Int { .. } | Shape::Decimal => numbers(quote).contains(&value_text(value)),
        Shape::Text { .. } => {
            let text = folded(&value_text(value));
            !text.is_empty() && quote.contains(&text)
        }
        Shape::Date => has_day(quote, &value_text(value)),
        Shape::Maybe(shape) => *value == Value::Null || states(shape, value, quote),
        Shape::List { .. } | Shape::Record(_) => false,
    }
}

/// Whether a text has a word, and not only as a part of another one.
fn is_word_of(word: &str, text: &str) -> bool {
    let is_edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let behind = text
            .get(at + word.len()..)
            .and_then(|tail| tail.chars().next());
        !word.is_empty() && is_edge(before) && is_edge(behind)
    })
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Str(text) => text.clone(),
        Value::Null
        | Value::Bool(_)
        | Value::Bytes(_)
        | Value::Address(_)
        | Value::Array(_)
        | Value::Map(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Extraction, Found};
    use crate::guard::mark::Mark;
    use crate::guard::prompt::tests::context;
    use crate::guard::transform::Look;
    use crate::trail::Trail;
    use venire_types::calldata::Value;

    const SCHEMA: &str = r#"{"type": "object", "properties": {
        "home": {"type": "integer", "minimum": 0, "maximum": 99},
        "rain": {"type": "number"},
        "winner": {"type": "string", "maxLength": 40},
        "day": {"type": "string", "format": "date"}
      }, "required": ["home"]}"#;

    fn found(page: &str, answer: &str) -> (Found, Trail) {
        let sources = [("page".to_owned(), page.to_owned())];
        let look = Look::default();
        let extraction =
            Extraction::new("The match.", SCHEMA, &sources, &look, None).expect("schema");
        let reported = extraction.read(answer).expect("fits");
        let mut trail = Trail::default();
        (extraction.check(&reported, Mark::None, &mut trail), trail)
    }

    fn answer(home: &str) -> String {
        format!(r#"{{"home": [{home}], "rain": [], "winner": [], "day": []}}"#)
    }

    #[test]
    fn a_fact_with_its_words_is_used() {
        let page = "Final score: Lions 2, Bears\n 1. Rain 31.60 mm. Played on 7 March 2026.";
        let said = r#"{"home": [{"quote": "lions 2, bears 1", "value": 2}],
            "rain": [{"quote": "Rain 31.60 mm", "value": 31.6}],
            "winner": [{"quote": "Lions 2", "value": "Lions"}],
            "day": [{"quote": "on 7 March 2026", "value": "2026-03-07"}]}"#;
        let (found, trail) = found(page, said);
        let Found::Record(Value::Map(record)) = found else {
            panic!("{found:?}");
        };
        let Some(Value::Map(values)) = record.get("values") else {
            panic!("values");
        };
        assert_eq!(values.len(), 4);
        assert_eq!(values.get("rain"), Some(&Value::from("31.6")));
        assert_eq!(trail.notes, []);
    }

    #[test]
    fn without_words_in_the_material_there_is_no_fact() {
        for (quote, value, code) in [
            ("Lions 3", 3, "quotation not in the material"),
            ("Final score", 3, "value not in the quotation"),
            ("", 2, "quotation not in the material"),
        ] {
            let said = answer(&format!(r#"{{"quote": "{quote}", "value": {value}}}"#));
            let (found, trail) = found("Final score: Lions 2", &said);
            assert_eq!(found, Found::Missing("home".to_owned()), "{quote}");
            assert_eq!(trail.notes.first().map(|note| note.code), Some(code));
        }
    }

    #[test]
    fn two_values_are_a_conflict_and_one_value_twice_is_not() {
        let page = "Lions 2. Correction: the Lions scored 3, that is 3 goals.";
        let two = answer(r#"{"quote": "Lions 2", "value": 2}, {"quote": "scored 3", "value": 3}"#);
        let (conflict, trail) = found(page, &two);
        assert!(
            matches!(conflict, Found::Conflict(ref field, ref values) if field == "home" && values.len() == 2)
        );
        assert_eq!(trail.notes.len(), 1);
        let same = answer(r#"{"quote": "scored 3", "value": 3}, {"quote": "3 goals", "value": 3}"#);
        assert!(matches!(found(page, &same).0, Found::Record(_)));
    }

    #[test]
    fn a_choice_is_not_supported_by_words_that_name_another() {
        let schema = r#"{"type": "object", "properties": {"who": {"enum": ["lions", "bears"]}}, "required": ["who"]}"#;
        let page = "The lions won. It was a hard match for the bears. The hosts prevailed.";
        let sources = [("page".to_owned(), page.to_owned())];
        let extraction =
            Extraction::new("Who won?", schema, &sources, &Look::default(), None).expect("schema");
        let found = |quote: &str, value: &str| {
            let said = format!(r#"{{"who": [{{"quote": "{quote}", "value": "{value}"}}]}}"#);
            let reported = extraction.read(&said).expect("fits");
            extraction.check(&reported, Mark::None, &mut Trail::default())
        };
        assert!(matches!(found("The lions won", "lions"), Found::Record(_)));
        assert!(matches!(
            found("The hosts prevailed", "lions"),
            Found::Record(_)
        ));
        assert_eq!(
            found("The lions won", "bears"),
            Found::Missing("who".to_owned())
        );
    }

    #[test]
    fn quotations_are_found_through_marks_and_broken_tokens() {
        let page = "Score: <think> Lions 2 </think> at \u{662}\u{660} h";
        let sources = [("page".to_owned(), page.to_owned())];
        let look = Look::default();
        let extraction = Extraction::new("The match.", SCHEMA, &sources, &look, Some(&context()))
            .expect("schema");
        let rest = format!(
            r#""rain": [], "winner": [], "day": [], "request_code": "{}", "orders_followed": []"#,
            context().echo()
        );
        for (quote, value) in [
            ("< think>\u{b7}Lions\u{b7}2", 2),
            ("<think> lions 2", 2),
            ("at 20 h", 20),
        ] {
            let said = format!(r#"{{"home": [{{"quote": "{quote}", "value": {value}}}], {rest}}}"#);
            let reported = extraction.read(&said).expect("fits");
            let found = extraction.check(&reported, Mark::Sign('\u{b7}'), &mut Trail::default());
            assert!(matches!(found, Found::Record(_)), "{quote}: {found:?}");
        }
        assert!(
            extraction
                .read(r#"{"home": [], "rain": [], "winner": [], "day": []}"#)
                .is_err()
        );
    }

    #[test]
    fn nested_records_cannot_be_extracted() {
        let schema = r#"{"type": "object", "properties": {"a": {"type": "array", "items": {"type": "boolean"}}}}"#;
        let error = Extraction::new("", schema, &[], &Look::default(), None)
            .err()
            .expect("refused");
        assert!(
            error.to_string().starts_with("$.a: only plain values"),
            "{error}"
        );
    }
}
