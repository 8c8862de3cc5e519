//! What stands between contracts, models and pages.
//!
//! - [`filter`]: characters a reader cannot see never reach a model.
//! - [`prompt`]: prompts of the equivalence principle are typed and fenced, rendered once.
//! - [`template`]: their wording.
//! - [`json`]: what a model says is decoded strictly or not at all.
//! - [`schema`]: what an answer has to look like, to the last character.
//! - [`extract`]: facts out of material, each with the words that say so.

pub(crate) mod extract;
pub(crate) mod filter;
pub(crate) mod json;
pub(crate) mod prompt;
pub(crate) mod schema;
pub(crate) mod template;
