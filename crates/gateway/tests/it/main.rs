//! The gateway from outside, against real HTTP servers on this machine.

mod guard;
mod models;
mod scripts;
mod servers;
mod web;

use std::collections::BTreeMap;
use std::sync::Arc;
use venire_gateway::{Context, Gateway, GatewayConfig, Profile, Trail, WebPolicy};
use venire_types::ask::{Answer, AskError, Format, Part, Question, Render, Template};
use venire_types::calldata::Value;
use venire_types::{Address, B256};

/// A key that must never show up anywhere but in a request.
const KEY: &str = "sk-test-0123456789";

fn gateway() -> Gateway {
    gateway_with(WebPolicy::local())
}

fn gateway_with(web: WebPolicy) -> Gateway {
    Gateway::new(GatewayConfig {
        web,
        secrets: Arc::new(|name: &str| (name == "TEST_KEY").then(|| KEY.to_owned())),
        ..GatewayConfig::default()
    })
}

fn profile(gateway: &Gateway, specs: &[&str]) -> Profile {
    let specs: Vec<_> = specs
        .iter()
        .map(|spec| spec.parse().expect("spec"))
        .collect();
    gateway.profile(&specs).expect("profile")
}

fn context() -> Context {
    Context {
        tx: B256::repeat_byte(0x11),
        validator: Address::repeat_byte(0x22),
        block: 0,
        index: 0,
        seed: [0x33; 32],
    }
}

/// Asking without an interest in what happened on the way.
trait Asked {
    async fn asked(
        &self,
        profile: &Profile,
        context: &Context,
        question: Question,
    ) -> Result<Answer, AskError>;
}

impl Asked for Gateway {
    async fn asked(
        &self,
        profile: &Profile,
        context: &Context,
        question: Question,
    ) -> Result<Answer, AskError> {
        self.ask(profile, context, question, &mut Trail::default())
            .await
    }
}

fn prompt(text: &str, format: Format) -> Question {
    Question::Prompt {
        parts: vec![Part::Words(text.to_owned())],
        format,
        images: Vec::new(),
    }
}

fn comparative(leader: &str, mine: &str, principle: &str) -> Question {
    Question::Template(Template::Comparative {
        leader: leader.to_owned(),
        mine: mine.to_owned(),
        principle: principle.to_owned(),
    })
}

fn get(url: &str) -> Question {
    Question::Request {
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
    }
}

fn render(url: &str, mode: Render) -> Question {
    Question::Render {
        url: url.to_owned(),
        mode,
        wait_ms: 0,
    }
}

/// Causes and details of an error that is the contract's.
fn contract_error(result: Result<Answer, AskError>) -> (Vec<String>, BTreeMap<String, Value>) {
    match result {
        Err(AskError::Contract {
            causes,
            ctx: Value::Map(ctx),
        }) => (causes, ctx),
        other => panic!("{other:?}"),
    }
}

/// Code and message of an error that makes a validator abstain.
fn unavailable(result: Result<Answer, AskError>) -> (String, String) {
    match result {
        Err(AskError::Unavailable { code, message }) => (code, message),
        other => panic!("{other:?}"),
    }
}
