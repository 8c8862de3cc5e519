//! The `venire` binary: parses the command line, runs one command, turns its end into an exit code.
//!
//! # Not here
//! - What the commands do beyond talking to a person (`venire-node`, `venire-sdk`).
#![forbid(unsafe_code)]

mod commands;
mod emissions;
mod exit;
mod json;
mod output;
mod package;
mod place;
mod progress;
#[cfg(all(unix, feature = "local-model"))]
mod threads;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An AI-jury blockchain in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "venire",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Up(Box<commands::up::Up>),
    Schema(commands::schema::Schema),
    Exec(Box<commands::exec::Exec>),
    Bench(commands::bench::Bench),
    Sim(commands::sim::Sim),
    CompatCache(commands::compat_cache::CompatCache),
    Version(commands::version::Version),
}

fn main() -> ExitCode {
    #[cfg(all(unix, feature = "local-model"))]
    threads::settle();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; everything else is a wrong command line.
            let code = if error.use_stderr() {
                exit::USAGE
            } else {
                exit::OK
            };
            let _ = error.print();
            if let Some(tip) = tip(&error) {
                output::say(&tip);
            }
            return ExitCode::from(code);
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("VENIRE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::colours(&std::io::stderr()))
        .log_internal_errors(false)
        .init();
    let ended = std::panic::catch_unwind(|| match cli.command {
        Command::Up(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Exec(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::Sim(command) => command.run(),
        Command::CompatCache(command) => command.run(),
        Command::Version(command) => command.run(),
    });
    match ended {
        Ok(Ok(exit::OK)) if output::is_lost() => {
            output::say("error: the result could not be written to stdout");
            ExitCode::from(exit::ENVIRONMENT)
        }
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(error)) => {
            output::say(&format!("error: {}", sentence(&error)));
            ExitCode::from(code_of(&error))
        }
        Err(_) => ExitCode::from(exit::DEFECT),
    }
}

/// What to type instead of a command line that clap only calls wrong.
fn tip(error: &clap::Error) -> Option<String> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let file = word(ContextKind::InvalidSubcommand)?;
            let path = std::path::Path::new(file);
            let kind = path.extension().and_then(|kind| kind.to_str());
            let what = if path.is_dir() { "folder" } else { "file" };
            (path.exists() || matches!(kind, Some("py" | "zip" | "tar"))).then(|| {
                format!(
                    "\n{file} is a {what}, not a command. To run it, type: venire exec {file}\n\
                     To see what it offers, type: venire schema {file}"
                )
            })
        }
        ErrorKind::UnknownArgument => {
            let extra = word(ContextKind::InvalidArg)?;
            let is_name = extra.starts_with(|first: char| first.is_alphabetic() || first == '_');
            (is_name && std::env::args_os().nth(1)? == "exec")
                .then(|| format!("\nTo call a method, type: --method {extra}"))
        }
        _ => None,
    }
}

/// What went wrong and why, each reason once.
fn sentence(error: &eyre::Report) -> String {
    let mut words = String::new();
    for reason in error.chain().map(ToString::to_string) {
        if words.is_empty() {
            words = reason;
        } else if !words.contains(&reason) {
            words.push_str(": ");
            words.push_str(&reason);
        }
    }
    words
}

/// An error is this machine's, unless it is known to be ours, the contract's or the caller's.
fn code_of(error: &eyre::Report) -> u8 {
    use venire_node::shell::Fatal;
    use venire_sdk::ClientError;
    if let Some(Fatal::Broken(_)) = error.downcast_ref() {
        return exit::DEFECT;
    }
    match error.downcast_ref() {
        Some(ClientError::BadUrl(_)) => exit::USAGE,
        Some(ClientError::Refused { .. }) => exit::FAILED,
        _ => exit::ENVIRONMENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_sdk::ClientError;

    #[test]
    fn a_reason_is_said_once_and_decides_the_code() {
        let refused = ClientError::Refused {
            code: -32001,
            message: "no such contract".to_owned(),
        };
        let error = eyre::Report::new(refused).wrap_err("no such contract (code -32001), says X");
        assert_eq!(sentence(&error), "no such contract (code -32001), says X");
        assert_eq!(code_of(&error), exit::FAILED);
        let bad = ClientError::BadUrl("x".to_owned());
        assert_eq!(code_of(&eyre::Report::new(bad)), exit::USAGE);
        let lacking = eyre::Report::new(std::io::Error::other("full")).wrap_err("write it");
        assert_eq!(sentence(&lacking), "write it: full");
        assert_eq!(code_of(&lacking), exit::ENVIRONMENT);
    }
}
