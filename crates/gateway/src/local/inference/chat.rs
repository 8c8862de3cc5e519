//! How a conversation is put before each family of models, in our own words: a file's template is never run.
//!
//! # Invariants
//! - Control tokens are put in by number. What people and pages wrote is encoded as text only.

use super::error::{LocalError, unsupported};
use super::tokens::Tokens;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules.
    System,
    /// The question, with its material.
    User,
    /// What the model said before.
    Assistant,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said; may hold text of anybody.
    pub text: String,
}

impl Message {
    /// A message.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { role, text }
    }
}

/// The way a model was taught to read conversations.
#[derive(Clone, Debug)]
pub(crate) enum Chat {
    /// `<|im_start|>role`, a new line, the text, `<|im_end|>`, a new line.
    ChatMl { open: u32, close: u32 },
    /// `<|start_header_id|>role<|end_header_id|>`, two new lines, the text, `<|eot_id|>`.
    Llama3 { open: u32, title: u32, close: u32 },
}

impl Chat {
    /// The way that a vocabulary's control tokens show.
    pub(crate) fn of(tokens: &Tokens) -> Result<Self, LocalError> {
        let named = |name: &str| tokens.control(name);
        if let (Some(open), Some(close)) = (named("<|im_start|>"), named("<|im_end|>")) {
            return Ok(Self::ChatMl { open, close });
        }
        if let (Some(open), Some(title), Some(close)) = (
            named("<|start_header_id|>"),
            named("<|end_header_id|>"),
            named("<|eot_id|>"),
        ) {
            return Ok(Self::Llama3 { open, title, close });
        }
        Err(unsupported(
            "it was not taught a known form of conversation (ChatML, Llama 3); an instruct model is needed",
        ))
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::ChatMl { .. } => "ChatML",
            Self::Llama3 { .. } => "Llama 3",
        }
    }

    /// The token after which the model has finished.
    pub(crate) fn close(&self) -> u32 {
        match self {
            Self::ChatMl { close, .. } | Self::Llama3 { close, .. } => *close,
        }
    }

    /// Tokens of a conversation, up to where the model goes on; `lead` is put into its mouth.
    pub(crate) fn encode(
        &self,
        tokens: &Tokens,
        messages: &[Message],
        lead: &str,
    ) -> Result<Vec<u32>, LocalError> {
        let mut ids = Vec::new();
        ids.extend(tokens.start);
        for message in messages {
            self.head(tokens, message.role, &mut ids)?;
            ids.extend(tokens.encode(&message.text)?);
            ids.push(self.close());
            if matches!(self, Self::ChatMl { .. }) {
                ids.extend(tokens.encode("\n")?);
            }
        }
        self.head(tokens, Role::Assistant, &mut ids)?;
        ids.extend(tokens.encode(lead)?);
        Ok(ids)
    }

    fn head(&self, tokens: &Tokens, role: Role, ids: &mut Vec<u32>) -> Result<(), LocalError> {
        match self {
            Self::ChatMl { open, .. } => {
                ids.push(*open);
                ids.extend(tokens.encode(&format!("{}\n", role.name()))?);
            }
            Self::Llama3 { open, title, .. } => {
                ids.push(*open);
                ids.extend(tokens.encode(role.name())?);
                ids.push(*title);
                ids.extend(tokens.encode("\n\n")?);
            }
        }
        Ok(())
    }
}
