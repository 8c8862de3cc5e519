//! Questions a contract asks the outside world inside a non-deterministic block, and the answers.
//!
//! # Not here
//! - How a question is answered (`venire-gateway`), who may ask (`venire-vm`).

use crate::calldata::Value;
use alloc::{string::String, vec::Vec};

/// What shape of answer a prompt wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Free text.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object as its text, which keeps fractions (v0.3 contract rule). Answer: `Text`.
    JsonText,
    /// One JSON object that meets a JSON Schema, given as its text. Answer: `Json`.
    Schema(String),
}

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words of the contract.
    Words(String),
    /// Words of somebody else, which are shown to a model as material and never as orders.
    Data {
        /// What they are, e.g. `page`; the contract's word.
        label: String,
        /// What they say.
        text: String,
    },
}

/// A prompt whose wording belongs to the operator, not to the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Template {
    /// Are two answers equivalent under a principle? Answer: `Bool`.
    Comparative {
        /// Leader's answer, formatted.
        leader: String,
        /// This validator's answer, formatted.
        mine: String,
        /// What makes them equivalent.
        principle: String,
    },
    /// Perform a task on an input. Answer: `Text`.
    NonComparativeLeader {
        /// What to do.
        task: String,
        /// What a good answer meets.
        criteria: String,
        /// What to do it on (untrusted).
        input: String,
    },
    /// Is an output valid for task, input and criteria? Answer: `Bool`.
    NonComparativeValidator {
        /// What was to be done.
        task: String,
        /// What a good answer meets.
        criteria: String,
        /// What it was done on (untrusted).
        input: String,
        /// The leader's answer (untrusted).
        output: String,
    },
}

/// How a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Render {
    /// Visible text.
    Text,
    /// Markup of the body.
    Html,
    /// PNG of the viewport.
    Screenshot,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A prompt written by the contract.
    Prompt {
        /// Its pieces, in order. A prompt that is one text is one piece of words.
        parts: Vec<Part>,
        /// Wanted shape.
        format: Format,
        /// At most two images (PNG or JPEG bytes).
        images: Vec<Vec<u8>>,
    },
    /// A prompt of the equivalence principle.
    Template(Template),
    /// Facts that are read out of material into a typed record, each with the words that say so.
    Extract {
        /// What is to be found; the contract's words.
        task: String,
        /// JSON Schema of the record, as its text.
        schema: String,
        /// Where to look: label and text of each source.
        sources: Vec<(String, String)>,
    },
    /// A rendered page.
    Render {
        /// Absolute http(s) URL.
        url: String,
        /// Wanted form.
        mode: Render,
        /// Extra milliseconds after loading.
        wait_ms: u32,
    },
    /// A plain HTTP request.
    Request {
        /// Upper-case method.
        method: String,
        /// Absolute http(s) URL.
        url: String,
        /// Header names in lower case, values as bytes.
        headers: Vec<(String, Vec<u8>)>,
        /// Body, if any.
        body: Option<Vec<u8>>,
    },
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Model text or page text.
    Text(String),
    /// Decoded JSON object. Non-integer numbers arrive as strings (v0.2 contract rule).
    Json(Value),
    /// Verdict of a template.
    Bool(bool),
    /// Screenshot bytes.
    Image(Vec<u8>),
    /// Answer to `Request`; any status is an answer, not an error.
    Response {
        /// HTTP status.
        status: u16,
        /// Lower-case names.
        headers: Vec<(String, Vec<u8>)>,
        /// Raw body.
        body: Vec<u8>,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskError {
    /// The contract's to handle: it sees an exception with these causes and context, e.g.
    /// `["WEBPAGE_LOAD_FAILED"]` with `{"status": 404, "url": ...}`.
    Contract {
        /// Stable upper-case codes, most specific first.
        causes: Vec<String>,
        /// Details as a calldata map.
        ctx: Value,
    },
    /// Not the contract's fault (model unreachable, no provider): this validator abstains.
    Unavailable {
        /// Stable upper-case code, e.g. `NO_PROVIDER_FOR_PROMPT`.
        code: String,
        /// For the operator's eyes.
        message: String,
    },
}
