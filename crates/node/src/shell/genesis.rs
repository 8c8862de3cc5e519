//! Genesis files: what a new network starts from, as people write it.
//!
//! # Invariants
//! - Strict: what is not understood is refused, with the line and what to do.
//! - What the file leaves out is as in its base.
//!
//! # Not here
//! - Which numbers fit (`venire-protocol`), keys (`core::keys`).

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{fmt, marker::PhantomData, path::Path};
use venire_api::nearest_of;
use venire_protocol::{
    ParamError, Params,
    params::{Setting, Unit, choose, find, parse_amount},
};
use venire_types::{
    Address, U256,
    family::{Family, FamilyError},
};

/// The networks with a name.
const NAMED: [(&str, &str); 3] = [
    ("local", include_str!("../../../../genesis/local.json")),
    ("test", include_str!("../../../../genesis/test.json")),
    ("mirror", include_str!("../../../../genesis/mirror.json")),
];

/// Validators and accounts whose keys this process makes.
const KEYS_MAX: u32 = 1_000;

/// What a new network starts from.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct NetworkSpec {
    /// Its rules.
    pub params: Params,
    /// Validators in this process; their keys follow from the seed.
    pub validators: u32,
    /// Stake of each of them, wei.
    pub stake: U256,
    /// Families of their models, in turn; none where no family is declared.
    pub families: Vec<Family>,
    /// Validators elsewhere, and their stakes, wei.
    pub others: Vec<(Address, U256)>,
    /// Funded accounts whose keys follow from the seed.
    pub accounts: u32,
    /// What each of them has, wei.
    pub balance: U256,
    /// Other funded accounts, wei.
    pub alloc: Vec<(Address, U256)>,
}

/// Why a genesis file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GenesisFileError {
    /// No such network or file.
    #[error(
        "read {place}: {error}; name a genesis file, or one of the networks local, test and mirror{}",
        .near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"))
    )]
    Read {
        /// Name or path.
        place: String,
        /// Reason.
        error: std::io::Error,
        /// The network that was probably meant.
        near: Option<&'static str>,
    },
    /// Not JSON, an unknown field, a wrong type.
    #[error("{place} is no genesis file: {error}")]
    Json {
        /// Name or path.
        place: String,
        /// Reason, with line and column.
        error: serde_json::Error,
    },
    /// A parameter.
    #[error("{place}, line {line}: {error}")]
    Param {
        /// Name or path.
        place: String,
        /// Line.
        line: usize,
        /// Reason.
        error: ParamError,
    },
    /// A value that cannot be read.
    #[error("{place}, line {line}: {what}")]
    Value {
        /// Name or path.
        place: String,
        /// Line.
        line: usize,
        /// What is wrong, and what belongs there.
        what: String,
    },
    /// The parameters together.
    #[error("{place}: {error}")]
    Params {
        /// Name or path.
        place: String,
        /// Reason.
        error: ParamError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    #[serde(default, borrow)]
    base: Option<&'a RawValue>,
    #[serde(default, borrow)]
    params: Pairs<'a, Pairs<'a, &'a RawValue>>,
    #[serde(default, borrow)]
    validators: Option<Validators<'a>>,
    #[serde(default, borrow)]
    accounts: Option<Accounts<'a>>,
    #[serde(default, borrow)]
    alloc: Option<Pairs<'a, &'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Validators<'a> {
    #[serde(borrow)]
    count: Option<&'a RawValue>,
    #[serde(borrow)]
    stake: Option<&'a RawValue>,
    #[serde(borrow)]
    families: Option<Vec<&'a RawValue>>,
    #[serde(default, borrow)]
    others: Option<Pairs<'a, &'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts<'a> {
    #[serde(borrow)]
    count: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
}

/// An object as it is written: in order, names given twice included.
struct Pairs<'a, T>(Vec<(&'a str, T)>);

impl<T> Default for Pairs<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Pairs<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<'a, T>(PhantomData<(&'a (), T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for Reader<'a, T> {
            type Value = Pairs<'a, T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object in braces")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<&'de str, T>()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

impl NetworkSpec {
    /// The network with this name, or that of the file at this path.
    ///
    /// # Errors
    /// [`GenesisFileError`].
    pub fn load(place: &str) -> Result<Self, GenesisFileError> {
        if let Some((_, text)) = NAMED.iter().find(|(name, _)| *name == place) {
            return Reader { place, text }.network();
        }
        let text = std::fs::read_to_string(Path::new(place)).map_err(|error| {
            let near = nearest_of(place, NAMED.map(|(name, _)| name));
            GenesisFileError::Read {
                place: place.to_owned(),
                error,
                near,
            }
        })?;
        let text = &text;
        Reader { place, text }.network()
    }
}

struct Reader<'a> {
    place: &'a str,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn network(&self) -> Result<NetworkSpec, GenesisFileError> {
        let file: File<'a> = serde_json::from_str(self.text).map_err(|error| {
            let place = self.place.to_owned();
            GenesisFileError::Json { place, error }
        })?;
        let mut spec = self.base(file.base)?;
        spec.params = self.params(spec.params, &file.params)?;
        if let Some(validators) = file.validators {
            self.count(validators.count, "validators.count", &mut spec.validators)?;
            self.amount(validators.stake, "validators.stake", &mut spec.stake)?;
            if let Some(families) = validators.families {
                let named = families.into_iter().map(|raw| self.family(raw));
                spec.families = named.collect::<Result<_, _>>()?;
            }
            if let Some(others) = validators.others {
                spec.others = self.accounts(&others, "validators.others")?;
            }
        }
        if let Some(accounts) = file.accounts {
            self.count(accounts.count, "accounts.count", &mut spec.accounts)?;
            self.amount(accounts.balance, "accounts.balance", &mut spec.balance)?;
        }
        if let Some(alloc) = file.alloc {
            spec.alloc = self.accounts(&alloc, "alloc")?;
        }
        Ok(spec)
    }

    /// What holds where the file says nothing. A named network says everything itself.
    fn base(&self, base: Option<&'a RawValue>) -> Result<NetworkSpec, GenesisFileError> {
        let name = match base {
            None if Params::named(self.place).is_some() => {
                return Ok(NetworkSpec {
                    params: Params::local(),
                    validators: 0,
                    stake: U256::ZERO,
                    families: Vec::new(),
                    others: Vec::new(),
                    accounts: 0,
                    balance: U256::ZERO,
                    alloc: Vec::new(),
                });
            }
            None => "local",
            Some(raw) => text(raw).unwrap_or_else(|| raw.get()),
        };
        match NAMED.iter().find(|(known, _)| *known == name) {
            Some((place, text)) => Reader { place, text }.network(),
            None => {
                let at = base.map_or(self.text, RawValue::get);
                Err(self.value(
                    at,
                    format!("base is one of \"local\", \"test\" and \"mirror\", not {at}"),
                ))
            }
        }
    }

    fn params(
        &self,
        mut params: Params,
        groups: &Pairs<'a, Pairs<'a, &'a RawValue>>,
    ) -> Result<Params, GenesisFileError> {
        let mut choices: Vec<(String, Setting)> = Vec::new();
        for (group, fields) in &groups.0 {
            for (field, raw) in &fields.0 {
                let name = format!("{group}.{field}");
                let wrong = |error| GenesisFileError::Param {
                    place: self.place.to_owned(),
                    line: self.line(field),
                    error,
                };
                let parameter = find(&params, &name).map_err(wrong)?;
                let Some(value) = setting(raw, parameter.unit) else {
                    let wanted = parameter.unit.wanted();
                    return Err(self.value(field, format!("{name} is {wanted}, not {}", raw.get())));
                };
                parameter.fits(value).map_err(wrong)?;
                if choices.iter().any(|(known, _)| *known == name) {
                    return Err(self.value(field, format!("{name} is there twice; leave one out")));
                }
                choices.push((name, value));
            }
        }
        let choices = choices.iter().map(|(name, value)| (name.as_str(), *value));
        choose(&mut params, choices).map_err(|error| GenesisFileError::Params {
            place: self.place.to_owned(),
            error,
        })?;
        Ok(params)
    }

    fn count(
        &self,
        raw: Option<&'a RawValue>,
        name: &str,
        into: &mut u32,
    ) -> Result<(), GenesisFileError> {
        let Some(raw) = raw else { return Ok(()) };
        match raw.get().parse() {
            Ok(count) if count <= KEYS_MAX => {
                *into = count;
                Ok(())
            }
            _ => Err(self.value(
                raw.get(),
                format!("{name} is a number up to {KEYS_MAX}, not {}", raw.get()),
            )),
        }
    }

    fn amount(
        &self,
        raw: Option<&'a RawValue>,
        name: &str,
        into: &mut U256,
    ) -> Result<(), GenesisFileError> {
        let Some(raw) = raw else { return Ok(()) };
        match setting(raw, Unit::Wei) {
            Some(Setting::Number(wei)) => {
                *into = wei;
                Ok(())
            }
            _ => Err(self.value(
                raw.get(),
                format!("{name} is {}, not {}", Unit::Wei.wanted(), raw.get()),
            )),
        }
    }

    fn accounts(
        &self,
        pairs: &Pairs<'a, &'a RawValue>,
        name: &str,
    ) -> Result<Vec<(Address, U256)>, GenesisFileError> {
        let mut accounts: Vec<(Address, U256)> = Vec::new();
        for (key, raw) in &pairs.0 {
            let Some(Setting::Account(Some(address))) = Setting::parse(key, Unit::Account) else {
                return Err(self.value(
                    key,
                    format!("{name} has addresses (0x and 40 hex digits), not \"{key}\""),
                ));
            };
            if accounts.iter().any(|(known, _)| *known == address) {
                return Err(self.value(key, format!("{name} has {key} twice; leave one out")));
            }
            let mut amount = U256::ZERO;
            self.amount(Some(raw), &format!("{name}.{key}"), &mut amount)?;
            accounts.push((address, amount));
        }
        Ok(accounts)
    }

    fn family(&self, raw: &'a RawValue) -> Result<Family, GenesisFileError> {
        let named = text(raw).ok_or(FamilyError).and_then(Family::new);
        named.map_err(|error| {
            let given = raw.get();
            self.value(given, format!("validators.families: {error}, not {given}"))
        })
    }

    fn value(&self, at: &str, what: String) -> GenesisFileError {
        GenesisFileError::Value {
            place: self.place.to_owned(),
            line: self.line(at),
            what,
        }
    }

    /// The line in which a part of the text begins.
    fn line(&self, part: &str) -> usize {
        let offset = part
            .as_ptr()
            .addr()
            .saturating_sub(self.text.as_ptr().addr());
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A JSON string without escapes.
fn text(raw: &RawValue) -> Option<&str> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\\')).then_some(inner)
}

/// A JSON value as the value of a parameter: numbers also as strings, for JSON's end at 2^53.
fn setting(raw: &RawValue, unit: Unit) -> Option<Setting> {
    match (raw.get(), unit) {
        ("null", Unit::Account) => Some(Setting::Account(None)),
        ("true" | "false", Unit::Flag) => Setting::parse(raw.get(), unit),
        (_, Unit::Flag) => None,
        (digits, Unit::Wei) if text(raw).is_none() => parse_amount(digits).map(Setting::Number),
        (digits, _) => Setting::parse(text(raw).unwrap_or(digits), unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use venire_protocol::params::list;

    fn read(text: &str) -> Result<NetworkSpec, String> {
        let place = "my.json";
        let read = Reader { place, text }.network();
        read.map_err(|error| error.to_string())
    }

    /// `PARAM-01`
    #[test]
    fn the_files_in_the_repository_say_everything() {
        for (name, text) in NAMED {
            let spec = NetworkSpec::load(name).unwrap();
            assert_eq!(Some(&spec.params), Params::named(name).as_ref(), "{name}");
            let file: File<'_> = serde_json::from_str(text).unwrap();
            let said: Vec<String> = file
                .params
                .0
                .iter()
                .flat_map(|(group, fields)| {
                    fields
                        .0
                        .iter()
                        .map(move |(field, _)| format!("{group}.{field}"))
                })
                .collect();
            let mut known: Vec<&str> = list(&spec.params).iter().map(|row| row.name).collect();
            known.retain(|name| !said.iter().any(|said| said == name));
            assert_eq!(known, Vec::<&str>::new(), "genesis/{name}.json lacks them");
        }
    }

    #[test]
    fn what_a_file_leaves_out_is_as_in_its_base() {
        assert_eq!(read("{}"), Ok(NetworkSpec::load("local").unwrap()));
        let spec = read(
            r#"{ "base": "mirror", "params": { "network": { "chain_id": "77" }, "fee": { "unit_price": 5 } },
                "validators": { "stake": "50000gen", "families": ["qwen", "undeclared"], "others": { "0x0000000000000000000000000000000000000001": "42000gen" } },
                "alloc": { "0x0000000000000000000000000000000000000002": 7 } }"#,
        )
        .unwrap();
        let mirror = NetworkSpec::load("mirror").unwrap();
        assert_eq!(
            (spec.params.chain_id, spec.params.fees.unit_price),
            (77, U256::from(5))
        );
        assert_eq!(spec.params.stake, mirror.params.stake);
        assert_eq!(
            spec.families,
            [Family::new("qwen").unwrap(), Family::default()]
        );
        assert_eq!((spec.validators, spec.others.len()), (mirror.validators, 1));
        assert_eq!(spec.alloc, [(Address::with_last_byte(2), U256::from(7))]);
    }

    #[test]
    fn every_mistake_is_told_in_one_sentence_with_its_place() {
        let cases = [
            (
                "",
                "my.json is no genesis file: EOF while parsing a value at line 1 column 0",
            ),
            (
                "{\n \"paramz\": {} }",
                "my.json is no genesis file: unknown field `paramz`, expected one of `base`, `params`, `validators`, `accounts`, `alloc` at line 2 column 9",
            ),
            (
                "{ \"params\": [] }",
                "my.json is no genesis file: invalid type: sequence, expected an object in braces at line 1 column 12",
            ),
            (
                "{ \"base\": \"main\" }",
                "my.json, line 1: base is one of \"local\", \"test\" and \"mirror\", not \"main\"",
            ),
            (
                "{ \"params\": {\n\"round\": {\n\"comit_timeout_ms\": 1 } } }",
                "my.json, line 3: there is no parameter round.comit_timeout_ms; did you mean round.commit_timeout_ms?",
            ),
            (
                "{ \"params\": {\n\"round\": { \"commit_timeout_ms\": 0 } } }",
                "my.json, line 2: round.commit_timeout_ms must be between 1 and 86400000 ms, not 0",
            ),
        ];
        told(&cases);
        let missing = NetworkSpec::load("mirrer").unwrap_err().to_string();
        assert_eq!(
            missing,
            "read mirrer: No such file or directory (os error 2); name a genesis file, or one of the networks local, test and mirror (did you mean mirror?)"
        );
    }

    #[test]
    fn values_that_cannot_be_are_told_with_their_line() {
        let one = "0x0000000000000000000000000000000000000001";
        let twice = format!("{{ \"alloc\": {{ \"{one}\": 1,\n \"{one}\": 2 }} }}");
        let cases = [
            (
                "{ \"params\": { \"round\": { \"grace_ms\": true } } }",
                "my.json, line 1: round.grace_ms is a whole number, not true",
            ),
            (
                "{ \"params\": { \"round\": { \"grace_ms\": 1.5 } } }",
                "my.json, line 1: round.grace_ms is a whole number, not 1.5",
            ),
            (
                "{ \"params\": { \"network\": { \"faucet\": \"yes\" } } }",
                "my.json, line 1: network.faucet is true or false, not \"yes\"",
            ),
            (
                "{ \"params\": { \"fee\": { \"unit_price\": \"1eth\" } } }",
                "my.json, line 1: fee.unit_price is an amount such as \"42000gen\" or a number of wei, not \"1eth\"",
            ),
            (
                "{ \"params\": { \"round\": { \"grace_ms\": 1,\n\"grace_ms\": 2 } } }",
                "my.json, line 2: round.grace_ms is there twice; leave one out",
            ),
            (
                "{ \"params\": { \"stake\": { \"unbonding_epochs\": 3 } } }",
                "my.json: stake.unbonding_epochs cannot be 3: it must be above stake.slash_delay_epochs + 1, or a slash finds nothing left",
            ),
            (
                "{ \"validators\": { \"count\": 1001 } }",
                "my.json, line 1: validators.count is a number up to 1000, not 1001",
            ),
            (
                "{ \"validators\": { \"families\": [\"qwen\",\n\"Qwen\"] } }",
                "my.json, line 2: validators.families: the name of a model family is at most 32 lower-case letters, digits, hyphens and dots, not \"Qwen\"",
            ),
            (
                "{ \"accounts\": { \"balance\": -1 } }",
                "my.json, line 1: accounts.balance is an amount such as \"42000gen\" or a number of wei, not -1",
            ),
            (
                "{ \"alloc\": { \"0x1\": 1 } }",
                "my.json, line 1: alloc has addresses (0x and 40 hex digits), not \"0x1\"",
            ),
            (
                &twice,
                "my.json, line 2: alloc has 0x0000000000000000000000000000000000000001 twice; leave one out",
            ),
        ];
        told(&cases);
    }

    fn told(cases: &[(&str, &str)]) {
        for (text, said) in cases {
            assert_eq!(read(text), Err((*said).to_owned()), "{text}");
        }
    }
}
