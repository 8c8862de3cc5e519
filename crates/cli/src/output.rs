//! The two streams: stdout carries the result and nothing else, stderr everything for people.

use std::io::IsTerminal as _;

/// Writes a line of the result. A closed pipe ends the program quietly, as pipes do.
pub(crate) fn result(line: &str) {
    write(&mut std::io::stdout().lock(), line);
}

/// Writes a line for the person.
pub(crate) fn say(line: &str) {
    write(&mut std::io::stderr().lock(), line);
}

fn write(stream: &mut impl std::io::Write, line: &str) {
    if writeln!(stream, "{line}")
        .and_then(|()| stream.flush())
        .is_err()
    {
        std::process::exit(i32::from(crate::exit::OK));
    }
}

/// Whether colours are wanted on stdout: a terminal, and `NO_COLOR` is not set.
pub(crate) fn colours() -> bool {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
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
