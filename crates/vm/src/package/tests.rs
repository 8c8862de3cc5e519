//! Headers, runners and archives: what is accepted and how the rest is refused.

use super::*;
use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use std::io::{Cursor, Write};

fn generation(text: &str) -> Generation {
    package(text.as_bytes()).generation
}

fn package(bytes: &[u8]) -> Package {
    open(bytes, &Limits::DEFAULT, Mode::Det).expect("a contract")
}

fn code(bytes: &[u8]) -> (&'static str, String) {
    let error = open(bytes, &Limits::DEFAULT, Mode::Det).expect_err("not a contract");
    (error.code(), error.to_string())
}

fn zipped(files: &[(&str, &str)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).expect("entry");
        writer.write_all(text.as_bytes()).expect("data");
    }
    writer.finish().expect("archive").into_inner()
}

#[test]
fn every_documented_header_form_parses() {
    for text in [
        "# { \"Depends\": \"py-genlayer:test\" }\n",
        "# v0.2.16\n# { \"Depends\": \"py-genlayer:latest\" }\n\n# a comment\n",
        "# {\"Depends\": \"py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6\"}",
        "# {\n#   \"Seq\": [\n#     { \"AddEnv\": {\"name\":\"A\",\"val\":\"b\"} },\n\
         #     { \"Depends\": \"py-genlayer:test\" }\n#   ]\n# }\nimport json\n",
        "# {\"Seq\":[{\"Depends\":\"py-lib-genlayer-embeddings:test\"},{\"Depends\":\"py-genlayer:test\"}]}",
        "// { \"Depends\": \"py-genlayer:test\" }\n",
        "-- { \"Depends\": \"py-genlayer:test\" }\n",
    ] {
        assert_eq!(generation(text), Generation::V02, "{text}");
    }
}

#[test]
fn the_hash_or_the_version_picks_the_generation() {
    let v01 = "# v0.1.0\n# { \"Depends\": \"py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0\" }\n";
    assert_eq!(generation(v01), Generation::V01);
    let v03 = "# v0.3.0\n# { \"Depends\": \"py-genlayer:test\" }\n";
    assert_eq!(generation(v03), Generation::V03);
    for suffixed in ["v0.3-dev", "v0.3.0-rc.1", "v0.3.1 next"] {
        let text = format!("# {suffixed}\n# {{ \"Depends\": \"py-genlayer:test\" }}\n");
        assert_eq!(generation(&text), Generation::V03, "{suffixed}");
    }
    let gvm32 = format!("# {{ \"Depends\": \"py-genlayer:{}\" }}\n", "e".repeat(52));
    assert_eq!(generation(&gvm32), Generation::V03);
}

#[test]
fn bad_headers_say_what_to_write() {
    for (text, want) in [
        (
            "from genlayer import *\n",
            "invalid_contract absent_runner_comment",
        ),
        ("", "invalid_contract absent_runner_comment"),
        (
            "\n# { \"Depends\": \"py-genlayer:test\" }\n",
            "invalid_contract absent_runner_comment",
        ),
        (
            "\u{feff}# { \"Depends\": \"py-genlayer:test\" }\n",
            "invalid_contract absent_runner_comment",
        ),
        ("# my contract\n", "invalid_contract malformed_runner"),
        (
            "# { \"Depends\": \"py-genlayer:test\" }\n# a comment\n",
            "invalid_contract malformed_runner",
        ),
        (
            "# { \"Depends\": 5 }\n",
            "invalid_contract malformed_runner",
        ),
        ("# { \"Other\": 5 }\n", "invalid_contract malformed_runner"),
        (
            "# { \"Depends\": \"rs-genlayer:test\" }\n",
            "invalid_contract",
        ),
        (
            "# { \"Depends\": \"py-genlayer:nope\" }\n",
            "invalid_contract",
        ),
    ] {
        let (found, message) = code(text.as_bytes());
        assert_eq!(found, want, "{text}");
        assert!(
            message.contains("# { \"Depends\": \"py-genlayer:test\" }"),
            "{message}"
        );
    }
    assert_eq!(code(b"# \xff\n").0, "invalid_contract not_utf8_text");
    assert!(code(b"\0asm\x01\0\0\0").1.contains("not supported"));
}

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
    let mut cut = zipped(&[runner, ("file", "x")], stored);
    cut.truncate(cut.len() - 10);
    assert_eq!(code(&cut).0, "invalid_contract");
}

const RUNNER: (&str, &str) = ("runner.json", r#"{"Depends":"py-genlayer:test"}"#);

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

#[test]
fn usual_mistakes_are_named_with_their_line() {
    let good = "# { \"Depends\": \"py-genlayer:test\" }";
    let cases = [
        (format!("\n{good}\n"), "blank space", "contract.py:2"),
        (format!("import x\n{good}\n"), "on line 2", "contract.py:2"),
        (
            format!("\u{feff}{good}\n"),
            "byte order mark",
            "contract.py:1",
        ),
        (
            format!("#!/usr/bin/python\n{good}\n"),
            "`#!`",
            "contract.py:1",
        ),
        (
            format!("# hello\n{good}\n"),
            "before any other",
            "contract.py:1",
        ),
        (format!("{good}\n# note\n"), "blank line", "contract.py:2"),
        (
            format!("# v0.2.16\n{good}\n# note\n"),
            "blank line",
            "contract.py:3",
        ),
        (good.replace('"', "'"), "double quotes", "contract.py:1"),
        (good.replace(" }", ""), "bracket", "contract.py:1"),
        (
            good.replace("Depends", "Depend"),
            "did you mean `Depends`",
            "contract.py:1",
        ),
        (
            good.replace("genlayer", "genlayr"),
            "did you mean `py-genlayer`",
            "contract.py:1",
        ),
        (
            good.replace(":test", ":1jb45"),
            "5 characters",
            "contract.py:1",
        ),
        (good.replace(":test", ""), "a colon", "contract.py:1"),
    ];
    for (text, hint, place) in cases {
        let error = open(text.as_bytes(), &Limits::DEFAULT, Mode::Det).expect_err("a mistake");
        assert!(error.to_string().contains(hint), "{text}: {error}");
        assert_eq!(error.location(), place, "{text}: {error}");
    }
}

#[test]
fn codes_are_those_of_the_generation() {
    let third = |json: &str| code(format!("# v0.3.0\n# {json}\n").as_bytes()).0;
    assert_eq!(third("{"), "invalid_contract runner malformed");
    assert_eq!(third(r#"{"Seq":[]}"#), "invalid_contract runner malformed");
    assert_eq!(
        third(r#"{"Depends":"x:test"}"#),
        "invalid_contract runner absent"
    );
    let newer = b"# v1.1.0\n# { \"Depends\": \"py-genlayer:test\" }\n";
    assert_eq!(code(newer).0, "version_too_big");
    let second = "1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6";
    let newer = format!("# v0.4.1\n# {{ \"Depends\": \"py-genlayer:{second}\" }}\n");
    assert_eq!(code(newer.as_bytes()).0, "version_too_big");
    let inert = newer.replace(second, &"e".repeat(52));
    assert_eq!(generation(&inert), Generation::V03);
}

#[test]
fn the_source_chooses_where_the_header_does_not() {
    let floating = "# { \"Depends\": \"py-genlayer:test\" }\n\n";
    let new = "import genlayer as gl\n";
    let old = "@gl.contract\nclass A:\n    pass\n";
    assert_eq!(generation(&format!("{floating}{new}")), Generation::V03);
    assert_eq!(generation(&format!("{floating}{old}")), Generation::V00);
    assert_eq!(
        generation(&format!("# v0.0.9\n{floating}{old}")),
        Generation::V00
    );
    for version in ["v0.1.0", "v0.2.16"] {
        let text = format!("# {version}\n{floating}{new}");
        assert_eq!(generation(&text), Generation::V02);
    }
    let text = format!("# v0.3.0\n{floating}from genlayer import *\n");
    assert_eq!(generation(&text), Generation::V03);
}

#[test]
fn hashes_choose_by_their_alphabet() {
    let header = |hash: &str| format!("# {{ \"Depends\": \"py-genlayer:{hash}\" }}\n");
    for known in [
        "1j12s63yfjpva9ik2xgnffgrs6v44y1f52jvj9w7xvdn7qckd379",
        "132536jbnxkd1axfxg5rpfr5b60cr11adm2y4r90hgn0l59qsp9w",
        "1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6",
    ] {
        let text = header(known);
        assert_eq!(generation(&text), Generation::V02);
        assert_eq!(generation(&format!("# v0.3.0\n{text}")), Generation::V02);
    }
    assert_eq!(generation(&header(&"i".repeat(52))), Generation::V02);
    assert_eq!(generation(&header(&"t".repeat(52))), Generation::V03);
}

#[test]
fn ids_of_code_are_read_and_made() {
    // SHA3-256 of nothing begins a7 ff c6 f8: 10100 11111 11111 11100 01101.
    assert!(custom_id(b"").starts_with("custom:mzzwd"));
    assert_eq!(custom_id(b"a").len(), 7 + 52);
    assert_ne!(custom_id(b"a"), custom_id(b"b"));
    let address = "0x0100000000000000000000000000000000000000";
    let id = |tail: &str| chain_id(&format!("chain:{address}{tail}")).map(|(_, last)| last);
    assert_eq!(id(""), Some(false));
    assert_eq!(id(":f"), Some(true));
    assert_eq!(id(":x"), None);
    assert_eq!(chain_id("custom:abc"), None);
}

/// One entry as a directory lists it, and the header before its data.
struct Listed<'a> {
    name: &'a str,
    method: u16,
    packed: u32,
    size: u32,
    /// Where its header is.
    at: usize,
}

fn listed(entry: &Listed<'_>, local: bool) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(if local {
        b"PK\x03\x04"
    } else {
        b"PK\x01\x02\x14\0"
    });
    for word in [20, 0, entry.method, 0, 0] {
        out.extend_from_slice(&u16::to_le_bytes(word));
    }
    for long in [0, entry.packed, entry.size] {
        out.extend_from_slice(&u32::to_le_bytes(long));
    }
    out.extend_from_slice(&u16::try_from(entry.name.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    if !local {
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&u32::try_from(entry.at).unwrap().to_le_bytes());
    }
    out.extend_from_slice(entry.name.as_bytes());
    out
}

/// `data`, a directory, and the end that says there are `count` entries.
fn ended(mut data: Vec<u8>, entries: &[Listed<'_>], count: u16) -> Vec<u8> {
    let at = u32::try_from(data.len()).unwrap();
    let directory: Vec<u8> = entries
        .iter()
        .flat_map(|entry| listed(entry, false))
        .collect();
    data.extend_from_slice(&directory);
    data.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    data.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    data.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
    data.extend_from_slice(&at.to_le_bytes());
    data.extend_from_slice(&[0; 2]);
    data
}

#[test]
fn what_a_directory_promises_is_judged_before_anything_is_unpacked() {
    let one = |size, packed| Listed {
        name: "a",
        method: 8,
        packed,
        size,
        at: 0,
    };
    let file = [listed(&one(0, 50), true), vec![0; 50]].concat();
    // The same bytes again and again.
    let many: Vec<_> = (0..1000).map(|_| one(0, 50)).collect();
    assert!(
        code(&ended(file.clone(), &many, 1000))
            .1
            .contains("overlap")
    );
    let large = [one(9 << 20, 50)];
    assert!(
        code(&ended(file.clone(), &large, 1))
            .1
            .contains("8388608 bytes")
    );
    assert!(
        code(&ended(file.clone(), &[], 1025))
            .1
            .contains("1024 files")
    );
    // Data of another length than promised.
    assert!(
        code(&ended(file.clone(), &[one(7, 50)], 1))
            .1
            .contains("damaged")
    );
    let elsewhere = Listed {
        name: "b",
        ..one(0, 50)
    };
    assert!(
        code(&ended(file.clone(), &[elsewhere], 1))
            .1
            .contains("listed")
    );
    assert!(
        code(&ended(file, &[one(0, 50_000)], 1))
            .1
            .contains("cut off")
    );
}

#[test]
fn opening_is_paid_by_what_is_in_the_directory() {
    let price = |code: &[u8]| price(code, &Limits::DEFAULT);
    assert_eq!(price(b"12345"), 500);
    let zeros = "\0".repeat(1 << 20);
    let bomb = zipped(&[RUNNER, ("zeros", &zeros)], CompressionMethod::Deflated);
    assert!(price(&bomb) > 20 << 20 && price(&bomb) < 22 << 20);
    let names: Vec<String> = (0..1000).map(|number| format!("{number}")).collect();
    let names: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(price(&zipped(&names, CompressionMethod::Stored)) > 10_000_000);
}

#[test]
fn code_that_is_too_long_is_not_looked_at() {
    let long = format!(
        "# {{ \"Depends\": \"py-genlayer:test\" }}\n{}",
        " ".repeat(1 << 20)
    );
    assert!(code(long.as_bytes()).1.contains("at most 1048576"));
    assert!(files(long.as_bytes(), &Limits::DEFAULT).is_err());
}

#[test]
fn messages_quote_only_the_start_of_what_is_wrong() {
    let long = format!("# {{ \"Depends\": \"{}\" }}\n", "\u{e9}".repeat(100_000));
    let error = open(long.as_bytes(), &Limits::DEFAULT, Mode::Det).expect_err("no contract");
    assert!(error.ending().1.message.len() < 2100);
}
