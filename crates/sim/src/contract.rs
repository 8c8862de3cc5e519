//! The contract of the simulated world: a list of operations in place of Python, executed in
//! microseconds with the same shape of result.
//!
//! # Invariants
//! - The deterministic part follows from the state, the call and the leader's answers alone, but for
//!   [`Op::Drift`], which is there to break that.
//!
//! # Not here
//! - The real machine (`venire-vm`): that it gives the same result everywhere is tested there.

use crate::models::Models;
use borsh::{BorshDeserialize, BorshSerialize};
use std::{collections::BTreeMap, sync::Arc};
use venire_node::core::{Snapshot, ended, unable};
use venire_protocol::{Body, TxRecord};
use venire_types::{
    Address, B256, U256,
    calldata::{self, Value},
    emission::{Emission, On},
    outcome::{Fault, Outcome},
    signed::tagged,
    storage::{PageKey, StateView},
};
use venire_vm::{Execution, Role};

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Op {
    /// Adds to the counter.
    Add(u64),
    /// Asks the model and stores what it says.
    Ask,
    /// Refuses.
    Fail,
    /// Calls another contract with these operations, wei attached.
    Post {
        /// Whom.
        to: [u8; 20],
        /// Wei.
        value: u64,
        /// Already on acceptance.
        early: bool,
        /// What it shall do.
        ops: Vec<Op>,
    },
    /// Pays an outside account.
    Pay {
        /// Whom.
        to: [u8; 20],
        /// Wei.
        value: u64,
    },
    /// Deploys a contract whose constructor does these operations, wei attached.
    Deploy {
        /// Salt of its address; 0 for one that the chain chooses.
        salt: u64,
        /// Wei.
        value: u64,
        /// Already on acceptance.
        early: bool,
        /// What its constructor shall do.
        ops: Vec<Op>,
    },
    /// Does what the model's last answer says.
    Choose {
        /// After a yes.
        yes: Vec<Op>,
        /// After a no, and when nothing was asked.
        no: Vec<Op>,
    },
    /// Logs.
    Log,
    /// Writes what no two validators agree on: a contract that is not deterministic.
    Drift,
}

/// Calldata of a call that runs these operations.
#[must_use]
pub fn call(ops: &[Op]) -> Vec<u8> {
    calldata::encode(&Value::call("run", [Value::bytes(encode(ops))]))
}

/// Calldata of a constructor that runs these operations.
#[must_use]
pub fn constructor(ops: &[Op]) -> Vec<u8> {
    calldata::encode(&Value::constructor([Value::bytes(encode(ops))]))
}

fn encode(ops: &[Op]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = ops.serialize(&mut bytes);
    bytes
}

const fn time(early: bool) -> On {
    if early { On::Accepted } else { On::Finalized }
}

fn program(body: &Body) -> Option<Vec<Op>> {
    let call = calldata::decode(&body.calldata).ok()?;
    borsh::from_slice(call.args().first()?.as_bytes()?).ok()
}

/// The page that holds the counter of a contract.
#[must_use]
pub const fn counter(contract: Address) -> PageKey {
    PageKey {
        contract,
        slot: B256::ZERO,
        page: 0,
    }
}

/// The page that holds the answer that a contract was given last.
#[must_use]
pub const fn verdict(contract: Address) -> PageKey {
    PageKey {
        contract,
        slot: B256::ZERO,
        page: 1,
    }
}

/// The page that [`Op::Drift`] writes.
const fn drift(contract: Address) -> PageKey {
    PageKey {
        contract,
        slot: B256::ZERO,
        page: 2,
    }
}

/// Code of every contract here.
pub const CODE: &[u8] = b"contract";

/// Bytes of an answer as validators compare them.
#[must_use]
pub fn answer_bytes(answer: bool) -> Vec<u8> {
    Outcome::Return(vec![u8::from(answer)]).to_bytes()
}

/// Who executes, and with which models.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The world's models.
    pub models: &'a Models,
    /// Who executes.
    pub validator: Address,
    /// In which round.
    pub round: u32,
}

struct Machine<'a> {
    desk: Desk<'a>,
    record: &'a TxRecord,
    pin: &'a Snapshot,
    leader: Option<Arc<BTreeMap<u32, Vec<u8>>>>,
    execution: Execution,
    asked: u32,
    /// What the model said last.
    said: bool,
    spent: U256,
}

/// Runs a transaction on the state it is pinned to.
#[must_use]
pub fn execute(
    desk: Desk<'_>,
    record: &TxRecord,
    body: &Body,
    pin: &Snapshot,
    role: Role,
) -> Execution {
    // A tribunal has the leader's answers and asks no model.
    let asks = !matches!(role, Role::Sync { .. });
    if asks && desk.models.is_down(desk.validator, record.id, desk.round) {
        return unable("the model cannot be reached");
    }
    let Some(ops) = program(body) else {
        return ended(Outcome::VmError("malformed_entry".into()), Fault::default());
    };
    let leader = match role {
        Role::Leader => None,
        Role::Validator { leader } | Role::Sync { leader } => Some(leader),
    };
    let execution = Execution {
        fault: None,
        ..ended(Outcome::Return(vec![0]), Fault::default())
    };
    let mut machine = Machine {
        desk,
        record,
        pin,
        leader,
        execution,
        asked: 0,
        said: false,
        spent: U256::ZERO,
    };
    if let Err(refusal) = machine.run_all(&ops) {
        machine.execution.outcome = refusal;
        machine.execution.delta.clear();
        machine.execution.emissions.clear();
    }
    machine.execution
}

impl Machine<'_> {
    fn page(&self, key: PageKey) -> [u8; 32] {
        let mut out = [[0; 32]];
        let (contract, view) = (key.contract, StateView::Accepted);
        self.pin
            .read_pages(contract, view, key.slot, key.page, &mut out);
        let [page] = out;
        self.execution.delta.get(&key).copied().unwrap_or(page)
    }

    fn run_all(&mut self, ops: &[Op]) -> Result<(), Outcome> {
        ops.iter().try_for_each(|op| self.run(op))
    }

    fn run(&mut self, op: &Op) -> Result<(), Outcome> {
        match op {
            Op::Add(more) => {
                let key = counter(self.record.recipient);
                let old = U256::from_be_bytes(self.page(key));
                let new = old.wrapping_add(U256::from(*more));
                self.execution.delta.insert(key, new.to_be_bytes());
            }
            Op::Ask => self.ask(),
            Op::Fail => return Err(Outcome::UserError("as told".into())),
            Op::Post {
                to,
                value,
                early,
                ops,
            } => {
                let value = self.spend(*value)?;
                self.execution.emissions.push(Emission::Post {
                    to: Address::from(*to),
                    calldata: call(ops),
                    value,
                    on: time(*early),
                });
            }
            Op::Deploy {
                salt,
                value,
                early,
                ops,
            } => {
                let value = self.spend(*value)?;
                self.execution.emissions.push(Emission::Deploy {
                    code: CODE.to_vec(),
                    calldata: constructor(ops),
                    value,
                    salt: U256::from(*salt),
                    on: time(*early),
                });
            }
            Op::Choose { yes, no } => return self.run_all(if self.said { yes } else { no }),
            Op::Drift => {
                let (tx, round) = (self.record.id, self.desk.round.to_be_bytes());
                let own = [self.desk.validator.as_slice(), tx.as_slice(), &round];
                let page = tagged("sim-drift", &own);
                let key = drift(self.record.recipient);
                self.execution.delta.insert(key, page.0);
            }
            Op::Pay { to, value } => {
                let value = self.spend(*value)?;
                self.execution.emissions.push(Emission::External {
                    to: Address::from(*to),
                    calldata: Vec::new(),
                    value,
                });
            }
            Op::Log => self.execution.emissions.push(Emission::Event {
                topics: vec![B256::ZERO],
                data: vec![6],
            }),
        }
        Ok(())
    }

    fn spend(&mut self, value: u64) -> Result<U256, Outcome> {
        let value = U256::from(value);
        let account = self.record.recipient;
        let balance = self.pin.balance(account, StateView::Accepted);
        self.spent = self.spent.saturating_add(value);
        if self.spent > balance.saturating_add(self.record.value) {
            return Err(Outcome::VmError("inbalance".into()));
        }
        Ok(value)
    }

    /// Stores what the leader's model said; a validator compares it with its own.
    fn ask(&mut self) {
        let own = self
            .desk
            .models
            .answer(self.desk.validator, self.record.id, self.desk.round);
        let own = answer_bytes(own);
        let number = self.asked;
        self.asked += 1;
        let counts = match &self.leader {
            None => own,
            Some(leader) => {
                let said = leader.get(&number).cloned().unwrap_or_default();
                if said != own {
                    self.execution.disagreement.get_or_insert(number);
                }
                said
            }
        };
        self.said = counts == answer_bytes(true);
        let mut page = [0; 32];
        for (byte, said) in page.iter_mut().zip(&counts) {
            *byte = *said;
        }
        let key = verdict(self.record.recipient);
        self.execution.delta.insert(key, page);
        self.execution.nondet.insert(number, counts);
    }
}

#[cfg(test)]
mod tests;
