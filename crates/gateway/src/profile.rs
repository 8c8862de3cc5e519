//! One validator's way of getting answers.

use crate::guard::transform::Transforms;
use crate::local::models::ModelError;
use crate::providers::Provider;
use crate::providers::script::{Script, ScriptError};
use crate::providers::spec::ProviderSpec;
use std::sync::Arc;

/// Why a profile cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// A script file is not one.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A model of this machine is not there.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// One validator's providers and settings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) specs: Vec<ProviderSpec>,
    pub(crate) providers: Vec<Arc<dyn Provider>>,
    pub(crate) scripts: Vec<Arc<Script>>,
    /// Sampling temperature given to models.
    pub temperature: f64,
    /// How its prompts are dressed and checked.
    pub transforms: Transforms,
    /// Asked before every provider and before the web.
    pub mocks: Option<Arc<Script>>,
}

impl Profile {
    /// Default sampling temperature.
    pub const TEMPERATURE: f64 = 0.7;

    /// A profile of providers that have no spec, e.g. ones written for a simulation.
    #[must_use]
    pub fn of(providers: Vec<Arc<dyn Provider>>) -> Self {
        Self {
            specs: Vec::new(),
            providers,
            scripts: Vec::new(),
            temperature: Self::TEMPERATURE,
            transforms: Transforms::default(),
            mocks: None,
        }
    }

    /// The failover list it was made from.
    #[must_use]
    pub fn specs(&self) -> &[ProviderSpec] {
        &self.specs
    }

    /// Scripts of this profile, mocks first.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = &Arc<Script>> {
        self.mocks.iter().chain(&self.scripts)
    }
}
