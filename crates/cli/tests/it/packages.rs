//! Contracts of several files, from directories and archives, and mistakes in their headers.

use crate::support::{run, stderr, stdout};
use std::{fs, path::Path};

const CONTRACT: &str = "from genlayer import *
import os
from .words import GREETING

class Hello(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def greet(self) -> str:
        with open('/contract/name.txt') as file:
            return GREETING + ' ' + file.read().strip() + os.environ['MARK']
";

const RUNNER: &str = r#"{"Seq": [
    {"SetEnv": {"name": "MARK", "val": "!"}},
    {"Depends": "py-genlayer-multi:06zyvrlivjga0d5jlpdbprksc0pa6jmllxvp8s20hq1l512vh5yk"}
]}"#;

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn a_directory_is_a_contract() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "runner.json", RUNNER);
    put(dir.path(), "contract/__init__.py", CONTRACT);
    put(dir.path(), "contract/words.py", "GREETING = 'hello'\n");
    put(dir.path(), "contract/name.txt", "world\n");
    put(dir.path(), ".git/config", "not a part of it");
    let path = dir.path().to_str().unwrap();
    let output = run(&["exec", path, "--method", "greet"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "\"hello world!\"\n");
    let output = run(&["schema", path]);
    assert!(stdout(&output).contains("greet"), "{}", stderr(&output));
}

#[test]
fn mistakes_in_headers_are_shown_with_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let good = "# { \"Depends\": \"py-genlayer:test\" }";
    let cases = [
        (
            format!("{good}\n# my contract\n"),
            "contract.py:2",
            "blank line",
        ),
        (good.replace('"', "'"), "contract.py:1", "double quotes"),
        (format!("\n\n{good}\n"), "contract.py:3", "blank space"),
        (
            good.replace("genlayer", "genlayr"),
            "contract.py:1",
            "did you mean `py-genlayer`",
        ),
    ];
    for (text, place, hint) in cases {
        put(dir.path(), "broken.py", &text);
        let path = dir.path().join("broken.py");
        let output = run(&["exec", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.contains(place) && said.contains(hint), "{said}");
    }
}

#[test]
fn a_runner_that_other_networks_refuse_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let text = "# { \"Depends\": \"py-genlayer:latest\" }\n\nfrom genlayer import *\n\n\
                class C(gl.Contract):\n    def __init__(self):\n        pass\n";
    put(dir.path(), "c.py", text);
    let path = dir.path().join("c.py");
    let output = run(&["exec", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("note: the runner `py-genlayer:latest`"));
    let empty = tempfile::tempdir().unwrap();
    let output = run(&["exec", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("has no files"));
}
