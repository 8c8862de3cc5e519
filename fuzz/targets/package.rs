//! Any bytes are a contract in one of the accepted forms, or are refused with a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use venire_fuzz::{machine, request, run};
use venire_types::calldata::Value;
use venire_vm::Entry;
use zip::{ZipWriter, write::SimpleFileOptions};

/// A zip of the parts of `bytes` between zeros: name, text, name, text.
fn archive(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut parts = bytes.split(|byte| *byte == 0);
    while let (Some(name), Some(text)) = (parts.next(), parts.next()) {
        let options = SimpleFileOptions::default();
        writer
            .start_file(String::from_utf8_lossy(name), options)
            .ok()?;
        writer.write_all(text).ok()?;
    }
    writer.finish().ok().map(Cursor::into_inner)
}

fuzz_target!(|bytes: &[u8]| {
    let archive = archive(bytes);
    let header = [b"# ", bytes, b"\n"].concat();
    for code in [Some(bytes), archive.as_deref(), Some(&header)]
        .into_iter()
        .flatten()
    {
        let execution = run(request(code, Entry::Deploy(Value::Null), 0));
        assert!(execution.unavailable.is_none(), "{execution:?}");
        let _ = machine().schema(code.into());
    }
});
