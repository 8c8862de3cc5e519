//! `venire version`: the program and the sandbox image, whose hash is part of consensus.

use crate::{exit, output, place};
use clap::Args;
use eyre::Result;
use serde_json::json;

/// Print the version of the program and the hash of the contract sandbox.
#[derive(Debug, Args)]
pub(crate) struct Version {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Version {
    pub(crate) fn run(self) -> Result<u8> {
        let version = env!("CARGO_PKG_VERSION");
        let image = place::guest().and_then(|path| Ok(venire_node::shell::image_hash(&path)?));
        let image = image.map_or_else(|_| "not found".to_owned(), |hash| format!("{hash:#x}"));
        if self.json {
            output::result(&json!({ "version": version, "image": image }).to_string());
        } else {
            output::result(&format!("venire {version}\nsandbox image {image}"));
        }
        Ok(exit::OK)
    }
}
