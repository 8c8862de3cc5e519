//! Archives that nobody's packer made.

use super::{call, ending, ordinary, small};
use std::io::{Cursor, Write};
use venire_vm::Execution;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const RUNNER: &str = r#"{ "Depends": "py-genlayer-multi:test" }"#;
const CONTRACT: &str = "from genlayer import *\n\n\nclass C(gl.Contract):\n    @gl.public.view\n    \
                        def run(self):\n        return 6\n";

/// An archive of these files, deflated.
fn archive<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in files {
        writer.start_file(name, options).expect("entry");
        writer.write_all(&text).expect("data");
    }
    writer.finish().expect("archive").into_inner()
}

/// The usual two files, and more.
fn with<'a>(more: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let usual = [
        ("runner.json", RUNNER.into()),
        ("contract/__init__.py", CONTRACT.into()),
    ];
    archive(usual.into_iter().chain(more))
}

/// Runs an archive between two ordinary runs.
fn run(code: &[u8]) -> Execution {
    let before = ordinary(small());
    let execution = call(small(), code);
    assert_eq!(ordinary(small()), before);
    assert!(execution.delta.is_empty() && execution.unavailable.is_none());
    execution
}

/// Refused before anything runs, with a sentence that contains `why`.
fn refused(code: &[u8], why: &str) {
    let execution = run(code);
    let (_, text) = ending(&execution);
    let message = execution.fault.clone().unwrap_or_default().message;
    assert!(text.starts_with("invalid_contract"), "{execution:?}");
    assert!(message.contains(why), "{message:?} has no {why:?}");
}

fn accepted(code: &[u8]) {
    let execution = run(code);
    assert_eq!(ending(&execution), ("returns", "6".into()), "{execution:?}");
}

#[test]
fn packages_of_several_files_run() {
    let init = "from genlayer import *\nfrom contract.prices import double\nfrom .deep.more import THREE\n\n\n\
                class C(gl.Contract):\n    @gl.public.view\n    def run(self):\n        return double(THREE)\n";
    accepted(&archive([
        ("runner.json", RUNNER.into()),
        ("contract/__init__.py", init.into()),
        (
            "contract/prices.py",
            "def double(x):\n    return 2 * x\n".into(),
        ),
        ("contract/deep/__init__.py", Vec::new()),
        ("contract/deep/more.py", "THREE = 3\n".into()),
    ]));
    accepted(&with([]));
}

#[test]
fn failures_are_found_in_their_files() {
    let raises = "def fail():\n    raise ValueError('here')\n";
    let init = format!("{CONTRACT}\nfrom .a import fail\nfail()\n");
    let execution = run(&archive([
        ("runner.json", RUNNER.into()),
        ("contract/__init__.py", init.into()),
        ("contract/a.py", raises.into()),
    ]));
    let fault = execution.fault.unwrap_or_default();
    assert_eq!(fault.location, "contract/a.py:2", "{fault:?}");
    assert!(
        fault.traceback.contains("contract/__init__.py"),
        "{fault:?}"
    );
}

#[test]
fn bombs_are_not_unpacked() {
    refused(
        &with([("contract/zeros.bin", vec![0; 9 << 20])]),
        "unpacks to more than 8388608 bytes",
    );
    let names: Vec<String> = (0..5).map(|n| format!("contract/z{n}.py")).collect();
    let zeros = names
        .iter()
        .map(|name| (name.as_str(), vec![b'\n'; 2 << 20]));
    refused(&with(zeros), "unpacks to more than 8388608 bytes");
}

#[test]
fn what_only_blocks_import_is_paid_by_every_run() {
    let lines: String = (0..2_000).map(|n| format!("x{n} = {n}\n")).collect();
    let archived = |mode: &str| {
        let runner = format!(
            r#"{{"Seq":[{{"When":{{"cond":"{mode}","action":{{"MapFile":{{"file":"more.py","to":"/more.py"}}}}}}}},
            {{"Depends":"py-genlayer-multi:test"}}]}}"#
        );
        archive([
            ("runner.json", runner.into_bytes()),
            ("contract/__init__.py", CONTRACT.into()),
            ("more.py", lines.clone().into_bytes()),
        ])
    };
    let fuel = |code: &[u8]| {
        let execution = run(code);
        assert_eq!(ending(&execution), ("returns", "6".into()), "{execution:?}");
        execution.fuel
    };
    // Both modes are opened and compiled, whichever of them has the module.
    let (det, nondet) = (fuel(&archived("det")), fuel(&archived("nondet")));
    let without = fuel(&with([("more.py", lines.clone().into_bytes())]));
    assert!(nondet > without + 5_000_000, "{nondet} {without}");
    assert!(det.abs_diff(nondet) < 1_000_000, "{det} {nondet}");
}

#[test]
fn entries_are_counted() {
    let names: Vec<String> = (0..3_000).map(|n| format!("contract/e{n}.txt")).collect();
    refused(
        &with(names.iter().map(|name| (name.as_str(), Vec::new()))),
        "1024",
    );
}

#[test]
fn names_stay_inside() {
    for name in [
        "../x.py",
        "/etc/x.py",
        "contract/../../x.py",
        "contract//x.py",
        "./x.py",
        "contract\\x.py",
    ] {
        refused(&with([(name, Vec::new())]), "the name `");
    }
    accepted(&with([
        ("contract/\u{0}.py", Vec::new()),
        ("contract/ .py", Vec::new()),
        ("genlayer/__init__.py", b"1/0".into()),
    ]));
    accepted(&with([
        ("contract/0.py", b"(".into()),
        ("sys.py", b"1/0".into()),
    ]));
}

#[test]
fn of_two_entries_with_one_name_the_last_counts() {
    let mut bytes = with([("contract/__init__.pz", b"raise ValueError".into())]);
    // The writer refuses it, so the names are made equal afterwards.
    let (from, to) = (b"contract/__init__.pz", b"contract/__init__.py");
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
    }
    let execution = run(&bytes);
    let fault = execution.fault.clone().unwrap_or_default();
    assert_eq!(fault.kind, "ValueError", "{execution:?}");
}

#[test]
fn damaged_archives_are_refused() {
    let good = with([]);
    for len in (4..good.len()).step_by(7) {
        let execution = call(small(), &good[..len]);
        assert!(
            ending(&execution).1.starts_with("invalid_contract"),
            "{len}: {execution:?}"
        );
    }
    // Every byte damaged in turn: any clear ending, never a lost run.
    let before = ordinary(small());
    for at in (0..good.len()).step_by(5) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        let execution = call(small(), &bytes);
        assert!(execution.unavailable.is_none(), "{at}: {execution:?}");
        let (kind, text) = ending(&execution);
        let clear = text == "6" || text.starts_with("invalid_contract") || text == "exit_code 1";
        assert!(clear, "{at}: {kind} {text}");
    }
    assert_eq!(ordinary(small()), before);
}

#[test]
fn what_is_no_text_is_refused() {
    refused(&with([("contract/x.py", vec![0xff])]), "UTF-8");
    refused(&archive([("runner.json", vec![0xff])]), "runner");
    refused(&archive([]), "runner.json");
    refused(
        &archive([("runner.json", RUNNER.into())]),
        "contract/__init__.py",
    );
    refused(b"\0asm\x01\0\0\0", "WebAssembly");
    refused(b"PK\x03\x04", "");
    refused(&[0xff; 100], "UTF-8");
}

#[test]
fn an_archive_in_an_archive_is_a_file() {
    let inner = with([]);
    accepted(&with([("contract/inner.zip", inner.clone())]));
    refused(
        &archive([("runner.json", RUNNER.into()), ("contract.zip", inner)]),
        "contract/__init__.py",
    );
}
