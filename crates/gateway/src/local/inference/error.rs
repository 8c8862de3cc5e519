//! What can go wrong with a model in process, in sentences for the operator.

use std::path::PathBuf;

/// Why a model does not load or a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not a GGUF file, or a broken one.
    #[error("not a usable GGUF file: {0}")]
    Format(String),
    /// A GGUF file of a kind that this engine does not run.
    #[error("this model cannot be run: {0}")]
    Unsupported(String),
    /// The request does not fit into the model's context.
    #[error(
        "the prompt has {prompt} tokens and its answer at least {least}, but the context holds {context}"
    )]
    TooLong {
        /// Tokens of the prompt.
        prompt: usize,
        /// Tokens that the shortest answer takes.
        least: usize,
        /// Tokens that fit.
        context: usize,
    },
    /// The request itself is wrong: no message, no allowed answer, a schema that is none.
    #[error("the request cannot be asked: {0}")]
    Request(String),
    /// As many requests wait as are allowed.
    #[error("{0} requests wait already")]
    Busy(usize),
    /// The model did not come to an end within its budget.
    #[error("the model did not come to an end within {budget} tokens")]
    Budget {
        /// Tokens that were allowed.
        budget: usize,
        /// What was said until then.
        said: String,
    },
    /// The model said something that its grammar cannot continue.
    #[error("the answer left its grammar: {0}")]
    Grammar(String),
    /// The model's numbers are not numbers; its file is damaged.
    #[error("the model computes no numbers; its file is damaged")]
    NotANumber,
    /// A matrix product failed.
    #[error("inference failed: {0}")]
    Inference(String),
    /// The inference thread is gone.
    #[error("inference has stopped")]
    Stopped,
}

impl From<candle_core::Error> for LocalError {
    fn from(error: candle_core::Error) -> Self {
        Self::Inference(error.to_string())
    }
}

pub(crate) fn format(text: impl Into<String>) -> LocalError {
    LocalError::Format(text.into())
}

pub(crate) fn unsupported(text: impl Into<String>) -> LocalError {
    LocalError::Unsupported(text.into())
}
