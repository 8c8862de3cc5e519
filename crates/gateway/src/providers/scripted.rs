//! Answers from a script, for tests and demonstrations.
//!
//! # Not here
//! - What a script says and how it matches ([`super::script`]).

use super::script::{Found, Script};
use super::{Call, CallError, ErrorKind, Pending, Provider, Reply};
use std::sync::Arc;

/// A script as a provider.
#[derive(Debug)]
pub(crate) struct Scripted {
    script: Arc<Script>,
    name: String,
}

impl Scripted {
    pub(crate) fn new(script: Arc<Script>, name: String) -> Self {
        Self { script, name }
    }
}

impl Provider for Scripted {
    fn name(&self) -> &str {
        &self.name
    }

    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        let result = match self.script.answer(call.context.validator, call.task) {
            Found::Answer(text) => Ok(Reply { text, usage: None }),
            Found::Nothing => Err(CallError::new(ErrorKind::NoMatch, "nothing matches")),
            Found::Refused => Err(CallError::new(ErrorKind::StrictNoMatch, "nothing matches")),
        };
        Box::pin(std::future::ready(result))
    }
}
