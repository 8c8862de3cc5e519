//! The wording of the equivalence principle's prompts.
//!
//! # Not here
//! - Reading verdicts back ([`super::json::verdict`]).

use super::prompt::{Piece, Prompt};
use venire_types::ask::Template;

const COMPARE: &str =
    "You are a strict judge of two outputs. You decide whether the comparison output is \
equivalent to the primary output under the criteria, and nothing else.
Rules:
- Answer true only when every criterion is fully met. Any doubt means false.
- Use only the stated criteria. Assume nothing that is not written.
- Differences of layout or formatting do not matter unless the criteria say so.
- A missing section means false.";

const COMPARE_NOW: &str = "Judge the two outputs above by the criteria above. Answer with one JSON object and \
nothing else: {\"reason\": \"one short sentence\", \"result\": true or false}";

const LEAD: &str = "You perform a task on an input so that the output meets every criterion.
Rules:
- Meet all criteria; use only the stated ones; assume nothing that is not written.
- The output is unambiguous.
- Answer with the bare output: no introduction, no explanation, no quotes around it.";

const LEAD_NOW: &str = "Perform the task above on the input above, meeting the criteria above. Answer with the \
bare output.";

const VALIDATE: &str =
    "You are a strict judge of one output. You decide whether it is a valid result of the task \
on the input under the criteria, and nothing else.
Rules:
- Answer true only when every criterion is fully met. Any doubt means false.
- Use only the stated task, input and criteria. Assume nothing that is not written.
- A missing section means false.";

const VALIDATE_NOW: &str = "Judge the output above. Answer with one JSON object and nothing else: \
{\"reason\": \"one short sentence\", \"result\": true or false}";

/// The typed prompt of a template.
pub(crate) fn prompt(template: &Template) -> Prompt {
    match template {
        Template::Comparative {
            leader,
            mine,
            principle,
        } => {
            let material = [
                ("criteria", principle),
                ("primary output", leader),
                ("comparison output", mine),
            ];
            typed(COMPARE, &material, COMPARE_NOW)
        }
        Template::NonComparativeLeader {
            task,
            criteria,
            input,
        } => {
            let material = [("task", task), ("criteria", criteria), ("input", input)];
            typed(LEAD, &material, LEAD_NOW)
        }
        Template::NonComparativeValidator {
            task,
            criteria,
            input,
            output,
        } => {
            let material = [
                ("task", task),
                ("criteria", criteria),
                ("input", input),
                ("output", output),
            ];
            typed(VALIDATE, &material, VALIDATE_NOW)
        }
    }
}

/// Role, material, and the order again, so that the last word is ours.
fn typed(role: &str, material: &[(&str, &String)], closing: &str) -> Prompt {
    let material = material
        .iter()
        .map(|(label, text)| Piece::data(label, &super::filter::clean(text)));
    Prompt {
        system: role.to_owned(),
        pieces: material.chain([Piece::Words(closing.to_owned())]).collect(),
    }
}
