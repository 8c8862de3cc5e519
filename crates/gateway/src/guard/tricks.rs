//! Named tricks and honest languages, case by case.

use super::control::neutralise;
use super::detect::assess;
use super::json;
use super::mark::Mark;
use super::prompt::tests::{context, parse};
use super::prompt::{Piece, Prompt, shown};
use super::schema::Schema;
use super::transform::{Fence, Look, Marking};
use super::visible::{clean, see};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Tricks {
    control: BTreeMap<String, String>,
    hidden: BTreeMap<String, (String, String)>,
    fence: BTreeMap<String, String>,
    answer: BTreeMap<String, String>,
    verdict: BTreeMap<String, String>,
}

fn tricks() -> Tricks {
    toml::from_str(include_str!("tricks.toml")).expect("a table of tricks")
}

fn languages() -> BTreeMap<String, String> {
    toml::from_str(include_str!("languages.toml")).expect("a table of languages")
}

#[test]
fn there_are_more_than_two_hundred() {
    let tricks = tricks();
    let mut count = tricks.control.len() + tricks.hidden.len() + tricks.fence.len();
    count += tricks.answer.len() + tricks.verdict.len();
    assert!(count >= 200, "{count}");
}

#[test]
fn control_tokens_are_broken() {
    for (name, text) in tricks().control {
        let seen = clean(&text);
        let out = neutralise(&seen);
        assert_ne!(out, seen, "{name}");
        assert_eq!(neutralise(&out), out, "{name}");
    }
}

#[test]
fn hidden_characters_do_not_come_out() {
    for (name, (text, expected)) in tricks().hidden {
        assert_eq!(clean(&text), expected, "{name}");
        assert_eq!(clean(&expected), expected, "{name}");
    }
}

fn one_section(name: &str, text: &str) {
    let pieces = vec![
        Piece::data("page", &clean(text)),
        Piece::Words("Now judge.".to_owned()),
    ];
    let prompt = Prompt {
        system: String::new(),
        pieces,
        again: String::new(),
    };
    for fence in [Fence::Brackets, Fence::Angles, Fence::Rules, Fence::Braces] {
        for marking in [Marking::Off, Marking::Signs, Marking::Base64] {
            let look = Look {
                fence,
                marking,
                ..Look::default()
            };
            let user = prompt.render(&context(), &look).user;
            let sections =
                parse(&user, fence, "Now judge.").unwrap_or_else(|| panic!("{name}: {user}"));
            let [(label, value)] = &sections[..] else {
                panic!("{name}: {user}");
            };
            assert_eq!(label, "page", "{name}");
            let expected = shown(&clean(text), fence);
            match prompt.mark(&look) {
                Mark::None => assert_eq!(*value, expected, "{name}"),
                mark @ Mark::Sign(_) => assert_eq!(mark.taken(value), expected, "{name}"),
                mark @ Mark::Base64 => assert_eq!(*value, mark.put(expected), "{name}"),
            }
        }
    }
}

#[test]
fn no_text_closes_its_fence() {
    let code = context().nonce(0, 0);
    for (name, text) in tricks().fence {
        one_section(&name, &text.replace("CODE", &code));
    }
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let schema = r#"{"type": "object", "required": ["yes", "n"], "properties": {
        "yes": {"type": "boolean"}, "n": {"type": "integer", "minimum": 0, "maximum": 9},
        "who": {"enum": ["home", "away"]}, "day": {"type": "string", "format": "date"},
        "note": {"type": "string", "maxLength": 10}}}"#;
    let schema = Schema::parse(schema).expect("schema");
    assert!(
        schema
            .read(r#"{"yes": true, "n": 1, "who": "home", "day": "2026-02-03", "note": "fine"}"#)
            .is_ok()
    );
    for (name, answer) in tricks().answer {
        assert!(schema.read(&answer).is_err(), "{name}");
    }
    for (name, answer) in tricks().verdict {
        assert!(!json::verdict(&answer), "{name}");
    }
}

#[test]
fn no_language_is_changed() {
    let languages = languages();
    assert!(languages.len() >= 40);
    for (name, text) in languages {
        let seen = see(&text);
        assert_eq!(
            (seen.text.as_str(), seen.hidden),
            (text.as_str(), 0),
            "{name}"
        );
        assert_eq!(neutralise(&text), text, "{name}");
        assert!(assess(&text).score < 600, "{name}: {:?}", assess(&text));
        one_section(&name, &text);
    }
}
