//! Runs every case as leader, validator and replay, each twice, and compares.

use crate::{
    case::{self, Case, Step},
    machine::{cases, machine, other},
    pack,
    world::World,
};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};
use venire_types::{
    Address, U256,
    calldata::{self, Value},
    emission::Emission,
    outcome::Outcome,
    storage::StateView,
};
use venire_vm::{Entry, Execution, Message, Permissions, Request, Role};

pub(crate) fn contract() -> Address {
    Address::right_padding_from(&[1])
}

pub(crate) fn sender() -> Address {
    Address::right_padding_from(&[2])
}

/// A write by the default sender to the default contract.
pub(crate) fn request(code: Arc<[u8]>, entry: Entry) -> Request {
    Request {
        code,
        message: Message {
            contract: contract(),
            sender: sender(),
            origin: sender(),
            value: U256::ZERO,
            chain_id: 61_999,
            time_ms: 1_732_603_362_424,
        },
        entry,
        view: StateView::Accepted,
        role: Role::Leader,
        permissions: Permissions::WRITE,
        seed: [3; 32],
    }
}

#[test]
fn every_case_of_the_corpus() {
    let mut cases: Vec<_> = fs::read_dir(cases())
        .expect("conformance/contracts")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    let mut failures = Vec::new();
    for path in &cases {
        let text = fs::read_to_string(path.join("case.toml"));
        let text = text.unwrap_or_else(|error| panic!("{}/case.toml: {error}", path.display()));
        let case: Case =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!case.about.is_empty());
        let world = World::default();
        for (number, step) in case.step.iter().enumerate() {
            if let Err(problem) = check(path, &world, step) {
                failures.push(format!("{} step {}: {problem}", path.display(), number + 1));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(!cases.is_empty(), "no cases");
}

fn check(path: &Path, world: &World, step: &Step) -> Result<(), String> {
    if let Some(file) = &step.schema {
        return check_schema(path, step, file);
    }
    let request = step_request(path, world, step);
    let target = request.message.contract;
    let own = step.balance.map(|balance| (target, balance));
    let others = step.balances.iter().map(|(owner, balance)| {
        let owner = owner.parse().expect("an address");
        (owner, *balance)
    });
    for (owner, balance) in own.into_iter().chain(others) {
        let mut state = world.state.lock().expect("state");
        state.balances.insert(owner, U256::from(balance));
    }
    if let Some(leader) = step.foreign_leader() {
        return check_followers(world, step, &request, leader);
    }
    let leader = run_twice(world, step, &request, Role::Leader)?;
    let described = describe(&leader);
    expect(step, &leader).map_err(|problem| format!("{problem}\n{described}"))?;
    if leader.unavailable.is_some() {
        return Ok(());
    }
    let recorded = Arc::new(leader.nondet.clone());
    let role = Role::Validator {
        leader: Arc::clone(&recorded),
    };
    let validator = run_twice(world, step, &request, role)?;
    let sync = run_twice(world, step, &request, Role::Sync { leader: recorded })?;
    for (name, other) in [("validator", &validator), ("replay", &sync)] {
        let same = (
            &leader.outcome,
            &leader.delta,
            &leader.emissions,
            leader.fuel,
            &leader.nondet,
        ) == (
            &other.outcome,
            &other.delta,
            &other.emissions,
            other.fuel,
            &other.nondet,
        );
        if !same {
            return Err(format!("{name} differs\n{described}\n{}", describe(other)));
        }
    }
    verdict(step, &validator)?;
    world.commit(&leader.delta, step.accepted_only);
    if matches!(request.entry, Entry::Deploy(_)) && leader.outcome.is_success() {
        let code = world.code_of(target);
        world.state.lock().expect("state").code.insert(target, code);
    }
    Ok(())
}

/// Runs as validator and as replay on results of a leader that is not ours; commits nothing.
fn check_followers(
    world: &World,
    step: &Step,
    request: &Request,
    leader: BTreeMap<u32, Vec<u8>>,
) -> Result<(), String> {
    let leader = Arc::new(leader);
    let role = Role::Validator {
        leader: Arc::clone(&leader),
    };
    let validator = run_twice(world, step, request, role)?;
    let sync = run_twice(world, step, request, Role::Sync { leader })?;
    for execution in [&validator, &sync] {
        expect(step, execution).map_err(|problem| format!("{problem}\n{}", describe(execution)))?;
    }
    verdict(step, &validator)
}

/// Whether the validator judges as the step says.
fn verdict(step: &Step, validator: &Execution) -> Result<(), String> {
    let (found, reason) = (validator.disagreement, &validator.reason);
    if found != step.disagrees {
        return Err(format!(
            "disagreement {found:?} ({reason:?}), want {:?}",
            step.disagrees
        ));
    }
    contains(
        "reason",
        step.reason.as_ref(),
        reason.as_deref().unwrap_or_default(),
    )
}

fn step_request(path: &Path, world: &World, step: &Step) -> Request {
    let target = case::address(step.contract.as_ref(), contract());
    let (code, entry) = match (deployed(path, step), &step.call, &step.entry) {
        (Some(code), None, None) => (code.into(), Entry::Deploy(call_object(step, None))),
        (Some(code), None, Some(entry)) => (code.into(), Entry::Deploy(case::value(entry))),
        (None, Some(method), None) => {
            let call = call_object(step, Some(method));
            (world.code_of(target), Entry::Call(call))
        }
        (None, None, Some(entry)) => (world.code_of(target), Entry::Call(case::value(entry))),
        _ => panic!(
            "{}: a step deploys, calls or asks for a schema",
            path.display()
        ),
    };
    let mut request = request(code, entry);
    let message = &mut request.message;
    message.contract = target;
    message.sender = case::address(step.sender.as_ref(), sender());
    message.origin = case::address(step.origin.as_ref(), message.sender);
    message.value = U256::from(step.value.unwrap_or_default());
    message.time_ms = step.time_ms.unwrap_or(message.time_ms);
    request.seed = step.seed.map_or(request.seed, |byte| [byte; 32]);
    request.permissions = step.permissions();
    request
}

/// The bytes that the step deploys.
fn deployed(path: &Path, step: &Step) -> Option<Vec<u8>> {
    let bytes = step.deploy_bytes.as_ref().map(|hex| case::hex(hex));
    let file = step.deploy.as_ref();
    bytes.or_else(|| file.map(|file| pack::code(&path.join(file), step.pack.as_deref())))
}

/// The call object of `call`, `args` and `kwargs`.
fn call_object(step: &Step, method: Option<&String>) -> Value {
    let mut call = BTreeMap::new();
    for (key, json) in [("args", &step.args), ("kwargs", &step.kwargs)] {
        if let Some(json) = json {
            call.insert(key.to_owned(), case::value(json));
        }
    }
    if let Some(method) = method {
        call.insert("method".to_owned(), Value::str(method));
    }
    Value::Map(call)
}

fn run_twice(
    world: &World,
    step: &Step,
    request: &Request,
    role: Role,
) -> Result<Execution, String> {
    let who = if matches!(role, Role::Leader) {
        "leader"
    } else {
        "validator"
    };
    let lines = step.answer.iter().filter(|line| line.is_for(who));
    let world = World {
        script: lines.map(case::Line::scripted).collect(),
        ..world.clone()
    };
    let request = Request {
        role,
        ..request.clone()
    };
    let first = machine().run(request.clone(), Box::new(world.clone()));
    let second = other().run(request, Box::new(world));
    if first == second {
        Ok(first)
    } else {
        Err(format!(
            "{who} differs between engines\n{}\n{}",
            describe(&first),
            describe(&second)
        ))
    }
}

fn expect(step: &Step, got: &Execution) -> Result<(), String> {
    let (kind, text) = match &got.outcome {
        Outcome::Return(bytes) => (
            "returns",
            calldata::to_text(&calldata::decode(bytes).expect("calldata")),
        ),
        Outcome::UserError(_) | Outcome::UserValue(_) => {
            ("user_error", got.outcome.refusal().expect("a user error"))
        }
        Outcome::VmError(code) => ("vm_error", code.clone()),
    };
    let wants = [
        ("returns", &step.returns),
        ("user_error", &step.user_error),
        ("vm_error", &step.vm_error),
    ];
    if let Some(code) = &step.unavailable {
        contains(
            "unavailable",
            Some(code),
            got.unavailable.as_deref().unwrap_or_default(),
        )?;
        return Ok(());
    }
    let want = wants
        .into_iter()
        .find_map(|(kind, want)| Some((kind, want.as_ref()?)));
    let (want_kind, want) = want.map_or(("returns", "null"), |(kind, want)| (kind, want.as_str()));
    if (kind, text.as_str()) != (want_kind, want) {
        return Err(format!("{kind} = {text}\nwant {want_kind} = {want}"));
    }
    let fault = got.fault.clone().unwrap_or_default();
    contains(
        "fault",
        step.fault.as_ref(),
        &format!("{}: {}", fault.kind, fault.message),
    )?;
    contains("location", step.location.as_ref(), &fault.location)?;
    if let Some(prints) = &step.prints
        && *prints != got.stdout
    {
        return Err(format!("printed {:?}\nwant {prints:?}", got.stdout));
    }
    contains("stderr", step.stderr.as_ref(), &got.stderr)?;
    if step.fuel_below.is_some_and(|bound| got.fuel >= bound) {
        return Err(format!(
            "fuel {}, want below {:?}",
            got.fuel, step.fuel_below
        ));
    }
    let emitted: Vec<String> = got.emissions.iter().map(emission).collect();
    if step.emits.as_ref().is_some_and(|want| *want != emitted) {
        return Err(format!("emitted {emitted:#?}\nwant {:#?}", step.emits));
    }
    let pages: Vec<String> = got.delta.iter().map(page).collect();
    if step.page_count.is_some_and(|count| count != pages.len()) {
        let pages = pages.join("\n");
        return Err(format!(
            "want {:?} pages, there are\n{pages}",
            step.page_count
        ));
    }
    match step.pages.iter().find(|want| !pages.contains(want)) {
        Some(missing) => Err(format!(
            "no page {missing}; there are\n{}",
            pages.join("\n")
        )),
        None => Ok(()),
    }
}

fn contains(what: &str, want: Option<&String>, got: &str) -> Result<(), String> {
    match want {
        Some(want) if !got.contains(want.as_str()) => Err(format!("{what} {got:?}\nwant {want:?}")),
        _ => Ok(()),
    }
}

/// `SLOT:PAGE = BYTES` without trailing zeros.
fn page((key, bytes): (&venire_types::storage::PageKey, &[u8; 32])) -> String {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let slot = key.slot.to_string();
    format!("{}:{} = {}", &slot[2..], key.page, hex(&bytes[..end]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn emission(emission: &Emission) -> String {
    let text = |bytes: &[u8]| calldata::to_text(&calldata::decode(bytes).expect("calldata"));
    match emission {
        Emission::Post {
            to,
            calldata,
            value,
            on,
        } => {
            format!("post {to} {} value={value} on={on:?}", text(calldata))
        }
        Emission::Deploy {
            code,
            calldata,
            value,
            salt,
            on,
        } => {
            let code = code.len();
            format!(
                "deploy {code} bytes {} value={value} salt={salt} on={on:?}",
                text(calldata)
            )
        }
        Emission::External {
            to,
            calldata,
            value,
        } => {
            format!("external {to} {} value={value}", hex(calldata))
        }
        Emission::Event { topics, data } => {
            let topics: Vec<String> = topics.iter().map(|topic| hex(topic.as_slice())).collect();
            format!("event {} {}", topics.join(","), hex(data))
        }
    }
}

fn describe(execution: &Execution) -> String {
    let Execution {
        outcome,
        fault,
        stdout,
        stderr,
        fuel,
        reason,
        unavailable,
        ..
    } = execution;
    format!(
        "{outcome:?} {fault:#?} {reason:?} {unavailable:?} fuel {fuel}\nout {stdout}\nerr {stderr}"
    )
}

fn check_schema(path: &Path, step: &Step, file: &str) -> Result<(), String> {
    let code = pack::code(&path.join(file), step.pack.as_deref());
    match (machine().schema(code.into()), &step.returns, &step.vm_error) {
        (Ok(text), Some(want), _) if text == *want => Ok(()),
        (Err(execution), None, Some(want))
            if execution.outcome == Outcome::VmError(want.clone()) =>
        {
            let fault = execution.fault.clone().unwrap_or_default();
            contains(
                "fault",
                step.fault.as_ref(),
                &format!("{}: {}", fault.kind, fault.message),
            )
        }
        (Ok(text), ..) => Err(format!("schema {text}")),
        (Err(execution), ..) => Err(format!("no schema: {}", describe(&execution))),
    }
}
