//! Commands that end by themselves: results on stdout, words on stderr, exit codes.

use crate::support::{COUNTER, Network, run, stderr, stdout, venire};
use serde_json::Value as Json;
use std::{path::PathBuf, process::Stdio};

fn file(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn schema_prints_json_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "counter.py", COUNTER);
    let output = run(&["schema", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let schema: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        schema["ctor"]["params"],
        serde_json::json!([["start", "int"]])
    );
    assert_eq!(schema["methods"]["get"]["readonly"], true);
    assert_eq!(schema["methods"]["pay"]["payable"], true);
    let uniform = run(&["schema", path.to_str().unwrap(), "--json"]);
    assert_eq!(stdout(&uniform), stdout(&output));
}

#[test]
fn exec_returns_prints_and_fails_with_exit_codes() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "counter.py", COUNTER);
    let path = path.to_str().unwrap();
    let output = run(&[
        "exec",
        path,
        "--ctor",
        "[41]",
        "--method",
        "bump",
        "--args",
        r#"["me"]"#,
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "42\n");
    assert!(stderr(&output).contains("bump by me"));
    let output = run(&[
        "exec",
        path,
        "--ctor",
        "[1]",
        "--method",
        "refuse",
        "--args",
        r#"["no"]"#,
        "--json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let result: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(result["result"], "user_error");
    assert_eq!(result["error"], "no");
    assert_eq!(result["pages_written"], 0);
    let refused = [
        "exec", path, "--ctor", "[1]", "--method", "refuse", "--args", "[\"no\"]",
    ];
    let said = stderr(&run(&refused));
    assert!(said.contains("error: the contract refused: no"), "{said}");
    let output = run(&["exec", path, "--ctor", "[]"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("the constructor failed"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn broken_contracts_are_explained_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        ("missing header", "from genlayer import *\n", "Depends"),
        (
            "unknown runner",
            "# { \"Depends\": \"py-ruby:test\" }\n",
            "py-ruby",
        ),
        (
            "syntax error",
            "# { \"Depends\": \"py-genlayer:test\" }\n\ndef broken(:\n",
            "line 3",
        ),
        (
            "no contract",
            "# { \"Depends\": \"py-genlayer:test\" }\n\nx = 1\n",
            "no contract",
        ),
    ];
    for (name, code, hint) in cases {
        let path = file(&dir, "broken.py", code);
        let output = run(&["schema", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!(stdout(&output), "", "{name}");
        assert!(
            stderr(&output).contains(hint),
            "{name}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn the_command_line_is_checked() {
    let output = run(&["exec", "/nonexistent.py"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("/nonexistent.py"));
    let wrong: [&[&str]; 11] = [
        &["up", "--validators", "0"],
        &["up", "--validators", "1001"],
        &["up", "--provider", "oracle-of-delphi"],
        &["up", "--manual-clock", "yesterday"],
        &["up", "--allow-origin", "example.org"],
        &["up", "--allow-origin", "https://example.org/app"],
        &["exec", "/nonexistent.py", "--args", "{}"],
        &["exec", "/nonexistent.py", "--args", "[1.5]"],
        &["exec", "/nonexistent.py", "--ctor", "[1"],
        &["exec", "/nonexistent.py", "--time", "soon"],
        &["bench", "vm", "--n", "0"],
    ];
    for args in wrong {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stdout(&output), "", "{args:?}");
        let words = stderr(&output);
        let value = *args.last().unwrap();
        assert!(words.contains(value) && words.contains("--"), "{words}");
    }
    let address = "0x0100000000000000000000000000000000000000";
    let output = run(&["schema", address, "--rpc", "localhost:4000"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = run(&["frobnicate"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn schema_of_an_address_tells_no_contract_from_no_network() {
    let network = Network::start(&[]);
    let rpc = network.config["rpc"].as_str().unwrap().to_owned();
    let elsewhere = rpc.replace("/api", "/nothing");
    let address = "0x0100000000000000000000000000000000000000";
    let output = run(&["schema", address, "--rpc", &rpc]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not found"), "{}", stderr(&output));
    let output = run(&["schema", address, "--rpc", &elsewhere]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("HTTP 404"), "{}", stderr(&output));
    assert_eq!(network.stop(), Some(0));
    let output = run(&["schema", address, "--rpc", &rpc]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("is it running?"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_closed_pipe_changes_no_exit_code_and_a_full_disk_does() {
    let dir = tempfile::tempdir().unwrap();
    let path = file(&dir, "counter.py", COUNTER);
    let path = path.to_str().unwrap();
    let bump = [
        "exec", path, "--ctor", "[1]", "--method", "bump", "--args", "[\"a\"]",
    ];
    let refuse = [
        "exec", path, "--ctor", "[1]", "--method", "refuse", "--args", "[\"a\"]", "--json",
    ];
    for (args, code) in [(&bump[..], 0), (&refuse[..], 1)] {
        let mut child = venire()
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(code), "{args:?}");
    }
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = venire()
        .args(bump)
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[test]
fn version_names_program_and_image() {
    let output = run(&["version", "--json"]);
    let version: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["image"].as_str().unwrap().len(), 66);
}

#[test]
fn bench_prints_the_documented_shape() {
    let output = run(&["bench", "vm", "--n", "5", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let bench: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(bench["bench"], "vm");
    let names: Vec<&str> = bench["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect();
    for kind in ["write", "view", "subvm"] {
        assert!(
            names.contains(&format!("vm::execute/kind={kind}").as_str()),
            "{names:?}"
        );
    }
}
