//! The name of a model family: models of one family tend to make the same mistakes.
//!
//! # Invariants
//! - A name is 1 to [`NAME_BYTES_MAX`] bytes of `a-z`, `0-9`, `-` and `.`; who declares none has none.

use alloc::string::String;
use borsh::{BorshDeserialize, BorshSerialize, io};
use core::fmt;

/// Bytes of the longest name.
pub const NAME_BYTES_MAX: usize = 32;

/// What those have in common that declare nothing.
const UNDECLARED: &str = "undeclared";

/// The family that a validator declares for its model; by default none (`STAKE-60`).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize)]
pub struct Family(String);

/// No name of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a model family is at most {NAME_BYTES_MAX} lower-case letters, digits, hyphens and dots"
)]
pub struct FamilyError;

impl Family {
    /// The family of this name. The empty name and `undeclared` declare none.
    ///
    /// # Errors
    /// [`FamilyError`].
    pub fn new(name: &str) -> Result<Self, FamilyError> {
        let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
        if name.len() > NAME_BYTES_MAX || !name.as_bytes().iter().all(is_plain) {
            return Err(FamilyError);
        }
        if name == UNDECLARED {
            return Ok(Self::default());
        }
        Ok(Self(name.into()))
    }

    /// Whether a family was declared.
    #[must_use]
    pub const fn is_declared(&self) -> bool {
        !self.0.is_empty()
    }

    /// The name; `undeclared` where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.is_declared() {
            &self.0
        } else {
            UNDECLARED
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl BorshDeserialize for Family {
    fn deserialize_reader<R: io::Read>(reader: &mut R) -> io::Result<Self> {
        let name = String::deserialize_reader(reader)?;
        match Self::new(&name) {
            // One value, one encoding.
            Ok(family) if family.0 == name => Ok(family),
            Ok(_) | Err(_) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "no name of a model family",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["qwen", "llama-3.1", "01-ai", "a", &"x".repeat(32)] {
            let family = Family::new(name).expect(name);
            assert!(family.is_declared());
            assert_eq!(family.to_string(), name);
        }
        for name in [
            "Qwen",
            "a b",
            "a_b",
            "gpt/4",
            "\u{e9}",
            "a\n",
            &"x".repeat(33),
        ] {
            assert_eq!(Family::new(name), Err(FamilyError), "{name}");
        }
    }

    #[test]
    fn declaring_nothing_has_one_value_and_one_encoding() {
        for name in ["", "undeclared"] {
            assert_eq!(Family::new(name), Ok(Family::default()));
        }
        assert!(!Family::default().is_declared());
        assert_eq!(Family::default().name(), "undeclared");
        for name in ["", "qwen"] {
            let family = Family::new(name).expect("a name");
            let bytes = borsh::to_vec(&family).expect("encodes");
            assert_eq!(
                borsh::from_slice::<Family>(&bytes).expect("decodes"),
                family
            );
        }
        for name in ["undeclared", "NO"] {
            let bytes = borsh::to_vec(name).expect("encodes");
            assert!(borsh::from_slice::<Family>(&bytes).is_err(), "{name}");
        }
    }
}
