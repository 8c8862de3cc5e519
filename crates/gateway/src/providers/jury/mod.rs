//! Built-in jurors: small deterministic rules in the place of models, so that a network judges
//! contracts with no key and no network.
//!
//! They do not understand anything. A juror reads structure (which JSON keys are wanted, which
//! answers are offered, how similar two texts are) and settles what it cannot read by a hash of the
//! prompt. All jurors hash alike, so they mostly agree; each has one known bias, so they sometimes
//! do not:
//!
//! | juror | bias |
//! | --- | --- |
//! | `strict` | says no in doubt; two texts must be nearly the same |
//! | `even` | none worth naming |
//! | `lenient` | says yes in doubt; a rough likeness is enough |
//! | `literal` | like `even`, but two texts must be the same word for word |
//! | `hasty` | like `even`, but reads the first 40 words of a prompt only |
//!
//! Without a name each validator gets a juror by its address: five of eight `even`, one each
//! `strict`, `lenient`, `literal`.
//!
//! # Invariants
//! - Same juror, same question, same answer: nothing else goes in, on any machine.

mod likeness;
mod record;
mod skeleton;
mod speech;

use super::{Call, Pending, Provider, Reply, Task, Want};
use likeness::{covered, likeness};
use serde_json::json;
use venire_types::ask::Template;
use venire_types::{Address, keccak256};

/// One juror. Levels are in thousandths.
#[derive(Debug, PartialEq, Eq)]
struct Traits {
    name: &'static str,
    /// Evidence it takes to say yes.
    yes_at: u32,
    /// Likeness it takes to call two texts equivalent.
    same_at: u32,
    /// Share of an output's words that must come from the material.
    grounded_at: u32,
    /// Words of a prompt that are read.
    attention: usize,
}

const STRICT: Traits = Traits {
    name: "strict",
    yes_at: 600,
    same_at: 900,
    grounded_at: 700,
    attention: usize::MAX,
};
const EVEN: Traits = Traits {
    name: "even",
    yes_at: 500,
    same_at: 600,
    grounded_at: 500,
    attention: usize::MAX,
};
const LENIENT: Traits = Traits {
    name: "lenient",
    yes_at: 400,
    same_at: 350,
    grounded_at: 200,
    attention: usize::MAX,
};
const LITERAL: Traits = Traits {
    name: "literal",
    yes_at: 500,
    same_at: 1000,
    grounded_at: 500,
    attention: usize::MAX,
};
const HASTY: Traits = Traits {
    name: "hasty",
    yes_at: 500,
    same_at: 600,
    grounded_at: 500,
    attention: 40,
};

/// A built-in juror by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Juror(&'static Traits);

impl Juror {
    /// All jurors.
    pub const ALL: [Self; 5] = [
        Self(&STRICT),
        Self(&EVEN),
        Self(&LENIENT),
        Self(&LITERAL),
        Self(&HASTY),
    ];

    /// The juror of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|juror| juror.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The juror a validator gets when none is named.
    #[must_use]
    pub fn of(validator: Address) -> Self {
        match keccak256(validator).as_slice().first().map(|byte| byte % 8) {
            Some(5) => Self(&STRICT),
            Some(6) => Self(&LENIENT),
            Some(7) => Self(&LITERAL),
            _ => Self(&EVEN),
        }
    }
}

/// The jurors as a provider.
#[derive(Debug)]
pub(crate) struct Jury {
    juror: Option<Juror>,
    name: String,
}

impl Jury {
    pub(crate) fn new(juror: Option<Juror>) -> Self {
        let name = juror.map_or("jury".to_owned(), |juror| format!("jury:{}", juror.name()));
        Self { juror, name }
    }
}

impl Provider for Jury {
    fn name(&self) -> &str {
        &self.name
    }

    fn call<'a>(&'a self, call: Call<'a>) -> Pending<'a> {
        let juror = self
            .juror
            .unwrap_or_else(|| Juror::of(call.context.validator));
        let text = answer(juror.0, call.task, call.want);
        Box::pin(std::future::ready(Ok(Reply { text, usage: None })))
    }
}

fn answer(traits: &Traits, task: Task<'_>, want: Want<'_>) -> String {
    match task {
        Task::Prompt(prompt) => {
            let mind = Mind::new(traits, prompt);
            match want {
                Want::Text => speech::text(&mind),
                Want::Json | Want::Verdict => speech::object(&mind),
                Want::Schema(schema) => record::filled(&mind, schema),
            }
        }
        Task::Extract {
            task,
            record,
            sources,
        } => {
            let asked = match want {
                Want::Schema(asked) => asked,
                Want::Text | Want::Json | Want::Verdict => record,
            };
            record::reported(&Mind::new(traits, task), record, asked, sources)
        }
        Task::Template(Template::Comparative {
            leader,
            mine,
            principle,
        }) => {
            let share = likeness(leader, mine, principle);
            verdict(share >= traits.same_at, format!("likeness {share} of 1000"))
        }
        Task::Template(Template::NonComparativeLeader {
            task,
            criteria,
            input,
        }) => speech::perform(task, criteria, input),
        Task::Template(Template::NonComparativeValidator {
            task,
            criteria,
            input,
            output,
        }) => {
            let share = covered(output, &[task, criteria, input]);
            let enough = !output.trim().is_empty() && share >= traits.grounded_at;
            verdict(
                enough,
                format!("{share} of 1000 words come from the material"),
            )
        }
    }
}

fn verdict(result: bool, reason: String) -> String {
    json!({"reason": reason, "result": result}).to_string()
}

/// A juror reading one prompt.
struct Mind<'a> {
    traits: &'a Traits,
    /// The whole prompt: form is seen at a glance.
    prompt: &'a str,
    /// What it bases its opinion on.
    read: String,
}

impl<'a> Mind<'a> {
    fn new(traits: &'a Traits, prompt: &'a str) -> Self {
        let words: Vec<&str> = prompt.split_whitespace().take(traits.attention).collect();
        Self {
            traits,
            prompt,
            read: words.join(" "),
        }
    }

    /// Evidence for a matter, 0 to 999: the same for every juror that read the same words.
    fn evidence(&self, matter: &str) -> u32 {
        let digest = keccak256([self.read.as_bytes(), b"\0", matter.as_bytes()].concat());
        let head = digest.as_slice().iter().take(4);
        head.fold(0_u32, |all, byte| (all << 8) | u32::from(*byte)) % 1000
    }

    /// Yes or no.
    fn yes(&self, matter: &str) -> bool {
        self.evidence(matter) >= self.traits.yes_at
    }

    /// One of several.
    fn choose<'o>(&self, matter: &str, options: &'o [String]) -> Option<&'o str> {
        let index = self.evidence(matter) as usize * options.len() / 1000;
        options.get(index).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
