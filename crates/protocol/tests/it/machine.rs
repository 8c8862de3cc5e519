//! A toy machine in place of the sandbox: a call's arguments are a list of operations.

use std::collections::BTreeMap;
use venire_protocol::{Body, Read, TxRecord, view};
use venire_types::{
    Address, B256, U256,
    calldata::{Value, decode, encode},
    emission::{Emission, On},
    jury::Payload,
    outcome::Outcome,
    storage::{PageKey, StateView},
};

/// One operation of a contract.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Adds to the contract's counter, which it reads from the accepted view.
    Add(u64),
    /// Writes zeros over the counter.
    Clear,
    /// Fails with a user error.
    Fail,
    /// Writes many pages.
    Flood(u32),
    /// Sends a call.
    Post(Address, u64, On, Vec<u8>),
    /// Sends a call on acceptance, but only by a larger committee than the first.
    PostAnew(Address, Vec<u8>),
    /// Deploys a contract whose constructor does nothing.
    Deploy(u64, u64, On),
    /// Pays outside the contract world.
    External(Address, u64),
    /// Logs.
    Event,
}

/// The call object that runs these operations.
pub(crate) fn call(ops: &[Op]) -> Vec<u8> {
    encode(&Value::call("run", ops.iter().map(to_value)))
}

/// The constructor's call object that runs these operations.
pub(crate) fn constructor(ops: &[Op]) -> Vec<u8> {
    encode(&Value::constructor(ops.iter().map(to_value)))
}

pub(crate) fn counter(contract: Address) -> PageKey {
    PageKey {
        contract,
        slot: B256::ZERO,
        page: 0,
    }
}

fn to_value(op: &Op) -> Value {
    let on = |on: &On| Value::from(*on == On::Finalized);
    Value::array(match op {
        Op::Add(n) => vec!["add".into(), (*n).into()],
        Op::Clear => vec!["clear".into()],
        Op::Fail => vec!["fail".into()],
        Op::Flood(pages) => vec!["flood".into(), (*pages).into()],
        Op::Post(to, value, when, data) => {
            vec![
                "post".into(),
                (*to).into(),
                (*value).into(),
                on(when),
                Value::bytes(data.clone()),
            ]
        }
        Op::PostAnew(to, data) => {
            vec!["post anew".into(), (*to).into(), Value::bytes(data.clone())]
        }
        Op::Deploy(value, salt, when) => {
            vec!["deploy".into(), (*value).into(), (*salt).into(), on(when)]
        }
        Op::External(to, value) => vec!["external".into(), (*to).into(), (*value).into()],
        Op::Event => vec!["event".into()],
    })
}

/// Runs a transaction on the accepted view, as every honest validator does.
pub(crate) fn execute(state: &dyn Read, record: &TxRecord, body: &Body) -> Payload {
    let call = decode(&body.calldata).expect("calldata");
    let mut delta = BTreeMap::new();
    let mut emissions = Vec::new();
    let key = counter(record.recipient);
    for op in call.args() {
        let op = op.as_array().expect("operation");
        let number = |at: usize| op[at].as_u64().expect("number");
        let address = |at: usize| op[at].as_address().expect("address");
        let on = |at: usize| {
            if op[at] == Value::Bool(true) {
                On::Finalized
            } else {
                On::Accepted
            }
        };
        match op[0].as_str().expect("name") {
            "add" => {
                let old = delta
                    .get(&key)
                    .copied()
                    .unwrap_or_else(|| view::page(state, &key, StateView::Accepted).expect("page"));
                let new = U256::from_be_bytes(old) + U256::from(number(1));
                delta.insert(key, new.to_be_bytes());
            }
            "clear" => drop(delta.insert(key, [0; 32])),
            "fail" => return Payload::failed(Outcome::UserError("as told".into())),
            "flood" => {
                for page in 0..number(1) {
                    let page = u32::try_from(page).expect("page");
                    delta.insert(PageKey { page, ..key }, [7; 32]);
                }
            }
            "post" => emissions.push(Emission::Post {
                to: address(1),
                value: U256::from(number(2)),
                on: on(3),
                calldata: op[4].as_bytes().expect("bytes").to_vec(),
            }),
            "post anew" if is_first(record) => {}
            "post anew" => emissions.push(Emission::Post {
                to: address(1),
                value: U256::ZERO,
                on: On::Accepted,
                calldata: op[2].as_bytes().expect("bytes").to_vec(),
            }),
            "deploy" => emissions.push(Emission::Deploy {
                code: b"child".to_vec(),
                calldata: encode(&Value::constructor([])),
                value: U256::from(number(1)),
                salt: U256::from(number(2)),
                on: on(3),
            }),
            "external" => emissions.push(Emission::External {
                to: address(1),
                value: U256::from(number(2)),
                calldata: Vec::new(),
            }),
            "event" => emissions.push(Emission::Event {
                topics: vec![],
                data: vec![6],
            }),
            other => panic!("unknown operation {other}"),
        }
    }
    Payload {
        outcome: Outcome::Return(vec![0]),
        delta,
        emissions,
    }
}

/// Is it judged by its first committee, or one of the same size?
fn is_first(record: &TxRecord) -> bool {
    let judged = record.proposal_round().and_then(|at| record.rounds.get(at));
    judged.is_none_or(|round| round.number == 0)
}
