//! The engine on models made here, with random weights: what they say is noise, how they say it is not.

mod adaptor;
mod files;
mod real;
mod requests;
mod same;
mod texts;
mod tiny;

use super::{Engine, LocalError, Message, Options, Output, Reply, Request, Role, Said};
use tiny::Tiny;

/// An engine of a model made here.
fn engine(tiny: &Tiny, options: &Options) -> Result<Engine, LocalError> {
    let (_folder, path) = tiny.file();
    Engine::load(&path, options, &mut |_| {})
}

/// A question with one user message.
fn question(text: &str, output: Output) -> Request {
    Request {
        messages: vec![
            Message::new(Role::System, "You judge pages."),
            Message::new(Role::User, text),
        ],
        lead: String::new(),
        output,
        budget: 24,
        temperature: 0.0,
        seed: 7,
    }
}

fn one_of(answers: &[&str]) -> Output {
    Output::OneOf(answers.iter().map(|answer| (*answer).to_owned()).collect())
}

/// What was said, if it was text; also what was said until the budget was spent.
fn text(result: Result<Reply, LocalError>) -> String {
    match result {
        Ok(Reply {
            said: Said::Text(text),
            ..
        })
        | Err(LocalError::Budget { said: text, .. }) => text,
        other => panic!("{other:?}"),
    }
}
