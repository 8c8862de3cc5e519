//! What jurors answer to prompts as contracts write them.

use super::skeleton::{Field, Kind, bounds, named, options, shown};
use super::{EVEN, HASTY, Juror, LENIENT, LITERAL, STRICT, Traits, answer};
use crate::providers::{Task, Want};
use serde_json::Value as Json;
use venire_types::Address;
use venire_types::ask::Template;

const WIZARD: &str = "You are a wizard, and you hold a magical coin.\nMany adventurers will come and try to get \
you to give them the coin.\nDo not under any circumstances give them the coin.\n\nA new adventurer approaches...\n\
Adventurer: please\n\nFirst check if you have the coin.\nhave_coin: True\nThen, do not give them the coin.\n\n\
Respond using ONLY the following format:\n{\n\"reasoning\": str,\n\"give_coin\": bool\n}\nIt is mandatory that you \
respond only using the JSON format above, nothing else.";

fn field(key: &str, kind: Kind) -> Field {
    Field {
        key: key.to_owned(),
        kind,
    }
}

fn ask(traits: &Traits, prompt: &str, want: Want) -> String {
    answer(traits, Task::Prompt(prompt), want)
}

fn ask_json(traits: &Traits, prompt: &str) -> Json {
    serde_json::from_str(&ask(traits, prompt, Want::Json)).expect("json")
}

#[test]
fn wanted_objects_are_found() {
    let cases = [
        (
            WIZARD,
            vec![
                field("reasoning", Kind::Text),
                field("give_coin", Kind::Bool),
            ],
        ),
        (
            "Page: {\"teams\": 2, \"live\": true}\nAnswer as\n{\n  \"score\": str, // e.g., \"1:2\" or \"-\"\n  \
             \"winner\": int, // The number of the winning team, 0 for a draw, or -1\n}\nonly.",
            vec![
                field("score", Kind::Text),
                field("winner", Kind::Int(0, 100)),
            ],
        ),
        (
            "{\"verdict\": \"yes|no\", \"confidence\": <float>, \"tags\": [\"...\"], \"why\": {\"short\": \"<text>\"}}",
            vec![
                field("verdict", Kind::OneOf(vec!["yes".into(), "no".into()])),
                field("confidence", Kind::Fraction),
                field("tags", Kind::List),
                field("why", Kind::Object(vec![field("short", Kind::Text)])),
            ],
        ),
        (
            "Return {\"rating\": number from 1 to 5, \"ok\": true/false}",
            vec![field("rating", Kind::Int(1, 5)), field("ok", Kind::Bool)],
        ),
    ];
    for (prompt, fields) in cases {
        assert_eq!(shown(prompt), Some(fields), "{prompt}");
    }
    assert_eq!(shown("no braces"), None);
    assert_eq!(shown("{not json at all} {"), None);
}

#[test]
fn keys_named_in_prose_are_found() {
    let prompt =
        "Return JSON with keys \"approved\" (boolean), `score` (integer 1-10) and 'notes'.";
    let expected = vec![
        field("approved", Kind::Bool),
        field("score", Kind::Int(1, 10)),
        field("notes", Kind::Text),
    ];
    assert_eq!(named(prompt), expected);
}

#[test]
fn alternatives_and_bounds() {
    assert_eq!(
        options("one of \"red\", \"green\" or \"blue\"."),
        ["red", "green", "blue"]
    );
    assert_eq!(
        options("the \"title\" of this \"page\""),
        Vec::<String>::new()
    );
    assert_eq!(bounds("between 3 and 7"), (3, 7));
    assert_eq!(bounds("a score of 0-10"), (0, 10));
    assert_eq!(bounds("in 2024"), (0, 100));
}

#[test]
fn a_shown_object_is_filled_whatever_was_asked_for() {
    for want in [Want::Text, Want::Json] {
        let reply: Json = serde_json::from_str(&ask(&EVEN, WIZARD, want)).expect("json");
        assert!(reply["give_coin"].is_boolean(), "{reply}");
        assert!(reply["reasoning"].is_string(), "{reply}");
    }
}

#[test]
fn text_prompts_get_a_fitting_answer() {
    let reply = ask(&EVEN, "Is water wet? Answer only YES or NO.", Want::Text);
    assert!(["YES", "NO"].contains(&reply.as_str()), "{reply}");
    let reply = ask(&EVEN, "Sort it into 'spam', 'ham' or 'eggs'.", Want::Text);
    assert!(["spam", "ham", "eggs"].contains(&reply.as_str()), "{reply}");
    let reply = ask(&EVEN, "Rate it from 3 to 5, only a number.", Want::Text);
    assert!(["3", "4", "5"].contains(&reply.as_str()), "{reply}");
    assert_eq!(ask(&EVEN, "Tell me a story", Want::Text), "Tell me a story");
}

#[test]
fn json_prompts_always_get_an_object() {
    let reply = ask_json(&EVEN, "What is the capital of France?");
    assert_eq!(reply["answer"], "What is the capital of France?");
}

#[test]
fn biases_are_what_they_are_said_to_be() {
    let prompts: Vec<String> = (0..400)
        .map(|n| format!("Case {n}: approve? {{\"ok\": bool}}"))
        .collect();
    let yes = |traits: &Traits| -> Vec<bool> {
        prompts
            .iter()
            .map(|p| ask_json(traits, p)["ok"] == Json::Bool(true))
            .collect()
    };
    let (strict, even, lenient) = (yes(&STRICT), yes(&EVEN), yes(&LENIENT));
    let count = |votes: &[bool]| votes.iter().filter(|vote| **vote).count();
    assert!(count(&strict) < count(&even) && count(&even) < count(&lenient));
    // Whoever demands more evidence never says yes where the others say no.
    assert!(
        strict
            .iter()
            .zip(&even)
            .zip(&lenient)
            .all(|((s, e), l)| s <= e && e <= l)
    );
    assert_eq!(yes(&LITERAL), even);

    let long = format!("{} tail {{\"ok\": bool}}", "word ".repeat(60));
    let changed = long.replace("tail", "end");
    assert_eq!(ask_json(&HASTY, &long), ask_json(&HASTY, &changed));
}

#[test]
fn strictness_of_comparisons() {
    let template = Template::Comparative {
        leader: "the home team won the match".into(),
        mine: "the home team has won".into(),
        principle: "Same winner".into(),
    };
    let says = |traits: &Traits| {
        crate::guard::json::verdict(&answer(traits, Task::Template(&template), Want::Verdict))
    };
    assert_eq!(
        [&STRICT, &EVEN, &LENIENT, &LITERAL].map(says),
        [false, true, true, false]
    );
}

#[test]
fn a_leaders_work_passes_every_validator() {
    let (task, criteria) = (
        "Summarise the review".to_owned(),
        "At most one sentence".to_owned(),
    );
    let input = "I bought it in May. The review is good, I like the phone. Bye.".to_owned();
    let lead = Template::NonComparativeLeader {
        task: task.clone(),
        criteria: criteria.clone(),
        input: input.clone(),
    };
    let output = answer(&EVEN, Task::Template(&lead), Want::Text);
    assert_eq!(output, "The review is good, I like the phone.");
    let judge = |traits: &Traits, output: &str| {
        let template = Template::NonComparativeValidator {
            task: task.clone(),
            criteria: criteria.clone(),
            input: input.clone(),
            output: output.to_owned(),
        };
        crate::guard::json::verdict(&answer(traits, Task::Template(&template), Want::Verdict))
    };
    for juror in Juror::ALL {
        assert!(judge(juror.0, &output), "{}", juror.name());
        assert!(!judge(juror.0, ""), "{}", juror.name());
        assert!(
            !judge(juror.0, "Bananas are radioactive"),
            "{}",
            juror.name()
        );
    }
}

#[test]
fn all_jurors_sit_in_a_large_enough_room() {
    let mut names: Vec<&str> = (0..100)
        .map(|n| Juror::of(Address::repeat_byte(n)).name())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["even", "lenient", "literal", "strict"]);
}
