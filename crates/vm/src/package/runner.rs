//! Names of runners: which there are, and which generation of the Python API they stand for.

use super::{
    PackageError,
    error::{FIRST_LINE, Kind},
    header::Version,
    suggest,
};
use sha3::{Digest, Sha3_256};
use venire_types::Address;

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

/// What a runner id means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    /// The Python runner: the end of every header.
    Python {
        /// `None` when the source has to tell.
        generation: Option<Generation>,
        /// The archive has a `contract/` package.
        multi: bool,
        /// `test` or `latest`: other networks refuse it.
        floating: bool,
    },
    /// Brings libraries; the image has what it has.
    Companion,
    /// The contract's own archive.
    Own,
}

/// Runners that only bring libraries.
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
const PYTHON: &str = "py-genlayer";
const PYTHON_MULTI: &str = "py-genlayer-multi";

/// Hashes of v0.1.0 runners.
const FIRST: [&str; 2] = [
    "15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0",
    "0cwifyzi3956f9yxdpq5kk3ihazv2llsxfj626zbadrg4cizwhq5",
];
/// Hashes of v0.1.3 to v0.2 runners.
const SECOND: [&str; 6] = [
    "1j12s63yfjpva9ik2xgnffgrs6v44y1f52jvj9w7xvdn7qckd379",
    "132536jbnxkd1axfxg5rpfr5b60cr11adm2y4r90hgn0l59qsp9w",
    SINGLE_EXAMPLE,
    "0xn02qjjqlpxadhs124cwrr5ddqs7dxcc6m5a7c6801hv54l66p0",
    "0iddpsb7hsrqv10xf4sjdiknba0m3fkm2x9xldy7ci3gj1fpkpjy",
    MULTI_EXAMPLE,
];

/// Of those, what to write for one module, and for a package.
const SINGLE_EXAMPLE: &str = "1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6";
const MULTI_EXAMPLE: &str = "06zyvrlivjga0d5jlpdbprksc0pa6jmllxvp8s20hq1l512vh5yk";

/// Characters of a hash.
const HASH: usize = 52;
/// Alphabet of hashes since v0.3: no i, l, o, u. The one before has no e, o, t, u.
const GVM32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What to say of a runner without a hash: with one for a module or a package, as it is needed; a
/// hash of v0.2 would change what a contract of v0.3 means.
pub(super) fn floats(id: &str, generation: Generation, multi: bool) -> String {
    let example = match (generation, multi) {
        (Generation::V03, _) => String::new(),
        (_, false) => format!(", for example {PYTHON}:{SINGLE_EXAMPLE}"),
        (_, true) => format!(", for example {PYTHON_MULTI}:{MULTI_EXAMPLE}"),
    };
    format!("the runner `{id}` is for development; other networks insist on a hash{example}")
}

fn unknown(id: &str, problem: impl std::fmt::Display) -> PackageError {
    let message =
        format!("the runner `{id}` is unknown: {problem}; the usual first line is: {FIRST_LINE}");
    PackageError::new(Kind::Unknown, message)
}

/// What `id` means in a header of `version`.
pub(super) fn find(id: &str, version: Version) -> Result<Runner, PackageError> {
    if matches!(id, "contract" | "<contract>") {
        return Ok(Runner::Own);
    }
    let Some((name, hash)) = id.split_once(':') else {
        let problem = "write a name, a colon, and test, latest or a hash";
        return Err(unknown(id, problem));
    };
    let multi = match name {
        PYTHON => Some(false),
        PYTHON_MULTI => Some(true),
        _ if COMPANIONS.contains(&name) => None,
        "chain" | "custom" => {
            let problem = "code of other contracts runs in sandboxes (gl.vm.spawn_sandbox with \
                           runner=...), not as the runner of a contract";
            return Err(unknown(id, problem));
        }
        _ => {
            let names = [&[PYTHON, PYTHON_MULTI][..], &COMPANIONS].concat();
            let hint = suggest::nearest(name, &names).map_or_else(
                || "there is no runner of that name".to_owned(),
                |name| format!("did you mean `{name}`?"),
            );
            return Err(unknown(id, hint));
        }
    };
    let hash_generation = check_hash(id, hash)?;
    let Some(multi) = multi else {
        return Ok(Runner::Companion);
    };
    let floating = matches!(hash, "test" | "latest");
    // To runners of v0.3 the version says nothing.
    if floating || hash_generation.is_some_and(|known| known < Generation::V03) {
        version.check()?;
    }
    Ok(Runner::Python {
        generation: hash_generation.or(version.generation()),
        multi,
        floating,
    })
}

/// The generation a hash stands for, if it stands for one.
fn check_hash(id: &str, hash: &str) -> Result<Option<Generation>, PackageError> {
    if matches!(hash, "test" | "latest") {
        return Ok(None);
    }
    if FIRST.contains(&hash) {
        return Ok(Some(Generation::V01));
    }
    if SECOND.contains(&hash) {
        return Ok(Some(Generation::V02));
    }
    let is_hash = hash.len() == HASH
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    if !is_hash {
        let problem = format!(
            "after the colon comes test, latest or a hash of {HASH} small letters and digits; \
             this has {} characters",
            hash.chars().count()
        );
        return Err(unknown(id, problem));
    }
    // Letters that only one of the two alphabets has.
    match (hash.contains(['e', 't']), hash.contains(['i', 'l'])) {
        (true, false) => Ok(Some(Generation::V03)),
        (false, true) => Ok(Some(Generation::V02)),
        _ => Ok(None),
    }
}

/// The id under which `RegisterRunner` makes `code` known.
pub(crate) fn custom_id(code: &[u8]) -> String {
    let mut id = String::from("custom:");
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in Sha3_256::digest(code) {
        held = (held << 8 | u32::from(byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            id.push(letter(held >> bits));
        }
    }
    if bits > 0 {
        id.push(letter(held << (5 - bits)));
    }
    id
}

fn letter(five: u32) -> char {
    GVM32
        .get(five as usize & 31)
        .map_or('0', |byte| char::from(*byte))
}

/// The contract that `chain:0x..[:a|:f]` names, and whether its final code is meant.
pub(crate) fn chain_id(id: &str) -> Option<(Address, bool)> {
    let mut parts = id.strip_prefix("chain:")?.split(':');
    let address = parts.next()?.strip_prefix("0x")?.parse().ok()?;
    let finalized = match parts.next() {
        None | Some("a") => false,
        Some("f") => true,
        Some(_) => return None,
    };
    // A slot of its own for the code is not supported.
    parts.next().is_none().then_some((address, finalized))
}
