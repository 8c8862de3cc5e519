//! `venire version`: the program, the sandbox image and the embedding model; both hashes are part of consensus.

use crate::{exit, output, place};
use clap::Args;
use eyre::Result;
use serde_json::json;

/// Print the version of the program and the hashes of the contract sandbox and the embedding model.
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
        let model = place::models()
            .and_then(|models| {
                Ok(venire_node::shell::model_hash(
                    &place::guest()?,
                    models.as_deref(),
                ))
            })
            .ok()
            .flatten();
        let model = model.as_deref().unwrap_or("not found");
        if self.json {
            output::result(
                &json!({ "version": version, "image": image, "model": model }).to_string(),
            );
        } else {
            output::result(&format!(
                "venire {version}\nsandbox image {image}\nembedding model {model}"
            ));
        }
        Ok(exit::OK)
    }
}
