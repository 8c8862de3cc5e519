//! What stands between contracts, models and pages.
//!
//! - [`filter`]: characters a reader cannot see never reach a model.
//! - [`prompt`]: prompts of the equivalence principle are typed and fenced, rendered once.
//! - [`template`]: their wording.
//! - [`json`]: what a model says is decoded strictly or not at all.

pub(crate) mod filter;
pub(crate) mod json;
pub(crate) mod prompt;
pub(crate) mod template;
