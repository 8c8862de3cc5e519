//! What archives hold: modules, folders, actions of runners; tars.

use super::*;

#[test]
fn archives_hold_one_module_or_a_package() {
    let single = r#"{"Depends":"py-genlayer:test"}"#;
    let multi = r#"{"Depends":"py-genlayer-multi:test"}"#;
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let one = package(&zipped(
            &[("runner.json", single), ("file", "x = 1")],
            method,
        ));
        assert_eq!(one.modules.len(), 1);
        let files = [
            ("contract/sub/__init__.py", ""),
            ("contract/other.py", "y = 2"),
            ("contract/__init__.py", "x = 1"),
            ("contract/readme.txt", "-"),
            ("runner.json", multi),
        ];
        let many = package(&zipped(&files, method));
        let names: Vec<_> = many
            .modules
            .iter()
            .map(|m| (m.name.as_str(), m.is_package))
            .collect();
        assert_eq!(
            names,
            [
                ("contract", true),
                ("contract.other", false),
                ("contract.sub", true)
            ]
        );
        assert_eq!(many.files["/contract/readme.txt"], b"-");
    }
}

#[test]
fn hostile_archives_are_refused() {
    let runner = ("runner.json", r#"{"Depends":"py-genlayer:test"}"#);
    let stored = CompressionMethod::Stored;
    assert_eq!(code(b"PK\x03\x04nonsense").0, "invalid_contract");
    assert!(
        code(&zipped(&[("file", "")], stored))
            .1
            .contains("runner.json")
    );
    assert!(
        code(&zipped(&[runner, ("../file", "")], stored))
            .1
            .contains("..")
    );
    assert!(code(&zipped(&[runner], stored)).1.contains("__init__.py"));
    let zeros = "\0".repeat(9 << 20);
    let bomb = zipped(&[runner, ("file", &zeros)], CompressionMethod::Deflated);
    assert!(bomb.len() < 100_000 && code(&bomb).1.contains("8388608 bytes"));
    let whole = zipped(&[runner, ("file", "x")], stored);
    for end in [4, 40, whole.len() / 2, whole.len() - 10, whole.len() - 1] {
        let (code, message) = code(&whole[..end]);
        assert_eq!(code, "invalid_contract");
        let torn = "the zip is incomplete or damaged; make it again";
        assert!(message.contains(torn), "{end}: {message}");
    }
}

#[test]
fn a_module_of_another_name_is_told_its_name() {
    let stored = CompressionMethod::Stored;
    let hint = "found `my.py`: name it `contract.py`";
    let said = |files: &[(&str, &str)]| code(&zipped(files, stored)).1;
    assert!(said(&[RUNNER, ("my.py", ""), ("data.json", "")]).contains(hint));
    assert!(said(&[("my.py", "")]).contains(hint));
    // Which of two it is, nobody knows.
    let two = said(&[RUNNER, ("my.py", ""), ("your.py", "")]);
    assert!(!two.contains("name it"), "{two}");
    assert!(!said(&[("contract.py", "")]).contains("name it"));
}

fn tarred(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, text) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..262].copy_from_slice(b"ustar");
        let sum: u32 = header
            .iter()
            .map(|byte| u32::from(*byte))
            .fold(0, u32::wrapping_add);
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend_from_slice(&header);
        out.extend_from_slice(text.as_bytes());
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.extend_from_slice(&[0; 1024]);
    out
}

#[test]
fn tars_are_archives_too() {
    let tar = tarred(&[RUNNER, ("file", "x = 1")]);
    assert_eq!(package(&tar).modules[0].source, b"x = 1");
    let mut damaged = tar.clone();
    damaged[0] = b'R';
    assert!(code(&damaged).1.contains("damaged"));
    assert!(code(&tar[..700]).1.contains("end is missing"));
    assert!(code(&tarred(&[RUNNER, ("a/../file", "")])).1.contains(".."));
}

#[test]
fn the_folder_of_an_archive_does_not_matter() {
    let stored = CompressionMethod::Stored;
    let inside = [
        ("my/runner.json", RUNNER.1),
        ("my/contract.py", "x = 1"),
        ("my/.DS_Store", "-"),
    ];
    let package = package(&zipped(&inside, stored));
    assert_eq!(package.modules[0].name, "contract");
    assert!(package.files.is_empty());
}

#[test]
fn an_archive_may_have_its_header_in_the_contract() {
    let source = "# { \"Depends\": \"py-genlayer-multi:test\" }\n";
    let files = [("contract/__init__.py", source), ("contract/b.py", "")];
    let package = package(&zipped(&files, CompressionMethod::Stored));
    assert_eq!(package.modules.len(), 2);
    assert!(
        package
            .notes
            .iter()
            .any(|note| note.contains("runner.json"))
    );
}

#[test]
fn actions_set_variables_and_map_files() {
    let runner = r#"{"Seq":[
        {"AddEnv":{"name":"A","val":"1"}},
        {"SetEnv":{"name":"B","val":"${A}:${ENV[A]}2"}},
        {"SetArgs":["a","b"]},
        {"When":{"cond":"nondet","action":{"AddEnv":{"name":"C","val":"3"}}}},
        {"MapFile":{"file":"lib/","to":"/py/libs/"}},
        {"With":{"runner":"<contract>","action":{"MapFile":{"file":"data.json","to":"/data.json"}}}},
        {"Depends":"py-lib-genlayer-embeddings:test"},
        {"Depends":"py-genlayer:test"},
        {"MapFile":{"file":"never","to":"/never"}}]}"#;
    let files = [
        ("runner.json", runner),
        ("file", "x = 1"),
        ("lib/helper.py", "y = 2"),
        ("data.json", "{}"),
    ];
    let package = package(&zipped(&files, CompressionMethod::Stored));
    let names: Vec<_> = package.modules.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["contract", "helper"]);
    assert_eq!(package.files["/proc/self/environ"], b"A=1\0B=1:12\0");
    assert_eq!(package.files["/data.json"], b"{}");
    assert_eq!(package.notes.len(), 1, "{:?}", package.notes);
    assert!(package.has_modes);
    let zip = zipped(&files, CompressionMethod::Stored);
    let blocks = open(&zip, &Limits::DEFAULT, Mode::Nondet).expect("a contract");
    assert_eq!(blocks.files["/proc/self/environ"], b"A=1\0B=1:12\0C=3\0");
}

#[test]
fn compiled_python_is_refused() {
    let compiled = "\u{2b}\u{0e}\r\n\0\0";
    assert!(code(b"\xf3\x0d\r\n\0\0").1.contains(".pyc"));
    let runner = r#"{"Seq":[{"MapFile":{"file":"a.pyc","to":"/contract.pyc"}},
        {"Depends":"py-genlayer:test"}]}"#;
    let files = [("runner.json", runner), ("a.pyc", compiled)];
    let zip = zipped(&files, CompressionMethod::Stored);
    assert!(code(&zip).1.contains(".pyc"));
}
