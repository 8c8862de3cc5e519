//! `venire exec` and `venire schema` as somebody uses them who does it for the first time.

use crate::support::{COUNTER, guest, run, stderr, stdout, venire};
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Sends one of everything, and tells what it sees.
const SENDER: &str = r#"# { "Depends": "py-genlayer:test" }
from genlayer import *


class Sent(gl.Event):
    def __init__(self, by: str, /): ...


@gl.evm.contract_interface
class Far:
    class View: ...

    class Write: ...


class Sender(gl.Contract):
    owner: Address

    def __init__(self, start: int = 0):
        self.owner = gl.message.sender_address
        if start:
            raise gl.vm.UserError("no start")
        Sent("ctor").emit()

    @gl.public.write.payable
    def send(self, to: Address) -> list:
        gl.get_contract_at(to).emit(value=u256(3), on="accepted").hear("hi", n=1)
        gl.get_contract_at(to).emit_transfer(value=u256(4))
        gl.deploy_contract(code=b"nothing!!", args=[1])
        Far(to).emit_transfer(value=u256(5))
        Sent("method").emit()
        return [gl.message.value, self.balance, self.owner == gl.message.sender_address]
"#;

const ME: &str = "0x00000000000000000000000000000000000000aa";

fn put(dir: &tempfile::TempDir, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = dir.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn fails(args: &[&str], code: i32) -> String {
    let output = run(args);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert_eq!(stdout(&output), "", "{args:?}");
    said
}

#[test]
fn what_is_sent_is_told_and_money_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let path = put(&dir, "sender.py", SENDER);
    let to = format!(r#"[{{"$address": "{ME}"}}]"#);
    let args = [
        "exec",
        &path,
        "--method",
        "send",
        "--args",
        &to,
        "--value",
        "1e2",
        "--balance",
        "7",
        "--sender",
        ME,
    ];
    let output = run(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), "[100,95,true]\n");
    let said = stderr(&output);
    for line in [
        r#": hear("hi", n=1), value 3, when accepted"#,
        "transfer of 4 to 0x",
        "deploy of 9 bytes of code with (1), ",
        "external transfer of 5 to 0x",
        r#": {"by":"method"}"#,
        r#": {"by":"ctor"}"#,
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let output = run(&[&args[..], &["--json"]].concat());
    let told: Json = serde_json::from_str(&stdout(&output)).unwrap();
    let kinds: Vec<_> = told["emissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sent| {
            (
                sent["from"].as_str().unwrap(),
                sent["kind"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(kinds[0], ("constructor", "event"));
    assert_eq!(kinds.len(), 6, "{told}");
    assert_eq!(told["balance"], "95");
    assert_eq!(told["emissions"][1]["value"], "3");
    assert_eq!(told["emissions"][1]["calldata"]["kwargs"], json!({"n": 1}));
    let keys: BTreeSet<&str> = told
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = "result value code error failed_in location traceback stdout stderr contract \
                    sender balance emissions pages_written fuel";
    assert_eq!(keys, expected.split(' ').collect());
    // More than there is cannot be sent, and nothing of a failure is told as sent.
    let poor = run(&["exec", &path, "--method", "send", "--args", &to, "--json"]);
    let told: Json = serde_json::from_str(&stdout(&poor)).unwrap();
    assert_eq!(told["failed_in"], "method");
    assert_eq!(told["emissions"].as_array().unwrap().len(), 1, "{told}");
}

#[test]
fn arguments_without_a_method_are_the_constructors() {
    let dir = tempfile::tempdir().unwrap();
    let path = put(&dir, "counter.py", COUNTER);
    let output = run(&["exec", &path, "--args", "[5]"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = fails(&["exec", &path, "--ctor", "[5]", "--args", "[1]"], 2);
    assert!(said.contains("--method"), "{said}");
    let said = fails(&["exec", &path, "get", "--ctor", "[5]"], 2);
    assert!(said.contains("--method get"), "{said}");
    let said = fails(&["exec", &path, "--args", r#"[{"$adress": "0x00"}]"#], 2);
    assert!(said.contains("did you mean $address?"), "{said}");
    for flag in ["--value", "--balance", "--sender"] {
        let said = fails(&["exec", &path, flag, "much"], 2);
        assert!(said.contains(flag) && said.contains("much"), "{said}");
    }
}

#[test]
fn only_the_constructor_is_called_the_constructor() {
    let dir = tempfile::tempdir().unwrap();
    let header = "# { \"Depends\": \"py-genlayer:test\" }\n";
    let cases = [
        ("", "deploying"),
        (header, "deploying"),
        (
            "# { \"Depends\": \"py-genlayer:test\" }\nfrom genlayer import *\n1 / 0\n",
            "deploying",
        ),
        (
            "# { \"Depends\": \"py-genlayer:test\" }\nfrom genlayer import *\nclass C(gl.Contract):\n    x: int\n",
            "deploying",
        ),
        (SENDER, "constructor"),
    ];
    for (text, part) in cases {
        let path = put(&dir, "c.py", format!("{text}\n# end\n"));
        let output = run(&["exec", &path, "--ctor", "[1]", "--json"]);
        let told: Json = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(told["failed_in"], part, "{told}");
        let said = fails(&["exec", &path, "--ctor", "[1]"], 1);
        let words = match part {
            "deploying" => "error: deploying failed: ",
            _ => "error: the constructor failed: ",
        };
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_message_and_its_hint_are_said_once() {
    let dir = tempfile::tempdir().unwrap();
    let code = COUNTER.replace("self.count + 1", "self.conut + 1");
    let path = put(&dir, "c.py", code);
    let said = fails(
        &[
            "exec", &path, "--ctor", "[1]", "--method", "bump", "--args", "[\"a\"]",
        ],
        1,
    );
    assert_eq!(said.matches("has no attribute").count(), 1, "{said}");
    assert!(!said.contains("Hint: "), "{said}");
    assert!(
        said.contains("Traceback") && said.contains("contract.py:"),
        "{said}"
    );
    let said = fails(&["exec", &path], 1);
    assert!(said.contains("--ctor '["), "{said}");
}

#[test]
fn files_that_are_no_contracts_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let counter = put(&dir, "counter.py", COUNTER);
    put(&dir, "two/a.py", COUNTER);
    put(&dir, "two/b.py", COUNTER);
    put(&dir, "one.py/my.py", COUNTER);
    put(&dir, "notes/README.md", "hello");
    put(&dir, "empty.py", "\n");
    put(&dir, "binary.py", b"\x7fELF\x02\x01\x01\x00\xff\xfe");
    put(
        &dir,
        "latin.py",
        [COUNTER.as_bytes(), b"# caf\xe9\n"].concat(),
    );
    put(
        &dir,
        "bom.py",
        [b"\xef\xbb\xbf", COUNTER.as_bytes()].concat(),
    );
    let wide: Vec<u8> = COUNTER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    put(&dir, "wide.py", [b"\xff\xfe".to_vec(), wide].concat());
    put(&dir, "torn.zip", b"PK\x03\x04torn");
    fs::create_dir(dir.path().join("hollow")).unwrap();
    let inside = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (name, code, words) in [
        (
            "conter.py",
            3,
            vec!["did you mean counter.py? Type: venire", &counter],
        ),
        (
            "zzz.py",
            3,
            vec!["there is no", "contracts there: ", "Type: venire"],
        ),
        ("nowhere/c.py", 3, vec!["there is no folder", "nowhere"]),
        ("notes/c.py", 3, vec!["no contract is in that folder"]),
        ("hollow", 3, vec!["hollow has no files", "contract.py"]),
        ("notes", 3, vec!["holds no contract, only README.md"]),
        ("two", 3, vec!["no contract.py", "a.py, b.py", "two/a.py"]),
        ("one.py", 3, vec!["type: venire", "one.py/my.py"]),
        ("empty.py", 3, vec!["is empty", "py-genlayer:test"]),
        ("binary.py", 1, vec!["neither UTF-8 text nor a zip"]),
        ("latin.py", 1, vec!["line 32", "not UTF-8"]),
        ("bom.py", 1, vec!["byte order mark"]),
        ("wide.py", 1, vec!["UTF-16"]),
        ("torn.zip", 1, vec!["archive"]),
    ] {
        for command in ["schema", "exec"] {
            let said = fails(&[command, &inside(name)], code);
            assert_eq!(said.lines().count(), 1, "{said}");
            for word in &words {
                assert!(said.contains(word), "{name}: {word}: {said}");
            }
        }
    }
    let said = fails(&["schema", "0x12"], 2);
    assert!(said.contains("40 hex digits"), "{said}");
    let said = fails(&[&counter], 2);
    assert!(said.contains(&format!("venire exec {counter}")), "{said}");
    let windows = put(&dir, "windows.py", COUNTER.replace('\n', "\r\n"));
    let output = run(&["exec", &windows, "--args", "[1]"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

/// A checkout with a link to the binary, as cargo leaves it with a target folder elsewhere.
fn checkout(dir: &Path) -> PathBuf {
    let link = dir.join("clone/target/release/venire");
    let built = dir.join("clone/build/guest");
    for folder in [link.parent().unwrap(), &built, &dir.join("elsewhere")] {
        fs::create_dir_all(folder).unwrap();
    }
    let symlink = std::os::unix::fs::symlink::<&Path, &Path>;
    symlink(Path::new(env!("CARGO_BIN_EXE_venire")), &link).unwrap();
    symlink(&guest(), &built.join("contract.wasm")).unwrap();
    link
}

#[test]
fn a_linked_binary_finds_what_is_beside_the_link() {
    let dir = tempfile::tempdir().unwrap();
    let link = checkout(dir.path());
    let version = |command: &mut Command| -> Output {
        let command = command.env_remove("VENIRE_GUEST");
        let command = command.current_dir(dir.path().join("elsewhere"));
        command.args(["version", "--json"]).output().unwrap()
    };
    let relative = "../clone/target/release/venire";
    let path = link.parent().unwrap();
    for command in [
        &mut Command::new(&link),
        &mut Command::new(relative),
        Command::new("venire").env("PATH", path),
    ] {
        let told: Json = serde_json::from_str(&stdout(&version(command))).unwrap();
        assert_eq!(told["image"].as_str().map(str::len), Some(66), "{told}");
    }
}

#[test]
fn piped_words_have_no_colours() {
    let dir = tempfile::tempdir().unwrap();
    // A torn journal is warned of; a sandbox that is none ends the start right after.
    put(&dir, "duties.log", "abc");
    let output = venire()
        .env_remove("NO_COLOR")
        .env("VENIRE_GUEST", put(&dir, "guest.wasm", "no sandbox"))
        .args(["up", "--port", "0", "--data-dir"])
        .arg(dir.path())
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("WARN"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}
