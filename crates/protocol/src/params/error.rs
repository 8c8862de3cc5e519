//! Why a parameter cannot have a value.

use super::{Parameter, Setting, Unit};
use alloc::{boxed::Box, format, string::String, vec::Vec};

/// Why a parameter cannot have a value; each names the parameter, the value and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// No such parameter.
    #[error("there is no parameter {name}{}", hint(.nearest))]
    Unknown {
        /// As it was given.
        name: String,
        /// The name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// A flag where a number belongs, or the like.
    #[error("{name} is {}, not {}", .unit.wanted(), .value.text(Unit::Id))]
    Kind {
        /// Parameter.
        name: &'static str,
        /// What it counts.
        unit: Unit,
        /// What was given.
        value: Setting,
    },
    /// Too small or too large.
    #[error("{} must be {}, not {}", .parameter.name, span(.parameter), .value.text(.parameter.unit))]
    Range {
        /// Parameter.
        parameter: Box<Parameter>,
        /// What was given.
        value: Setting,
    },
    /// Does not go together with another.
    #[error("{name} cannot be {}: {rule}", .value.text(*.unit))]
    Rule {
        /// Parameter.
        name: &'static str,
        /// What it counts.
        unit: Unit,
        /// Its value.
        value: Setting,
        /// What must hold.
        rule: &'static str,
    },
    /// Genesis has decided.
    #[error("{name} is fixed once the chain has begun")]
    Fixed {
        /// Parameter.
        name: &'static str,
    },
}

impl ParamError {
    /// The parameter it is about, as it was named.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } => name,
            Self::Range { parameter, .. } => parameter.name,
            Self::Kind { name, .. } | Self::Rule { name, .. } | Self::Fixed { name } => name,
        }
    }

    pub(super) fn unknown(name: &str, known: impl Iterator<Item = &'static str>) -> Self {
        // Long nonsense is cut: the sentence must stay one.
        let name: String = name.chars().take(64).collect();
        let near = known.map(|known| (distance(&name, known), known)).min();
        let tolerated = name.chars().count() / 3;
        let nearest = near.filter(|(far, _)| *far <= tolerated.max(2));
        Self::Unknown {
            name,
            nearest: nearest.map(|(_, known)| known),
        }
    }
}

fn span(parameter: &Parameter) -> String {
    let (least, greatest) = parameter.range.unwrap_or_default();
    let [least, greatest] = [least, greatest].map(|end| Setting::Number(end).text(parameter.unit));
    format!("between {least} and {greatest}{}", suffix(parameter.unit))
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

fn suffix(unit: Unit) -> String {
    match unit {
        Unit::Flag | Unit::Account | Unit::Id | Unit::Count | Unit::Wei => String::new(),
        Unit::Ms
        | Unit::Epochs
        | Unit::Bps
        | Unit::Bytes
        | Unit::TimeUnits
        | Unit::Gas
        | Unit::Fuel => [" ", unit.name()].concat(),
    }
}

/// How many letters must be put in, left out or changed to make one word the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (from, a) in left.chars().enumerate() {
        let mut corner = from;
        let mut last = from.saturating_add(1);
        let mut next = Vec::from([last]);
        for (b, above) in right.chars().zip(row.iter().skip(1)) {
            let changed = corner.saturating_add(usize::from(a != b));
            last = changed
                .min(above.saturating_add(1))
                .min(last.saturating_add(1));
            corner = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distance_counts_letters() {
        for (left, right, far) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("kitten", "sitting", 3),
            ("", "ab", 2),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!(distance(left, right), far, "{left} {right}");
            assert_eq!(distance(right, left), far, "{right} {left}");
        }
    }
}
