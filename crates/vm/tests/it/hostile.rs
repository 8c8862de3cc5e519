//! Contracts that try to stop the node: each ends in one clear way, and an ordinary run afterwards
//! still gives the usual result and fuel.

use crate::{
    corpus::request,
    machine::{limits, machine},
    world::World,
};
use std::io::{Cursor, Write};
use venire_types::{calldata::Value, outcome::Outcome};
use venire_vm::{Entry, Execution, Request, Role};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const HEADER: &str = "# { \"Depends\": \"py-genlayer:test\" }\nfrom genlayer import *\n\n\n";

/// A contract whose one method has `body`.
fn with_body(body: &str) -> String {
    let body = body.replace('\n', "\n        ");
    format!(
        "{HEADER}class C(gl.Contract):\n    text: str\n\n    def __init__(self):\n        pass\n\n    \
         @gl.public.write\n    def run(self):\n        {body}\n"
    )
}

fn call(code: &str) -> Execution {
    let entry = Entry::Call(Value::call("run", []));
    machine().run(
        request(code.as_bytes().into(), entry),
        Box::new(World::default()),
    )
}

fn ordinary() -> Execution {
    let execution = call(&with_body("self.text = 'a' * 100\nreturn len(self.text)"));
    assert_eq!(
        execution.outcome,
        Outcome::Return(vec![0xa1, 0x06]),
        "{execution:?}"
    );
    execution
}

/// Runs `body`, which must end in `code` with an explanation, between two ordinary runs.
fn ends(body: &str, code: &str, explanation: &str) -> Execution {
    let before = ordinary();
    let execution = call(&with_body(body));
    let fault = execution.fault.clone().unwrap_or_default();
    assert_eq!(
        execution.outcome,
        Outcome::VmError(code.into()),
        "{body}: {execution:?}"
    );
    let text = format!("{}: {}", fault.kind, fault.message);
    assert!(text.contains(explanation), "{body}: {text}");
    assert!(execution.delta.is_empty() && execution.emissions.is_empty());
    assert!(execution.fuel <= limits().fuel);
    assert_eq!(ordinary(), before, "after {body}");
    execution
}

#[test]
fn endless_loops_run_out_of_fuel() {
    let execution = ends("while True: pass", "timeout", "OutOfFuel");
    assert_eq!(execution.fuel, limits().fuel);
    ends("9 ** (9 ** 9)", "timeout", "OutOfFuel");
    ends(
        "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
        "timeout",
        "OutOfFuel",
    );
    ends(
        "self.text = 'x'\nwhile True: self.text",
        "timeout",
        "OutOfFuel",
    );
}

#[test]
fn catching_everything_does_not_help() {
    ends(
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "timeout",
        "",
    );
}

#[test]
fn memory_is_bounded() {
    ends(
        "x = []\nwhile True: x.append(b'x' * 1048576)",
        "exit_code 1",
        "MemoryError",
    );
    ends("return len(bytes(1 << 31))", "exit_code 1", "");
    let execution = call(&with_body(
        "try:\n    x = [b'x' * 1048576 for _ in range(10000)]\nexcept MemoryError:\n    return 'caught'",
    ));
    assert!(execution.outcome.is_success(), "{execution:?}");
}

#[test]
fn recursion_is_an_ordinary_exception() {
    ends(
        "def f(n): return f(n + 1)\nreturn f(0)",
        "exit_code 1",
        "RecursionError",
    );
    ends(
        "import json\nreturn json.loads('[' * 100000)",
        "exit_code 1",
        "RecursionError",
    );
}

#[test]
fn deep_structures_never_crash_the_node() {
    let before = ordinary();
    for body in [
        "x = []\nfor _ in range(3000000): x = [x]\nreturn 1",
        "x = []\nfor _ in range(100000): x = [x]\nreturn len(repr(x))",
        "import json\nreturn json.loads('[' * 100000)",
    ] {
        let outcome = call(&with_body(body)).outcome;
        assert!(
            matches!(&outcome, Outcome::VmError(code) if code == "timeout" || code == "exit_code 1")
                || outcome.is_success(),
            "{outcome:?}",
        );
    }
    assert_eq!(ordinary(), before);
}

#[test]
fn storage_is_bounded() {
    ends(
        "from _genlayer_wasi import storage_write\nn = 0\nwhile True:\n    n += 1\n    \
         storage_write(n.to_bytes(32, 'little'), 0, b'x' * 1048576)",
        "OOM storage",
        "storage",
    );
    ends(
        "from _genlayer_wasi import storage_read\nstorage_read(bytes(32), 2**32 - 1, bytearray(2))",
        "exit_code 1",
        "1: overflow",
    );
}

#[test]
fn malformed_requests_are_errors_of_the_contract() {
    let prelude = "from _genlayer_wasi import gl_call\nfrom genlayer.py import calldata\n";
    for request in [
        "{'PostMessage': {'surprise': 1}}",
        "{'Nothing': None}",
        "{'EmitEvent': {'topics': [b'short'], 'blob': {}}}",
        "{'EmitEvent': {'topics': [], 'blob': {}, 'extra': 1}}",
        "{'A': 1, 'B': 2}",
        "[]",
    ] {
        let body = format!("{prelude}gl_call(calldata.encode({request}))");
        ends(&body, "exit_code 1", "2: inval");
    }
    ends(
        &format!("{prelude}gl_call(b'\\xff\\xff')"),
        "exit_code 1",
        "2: inval",
    );
}

#[test]
fn the_operating_system_is_not_there() {
    ends(
        "import os\nos.abort()",
        "wasm_trap UnreachableCodeReached",
        "",
    );
    ends(
        "import threading\nthreading.Thread(target=print).start()",
        "exit_code 1",
        "",
    );
    let execution = call(&with_body("import time\ntime.sleep(1)"));
    assert!(
        !execution.outcome.is_success() && execution.unavailable.is_none(),
        "{execution:?}"
    );
}

#[test]
fn results_must_be_calldata() {
    for value in ["1.5", "{1: 2}", "object()", "{'a': 0.1}", "set()"] {
        ends(&format!("return {value}"), "exit_code 1", "");
    }
}

#[test]
fn output_is_cut() {
    let execution = call(&with_body("for _ in range(20): print('x' * 100000)"));
    assert!(execution.outcome.is_success(), "{execution:?}");
    assert!(execution.stdout.len() <= limits().output + 100);
    assert!(execution.stdout.ends_with("[output cut]\n"));
}

#[test]
fn chance_follows_the_seed() {
    let code = with_body(
        "import random, uuid\nreturn [random.randint(0, 10**9), random.Random().randint(0, 10**9), \
         str(uuid.uuid4()), __import__('os').urandom(4)]",
    );
    let run = |seed| {
        let entry = Entry::Call(Value::call("run", []));
        let request = Request {
            seed: [seed; 32],
            ..request(code.as_bytes().into(), entry)
        };
        machine().run(request, Box::new(World::default()))
    };
    let first = run(1);
    assert!(first.outcome.is_success(), "{first:?}");
    assert_eq!(run(1), first);
    assert_ne!(run(2).outcome, first.outcome);
}

#[test]
fn a_leaders_results_are_not_trusted() {
    let code = with_body("return gl.eq_principle.strict_eq(lambda: 1)");
    let validate = |leader: Vec<(u32, Vec<u8>)>| {
        let role = Role::Validator {
            leader: std::sync::Arc::new(leader.into_iter().collect()),
        };
        let entry = Entry::Call(Value::call("run", []));
        let request = Request {
            role,
            ..request(code.as_bytes().into(), entry)
        };
        machine().run(request, Box::new(World::default()))
    };
    assert_eq!(validate(vec![]).outcome, Outcome::VmError("absent".into()));
    for malformed in [vec![], vec![9], vec![0, 0xff], vec![1, 0xff]] {
        let outcome = validate(vec![(0, malformed)]).outcome;
        assert_eq!(
            outcome,
            Outcome::VmError("leader_fault nondet_output malformed".into())
        );
    }
    let honest = vec![0, 0x09];
    assert_eq!(validate(vec![(0, honest.clone())]).disagreement, None);
    let extra = validate(vec![(0, honest.clone()), (1, honest)]);
    assert_eq!(extra.disagreement, Some(1), "{extra:?}");
    assert_eq!(validate(vec![(0, vec![0, 0x11])]).disagreement, Some(0));
}

#[test]
fn many_threads_get_the_same_answers() {
    let want = ordinary();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(ordinary)).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("a run"), want);
        }
    });
}

#[test]
fn packages_of_several_files_run() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let files = [
        ("runner.json", r#"{ "Depends": "py-genlayer-multi:test" }"#.to_owned()),
        (
            "contract/__init__.py",
            "from genlayer import *\nfrom contract.prices import double\nfrom .deep.more import THREE\n\n\n\
             class C(gl.Contract):\n    @gl.public.view\n    def run(self):\n        return double(THREE)\n"
                .to_owned(),
        ),
        ("contract/prices.py", "def double(x):\n    return 2 * x\n".to_owned()),
        ("contract/deep/__init__.py", String::new()),
        ("contract/deep/more.py", "THREE = 3\n".to_owned()),
    ];
    for (name, text) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(name, options).expect("entry");
        writer.write_all(text.as_bytes()).expect("data");
    }
    let code = writer.finish().expect("archive").into_inner();
    let entry = Entry::Call(Value::call("run", []));
    let execution = machine().run(request(code.into(), entry), Box::new(World::default()));
    assert_eq!(
        execution.outcome,
        Outcome::Return(vec![0x31]),
        "{execution:?}"
    );
}

#[test]
fn figures_are_measured() {
    let figures = venire_vm::bench::run(machine(), 3).expect("every kind runs");
    let names: Vec<_> = figures.iter().map(|figure| figure.name).collect();
    for kind in ["write", "view", "subvm"] {
        assert!(
            names.contains(&format!("vm::execute/kind={kind}").as_str()),
            "{names:?}"
        );
    }
    assert!(
        figures
            .iter()
            .any(|figure| figure.per_s.is_some_and(|rate| rate > 1.0))
    );
}
