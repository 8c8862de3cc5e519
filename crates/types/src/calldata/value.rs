//! Building values and looking inside them.

use super::Value;
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use alloy_primitives::{Address, U256};
use num_bigint::BigInt;

impl Value {
    /// Text.
    #[must_use]
    pub fn str(text: impl Into<String>) -> Self {
        Self::Str(text.into())
    }

    /// Integer.
    #[must_use]
    pub fn int(int: impl Into<BigInt>) -> Self {
        Self::Int(int.into())
    }

    /// Byte string.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// Sequence.
    #[must_use]
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(items.into_iter().collect())
    }

    /// Map; the last of equal keys wins.
    #[must_use]
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, item)| (key.into(), item))
                .collect(),
        )
    }

    /// The call object `{"args": [...], "method": ...}`; empty arguments are left out.
    #[must_use]
    pub fn call(method: &str, args: impl IntoIterator<Item = Self>) -> Self {
        let mut map = BTreeMap::from([(String::from("method"), Self::str(method))]);
        let args: Vec<Self> = args.into_iter().collect();
        if !args.is_empty() {
            map.insert(String::from("args"), Self::Array(args));
        }
        Self::Map(map)
    }

    /// The constructor's call object `{"args": [...]}`; empty arguments are left out.
    #[must_use]
    pub fn constructor(args: impl IntoIterator<Item = Self>) -> Self {
        let args: Vec<Self> = args.into_iter().collect();
        if args.is_empty() {
            return Self::Map(BTreeMap::new());
        }
        Self::map([("args", Self::Array(args))])
    }

    /// Name of the called method in a call object of any generation (`"method"` or `""`).
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.get("method")
            .or_else(|| self.get(""))
            .and_then(Self::as_str)
    }

    /// Positional arguments of a call object; empty when absent.
    #[must_use]
    pub fn args(&self) -> &[Self] {
        self.get("args")
            .and_then(Self::as_array)
            .unwrap_or_default()
    }

    /// Item of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }

    /// Is it `Null`?
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The flag, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(flag) = self {
            Some(*flag)
        } else {
            None
        }
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<&BigInt> {
        if let Self::Int(int) = self {
            Some(int)
        } else {
            None
        }
    }

    /// The integer, if it is one and fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.as_int().and_then(|int| u64::try_from(int).ok())
    }

    /// The integer, if it is one and fits.
    #[must_use]
    pub fn as_u256(&self) -> Option<U256> {
        let (sign, bytes) = self.as_int()?.to_bytes_be();
        if sign == num_bigint::Sign::Minus {
            return None;
        }
        U256::try_from_be_slice(&bytes)
    }

    /// The bytes, if it is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The address, if it is one.
    #[must_use]
    pub fn as_address(&self) -> Option<Address> {
        if let Self::Address(address) = self {
            Some(*address)
        } else {
            None
        }
    }

    /// The items, if it is a sequence.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<i32> for Value {
    fn from(int: i32) -> Self {
        Self::int(int)
    }
}

impl From<u32> for Value {
    fn from(int: u32) -> Self {
        Self::int(int)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::int(int)
    }
}

impl From<u64> for Value {
    fn from(int: u64) -> Self {
        Self::int(int)
    }
}

impl From<BigInt> for Value {
    fn from(int: BigInt) -> Self {
        Self::Int(int)
    }
}

impl From<U256> for Value {
    fn from(int: U256) -> Self {
        Self::Int(BigInt::from_bytes_be(
            num_bigint::Sign::Plus,
            &int.to_be_bytes::<32>(),
        ))
    }
}

impl From<Address> for Value {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::bytes(bytes)
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::Array(items)
    }
}

impl From<BTreeMap<String, Self>> for Value {
    fn from(map: BTreeMap<String, Self>) -> Self {
        Self::Map(map)
    }
}
