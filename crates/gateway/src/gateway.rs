//! One question in, one answer out.

use crate::answer::{extract_answer, prompt_answer, template_answer};
use crate::context::Context;
#[cfg(not(feature = "local-model"))]
use crate::local::models::ModelError;
use crate::profile::{Profile, ProfileError};
#[cfg(feature = "local-model")]
use crate::providers::CallError;
use crate::providers::Provider;
use crate::providers::jury::Jury;
#[cfg(feature = "local-model")]
use crate::providers::local::LocalModels;
use crate::providers::openai::{ModelHttp, OpenAi};
use crate::providers::script::{Found, Script};
use crate::providers::scripted::Scripted;
use crate::providers::spec::ProviderSpec;
use crate::router::unscripted;
use crate::secrets::{NoSecrets, Secrets};
use crate::trail::{Evidence, Trail};
use crate::web::{Web, WebLimits, WebPolicy, contract_error, fetch, page};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use venire_types::ask::{Answer, AskError, Question, Render};
use venire_types::keccak256;

/// What all validators of a process share.
pub struct GatewayConfig {
    /// Which addresses contracts may reach. Default: strict.
    pub web: WebPolicy,
    /// How much of the web at once.
    pub limits: WebLimits,
    /// Where keys come from. Default: nowhere.
    pub secrets: Arc<dyn Secrets>,
    /// Folder of installed models ([`crate::local::models::home`]). Default: none.
    pub model_home: Option<PathBuf>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            web: WebPolicy::strict(),
            limits: WebLimits::default(),
            secrets: Arc::new(NoSecrets),
            model_home: None,
        }
    }
}

/// The way out of a process. Clones share connections and limits.
#[derive(Clone)]
pub struct Gateway {
    models: Arc<ModelHttp>,
    #[cfg(feature = "local-model")]
    local: Arc<LocalModels>,
    secrets: Arc<dyn Secrets>,
    web: Arc<Web>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("web", &self.web)
            .finish_non_exhaustive()
    }
}

impl Gateway {
    /// Makes a gateway. Opens nothing and reads nothing yet.
    #[must_use]
    pub fn new(config: GatewayConfig) -> Self {
        Self {
            models: Arc::new(ModelHttp::default()),
            #[cfg(feature = "local-model")]
            local: Arc::new(LocalModels::new(config.model_home)),
            secrets: config.secrets,
            web: Arc::new(Web::new(config.web, config.limits)),
        }
    }

    /// Makes one validator's profile; `specs` is a failover list.
    ///
    /// # Errors
    /// When a script file is not one, or a model of this machine is not there.
    pub fn profile(&self, specs: &[ProviderSpec]) -> Result<Profile, ProfileError> {
        let mut profile = Profile::of(Vec::new());
        profile.specs = specs.to_vec();
        for spec in specs {
            let provider: Arc<dyn Provider> = match spec {
                ProviderSpec::Jury(juror) => Arc::new(Jury::new(*juror)),
                ProviderSpec::OpenAi(model) => {
                    let (models, secrets) = (Arc::clone(&self.models), Arc::clone(&self.secrets));
                    Arc::new(OpenAi::new(model.clone(), models, secrets))
                }
                #[cfg(feature = "local-model")]
                ProviderSpec::Local(model) => Arc::new(self.local.provider(model)?),
                #[cfg(not(feature = "local-model"))]
                ProviderSpec::Local(_) => return Err(ModelError::NotBuilt.into()),
                ProviderSpec::Scripted(file) => {
                    let script = Arc::new(Script::load(file)?);
                    profile.scripts.push(Arc::clone(&script));
                    Arc::new(Scripted::new(script, spec.to_string()))
                }
            };
            profile.providers.push(provider);
        }
        Ok(profile)
    }

    /// Loads the model of a `local` provider now rather than at its first call, and tells how far it is.
    ///
    /// # Errors
    /// When it is missing, damaged, or of a kind that is not run.
    #[cfg(feature = "local-model")]
    pub async fn load_local(
        &self,
        model: &str,
        progress: impl FnMut(crate::local::Progress) + Send + 'static,
    ) -> Result<crate::local::About, CallError> {
        let engine = self.local.engine(model, progress).await?;
        Ok(engine.about().clone())
    }

    /// Answers one question on behalf of one validator, and adds what happened to the trail. Dropping the
    /// future cancels it; the trail then has what happened until then.
    ///
    /// # Errors
    /// `Contract` for what the contract may handle, `Unavailable` when this validator must abstain.
    pub async fn ask(
        &self,
        profile: &Profile,
        context: &Context,
        question: Question,
        trail: &mut Trail,
    ) -> Result<Answer, AskError> {
        let who = Who { profile, context };
        match question {
            Question::Prompt {
                parts,
                format,
                images,
            } => prompt_answer(who, &parts, &format, &images, trail).await,
            Question::Template(template) => template_answer(who, &template, trail).await,
            Question::Extract {
                task,
                schema,
                sources,
            } => extract_answer(who, &task, &schema, &sources, trail).await,
            Question::Render {
                url,
                mode,
                wait_ms: _,
            } => self.render(who, &url, mode, trail).await,
            Question::Request {
                method,
                url,
                headers,
                body,
            } => {
                let request = fetch::Request {
                    method: &method,
                    url: &url,
                    headers: &headers,
                    body,
                };
                self.request(who, request, trail).await
            }
        }
    }

    async fn request(
        &self,
        who: Who<'_>,
        request: fetch::Request<'_>,
        trail: &mut Trail,
    ) -> Result<Answer, AskError> {
        let (url, started) = (request.url, Instant::now());
        let fetched = match scripted_page(who, request.method, url)? {
            Some(page) => page,
            None => self.web.request(request).await?,
        };
        trail
            .evidence
            .push(evidence(url, &fetched, started.elapsed()));
        let fetch::Fetched {
            status,
            headers,
            body,
        } = fetched;
        Ok(Answer::Response {
            status,
            headers,
            body,
        })
    }

    /// `wait_ms` has no effect: without a browser no script changes a page after it has loaded.
    async fn render(
        &self,
        who: Who<'_>,
        url: &str,
        mode: Render,
        trail: &mut Trail,
    ) -> Result<Answer, AskError> {
        if mode == Render::Screenshot {
            return Err(contract_error(
                &["SCREENSHOT_UNAVAILABLE"],
                [("url", url.into())],
            ));
        }
        let started = Instant::now();
        let fetched = match scripted_page(who, "RENDER", url)? {
            Some(page) => page,
            None => self.web.load(url).await?,
        };
        trail
            .evidence
            .push(evidence(url, &fetched, started.elapsed()));
        page::render(url, fetched, mode).await.map(Answer::Text)
    }
}

/// Who asks, and where in the world.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) context: &'a Context,
}

fn evidence(url: &str, fetched: &fetch::Fetched, took: Duration) -> Evidence {
    let mime = fetched
        .headers
        .iter()
        .find(|(name, _)| name == "content-type");
    Evidence {
        url: url.to_owned(),
        landed: url.to_owned(),
        status: fetched.status,
        mime: mime.map(|(_, value)| String::from_utf8_lossy(value).into_owned()),
        hash: keccak256(&fetched.body),
        body: fetched.body.as_slice().into(),
        ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }
}

fn scripted_page(
    who: Who<'_>,
    method: &str,
    url: &str,
) -> Result<Option<fetch::Fetched>, AskError> {
    for script in who.profile.scripts() {
        match script.page(who.context.validator, method, url) {
            Found::Answer(page) => {
                return Ok(Some(fetch::Fetched {
                    status: page.status,
                    headers: page.headers,
                    body: page.body,
                }));
            }
            Found::Nothing => {}
            Found::Refused => return Err(unscripted(&format!("{method} {url}"))),
        }
    }
    Ok(None)
}
