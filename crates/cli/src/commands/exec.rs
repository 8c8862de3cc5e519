//! `venire exec`: one execution of a contract without a network.

use crate::{
    emissions, exit,
    json::{self, Arguments},
    output, package, place,
    progress::Compiling,
};
use clap::Args;
use eyre::{Result, eyre};
use serde_json::json;
use std::path::PathBuf;
use venire_api::{parse_address, parse_amount, quantity::hex_address};
use venire_node::shell::{self, ExecRequest, ExecResult, Part, ProviderSpec};
use venire_types::{Address, U256, outcome::Outcome};

/// Run one method of a contract file in the sandbox, without a network.
#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// Contract file (.py, .zip or .tar), or the directory of a contract of several files.
    file: PathBuf,
    /// Method to call after the constructor; without it only the constructor runs.
    #[arg(long, value_name = "M")]
    method: Option<String>,
    /// Arguments of the method, a JSON array; without --method those of the constructor.
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    args: Option<Arguments>,
    /// Arguments of the constructor, a JSON array.
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    ctor: Option<Arguments>,
    /// Who deploys and calls.
    #[arg(long, value_name = "ADDRESS", default_value = "0x0200000000000000000000000000000000000000",
        value_parser = address)]
    sender: Address,
    /// Native tokens sent with the method (without --method: with the constructor), in the smallest
    /// unit, e.g. 1000 or 1.5e18.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = amount)]
    value: U256,
    /// Native tokens the contract has before.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = amount)]
    balance: U256,
    /// Scripted answers for prompts and pages.
    #[arg(long, value_name = "FILE")]
    mock: Option<PathBuf>,
    /// Model provider, e.g. jury or openai-compatible:http://127.0.0.1:1234/v1?model=M.
    #[arg(long, value_name = "SPEC", conflicts_with = "mock")]
    provider: Option<ProviderSpec>,
    /// Time the contract sees (ISO-8601).
    #[arg(long, value_name = "TIME", default_value = "2026-01-01T00:00:00Z", value_parser = super::time)]
    time: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Exec {
    pub(crate) fn run(self) -> Result<u8> {
        if self.method.is_none() && self.args.is_some() && self.ctor.is_some() {
            output::say(
                "error: --args are the arguments of a method, and no --method is named; \
                 add --method NAME, or leave --args out",
            );
            return Ok(exit::USAGE);
        }
        let code = package::read(&self.file, "exec")?;
        let providers = match (&self.mock, &self.provider) {
            (Some(mock), _) => vec![format!("scripted:{}", mock.display()).parse()?],
            (None, Some(provider)) => vec![provider.clone()],
            (None, None) => vec!["jury".parse()?],
        };
        let given = |arguments: Option<&Arguments>| {
            arguments.map_or_else(Vec::new, |arguments| arguments.0.clone())
        };
        let (constructor, call) = match &self.method {
            Some(method) => {
                let call = (method.clone(), given(self.args.as_ref()));
                (given(self.ctor.as_ref()), Some(call))
            }
            None => (given(self.ctor.as_ref().or(self.args.as_ref())), None),
        };
        let request = ExecRequest {
            guest: place::guest()?,
            cache_dir: place::cache_dir()?,
            models: place::models()?,
            code,
            constructor,
            call,
            sender: self.sender,
            value: self.value,
            balance: self.balance,
            providers,
            time_ms: self.time,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let secrets = place::secrets();
        let mut compiling = Compiling::new(self.json);
        let done = shell::exec(&request, secrets, runtime.handle(), &mut |step| {
            compiling.step(&step)
        })?;
        if self.json {
            output::result(&self.object(&done).to_string());
        } else {
            tell(&done);
        }
        Ok(match done.failed_in {
            None => exit::OK,
            Some(_) => exit::FAILED,
        })
    }

    fn object(&self, done: &ExecResult) -> serde_json::Value {
        let (kind, code) = match &done.outcome {
            Outcome::Return(_) => ("return", None),
            Outcome::UserError(_) | Outcome::UserValue(_) => ("user_error", None),
            Outcome::VmError(code) => ("vm_error", Some(code)),
        };
        let emitted = done.emissions.iter();
        let emitted = emitted.map(|(part, emission)| emissions::object(name(*part), emission));
        json!({
            "result": kind,
            "value": done.value.as_ref().map(json::render),
            "code": code,
            "error": done.error,
            "failed_in": done.failed_in.map(name),
            "location": done.fault.location,
            "traceback": done.fault.traceback,
            "stdout": done.stdout,
            "stderr": done.stderr,
            "contract": hex_address(done.contract),
            "sender": hex_address(self.sender),
            "balance": done.balance.to_string(),
            "emissions": emitted.collect::<Vec<_>>(),
            "pages_written": done.pages,
            "fuel": done.fuel,
        })
    }
}

/// For people: the value alone goes to stdout.
fn tell(done: &ExecResult) {
    let error = done.error.as_deref().unwrap_or_default();
    // The traceback is at the end of stderr.
    let traceback = done.fault.traceback.as_str();
    let printed = done.stderr.strip_suffix(traceback);
    let stderr = printed.unwrap_or(&done.stderr);
    for text in [&done.stdout, stderr, without(traceback, error)] {
        if !text.trim().is_empty() {
            output::say(text.trim_end());
        }
    }
    if let Some(value) = done.value.as_ref().filter(|_| done.failed_in.is_none()) {
        output::result(&json::render(value).to_string());
    }
    for (_, emission) in &done.emissions {
        output::say(&emissions::line(emission));
    }
    match done.failed_in {
        None => {}
        Some(Part::Deploying) => output::say(&format!("error: deploying failed: {error}")),
        Some(Part::Constructor) => {
            output::say(&format!("error: the constructor failed: {error}"));
            if error.contains("__init__() missing") {
                output::say(
                    "The arguments of the constructor are given so: --ctor '[\"a text\", 1]'",
                );
            }
        }
        Some(Part::Method) if done.outcome.refusal().is_some() => {
            output::say(&format!("error: the contract refused: {error}"));
        }
        Some(Part::Method) => output::say(&format!("error: {error}")),
    }
}

/// A traceback less the lines at its end that `error` repeats: the message and the hint.
pub(crate) fn without<'a>(traceback: &'a str, error: &str) -> &'a str {
    let mut kept = traceback.trim_end();
    loop {
        let (before, line) = kept.rsplit_once('\n').unwrap_or(("", kept));
        let words = line
            .trim()
            .trim_start_matches("Hint: ")
            .trim_end_matches('.');
        let message = words.split_once(": ").map_or(words, |(_, message)| message);
        let repeated = error.contains(words) || error.contains(message);
        if line.is_empty() || line.starts_with(' ') || !repeated {
            return kept;
        }
        kept = before.trim_end();
    }
}

const fn name(part: Part) -> &'static str {
    match part {
        Part::Deploying => "deploying",
        Part::Constructor => "constructor",
        Part::Method => "method",
    }
}

fn address(text: &str) -> Result<Address> {
    parse_address(text).map_err(|_| eyre!("an address is 0x and 40 hex digits"))
}

fn amount(text: &str) -> Result<U256> {
    parse_amount(text).ok_or_else(|| {
        eyre!("an amount is a whole number of the smallest unit, such as 1000, 0x3e8 or 1.5e18")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_error_repeats_is_left_out_of_the_traceback() {
        let frames = "Traceback (most recent call last):\n  File \"contract.py\", line 7, in set\n    raise ValueError(\"no\")";
        let traceback = format!("{frames}\nValueError: no\nHint: say yes.\n");
        let error = "ValueError: no (say yes) at contract.py:7 (exit_code 1)";
        assert_eq!(without(&traceback, error), frames);
        assert_eq!(without("ValueError: no\n", "no (exit_code 1)"), "");
        let longer = format!("{frames}\nValueError: no\nand this is why\n");
        assert_eq!(without(&longer, error), longer.trim_end());
        assert_eq!(without("", error), "");
    }

    #[test]
    fn amounts_and_addresses_are_checked() {
        assert_eq!(amount("1.5e3").unwrap(), U256::from(1500));
        assert!(amount("1.5").is_err() && amount("-1").is_err());
        assert!(address("0x12").unwrap_err().to_string().contains("40 hex"));
    }
}
