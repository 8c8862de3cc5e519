//! What may be asked, what comes of it, and who waits.

use super::super::attention::Memory;
use super::super::chat::Chat;
use super::super::decoder::{Decoder, Run};
use super::super::gguf::Header;
use super::super::tokens::Tokens;
use super::tiny::Tiny;
use super::{LocalError, Options, Output, Reply, Request, Said, engine, one_of, question, text};
use serde_json::{Value as Json, json};
use std::io::Cursor;

fn tiny() -> Tiny {
    Tiny::new("qwen2", "qwen2", false)
}

#[test]
fn json_always_follows_its_schema() {
    let schemas = [
        json!({"type": "object", "properties": {
            "reason": {"type": "string", "maxLength": 12},
            "verdict": {"enum": ["agree", "disagree"]},
        }, "required": ["reason", "verdict"], "additionalProperties": false}),
        json!({"type": "object", "properties": {"ok": {"type": "boolean"}},
            "required": ["ok"], "additionalProperties": false}),
        json!({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3}),
        json!({"type": "object", "properties": {
            "n": {"type": "integer", "minimum": 0, "maximum": 100},
            "unit": {"const": "mm"},
        }, "required": ["n", "unit"], "additionalProperties": false}),
    ];
    for way in [("qwen2", "qwen2"), ("llama", "smollm")] {
        let engine = engine(&Tiny::new(way.0, way.1, false), &Options::default()).expect("loads");
        for schema in &schemas {
            for seed in 0..12 {
                let mut ask = question("Is it so?", Output::Json(schema.clone()));
                ask.budget = 120;
                ask.temperature = if seed == 0 { 0.0 } else { 1.5 };
                ask.seed = seed;
                let said = match engine.ask_blocking(&ask).expect("answers").said {
                    Said::Text(said) => said,
                    Said::Verdict(_) => panic!("no text"),
                };
                let json: Json = serde_json::from_str(&said).expect(&said);
                assert!(!said.contains(": ") && !said.contains('\n'), "{said}");
                follows(&json, schema);
            }
        }
    }
}

fn follows(json: &Json, schema: &Json) {
    if let Some(list) = json.as_array() {
        assert!((2..=3).contains(&list.len()) && list.iter().all(Json::is_boolean));
        return;
    }
    let object = json.as_object().expect("an object");
    let expected = schema["properties"].as_object().expect("properties");
    assert!(object.keys().eq(expected.keys()), "{json}");
    for (key, value) in object {
        let rule = &expected[key];
        let fits = match rule["type"].as_str() {
            Some("string") => value.as_str().is_some_and(|s| s.chars().count() <= 12),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.as_u64().is_some_and(|n| n <= 100),
            _ => {
                rule["const"] == *value
                    || rule["enum"].as_array().is_some_and(|e| e.contains(value))
            }
        };
        assert!(fits, "{key}: {value}");
    }
}

#[test]
fn a_spent_budget_is_an_error() {
    let engine = engine(&tiny(), &Options::default()).expect("loads");
    let endless = json!({"type": "object", "properties": {"a": {"type": "string", "minLength": 400}},
        "required": ["a"], "additionalProperties": false});
    let mut ask = question("Is it so?", Output::Json(endless));
    ask.budget = 20;
    match engine.ask_blocking(&ask) {
        Err(LocalError::Budget { budget: 20, said }) => assert!(said.starts_with("{\"a\":\"")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_asked_is_refused_at_once() {
    let engine = engine(&tiny(), &Options::default()).expect("loads");
    let cases = [
        question("x", one_of(&["yes"])),
        question("x", one_of(&["yes", "yes"])),
        question("x", one_of(&["yes", ""])),
        question("x", Output::Json(json!("object"))),
        question("x", Output::Json(json!({"type": "nothing"}))),
        question("x", Output::Json(json!({"$ref": "#/nowhere"}))),
        question(
            "x",
            Output::Json(json!({"type": "string", "pattern": "(?<=a)b"})),
        ),
        question("x", Output::Json(json!({"enum": vec!["y".repeat(70_000)]}))),
        Request {
            messages: Vec::new(),
            ..question("x", Output::Text)
        },
    ];
    for case in cases {
        let answer = engine.ask_blocking(&case);
        assert!(matches!(answer, Err(LocalError::Request(_))), "{answer:?}");
    }
    let long = engine.ask_blocking(&question(&"ab ".repeat(400), Output::Text));
    assert!(
        matches!(long, Err(LocalError::TooLong { context: 512, .. })),
        "{long:?}"
    );
    assert!(
        engine
            .ask_blocking(&question("x", one_of(&["yes", "no"])))
            .is_ok()
    );
}

/// Likelihoods by the definition: every answer is read whole, and the shares at each of its tokens multiplied.
fn by_hand(answers: &[&str]) -> Vec<f64> {
    let mut file = Cursor::new(tiny().bytes());
    let header = Header::read(&mut file).expect("reads");
    let tokens = Tokens::read(&header).expect("a vocabulary");
    let decoder = Decoder::load(&header, &mut file, 512, &mut |_| {}).expect("loads");
    let chat = Chat::of(&tokens).expect("a chat model");
    let request = question("Is it so?", Output::Text);
    let prompt = chat
        .encode(&tokens, &request.messages, "")
        .expect("encodes");
    let lists: Vec<Vec<u32>> = answers
        .iter()
        .map(|answer| [tokens.encode(answer).expect("encodes"), vec![chat.close()]].concat())
        .collect();
    let likelihood = |list: &Vec<u32>| {
        let mut product = 1.0;
        for at in 0..list.len() {
            let mut next: Vec<u32> = lists
                .iter()
                .filter(|other| other.len() > at && other[..at] == list[..at])
                .map(|other| other[at])
                .collect();
            next.sort_unstable();
            next.dedup();
            let mut memory = Memory::new(&decoder.config);
            let run = [&prompt[..], &list[..at]].concat();
            let run = Run {
                memory: &mut memory,
                tokens: &run,
                scores: true,
            };
            let scores = decoder
                .pass(&mut [run])
                .expect("passes")
                .remove(0)
                .expect("scores");
            let weight = |id: u32| f64::from(scores[id as usize]).exp();
            let whole: f64 = next.iter().fold(0.0, |sum, id| sum + weight(*id));
            product *= weight(list[at]) / whole;
        }
        product
    };
    lists.iter().map(likelihood).collect()
}

#[test]
fn a_verdict_is_what_the_definition_says() {
    let engine = engine(&tiny(), &Options::default()).expect("loads");
    for answers in [
        &["yes", "no"][..],
        &["agree", "disagree"],
        &["no", "not sure", "not at all", "yes"],
        &["partly true", "partly false", "partly"],
    ] {
        let reply = engine.ask_blocking(&question("Is it so?", one_of(answers)));
        let Ok(Reply {
            said: Said::Verdict(verdict),
            said_tokens,
            ..
        }) = reply
        else {
            panic!("{reply:?}");
        };
        let expected = by_hand(answers);
        for (found, expected) in verdict.likelihoods.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5, "{verdict:?} {expected:?}");
        }
        let sum: f64 = verdict.likelihoods.iter().fold(0.0, |sum, l| sum + l);
        assert!((sum - 1.0).abs() < 1e-9);
        assert!(
            verdict
                .likelihoods
                .iter()
                .all(|l| *l <= verdict.likelihoods[verdict.answer])
        );
        assert!(verdict.mass > 0.0 && verdict.mass <= 1.0);
        assert!(said_tokens <= 8, "nothing is decoded");
    }
}

#[test]
fn a_lead_is_where_the_answer_goes_on() {
    let engine = engine(&tiny(), &Options::default()).expect("loads");
    let mut ask = question("Is it so?", one_of(&[" yes", " no"]));
    let plain = engine.ask_blocking(&ask).expect("answers");
    ask.lead = "My verdict:".to_owned();
    let led = engine.ask_blocking(&ask).expect("answers");
    assert!(led.prompt_tokens > plain.prompt_tokens);
    assert_ne!(led.said, plain.said);
}

#[tokio::test]
async fn who_goes_away_gives_the_place_back() {
    let options = Options {
        waiting: 1,
        ..Options::default()
    };
    let engine = engine(&tiny(), &options).expect("loads");
    // No token that a text may have is likelier than others for long, so this goes on for hundreds of passes.
    let mut long = question(
        "Tell me all.",
        Output::Json(json!({
        "type": "object", "properties": {"a": {"type": "string", "minLength": 300}},
        "required": ["a"], "additionalProperties": false})),
    );
    long.budget = 400;
    {
        let mut asked = std::pin::pin!(engine.ask(&long));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        assert!(asked.as_mut().poll(&mut context).is_pending());
        let busy = engine.ask(&question("x", one_of(&["yes", "no"]))).await;
        assert!(matches!(busy, Err(LocalError::Busy(1))), "{busy:?}");
    }
    loop {
        match engine.ask(&question("x", one_of(&["yes", "no"]))).await {
            Ok(_) => break,
            Err(LocalError::Busy(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn more_than_there_is_room_for_waits_its_turn() {
    let options = Options {
        sequences: 2,
        memory_tokens: 160,
        prefixes: 1,
        ..Options::default()
    };
    let engine = engine(&tiny(), &options).expect("loads");
    let answers: Vec<String> = std::thread::scope(|scope| {
        let seats: Vec<_> = (0..12u64)
            .map(|seat| {
                let engine = &engine;
                scope.spawn(move || {
                    let mut ask = question(&format!("Seat {seat}?"), Output::Text);
                    ask.seed = seat;
                    ask.temperature = 1.0;
                    text(engine.ask_blocking(&ask))
                })
            })
            .collect();
        seats
            .into_iter()
            .map(|seat| seat.join().expect("seat"))
            .collect()
    });
    assert_eq!(answers.len(), 12);
}

#[test]
fn requests_outlive_the_engine_they_were_asked_of() {
    let engine = engine(&tiny(), &Options::default()).expect("loads");
    let copy = engine.clone();
    drop(engine);
    assert!(
        copy.ask_blocking(&question("x", one_of(&["yes", "no"])))
            .is_ok()
    );
}
