//! Limits of answers under judgment, which their authors would like to be persuasive.
//!
//! # Invariants
//! - An answer far longer than its like is not judged but refused: what does not fit into the view of a
//!   judge must not be accepted unseen.
//!
//! # Not here
//! - Fences around them and their order ([`super::template`]); reading verdicts ([`super::json::verdict`]).
//!
//! # Proof
//! The tests below; judge attacks of `tests/it/guard.rs`.

use super::visible::see;
use crate::trail::Trail;
use venire_types::ask::Template;

/// Characters that an answer may have, whatever it is compared to.
const FREE: usize = 16 << 10;
/// How many times as long as its like an answer may be.
const TIMES: usize = 4;

/// Whether the answer under judgment can be judged; notes what is odd about it.
pub(crate) fn is_judgeable(template: &Template, trail: &mut Trail) -> bool {
    let (answer, like) = match template {
        Template::Comparative { leader, mine, .. } => (leader, mine.len()),
        Template::NonComparativeValidator { input, output, .. } => (output, input.len()),
        Template::NonComparativeLeader { .. } => return true,
    };
    let seen = see(answer);
    if seen.hidden > 0 {
        trail.note(
            "hidden characters",
            format!("{} in the answer under judgment", seen.hidden),
        );
    }
    let limit = FREE.max(like.saturating_mul(TIMES));
    if answer.len() > limit {
        trail.note(
            "answer too long",
            format!("{} bytes, at most {limit}", answer.len()),
        );
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{FREE, is_judgeable};
    use crate::trail::Trail;
    use venire_types::ask::Template;

    fn judged(leader: String, mine: String) -> (bool, Vec<&'static str>) {
        let mut trail = Trail::default();
        let template = Template::Comparative {
            leader,
            mine,
            principle: "same".to_owned(),
        };
        let fine = is_judgeable(&template, &mut trail);
        (fine, trail.notes.iter().map(|note| note.code).collect())
    }

    #[test]
    fn an_answer_may_be_longer_but_not_by_far() {
        let text = |length: usize| "a".repeat(length);
        assert_eq!(judged(text(FREE), text(1)), (true, vec![]));
        assert_eq!(
            judged(text(FREE + 1), text(1)),
            (false, vec!["answer too long"])
        );
        assert_eq!(judged(text(FREE * 2), text(FREE)), (true, vec![]));
        assert_eq!(
            judged("a\u{200b}".to_owned(), text(1)),
            (true, vec!["hidden characters"])
        );
    }
}
