//! Headers, runners and archives: what is accepted and how the rest is refused.

use super::*;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn generation(text: &str) -> Generation {
    open(text.as_bytes()).expect("a contract").generation
}

fn code(bytes: &[u8]) -> (&'static str, String) {
    let error = open(bytes).expect_err("not a contract");
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
        let one = open(&zipped(
            &[("runner.json", single), ("file", "x = 1")],
            method,
        ))
        .expect("one");
        assert_eq!(one.modules.len(), 1);
        let files = [
            ("contract/sub/__init__.py", ""),
            ("contract/other.py", "y = 2"),
            ("contract/__init__.py", "x = 1"),
            ("contract/readme.txt", "-"),
            ("runner.json", multi),
        ];
        let many = open(&zipped(&files, method)).expect("many");
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
    assert!(bomb.len() < 100_000 && code(&bomb).1.contains("8 MiB"));
    let mut cut = zipped(&[runner, ("file", "x")], stored);
    cut.truncate(cut.len() - 10);
    assert_eq!(code(&cut).0, "invalid_contract");
}
