//! `venire schema`: what a contract offers, as JSON.

use super::exec::without;
use crate::{exit, output, package, place, progress::Compiling};
use clap::Args;
use eyre::{Result, WrapErr as _};
use std::path::Path;
use venire_api::{parse_address, quantity::hex_address};
use venire_node::shell;

/// Print the schema of a contract file, or of a deployed contract.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// A contract file (.py, .zip or .tar) or directory, or an address on a running network.
    contract: String,
    /// Network to ask for an address.
    #[arg(long, default_value = "http://127.0.0.1:4000/api")]
    rpc: String,
    /// Print one JSON object, which is what this command does anyway.
    #[arg(long)]
    json: bool,
}

impl Schema {
    pub(crate) fn run(self) -> Result<u8> {
        if let Ok(address) = parse_address(&self.contract) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let client = venire_sdk::Client::new(&self.rpc)?;
            let schema = runtime
                .block_on(client.request::<serde_json::Value>(
                    "gen_getContractSchema",
                    &[hex_address(address).into()],
                ))
                .wrap_err_with(|| format!("ask {}", self.rpc))?;
            output::result(&schema.to_string());
            return Ok(exit::OK);
        }
        let path = Path::new(&self.contract);
        if self.contract.starts_with("0x") && !path.exists() {
            output::say(&format!(
                "error: {} is neither a file nor an address, which is 0x and 40 hex digits",
                self.contract
            ));
            return Ok(exit::USAGE);
        }
        let code = package::read(path, "schema")?;
        let mut compiling = Compiling::new(self.json);
        let made = shell::schema(&place::guest()?, &place::cache_dir()?, code, &mut |step| {
            compiling.step(&step)
        })?;
        match made {
            Ok(schema) => {
                output::result(&schema);
                Ok(exit::OK)
            }
            Err(failed) => {
                let why = failed
                    .error
                    .unwrap_or_else(|| "the contract has no schema".to_owned());
                let frames = without(&failed.fault.traceback, &why);
                if !frames.is_empty() {
                    output::say(frames);
                }
                output::say(&format!("error: {}: {why}", self.contract));
                Ok(exit::FAILED)
            }
        }
    }
}
