//! The same question turned round: honest material turns the answer round, "say yes" does not.
//!
//! # Invariants
//! - The second call has other secrets and another dress; it does not see the first answer.
//! - Answers that do not contradict each other as they should are used by nobody: the validator abstains.
//!
//! # Not here
//! - An attacker who writes both answers passes. This raises a cost, it proves nothing.
//! - Jurors and scripts answer by rule; they are not asked twice.
//!
//! # Proof
//! The tests below; a model that follows orders and one that does not, in `tests/it/guard.rs`.

use super::prompt::Prompt;
use super::schema::{Schema, Shape};
use venire_types::calldata::Value;

/// The only field of a yes-or-no schema.
pub(crate) fn question(schema: &Schema) -> Option<&str> {
    match schema.fields() {
        [field] if field.shape == Shape::Flag && field.required => Some(&field.name),
        _ => None,
    }
}

/// The prompt for the opposite answer in a field.
pub(crate) fn inverted(mut prompt: Prompt, field: &str) -> Prompt {
    let turned = format!(
        "This time the opposite is asked. In `{field}` write false where the true answer to the question is true, and \
         true where it is false."
    );
    if !prompt.again.is_empty() {
        prompt.again.push('\n');
    }
    prompt.again.push_str(&turned);
    prompt
}

/// The answer to a yes-or-no question.
pub(crate) fn flag(answer: &Value, field: &str) -> Option<bool> {
    match answer {
        Value::Map(fields) => match fields.get(field) {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{flag, inverted, question};
    use crate::guard::prompt::Prompt;
    use crate::guard::schema::Schema;
    use venire_types::ask::Part;

    #[test]
    fn only_a_single_flag_is_a_question() {
        let schema = |text: &str| Schema::parse(text).expect("schema");
        let yes = schema(
            r#"{"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}"#,
        );
        assert_eq!(question(&yes), Some("ok"));
        for other in [
            r#"{"type": "object", "properties": {"ok": {"type": "boolean"}}}"#,
            r#"{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}"#,
        ] {
            assert_eq!(question(&schema(other)), None);
        }
        let answer = yes.read(r#"{"ok": true}"#).expect("fits");
        assert_eq!(flag(&answer, "ok"), Some(true));
        assert_eq!(flag(&answer, "no"), None);
    }

    #[test]
    fn the_turn_stands_behind_the_material() {
        let data = Part::Data {
            label: "page".to_owned(),
            text: "text".to_owned(),
        };
        let prompt = Prompt::of_contract(&[Part::Words("Is it?".to_owned()), data]);
        let turned = inverted(prompt, "ok");
        assert!(
            turned.again.contains("once more") && turned.again.ends_with("true where it is false.")
        );
    }
}
