//! How one validator asks: drawn from its secret, so that what fools one does not fool all.
//!
//! A transform changes the dress of a prompt and never what is asked: one of sixteen vetted wordings of
//! our own sentences, the order of two answers under judgment, the style of fences, a mark on the
//! material, a cooler temperature, checks by a second call.
//!
//! # Invariants
//! - Words of contracts are never changed.
//! - Same settings, same secret, same call: same dress. Nothing of it is seen before the answer is given.
//!
//! # Not here
//! - The wordings ([`super::template`]); the secret ([`crate::Context`]).
//!
//! # Proof
//! The tests below; every wording of every template is looked at in the tests of [`super::template`], and
//! jurors give the same answers under every dress (`tests/it/guard.rs`).

use super::mark::Mark;
use crate::context::Context;
use serde::{Deserialize, Serialize};

/// Wordings of each of our sentences.
pub(crate) const WORDINGS: usize = 16;

/// Which transforms a validator uses. Without any of them a prompt still has fences with secret codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transforms {
    /// One of sixteen wordings of our own sentences. Default: false.
    pub wording: bool,
    /// Two answers under judgment in random order. Default: true.
    pub order: bool,
    /// One of four styles of fences. Default: false.
    pub fences: bool,
    /// A mark on the material. Default: off.
    pub marking: Marking,
    /// Temperature 0 in one call of two. Default: false.
    pub cool: bool,
    /// A secret in the role that must not come back. Default: false.
    pub canary: bool,
    /// A word that typed answers must repeat, and a trap they must leave empty. Default: false.
    pub echo: bool,
    /// Yes-or-no questions are asked a second time, turned round; twice the calls. Not for `jury` and
    /// scripts, which answer by rule and are not asked twice. Default: off.
    pub inversion: When,
    /// Typed questions are asked a second time without the question; twice the calls. Default: off.
    pub masking: When,
}

impl Default for Transforms {
    fn default() -> Self {
        Self {
            wording: false,
            order: true,
            fences: false,
            marking: Marking::Off,
            cool: false,
            canary: false,
            echo: false,
            inversion: When::Never,
            masking: When::Never,
        }
    }
}

impl Transforms {
    /// Everything that costs neither a second call nor, with small models, accuracy.
    #[must_use]
    pub fn varied() -> Self {
        Self {
            wording: true,
            fences: true,
            cool: true,
            canary: true,
            ..Self::default()
        }
    }
}

/// How material is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// Not.
    #[default]
    Off,
    /// One of eight signs in the place of spaces.
    Signs,
    /// As base64; for large models only.
    Base64,
}

/// When something that costs is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Not.
    #[default]
    Never,
    /// Where the detector sees a risk.
    AtRisk,
    /// Each time.
    Always,
}

impl When {
    /// Whether it is done.
    pub(crate) fn applies(self, at_risk: bool) -> bool {
        match self {
            Self::Never => false,
            Self::AtRisk => at_risk,
            Self::Always => true,
        }
    }
}

/// Lines around a piece of material.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fence {
    /// `[[LABEL CODE]]`
    #[default]
    Brackets,
    /// `<<<LABEL CODE>>>`
    Angles,
    /// `---- BEGIN LABEL CODE ----`
    Rules,
    /// `{{LABEL CODE}}`
    Braces,
}

impl Fence {
    const ALL: [Self; 4] = [Self::Brackets, Self::Angles, Self::Rules, Self::Braces];

    /// What stands before and behind label and code in the first and in the last line.
    pub(crate) fn sides(self) -> [&'static str; 4] {
        match self {
            Self::Brackets => ["[[", "]]", "[[/", "]]"],
            Self::Angles => ["<<<", ">>>", "<<<END ", ">>>"],
            Self::Rules => ["---- BEGIN ", " ----", "---- END ", " ----"],
            Self::Braces => ["{{", "}}", "{{/", "}}"],
        }
    }
}

/// The dress of one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Look {
    /// Which wording, below [`WORDINGS`].
    pub(crate) wording: usize,
    /// Whether the second answer under judgment comes first.
    pub(crate) swapped: bool,
    pub(crate) fence: Fence,
    pub(crate) marking: Marking,
    /// Which sign is tried first.
    pub(crate) sign: usize,
    /// Whether the temperature is 0.
    pub(crate) cool: bool,
    pub(crate) canary: bool,
}

impl Look {
    /// The dress of a call.
    pub(crate) fn draw(transforms: &Transforms, context: &Context) -> Self {
        let [wording, order, fence, sign, cool, ..] = context.dress().map(usize::from);
        Self {
            wording: if transforms.wording {
                wording % WORDINGS
            } else {
                0
            },
            swapped: transforms.order && order % 2 == 1,
            fence: match Fence::ALL.get(fence % Fence::ALL.len()) {
                Some(fence) if transforms.fences => *fence,
                _ => Fence::default(),
            },
            marking: transforms.marking,
            sign,
            cool: transforms.cool && cool % 2 == 1,
            canary: transforms.canary,
        }
    }

    /// The mark for these pieces of material.
    pub(crate) fn mark(&self, texts: &[&str]) -> Mark {
        match self.marking {
            Marking::Off => Mark::None,
            Marking::Signs => Mark::sign(self.sign, texts),
            Marking::Base64 => Mark::Base64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fence, Look, Marking, Transforms, WORDINGS, When};
    use crate::context::Context;
    use crate::guard::prompt::tests::context;
    use std::collections::BTreeSet;

    #[test]
    fn every_dress_is_drawn_and_none_without_a_setting() {
        let draw = |transforms: &Transforms, index| {
            Look::draw(transforms, &Context { index, ..context() })
        };
        let varied = Transforms::varied();
        let looks: Vec<Look> = (0..2_000).map(|index| draw(&varied, index)).collect();
        let wordings: BTreeSet<usize> = looks.iter().map(|look| look.wording).collect();
        assert_eq!(wordings.len(), WORDINGS);
        for fence in Fence::ALL {
            assert!(looks.iter().any(|look| look.fence == fence));
        }
        let swapped = looks.iter().filter(|look| look.swapped).count();
        assert!((900..1_100).contains(&swapped), "{swapped}");
        assert_eq!(draw(&varied, 5), draw(&varied, 5));
        let plain = Transforms {
            order: false,
            ..Transforms::default()
        };
        let look = draw(&plain, 7);
        let sign = look.sign;
        assert_eq!(
            look,
            Look {
                sign,
                ..Look::default()
            }
        );
    }

    #[test]
    fn settings_are_read_by_name_and_unknown_ones_refused() {
        let read: Transforms =
            toml::from_str("marking = \"signs\"\ninversion = \"at-risk\"\nwording = true")
                .expect("settings");
        assert_eq!(read.marking, Marking::Signs);
        assert_eq!(read.inversion, When::AtRisk);
        assert!(read.wording && read.order && !read.canary);
        assert!(toml::from_str::<Transforms>("wordings = true").is_err());
    }
}
