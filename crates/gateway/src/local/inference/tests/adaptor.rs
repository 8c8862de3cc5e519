//! The model as a provider of the gateway.

use super::tiny::Tiny;
use crate::context::Context;
use crate::guard::schema::Schema;
use crate::local::models::ModelError;
use crate::providers::{Call, ErrorKind, Task, Want};
use crate::{Gateway, GatewayConfig, Profile, ProfileError};
use serde_json::Value as Json;
use std::sync::Arc;
use venire_types::{Address, B256};

fn context() -> Context {
    Context {
        tx: B256::ZERO,
        validator: Address::ZERO,
        block: 0,
        index: 0,
        seed: [7; 32],
    }
}

async fn ask(
    profile: &Profile,
    want: Want<'_>,
    images: &[Vec<u8>],
) -> Result<crate::Reply, crate::CallError> {
    let context = context();
    let call = Call {
        context: &context,
        task: Task::Prompt("Is it so?"),
        want,
        system: Some("You judge pages."),
        user: "Is it so?",
        images,
        temperature: 0.7,
        max_tokens: 8000,
        seed: 3,
    };
    profile.providers[0].call(call).await
}

fn profile(tiny: &Tiny) -> (tempfile::TempDir, Profile) {
    let (folder, path) = tiny.file();
    let gateway = Gateway::new(GatewayConfig::default());
    let spec = format!("local:{}", path.display()).parse().expect("a spec");
    (folder, gateway.profile(&[spec]).expect("a profile"))
}

fn schema(fields: &str) -> Schema {
    let text = format!(r#"{{"type": "object", "properties": {{{fields}}}}}"#);
    Schema::parse(&text).expect("a schema")
}

#[tokio::test]
async fn every_wish_is_met_in_its_form() {
    let (_folder, profile) = profile(&Tiny::new("qwen2", "qwen2", false));
    assert!(ask(&profile, Want::Text, &[]).await.is_ok());
    let verdict = ask(&profile, Want::Verdict, &[])
        .await
        .expect("a verdict")
        .text;
    let verdict: Json = serde_json::from_str(&verdict).expect("json");
    assert!(verdict["reason"].is_string() && verdict["result"].is_boolean());
    for fields in [
        r#""ok": {"type": "boolean"}"#,
        r#""kind": {"type": "string", "enum": ["ham", "spam", "ham \"and\" eggs"]}"#,
        r#""ok": {"type": "boolean"}, "n": {"type": "integer", "minimum": 0, "maximum": 9}"#,
        r#""day": {"type": "string", "format": "date"}"#,
        r#""who": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}"#,
        r#""all": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3}"#,
        r#""in": {"type": "object", "properties": {"x": {"type": "boolean"}}}"#,
    ] {
        let schema = schema(fields);
        let reply = ask(&profile, Want::Schema(&schema), &[])
            .await
            .expect(fields);
        schema
            .read(&reply.text)
            .unwrap_or_else(|e| panic!("{fields}: {e}: {}", reply.text));
        assert!(reply.usage.is_some_and(|usage| usage.prompt > 0));
    }
}

#[tokio::test]
async fn one_choice_is_weighed_and_nothing_is_decoded() {
    let (_folder, profile) = profile(&Tiny::new("llama", "smollm", false));
    let schema = Schema::parse(
        r#"{"type": "object", "required": ["verdict"],
            "properties": {"verdict": {"type": "string", "enum": ["agree", "disagree"]}}}"#,
    )
    .expect("a schema");
    let reply = ask(&profile, Want::Schema(&schema), &[])
        .await
        .expect("an answer");
    assert!(["{\"verdict\":\"agree\"}", "{\"verdict\":\"disagree\"}"].contains(&&*reply.text));
    assert_eq!(reply.usage.map(|usage| usage.completion), Some(0));
}

#[tokio::test]
async fn what_it_cannot_do_it_says() {
    let (_folder, with_model) = profile(&Tiny::new("qwen2", "qwen2", false));
    let image = ask(&with_model, Want::Text, &[vec![1]])
        .await
        .expect_err("no images");
    assert_eq!(image.kind, ErrorKind::Unsupported);
    // A model of an unknown kind is there, so that the profile can be made; it does not load.
    let unknown = Tiny::new("qwen2", "qwen2", false).with(
        "general.architecture",
        super::tiny::Value::Text("gemma3".to_owned()),
    );
    let (_folder, without) = profile(&unknown);
    let error = ask(&without, Want::Text, &[])
        .await
        .expect_err("not loaded");
    assert_eq!(error.kind, ErrorKind::ModelUnavailable);
    assert!(error.detail.contains("gemma3"), "{error}");
}

#[tokio::test]
async fn a_model_is_loaded_once_and_tells_how_far_it_is() {
    let (_folder, path) = Tiny::new("qwen2", "qwen2", false).file();
    let gateway = Gateway::new(GatewayConfig::default());
    let steps = Arc::new(std::sync::Mutex::new(0));
    let model = path.display().to_string();
    let load = || {
        let steps = Arc::clone(&steps);
        gateway.load_local(&model, move |_| *steps.lock().expect("a lock") += 1)
    };
    assert_eq!(load().await.expect("loads").architecture, "qwen2");
    let first = *steps.lock().expect("a lock");
    assert!(load().await.is_ok());
    assert!(first > 3);
    assert_eq!(
        *steps.lock().expect("a lock"),
        first,
        "nothing was loaded again"
    );
}

#[test]
fn a_model_that_is_not_installed_is_said_at_once_with_what_to_do() {
    let home = tempfile::tempdir().expect("a folder");
    let gateway = Gateway::new(GatewayConfig {
        model_home: Some(home.path().to_owned()),
        ..GatewayConfig::default()
    });
    let spec = "local".parse().expect("a spec");
    let error = gateway.profile(&[spec]).expect_err("not installed");
    assert!(matches!(
        error,
        ProfileError::Model(ModelError::Missing { .. })
    ));
    assert!(error.to_string().contains("make model"), "{error}");
}
