//! `venire exec`: one execution of a contract without a network.

use crate::{
    exit,
    json::{self, Arguments},
    output, package, place,
    progress::Compiling,
};
use clap::Args;
use eyre::Result;
use serde_json::json;
use std::path::PathBuf;
use venire_node::shell::{self, ExecRequest, ExecResult, ProviderSpec};
use venire_types::outcome::Outcome;

/// Run one method of a contract file in the sandbox, without a network.
#[derive(Debug, Args)]
pub(crate) struct Exec {
    /// Contract file (.py, .zip or .tar), or the directory of a contract of several files.
    file: PathBuf,
    /// Method to call after the constructor; without it only the constructor runs.
    #[arg(long, value_name = "M")]
    method: Option<String>,
    /// Arguments of the method, a JSON array.
    #[arg(long, value_name = "JSON", default_value = "[]")]
    args: Arguments,
    /// Arguments of the constructor, a JSON array.
    #[arg(long, value_name = "JSON", default_value = "[]")]
    ctor: Arguments,
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
        let code = package::read(&self.file)?;
        let providers = match (&self.mock, &self.provider) {
            (Some(mock), _) => vec![format!("scripted:{}", mock.display()).parse()?],
            (None, Some(provider)) => vec![provider.clone()],
            (None, None) => vec!["jury".parse()?],
        };
        let request = ExecRequest {
            guest: place::guest()?,
            cache_dir: place::cache_dir()?,
            models: place::models()?,
            code,
            constructor: self.ctor.0.clone(),
            call: self
                .method
                .clone()
                .map(|method| (method, self.args.0.clone())),
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
        self.print(&done);
        Ok(if done.outcome.is_success() && done.error.is_none() {
            exit::OK
        } else {
            exit::FAILED
        })
    }

    fn print(&self, done: &ExecResult) {
        let value = done.value.as_ref().map(json::render);
        if self.json {
            let (kind, code) = match &done.outcome {
                Outcome::Return(_) => ("return", None),
                Outcome::UserError(_) | Outcome::UserValue(_) => ("user_error", None),
                Outcome::VmError(code) => ("vm_error", Some(code)),
            };
            let object = json!({
                "result": kind,
                "value": value,
                "code": code,
                "error": done.error,
                "in_constructor": done.in_constructor,
                "traceback": done.traceback,
                "stdout": done.stdout,
                "stderr": done.stderr,
                "pages_written": done.pages,
                "emissions": done.emissions,
                "fuel": done.fuel,
            });
            output::result(&object.to_string());
            return;
        }
        for text in [&done.stdout, &done.stderr] {
            if !text.is_empty() {
                output::say(text.trim_end());
            }
        }
        if let Some(value) = value.filter(|_| done.error.is_none()) {
            output::result(&value.to_string());
        }
        if let Some(error) = &done.error {
            let place = if done.in_constructor {
                "the constructor failed: "
            } else {
                ""
            };
            output::say(&format!("error: {place}{error}"));
        }
    }
}
