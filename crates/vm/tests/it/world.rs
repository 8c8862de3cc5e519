//! A chain in memory and an outside world from a script.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Part, Question, Template},
    storage::{PAGE, PageKey, StateView, StorageDelta},
};
use venire_vm::Host;

/// One scripted answer: to every question whose text contains `to`.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    /// `prompt`, `template`, `extract`, `render` or `request`.
    pub(crate) kind: String,
    pub(crate) to: String,
    pub(crate) answer: Result<Answer, AskError>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pages: BTreeMap<PageKey, [u8; PAGE]>,
    finalized: BTreeMap<PageKey, [u8; PAGE]>,
    pub(crate) code: BTreeMap<Address, Arc<[u8]>>,
    pub(crate) balances: BTreeMap<Address, U256>,
}

/// What one execution sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) script: Vec<Scripted>,
}

impl World {
    /// Takes what a step wrote; `accepted_only`: it is not final yet.
    pub(crate) fn commit(&self, delta: &StorageDelta, accepted_only: bool) {
        let pages = || delta.iter().map(|(key, page)| (*key, *page));
        let mut state = self.state.lock().expect("state");
        state.pages.extend(pages());
        if !accepted_only {
            state.finalized.extend(pages());
        }
    }

    pub(crate) fn code_of(&self, contract: Address) -> Arc<[u8]> {
        let mut host = self.clone();
        let read = |slot, first, out: &mut [[u8; PAGE]]| {
            host.read_pages(contract, StateView::Accepted, slot, first, out);
        };
        venire_vm::code_from_pages(venire_vm::Limits::DEFAULT.code_bytes, read)
            .expect("deployed code")
            .into()
    }
}

/// Kind and searchable text of a question.
fn describe(question: &Question) -> (&'static str, String) {
    match question {
        Question::Prompt {
            parts,
            format,
            images,
        } => {
            let parts = parts.iter().map(|part| match part {
                Part::Words(words) => words.clone(),
                Part::Data { label, text } => format!("<{label}>{text}</>"),
            });
            let prompt = parts.collect::<String>();
            (
                "prompt",
                format!("{prompt} {format:?} {} images", images.len()),
            )
        }
        Question::Extract {
            task,
            schema,
            sources,
        } => ("extract", format!("{task}|{schema}|{sources:?}")),
        Question::Template(Template::Comparative {
            leader,
            mine,
            principle,
        }) => (
            "template",
            format!("comparative|{leader}|{mine}|{principle}"),
        ),
        Question::Template(Template::NonComparativeLeader {
            task,
            criteria,
            input,
        }) => ("template", format!("leader|{task}|{criteria}|{input}")),
        Question::Template(Template::NonComparativeValidator {
            task,
            criteria,
            input,
            output,
        }) => (
            "template",
            format!("validator|{task}|{criteria}|{input}|{output}"),
        ),
        Question::Render { url, mode, wait_ms } => {
            ("render", format!("{url} {mode:?} {wait_ms}ms"))
        }
        Question::Request {
            method,
            url,
            headers,
            body,
        } => {
            let headers = headers
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>();
            let body = String::from_utf8_lossy(body.as_deref().unwrap_or_default()).into_owned();
            (
                "request",
                format!("{method} {url} {} {body}", headers.join(",")),
            )
        }
    }
}

impl Host for World {
    fn read_pages(
        &mut self,
        contract: Address,
        view: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        let state = self.state.lock().expect("state");
        let pages = match view {
            StateView::Accepted => &state.pages,
            StateView::Finalized => &state.finalized,
        };
        for (page, bytes) in (first..).zip(out) {
            *bytes = pages
                .get(&PageKey {
                    contract,
                    slot,
                    page,
                })
                .copied()
                .unwrap_or_default();
        }
    }

    fn code(&mut self, contract: Address, _: StateView) -> Option<Arc<[u8]>> {
        self.state
            .lock()
            .expect("state")
            .code
            .get(&contract)
            .cloned()
    }

    fn balance(&mut self, address: Address, _: StateView) -> U256 {
        self.state
            .lock()
            .expect("state")
            .balances
            .get(&address)
            .copied()
            .unwrap_or_default()
    }

    fn ask(&mut self, _: u32, _: u32, question: Question) -> Result<Answer, AskError> {
        let (kind, text) = describe(&question);
        let found = self
            .script
            .iter()
            .find(|line| line.kind == kind && text.contains(&line.to));
        found.map_or_else(
            || {
                Err(AskError::Unavailable {
                    code: "UNSCRIPTED".into(),
                    message: format!("{kind}: {text}"),
                })
            },
            |line| line.answer.clone(),
        )
    }
}
