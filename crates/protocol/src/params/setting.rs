//! A parameter as governance and genesis files see it.

use super::{
    ParamError, amount, parse_amount,
    table::{Row, Unit},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
};
use venire_types::{Address, U256};

/// A value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// True or false.
    Flag(bool),
    /// A number, in the unit of its parameter.
    Number(U256),
    /// An account, or none.
    Account(Option<Address>),
}

impl Setting {
    /// The value as people and files write it: money as an amount, an account in hex or `none`.
    #[must_use]
    pub fn text(&self, unit: Unit) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) if unit == Unit::Wei => amount(*number),
            Self::Number(number) => number.to_string(),
            Self::Account(Some(account)) => format!("{account:#x}"),
            Self::Account(None) => "none".to_string(),
        }
    }

    /// Reads what [`Self::text`] writes. `None` when it is no value of this unit.
    #[must_use]
    pub fn parse(text: &str, unit: Unit) -> Option<Self> {
        match (unit, text) {
            (Unit::Flag, _) => text.parse().ok().map(Self::Flag),
            (Unit::Account, "none") => Some(Self::Account(None)),
            (Unit::Account, _) if text.starts_with("0x") => text
                .parse()
                .ok()
                .map(|account| Self::Account(Some(account))),
            (Unit::Account, _) => None,
            (Unit::Wei, _) => parse_amount(text).map(Self::Number),
            _ if text.ends_with("gen") => None,
            _ => parse_amount(text).map(Self::Number),
        }
    }
}

/// A row of the table and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, which never changes.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Smallest and greatest value; `None` for what is no number.
    pub range: Option<(U256, U256)>,
    /// What it is for, and why it has these ends where that is not plain.
    pub about: &'static str,
    /// Whether an account may be missing.
    pub optional: bool,
    /// Its value.
    pub value: Setting,
}

impl Parameter {
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self {
            name: row.name,
            unit: row.unit,
            range: row.range,
            about: row.about,
            optional: row.is_optional(),
            value: row.get(),
        }
    }

    /// May it have this value, as far as its own range tells?
    ///
    /// # Errors
    /// [`ParamError::Kind`], [`ParamError::Range`].
    pub fn fits(&self, value: Setting) -> Result<(), ParamError> {
        match (self.range, value) {
            (Some((least, greatest)), Setting::Number(number)) => {
                if least <= number && number <= greatest {
                    Ok(())
                } else {
                    Err(self.out_of_range(value))
                }
            }
            (None, Setting::Flag(_)) if self.unit == Unit::Flag => Ok(()),
            (None, Setting::Account(account)) if self.unit == Unit::Account => {
                if account.is_some() || self.optional {
                    Ok(())
                } else {
                    Err(self.wrong_kind(value))
                }
            }
            _ => Err(self.wrong_kind(value)),
        }
    }

    pub(super) fn out_of_range(&self, value: Setting) -> ParamError {
        let parameter = Box::new(*self);
        ParamError::Range { parameter, value }
    }

    fn wrong_kind(&self, value: Setting) -> ParamError {
        ParamError::Kind {
            name: self.name,
            unit: self.unit,
            value,
        }
    }
}
