//! The outside world for contracts: model providers, the web, and the guards around both.
//!
//! One question in, one answer out ([`Gateway::ask`]):
//!
//! ```text
//! Question --+-- Prompt / Template -- guard (filter, typed prompt, fences) -- scripts -- providers
//!            |                                                                              |
//!            |                       guard (strict decode) <------------------ text --------+
//!            +-- Render / Request --- scripts -- policy (URL, addresses, redirects) -- HTTP
//! ```
//!
//! # Invariants
//! - Keys enter through [`Secrets`] at the moment of use; nothing stores, logs or shows them.
//! - Nothing here reads the environment or the clock of the machine for its own purposes.
//! - A provider is asked at most once per question, plus one re-ask when it answers nonsense.
//! - What a contract can observe of a failure is a stable code, never the wording of a library.
//!
//! # Not here
//! - Who may ask and when (`venire-vm`), how long a whole block may take (`venire-node`).
#![forbid(unsafe_code)]

mod answer;
mod context;
mod gateway;
mod guard;
mod http;
pub mod local;
mod profile;
pub mod providers;
mod router;
mod secrets;
mod trail;
mod web;

pub use context::Context;
pub use gateway::{Gateway, GatewayConfig};
pub use guard::prompt::Untrusted;
pub use guard::schema::{Field, Mismatch, Schema, SchemaError, Shape};
pub use guard::transform::{Marking, Transforms, When};
pub use profile::{Profile, ProfileError};
pub use providers::jury::Juror;
pub use providers::openai::OpenAiSpec;
pub use providers::script::{Report, Script, ScriptError};
pub use providers::spec::{ProviderSpec, SpecError};
pub use providers::{
    Call, CallError, Card, ErrorKind, Fault, JsonMode, Pending, Provider, Reply, Task, Usage, Want,
};
pub use secrets::{NoSecrets, Secret, Secrets};
pub use trail::{Attempt, Evidence, Note, Outcome, Trail};
pub use web::{UrlError, WebLimits, WebPolicy};
