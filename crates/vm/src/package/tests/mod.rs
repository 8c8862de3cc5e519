//! What is accepted as a contract, and how the rest is refused.

mod archives;
mod headers;
mod zips;

use super::*;
use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use std::io::{Cursor, Write};

/// The usual runner of an archive.
const RUNNER: (&str, &str) = ("runner.json", r#"{"Depends":"py-genlayer:test"}"#);

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
