//! Taking the fields out of a `gl_call` request: every field known, none left over.

use super::Failure;
use crate::stop::errno;
use std::collections::BTreeMap;
use venire_types::{Address, U256, calldata::Value, emission::On};

const INVAL: Failure = Failure::Errno(errno::INVAL);

/// Fields of one message.
pub(super) struct Fields(BTreeMap<String, Value>);

impl Fields {
    /// The fields of a message body.
    pub(super) fn of(body: Value) -> Result<Self, Failure> {
        match body {
            Value::Map(map) => Ok(Self(map)),
            _ => Err(INVAL),
        }
    }

    /// A field that must be there.
    pub(super) fn value(&mut self, name: &str) -> Result<Value, Failure> {
        self.0.remove(name).ok_or(INVAL)
    }

    /// A field that may be absent or null.
    pub(super) fn optional(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn address(&mut self, name: &str) -> Result<Address, Failure> {
        self.value(name)?.as_address().ok_or(INVAL)
    }

    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Failure> {
        match self.value(name)? {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(INVAL),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Result<String, Failure> {
        match self.value(name)? {
            Value::Str(text) => Ok(text),
            _ => Err(INVAL),
        }
    }

    /// An amount; absent is zero.
    pub(super) fn amount(&mut self, name: &str) -> Result<U256, Failure> {
        match self.optional(name) {
            Some(value) => value.as_u256().ok_or(INVAL),
            None => Ok(U256::ZERO),
        }
    }

    /// A flag; absent is false.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Failure> {
        match self.optional(name) {
            Some(value) => value.as_bool().ok_or(INVAL),
            None => Ok(false),
        }
    }

    /// A flag that may be left to its default.
    pub(super) fn optional_flag(&mut self, name: &str) -> Result<Option<bool>, Failure> {
        match self.optional(name) {
            Some(value) => value.as_bool().map(Some).ok_or(INVAL),
            None => Ok(None),
        }
    }

    /// When a message leaves.
    pub(super) fn on(&mut self) -> Result<On, Failure> {
        match self.text("on")?.as_str() {
            "finalized" | "final" => Ok(On::Finalized),
            "accepted" | "decided" => Ok(On::Accepted),
            _ => Err(INVAL),
        }
    }

    /// Accepts fields of newer generations that mean nothing here.
    pub(super) fn ignore(mut self, names: &[&str]) -> Self {
        for name in names {
            self.0.remove(*name);
        }
        self
    }

    /// Nothing may be left.
    pub(super) fn done(self) -> Result<(), Failure> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(INVAL)
        }
    }
}
