//! Binds positional or named JSON parameters to a method's parameter list.

use crate::{Method, RpcError, shown};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use venire_types::{Address, B256, U256};

/// Parameters of one call, in the order of the method's list.
#[derive(Debug)]
pub struct Bound {
    names: &'static [&'static str],
    values: Vec<Option<Box<RawValue>>>,
}

/// An amount given as a JSON number of any size, a decimal string or a hex string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub U256);

/// Binds `params` to the method's names; a bare scalar is taken as the only parameter.
///
/// # Errors
/// -32602 naming the unexpected, surplus or missing parameter.
pub fn bind(method: &'static Method, params: Option<&RawValue>) -> Result<Bound, RpcError> {
    let mut values: Vec<Option<Box<RawValue>>> = method.params.iter().map(|_| None).collect();
    let text = params.map_or("null", RawValue::get);
    match text.as_bytes().first() {
        Some(b'[') => {
            let list: Vec<Box<RawValue>> = parse(text)?;
            if list.len() > values.len() {
                return Err(RpcError::params("Too many parameters provided"));
            }
            for (slot, value) in values.iter_mut().zip(list) {
                *slot = Some(value);
            }
        }
        Some(b'{') => {
            let named: BTreeMap<String, Box<RawValue>> = parse(text)?;
            for (name, value) in named {
                let at = method.params.iter().position(|p| *p == name);
                match at.and_then(|i| values.get_mut(i)) {
                    Some(slot) => *slot = Some(value),
                    None => {
                        let name = shown(&name);
                        return Err(RpcError::params(format!("Unexpected parameter: {name}")));
                    }
                }
            }
        }
        Some(b'n') => {}
        _ if method.params.len() == 1 => values[0] = params.map(ToOwned::to_owned),
        _ => return Err(RpcError::params("Parameters must be an array or an object")),
    }
    for slot in &mut values {
        if slot.as_ref().is_some_and(|value| value.get() == "null") {
            *slot = None;
        }
    }
    let missing = values
        .iter()
        .take(method.required)
        .position(Option::is_none);
    if let Some(name) = missing.and_then(|i| method.params.get(i)) {
        return Err(RpcError::params(format!(
            "Missing required parameter: {name}"
        )));
    }
    Ok(Bound {
        names: method.params,
        values,
    })
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, RpcError> {
    serde_json::from_str(text)
        .map_err(|error| RpcError::params(format!("Invalid parameters: {error}")))
}

impl Bound {
    /// Raw JSON text of parameter `i`, if given.
    #[must_use]
    pub fn raw(&self, i: usize) -> Option<&str> {
        self.values
            .get(i)
            .and_then(Option::as_ref)
            .map(|value| value.get())
    }

    /// Parameter `i`, if given.
    ///
    /// # Errors
    /// -32602 naming the parameter when it has the wrong type.
    pub fn opt<T: DeserializeOwned>(&self, i: usize) -> Result<Option<T>, RpcError> {
        let Some(text) = self.raw(i) else {
            return Ok(None);
        };
        serde_json::from_str(text)
            .map(Some)
            .map_err(|error| RpcError::params(format!("Invalid {}: {error}", self.name(i))))
    }

    /// Required parameter `i`.
    ///
    /// # Errors
    /// -32602 when it is absent or has the wrong type.
    pub fn req<T: DeserializeOwned>(&self, i: usize) -> Result<T, RpcError> {
        self.opt(i)?.ok_or_else(|| {
            RpcError::params(format!("Missing required parameter: {}", self.name(i)))
        })
    }

    /// Required address.
    ///
    /// # Errors
    /// -32602 with Studio's sentence when it is not 0x and 40 hex digits.
    pub fn address(&self, i: usize) -> Result<Address, RpcError> {
        parse_address(&self.req::<String>(i)?)
    }

    /// Required 32-byte hash.
    ///
    /// # Errors
    /// -32602 when it is not 0x and 64 hex digits.
    pub fn hash(&self, i: usize) -> Result<B256, RpcError> {
        let text: String = self.req(i)?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        let mut out = [0_u8; 32];
        hex::decode_to_slice(digits, &mut out).map_err(|_| {
            RpcError::params(format!(
                "Invalid {}: expected 32 bytes in hex",
                self.name(i)
            ))
        })?;
        Ok(B256::from(out))
    }

    /// Required amount.
    ///
    /// # Errors
    /// -32602 when it is not a non-negative integer below 2^256.
    pub fn amount(&self, i: usize) -> Result<Amount, RpcError> {
        let text = self.raw(i).unwrap_or_default();
        parse_amount(text).map(Amount).ok_or_else(|| {
            RpcError::params(format!("Invalid {}: expected a whole number", self.name(i)))
        })
    }

    fn name(&self, i: usize) -> &'static str {
        self.names.get(i).copied().unwrap_or("parameter")
    }
}

/// Parses an address in any case; checksums are not required.
///
/// # Errors
/// -32602 with Studio's sentence.
pub fn parse_address(text: &str) -> Result<Address, RpcError> {
    let bad = || RpcError::params("Incorrect address format. Please provide a valid address.");
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .ok_or_else(bad)?;
    let mut out = [0_u8; 20];
    hex::decode_to_slice(digits, &mut out).map_err(|_| bad())?;
    Ok(Address::from(out))
}

/// Reads a JSON number of any size (also `1e21` as clients of JavaScript print it), a decimal
/// string or a hex string.
#[must_use]
pub fn parse_amount(json: &str) -> Option<U256> {
    let text = json.trim().trim_matches('"');
    if let Some(digits) = text.strip_prefix("0x") {
        return U256::from_str_radix(digits, 16).ok();
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.trim_start_matches('+').parse::<u32>().ok()?,
        ),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = usize::try_from(exponent)
        .ok()?
        .checked_sub(fraction.len())?;
    if whole.is_empty() || zeros > 77 {
        return None;
    }
    let digits = format!("{whole}{fraction}{}", "0".repeat(zeros));
    U256::from_str_radix(&digits, 10).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find;

    #[test]
    fn amounts_of_every_client() {
        assert_eq!(parse_amount("1000"), Some(U256::from(1000)));
        assert_eq!(
            parse_amount("1e21"),
            Some(U256::from(10).pow(U256::from(21)))
        );
        assert_eq!(parse_amount("1.5e3"), Some(U256::from(1500)));
        assert_eq!(parse_amount("\"0xff\""), Some(U256::from(255)));
        assert_eq!(
            parse_amount("100000000000000000000001"),
            U256::from_str_radix("100000000000000000000001", 10).ok()
        );
        for bad in ["-1", "1.5", "abc", "", "1e99"] {
            assert_eq!(parse_amount(bad), None, "{bad}");
        }
    }

    #[test]
    fn binding_names_the_culprit() {
        let method = find("sim_fundAccount").unwrap();
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let message = |text: &str| bind(method, Some(&raw(text))).unwrap_err().message;
        assert_eq!(message("[]"), "Missing required parameter: account_address");
        assert_eq!(message("[1,2,3]"), "Too many parameters provided");
        assert_eq!(message(r#"{"x":1}"#), "Unexpected parameter: x");
        let bound = bind(
            method,
            Some(&raw(r#"{"amount":5,"account_address":"0x01"}"#)),
        )
        .unwrap();
        assert_eq!(bound.amount(1).unwrap(), Amount(U256::from(5)));
        assert!(bound.address(0).is_err());
    }
}
