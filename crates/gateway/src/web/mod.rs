//! The web as contracts see it: plain requests and rendered pages.
//!
//! - [`policy`]: which URLs and addresses are allowed; [`address`]: which are public.
//! - [`fetch`]: HTTP under that policy, with caps.
//! - `document`: bounded HTML parsing; [`page`]: HTML to visible text.
//!
//! # Not here
//! - A browser: scripts do not run and screenshots are not available.

pub(crate) mod address;
mod document;
pub(crate) mod fetch;
pub(crate) mod page;
pub(crate) mod policy;
mod resolver;

pub(crate) use fetch::Web;
pub use fetch::WebLimits;
pub use policy::{UrlError, WebPolicy};

use std::collections::BTreeMap;
use venire_types::{BigInt, ask::AskError, calldata::Value};

/// An error the contract may handle: causes and details.
pub(crate) fn contract_error<const N: usize>(
    causes: &[&str],
    ctx: [(&str, Detail); N],
) -> AskError {
    let ctx: BTreeMap<String, Value> = ctx
        .into_iter()
        .map(|(key, detail)| (key.to_owned(), detail.0))
        .collect();
    AskError::Contract {
        causes: causes.iter().map(|&cause| cause.to_owned()).collect(),
        ctx: Value::Map(ctx),
    }
}

/// One detail of a contract error.
pub(crate) struct Detail(Value);

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self(Value::Str(text.to_owned()))
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self(Value::Str(text))
    }
}

impl From<Value> for Detail {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl From<u16> for Detail {
    fn from(number: u16) -> Self {
        Self(Value::Int(BigInt::from(number)))
    }
}
