//! Which runner a contract asks for, and so which generation of the Python API it expects.

use super::{PackageError, header::Header};
use serde_json::Value;

/// Generation of the Python API; they differ in a few meanings and in the storage root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// v0.0.x.
    V00,
    /// v0.1.0.
    V01,
    /// v0.1.3 to v0.2.x: what public documentation teaches.
    V02,
    /// v0.3.x.
    V03,
}

impl Generation {
    /// The number the sandbox knows it by.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::V00 => 0,
            Self::V01 => 1,
            Self::V02 => 2,
            Self::V03 => 3,
        }
    }
}

/// What the runner action says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Runner {
    pub(super) generation: Generation,
    /// `py-genlayer-multi`: the archive has a `contract/` package.
    pub(super) multi: bool,
}

/// Runners that only bring libraries; the image has what it has.
const COMPANIONS: [&str; 9] = [
    "py-lib-genlayer-std",
    "py-lib-genlayer-embeddings",
    "py-lib-genlayermodelwrappers",
    "py-lib-cloudpickle",
    "py-lib-protobuf",
    "py-lib-word_piece_tokenizer",
    "cpython",
    "softfloat",
    "models-all-MiniLM-L6-v2",
];

/// Hashes of v0.1.0 runners; every other hash in the old alphabet is v0.1.3 or later.
const V01_HASHES: [&str; 2] = [
    "15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0",
    "0cwifyzi3956f9yxdpq5kk3ihazv2llsxfj626zbadrg4cizwhq5",
];

/// Deepest nesting of actions.
const MAX_DEPTH: usize = 128;

/// Reads the runner of a header.
pub(super) fn read(header: &Header) -> Result<Runner, PackageError> {
    let mut ids = Vec::new();
    collect(&header.action, 0, &mut ids)?;
    let mut found = None;
    for id in ids {
        let (name, hash) = id
            .split_once(':')
            .ok_or_else(|| PackageError::UnknownRunner {
                id: id.to_owned(),
                problem: "write name:hash, name:test or name:latest",
            })?;
        check_hash(id, hash)?;
        match name {
            "py-genlayer" | "py-genlayer-multi" => {
                let generation = generation(header.version.as_deref(), hash);
                found = Some(Runner {
                    generation,
                    multi: name == "py-genlayer-multi",
                });
            }
            _ if COMPANIONS.contains(&name) => {}
            _ => {
                return Err(PackageError::UnknownRunner {
                    id: id.to_owned(),
                    problem: "there is no runner of that name",
                });
            }
        }
    }
    found.ok_or_else(|| PackageError::MalformedRunner {
        problem: "no py-genlayer runner is named".into(),
    })
}

fn check_hash(id: &str, hash: &str) -> Result<(), PackageError> {
    let is_hash = hash.len() == 52
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if is_hash || matches!(hash, "test" | "latest") {
        return Ok(());
    }
    Err(PackageError::UnknownRunner {
        id: id.to_owned(),
        problem: "after the colon comes test, latest or a hash of 52 characters",
    })
}

/// The old alphabet has no `e` and `t`; the new one (v0.3) has both.
fn generation(version: Option<&str>, hash: &str) -> Generation {
    if V01_HASHES.contains(&hash) {
        return Generation::V01;
    }
    let named = matches!(hash, "test" | "latest");
    let new_alphabet = !named && hash.contains(['e', 't']);
    if new_alphabet || version.is_some_and(|version| version.starts_with("0.3")) {
        Generation::V03
    } else {
        Generation::V02
    }
}

/// Appends the runner ids of `action` in order.
fn collect<'a>(
    action: &'a Value,
    depth: usize,
    ids: &mut Vec<&'a str>,
) -> Result<(), PackageError> {
    let malformed = |problem: &str| PackageError::MalformedRunner {
        problem: problem.to_owned(),
    };
    if depth > MAX_DEPTH {
        return Err(malformed("actions are nested too deeply"));
    }
    let map = action
        .as_object()
        .ok_or_else(|| malformed("an action is a JSON object"))?;
    let mut actions = map.iter().filter(|(key, _)| *key != "$schema");
    let (Some((name, body)), None) = (actions.next(), actions.next()) else {
        return Err(malformed("an action has exactly one key"));
    };
    match name.as_str() {
        "Depends" => {
            ids.push(
                body.as_str()
                    .ok_or_else(|| malformed("Depends takes a runner id"))?,
            );
            Ok(())
        }
        "Seq" => body
            .as_array()
            .ok_or_else(|| malformed("Seq takes a list"))?
            .iter()
            .try_for_each(|action| collect(action, depth + 1, ids)),
        "When" | "With" => {
            let inner = body
                .get("action")
                .ok_or_else(|| malformed("an inner action is missing"))?;
            collect(inner, depth + 1, ids)
        }
        "AddEnv" | "SetEnv" | "SetArgs" => Ok(()),
        "MapFile" | "LinkWasm" | "StartWasm" => Err(malformed(
            "file mapping and WebAssembly parts are not supported here",
        )),
        other => Err(malformed(&format!("there is no action called {other}"))),
    }
}
