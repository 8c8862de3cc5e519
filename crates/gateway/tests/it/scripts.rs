//! Scripts and mocks: what matches, what they report, what strict means.

use crate::servers::{ModelServer, Play};
use crate::{
    Asked, comparative, context, contract_error, gateway, get, profile, prompt, render, unavailable,
};
use serde_json::json;
use std::sync::Arc;
use venire_gateway::{Context, ProfileError, Script, ScriptError};
use venire_types::Address;
use venire_types::ask::{Answer, Format, Question, Render, Template};

const SCRIPT: &str = r#"
strict = true

[[prompt]]
reply = "default"

[[prompt]]
contains = "coin"
reply = { give_coin = false }

[[prompt]]
exact = "the coin"
reply = "exact"

[[prompt]]
regex = "^score of \\w+$"
reply = "regex"

[[prompt]]
contains = "coin"
validator = "0x4444444444444444444444444444444444444444"
reply = "dissent"

[[comparative]]
contains = "give_coin"
verdict = true

[[non_comparative]]
verdict = true

[[web]]
url = "https://example.com/a"
body = "hello"
headers = { "Content-Type" = "text/plain" }

[[web]]
url = "https://example.com/page"
method = "RENDER"
body = "<p>hello <b>page</b></p>"

[[web]]
regex = "/gone$"
method = "render"
status = 410
body = "gone"
"#;

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

#[tokio::test]
async fn a_file_answers_by_preference_and_reports() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("answers.toml");
    std::fs::write(&file, SCRIPT).expect("write");
    let gateway = gateway();
    let profile = profile(&gateway, &[&format!("scripted:{}", file.display())]);
    let other = Context {
        validator: Address::repeat_byte(0x44),
        ..context()
    };
    for (from, question, expected) in [
        (&context(), "the coin", text("exact")),
        (&context(), "a coin", text("{\"give_coin\":false}")),
        (&other, "a coin", text("dissent")),
        (&context(), "score of x", text("regex")),
        (&context(), "score of x y", text("default")),
    ] {
        let answer = gateway
            .asked(&profile, from, prompt(question, Format::Text))
            .await;
        assert_eq!(answer, Ok(expected), "{question}");
    }
    let answer = gateway
        .asked(&profile, &context(), get("https://example.com/a"))
        .await;
    let headers = vec![("content-type".to_owned(), b"text/plain".to_vec())];
    assert_eq!(
        answer,
        Ok(Answer::Response {
            status: 200,
            headers,
            body: b"hello".to_vec()
        })
    );
    let page = render("https://example.com/page", Render::Text);
    assert_eq!(
        gateway.asked(&profile, &context(), page).await,
        Ok(text("hello page"))
    );
    let gone = render("https://example.com/gone", Render::Text);
    let (causes, _) = contract_error(gateway.asked(&profile, &context(), gone).await);
    assert_eq!(causes, ["WEBPAGE_LOAD_FAILED"]);
    let answer = gateway
        .asked(
            &profile,
            &context(),
            comparative("1", "2", "give_coin equal"),
        )
        .await;
    assert_eq!(answer, Ok(Answer::Bool(true)));

    for question in [comparative("1", "2", "equal"), get("https://example.com/b")] {
        let result = gateway.asked(&profile, &context(), question).await;
        assert_eq!(unavailable(result).0, "SCRIPT_UNMATCHED");
    }
}

#[tokio::test]
async fn a_strict_script_reports_the_unused_and_the_unmatched() {
    let script = Arc::new(Script::from_toml(SCRIPT).expect("script"));
    let gateway = gateway();
    let mut profile = profile(&gateway, &["jury"]);
    profile.mocks = Some(Arc::clone(&script));
    let answer = gateway
        .asked(&profile, &context(), prompt("a coin", Format::Text))
        .await;
    assert_eq!(answer, Ok(text("{\"give_coin\":false}")));
    let result = gateway
        .asked(&profile, &context(), comparative("1", "2", "equal"))
        .await;
    assert_eq!(unavailable(result).0, "SCRIPT_UNMATCHED");
    let report = script.report();
    assert_eq!(report.unmatched, ["comparative: equal\n1\n2"]);
    assert_eq!(report.unused.len(), 9, "{:?}", report.unused);
    assert!(
        report
            .unused
            .contains(&"prompt: exact \"the coin\"".to_owned())
    );
}

#[tokio::test]
async fn mocks_of_test_clients_come_before_the_real_provider() {
    let config = json!({
        "api_key_env_var": "X",
        "mock_response": {
            "response": {"Summarise": "short", "give_coin": {"give_coin": true}},
            "eq_principle_prompt_comparative": {"The value of give_coin has to match": false},
            "eq_principle_prompt_non_comparative": {"": true},
        },
        "mock_web_response": {"nondet_web_request": {
            "https://example.com/api": {"method": "POST", "status": 201, "body": "made"},
        }},
    });
    let server = ModelServer::start(&[Play::Say("real")]).await;
    let gateway = gateway();
    let mut profile = profile(&gateway, &[&server.spec("")]);
    profile.mocks = Some(Arc::new(Script::from_mocks(&config).expect("mocks")));
    let ask = |question: Question| {
        let (gateway, profile) = (&gateway, &profile);
        async move {
            gateway
                .asked(profile, &context(), question)
                .await
                .expect("answer")
        }
    };
    assert_eq!(ask(prompt("else", Format::Text)).await, text("real"));
    assert_eq!(server.seen().len(), 1);
    let json = ask(prompt("please give_coin", Format::Json)).await;
    assert!(matches!(json, Answer::Json(_)), "{json:?}");
    let principle = "The value of give_coin has to match";
    assert_eq!(
        ask(comparative("1", "2", principle)).await,
        Answer::Bool(false)
    );
    let (task, criteria) = ("Summarise".to_owned(), "c".to_owned());
    let (input, output) = ("i".to_owned(), "o".to_owned());
    let lead = Template::NonComparativeLeader {
        task: task.clone(),
        criteria: criteria.clone(),
        input: input.clone(),
    };
    assert_eq!(ask(Question::Template(lead)).await, text("short"));
    let judge = Template::NonComparativeValidator {
        task,
        criteria,
        input,
        output,
    };
    assert_eq!(ask(Question::Template(judge)).await, Answer::Bool(true));
    let post = Question::Request {
        method: "POST".into(),
        url: "https://example.com/api".into(),
        headers: vec![],
        body: None,
    };
    let made = Answer::Response {
        status: 201,
        headers: vec![],
        body: b"made".to_vec(),
    };
    assert_eq!(ask(post).await, made);
    assert_eq!(server.seen().len(), 1, "mocks never reach the model");
}

#[test]
fn wrong_scripts_say_what_is_wrong() {
    let cases = [
        "[[prompt]]\ncontains = \"x\"",
        "[[promt]]\nreply = \"x\"",
        "[[prompt]]\nexact = \"a\"\nregex = \"b\"\nreply = \"x\"",
        "[[prompt]]\nregex = \"(\"\nreply = \"x\"",
        "[[prompt]]\nvalidator = \"0x1\"\nreply = \"x\"",
    ];
    for case in cases {
        let error = Script::from_toml(case).expect_err(case);
        assert!(!error.to_string().is_empty());
    }
    assert!(matches!(
        Script::from_mocks(&json!({"mock_response": {"response": []}})),
        Err(ScriptError::Mocks("response"))
    ));
    let missing = gateway().profile(&["scripted:/no/such/file.toml".parse().expect("spec")]);
    assert!(matches!(
        missing,
        Err(ProfileError::Script(ScriptError::Read { .. }))
    ));
    assert!(Script::from_json("{\"prompt\": [{\"reply\": \"x\"}]}").is_ok());
}
