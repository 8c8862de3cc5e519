//! The two streams: stdout carries the result and nothing else, stderr everything for people.

use std::{
    io::{ErrorKind, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether a line of the result could not be written although somebody wants it.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes a line of the result.
///
/// A closed pipe means that nobody reads any more: the command goes on, and its exit code still
/// says how it ended. Any other failure is remembered for [`is_lost`].
pub(crate) fn result(line: &str) {
    match write(&mut std::io::stdout().lock(), line) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => LOST.store(true, Ordering::Relaxed),
        _ => {}
    }
}

/// Writes a line for the person. When that fails there is nobody to tell.
pub(crate) fn say(line: &str) {
    let _ = write(&mut std::io::stderr().lock(), line);
}

/// Whether a part of the result is missing from stdout, for example because a disk is full.
pub(crate) fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

fn write(stream: &mut impl Write, line: &str) -> std::io::Result<()> {
    writeln!(stream, "{line}")?;
    stream.flush()
}

/// Whether colours are wanted on a stream: it is a terminal, and `NO_COLOR` is not set.
pub(crate) fn colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `text` in an ANSI colour, if wanted.
pub(crate) fn paint(text: &str, colour: u8, wanted: bool) -> String {
    if wanted {
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Green.
pub(crate) const GREEN: u8 = 32;
/// Red.
pub(crate) const RED: u8 = 31;
/// Grey.
pub(crate) const GREY: u8 = 90;
