//! One question in, one answer out.

use crate::context::Context;
use crate::guard::{filter, json, template};
use crate::profile::{Profile, ProfileError};
use crate::providers::jury::Jury;
use crate::providers::openai::{ModelHttp, OpenAi};
use crate::providers::script::{Found, Script};
use crate::providers::scripted::Scripted;
use crate::providers::spec::ProviderSpec;
use crate::providers::{Call, Provider, Task, Want};
use crate::router::{first_usable, unscripted};
use crate::secrets::{NoSecrets, Secrets};
use crate::web::{Web, WebLimits, WebPolicy, contract_error, fetch, page};
use std::fmt;
use std::sync::Arc;
use venire_types::ask::{Answer, AskError, Format, Question, Render, Template};

/// Cap on answers to a contract's prompt, in tokens.
const PROMPT_TOKENS: u32 = 8_000;
/// Cap on answers to a template, in tokens.
const TEMPLATE_TOKENS: u32 = 1_000;

/// What all validators of a process share.
pub struct GatewayConfig {
    /// Which addresses contracts may reach. Default: strict.
    pub web: WebPolicy,
    /// How much of the web at once.
    pub limits: WebLimits,
    /// Where keys come from. Default: nowhere.
    pub secrets: Arc<dyn Secrets>,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            web: WebPolicy::strict(),
            limits: WebLimits::default(),
            secrets: Arc::new(NoSecrets),
        }
    }
}

/// The way out of a process. Clones share connections and limits.
#[derive(Clone)]
pub struct Gateway {
    models: Arc<ModelHttp>,
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
            secrets: config.secrets,
            web: Arc::new(Web::new(config.web, config.limits)),
        }
    }

    /// Makes one validator's profile; `specs` is a failover list.
    ///
    /// # Errors
    /// When a script file is not one.
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

    /// Answers one question on behalf of one validator. Dropping the future cancels it.
    ///
    /// # Errors
    /// `Contract` for what the contract may handle, `Unavailable` when this validator must abstain.
    pub async fn ask(
        &self,
        profile: &Profile,
        context: &Context,
        question: Question,
    ) -> Result<Answer, AskError> {
        match question {
            Question::Prompt {
                prompt,
                format,
                images,
            } => prompt_answer(profile, context, &prompt, format, &images).await,
            Question::Template(template) => template_answer(profile, context, &template).await,
            Question::Render {
                url,
                mode,
                wait_ms: _,
            } => self.render(profile, context, &url, mode).await,
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
                self.request(profile, context, request).await
            }
        }
    }

    async fn request(
        &self,
        profile: &Profile,
        context: &Context,
        request: fetch::Request<'_>,
    ) -> Result<Answer, AskError> {
        let fetched = match scripted_page(profile, context, request.method, request.url)? {
            Some(page) => page,
            None => self.web.request(request).await?,
        };
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
        profile: &Profile,
        context: &Context,
        url: &str,
        mode: Render,
    ) -> Result<Answer, AskError> {
        if mode == Render::Screenshot {
            return Err(contract_error(
                &["SCREENSHOT_UNAVAILABLE"],
                [("url", url.into())],
            ));
        }
        let fetched = match scripted_page(profile, context, "RENDER", url)? {
            Some(page) => page,
            None => self.web.load(url).await?,
        };
        page::render(url, fetched, mode).await.map(Answer::Text)
    }
}

fn scripted_page(
    profile: &Profile,
    context: &Context,
    method: &str,
    url: &str,
) -> Result<Option<fetch::Fetched>, AskError> {
    for script in profile.scripts() {
        match script.page(context.validator, method, url) {
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

async fn prompt_answer(
    profile: &Profile,
    context: &Context,
    prompt: &str,
    format: Format,
    images: &[Vec<u8>],
) -> Result<Answer, AskError> {
    check_images(images)?;
    let prompt = filter::clean(prompt);
    if prompt.is_empty() {
        return Err(contract_error(&["EMPTY_PROMPT"], []));
    }
    let call = Call {
        context,
        task: Task::Prompt(&prompt),
        want: Want::Text,
        system: None,
        user: &prompt,
        images,
        temperature: profile.temperature,
        max_tokens: PROMPT_TOKENS,
    };
    match format {
        Format::Text => first_usable(profile, call, text).await.map(Answer::Text),
        Format::JsonText => {
            let call = Call {
                want: Want::Json,
                ..call
            };
            first_usable(profile, call, json::object_text)
                .await
                .map(Answer::Text)
        }
        Format::Json => {
            let call = Call {
                want: Want::Json,
                ..call
            };
            first_usable(profile, call, json::object)
                .await
                .map(Answer::Json)
        }
    }
}

async fn template_answer(
    profile: &Profile,
    context: &Context,
    template: &Template,
) -> Result<Answer, AskError> {
    let rendered = template::prompt(template).render(context);
    let call = Call {
        context,
        task: Task::Template(template),
        want: Want::Verdict,
        system: Some(&rendered.system),
        user: &rendered.user,
        images: &[],
        temperature: profile.temperature,
        max_tokens: TEMPLATE_TOKENS,
    };
    match template {
        Template::NonComparativeLeader { .. } => {
            let call = Call {
                want: Want::Text,
                ..call
            };
            first_usable(profile, call, text).await.map(Answer::Text)
        }
        Template::Comparative { .. } | Template::NonComparativeValidator { .. } => {
            first_usable(profile, call, |text| Ok(json::verdict(text)))
                .await
                .map(Answer::Bool)
        }
    }
}

fn text(answer: &str) -> Result<String, json::NotJson> {
    Ok(answer.to_owned())
}

/// How many there are, and how large they are, is within the limits of the chain already.
fn check_images(images: &[Vec<u8>]) -> Result<(), AskError> {
    if images.iter().all(|image| is_image(image)) {
        return Ok(());
    }
    Err(contract_error(&["INVALID_IMAGE"], []))
}

fn is_image(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    webp || bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}
