//! Headers of texts, names of runners, and which generation they choose.

use super::*;

fn generation(text: &str) -> Generation {
    package(text.as_bytes()).generation
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
fn a_floating_runner_is_told_a_hash_of_its_form_and_generation() {
    let zip = |runner: &str, name: &str, source: &str| {
        let runner = format!(r#"{{"Depends":"{runner}"}}"#);
        zipped(
            &[("runner.json", &runner), (name, source)],
            CompressionMethod::Stored,
        )
    };
    let single = package(&zip("py-genlayer:test", "contract.py", ""));
    let hash = "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6";
    assert!(single.notes[0].ends_with(hash), "{:?}", single.notes);
    let multi = "py-genlayer-multi:test";
    let many = package(&zip(multi, "contract/__init__.py", ""));
    let hash = "py-genlayer-multi:06zyvrlivjga0d5jlpdbprksc0pa6jmllxvp8s20hq1l512vh5yk";
    assert!(many.notes[0].ends_with(hash), "{:?}", many.notes);
    assert_eq!(many.notes.len(), 1);
    let third = "import genlayer as gl\n";
    let third = package(&zip(multi, "contract/__init__.py", third));
    assert!(third.notes[0].ends_with("insist on a hash"), "{third:?}");
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
