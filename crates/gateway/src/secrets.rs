//! Keys by name, looked up at the moment of use.
//!
//! # Invariants
//! - A [`Secret`] has no `Display` and its `Debug` shows nothing of it.

use std::fmt;

/// A key. Read it only where it goes onto the wire.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Where keys come from: usually the environment of the `venire` process.
///
/// Any `Fn(&str) -> Option<String>` is one.
pub trait Secrets: Send + Sync {
    /// The key of that name, if there is one.
    fn get(&self, name: &str) -> Option<Secret>;
}

impl<F: Fn(&str) -> Option<String> + Send + Sync> Secrets for F {
    fn get(&self, name: &str) -> Option<Secret> {
        self(name).map(Secret::new)
    }
}

/// No keys at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn get(&self, _name: &str) -> Option<Secret> {
        None
    }
}
