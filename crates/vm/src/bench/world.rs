//! A chain with one contract, in memory.

use crate::{Entry, Execution, Host, Machine, Message, Permissions, Request, Role};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Question},
    calldata::Value,
    storage::{PAGE, PageKey, StateView},
};

/// A deployed contract that can be called again and again.
#[derive(Clone)]
pub struct Deployed {
    code: Arc<[u8]>,
    pages: Arc<Mutex<BTreeMap<PageKey, [u8; PAGE]>>>,
}

impl Deployed {
    /// Deploys `code`.
    ///
    /// # Errors
    /// The execution that did not end in a return value.
    pub fn new(machine: &Machine, code: &str) -> Result<Self, Box<Execution>> {
        let deployed = Self {
            code: code.as_bytes().into(),
            pages: Arc::default(),
        };
        let execution = deployed.run(machine, Entry::Deploy(Value::constructor([])))?;
        deployed.keep(execution);
        Ok(deployed)
    }

    /// Calls a method, as a leader; what it wrote is forgotten.
    ///
    /// # Errors
    /// The execution that did not end in a return value.
    pub fn call(&self, machine: &Machine, call: Value) -> Result<Execution, Box<Execution>> {
        self.run(machine, Entry::Call(call))
    }

    /// Makes what an execution wrote a part of the state.
    pub fn keep(&self, execution: Execution) {
        self.pages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(execution.delta);
    }

    fn run(&self, machine: &Machine, entry: Entry) -> Result<Execution, Box<Execution>> {
        let execution = machine.run(self.request(entry), Box::new(self.clone()));
        if execution.outcome.is_success() {
            Ok(execution)
        } else {
            Err(Box::new(execution))
        }
    }

    fn request(&self, entry: Entry) -> Request {
        Request {
            code: Arc::clone(&self.code),
            message: Message {
                contract: Address::with_last_byte(1),
                sender: Address::with_last_byte(2),
                origin: Address::with_last_byte(2),
                value: U256::ZERO,
                chain_id: 1,
                time_ms: 1_732_603_362_424,
            },
            entry,
            view: StateView::Accepted,
            role: Role::Leader,
            permissions: Permissions::WRITE,
            seed: [7; 32],
        }
    }
}

impl Host for Deployed {
    fn read_pages(
        &mut self,
        contract: Address,
        _: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn code(&mut self, _: Address, _: StateView) -> Option<Arc<[u8]>> {
        Some(Arc::clone(&self.code))
    }

    fn balance(&mut self, _: Address, _: StateView) -> U256 {
        U256::ZERO
    }

    fn ask(&mut self, _: u32, _: u32, _: Question) -> Result<Answer, AskError> {
        Err(AskError::Unavailable {
            code: "BENCH".into(),
            message: "no world here".into(),
        })
    }
}
