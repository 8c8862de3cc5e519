//! What stands between contracts and models: one file per mechanism.
//!
//! | mechanism | file |
//! | --- | --- |
//! | D1 typed prompts, D2 secret codes, D5 the request said again | [`prompt`] |
//! | D3 control tokens of chat formats | [`control`] |
//! | D4 marks on material | [`mark`] |
//! | D6 answers by a closed schema | [`schema`], [`json`] |
//! | D7 facts with their words, D8 evidence and conflicts | [`extract`] |
//! | D9 the question turned round | [`inversion`] |
//! | D10 the material without the question | [`masked`] |
//! | D13 text as a reader sees it | [`visible`] |
//! | D14 a detector that blocks nothing | [`detect`] |
//! | D15 secrets that must not come back, a word that must | [`canary`] |
//! | D16 each validator asks in its own way | [`transform`], [`template`] |
//! | D19 answers under judgment | [`judge`], [`template`] |
//!
//! # Not here
//! - D11, labels that follow a value through a contract: what a contract marks as material
//!   (`Part::Data`) is of low integrity in the one prompt it is put into, and the rest of the way is the
//!   virtual machine's to keep.
//! - D12, several sources: the contract decides whom to believe; `gl.nondet.quorum` helps it.

#[cfg(test)]
pub(crate) mod attacks;
pub(crate) mod canary;
pub(crate) mod control;
pub(crate) mod detect;
pub(crate) mod extract;
pub(crate) mod inversion;
pub(crate) mod json;
pub(crate) mod judge;
pub(crate) mod mark;
pub(crate) mod masked;
pub(crate) mod prompt;
pub(crate) mod schema;
pub(crate) mod template;
pub(crate) mod transform;
#[cfg(test)]
mod tricks;
pub(crate) mod visible;
