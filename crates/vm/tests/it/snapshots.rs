//! Imported contracts are kept for the next run, and may be forgotten at any time: neither shows.

use crate::{
    corpus::request,
    machine::{machine, root},
    world::World,
};
use std::fs;
use venire_types::calldata::Value;
use venire_vm::{Entry, Execution};

fn run(code: &[u8], entry: Entry) -> Execution {
    machine().run(request(code.into(), entry), Box::new(World::default()))
}

/// The same run without a snapshot, making one, with it, and after it was lost.
fn with_and_without(name: &str, code: &[u8], entry: &Entry) -> Execution {
    machine().forget_snapshots();
    let first = run(code, entry.clone());
    for time in ["second", "third", "fourth"] {
        let again = run(code, entry.clone());
        assert_eq!(again, first, "{name}: the {time} run");
    }
    machine().forget_snapshots();
    assert_eq!(run(code, entry.clone()), first, "{name}: after a loss");
    first
}

#[test]
fn a_lost_snapshot_changes_neither_results_nor_fuel() {
    let mut deployed = 0;
    for folder in fs::read_dir(root().join("contracts")).expect("contracts") {
        let path = folder.expect("entry").path().join("contract.py");
        let Ok(code) = fs::read(&path) else { continue };
        let name = path.display().to_string();
        let schema = with_and_without(&name, &code, &Entry::Schema);
        assert!(schema.outcome.is_success(), "{name}: {schema:?}");
        let deploy = Entry::Deploy(Value::constructor([]));
        deployed += usize::from(with_and_without(&name, &code, &deploy).outcome.is_success());
    }
    assert!(
        deployed >= 3,
        "only {deployed} contracts have a plain constructor"
    );
    assert_eq!(machine().residue(), 0);
}

/// The import looks at the call, so it is a part of every run and sees each call.
#[test]
fn an_import_that_looks_is_not_done_ahead() {
    const CODE: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *
import datetime
import random

SENDER = gl.message.sender_address
NOW = datetime.datetime.now().isoformat()
DICE = random.random()


class Contract(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def seen(self) -> list:
        return [SENDER, NOW, str(DICE)]
"#;
    let entry = Entry::Call(Value::call("seen", []));
    let first = with_and_without("looks", CODE.as_bytes(), &entry);
    let mut later = request(CODE.as_bytes().into(), entry);
    later.message.time_ms += 86_400_000;
    later.seed = [9; 32];
    let later = machine().run(later, Box::new(World::default()));
    assert!(
        first.outcome.is_success() && later.outcome.is_success(),
        "{later:?}"
    );
    assert_ne!(first.outcome, later.outcome);
}
