//! The engine: one loaded model, asked by anybody, computed by one thread.
//!
//! # Invariants
//! - Everything that can be refused is refused before a request is queued: its length, its schema, its answers.
//! - Dropping the future of a request gives its place back.
//!
//! # Not here
//! - How the pool of candle's threads is sized: it reads the environment once ([`environment`]).

use super::attention::Memory;
use super::chat::{Chat, Message};
use super::choice::Choice;
use super::decoder::{Decoder, Run};
use super::error::{LocalError, unsupported};
use super::gguf::Header;
use super::grammar::Grammars;
use super::sampling::Sampler;
use super::tokens::Tokens;
use super::worker::{Job, Limits, Model, Reply, Want, Worker};
use candle_core::utils::barrier_pool;
use serde_json::Value as Json;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use tokio::sync::{Semaphore, oneshot};

/// Settings of an engine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Most tokens of a prompt and its answer; never more than the model was made for.
    pub context: usize,
    /// Most requests that are computed together.
    pub sequences: usize,
    /// Most requests that are in hand or wait; more are refused.
    pub waiting: usize,
    /// Most tokens that are remembered at a time, of requests in hand and of beginnings kept for later.
    /// A 1.5B model takes 57 KB for each.
    pub memory_tokens: usize,
    /// How many beginnings of prompts are kept for later.
    pub prefixes: usize,
    /// Whether answers are bit for bit the same whatever else is computed with them. Costs some speed of a single
    /// answer; for tests and for replaying a judgment.
    pub same_for_any_batch: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            context: 4096,
            sequences: 8,
            waiting: 64,
            memory_tokens: 8192,
            prefixes: 4,
            same_for_any_batch: false,
        }
    }
}

/// How far loading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Weights are read.
    Weights {
        /// Bytes read.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The vocabulary is prepared for grammars.
    Vocabulary,
    /// A first pass lays the weights out for this processor.
    Warming,
}

/// What a model is, by its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// `general.name`, as the file has it.
    pub name: Option<String>,
    /// `general.architecture`.
    pub architecture: String,
    /// `general.license`; many files state none.
    pub licence: Option<String>,
    /// The form of conversation it was taught.
    pub chat: &'static str,
    /// Tokens of context, by its file and the options.
    pub context: usize,
    /// Entries of its vocabulary.
    pub vocabulary: usize,
    /// Threads that compute.
    pub threads: usize,
}

/// What an answer shall be.
#[derive(Clone, Debug)]
pub enum Output {
    /// Anything.
    Text,
    /// JSON that follows a schema.
    Json(Json),
    /// One of these; costs one pass over the prompt and no decoding where their first tokens differ.
    OneOf(Vec<String>),
}

/// One question.
#[derive(Clone, Debug)]
pub struct Request {
    /// The conversation. Put first what many requests share: it is then read once.
    pub messages: Vec<Message>,
    /// Put into the model's mouth: the answer goes on from there.
    pub lead: String,
    /// What the answer shall be.
    pub output: Output,
    /// Most tokens of the answer; fewer where the context has no room for them. Not coming to an end within them is an
    /// error.
    pub budget: usize,
    /// 0 takes the likeliest token always.
    pub temperature: f32,
    /// Seed of the draws at other temperatures.
    pub seed: u64,
}

/// A loaded model. Cheap to clone; the model goes when the last clone has gone and the last request has ended.
#[derive(Clone, Debug)]
pub struct Engine {
    jobs: Sender<Job>,
    places: Arc<Semaphore>,
    model: Arc<Model>,
    grammars: Arc<Grammars>,
    options: Options,
    about: Arc<About>,
}

impl Engine {
    /// Loads a model; takes seconds.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or is a model of a kind that is not known exactly.
    pub fn load(
        path: &Path,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, LocalError> {
        let file = File::open(path).map_err(|source| LocalError::File {
            path: path.to_owned(),
            source,
        })?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let header = Header::read(&mut file)?;
        let tokens = Arc::new(Tokens::read(&header)?);
        let chat = Chat::of(&tokens)?;
        let mut options = options.clone();
        let made_for = super::config::Config::read(&header)?.context;
        options.context = options
            .context
            .min(made_for)
            .min(options.memory_tokens)
            .max(1);
        let total = header.tensor_bytes();
        let mut decoder = Decoder::load(&header, &mut file, options.context, &mut |done| {
            progress(Progress::Weights { done, total });
        })?;
        decoder.same_for_any_batch(options.same_for_any_batch);
        if decoder.vocabulary() != tokens.len() {
            return Err(unsupported("its weights and its vocabulary differ in size"));
        }
        progress(Progress::Vocabulary);
        let grammars = Grammars::new(&tokens, chat.close())?;
        progress(Progress::Warming);
        warm(&decoder, chat.close())?;
        let text = |key: &str| header.text(key).map(str::to_owned);
        let about = About {
            name: text("general.name"),
            architecture: text("general.architecture").unwrap_or_default(),
            licence: text("general.license"),
            chat: chat.name(),
            context: options.context,
            vocabulary: tokens.len(),
            threads: threads(),
        };
        let model = Arc::new(Model {
            decoder,
            tokens,
            chat,
        });
        let (jobs, receiver) = channel();
        let limits = Limits {
            sequences: options.sequences.max(1),
            memory_tokens: options.memory_tokens,
            prefixes: options.prefixes,
        };
        let worker = Worker::new(Arc::clone(&model), limits, receiver);
        std::thread::Builder::new()
            .name("inference".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| LocalError::Inference(error.to_string()))?;
        Ok(Self {
            jobs,
            places: Arc::new(Semaphore::new(options.waiting.max(1))),
            model,
            grammars: Arc::new(grammars),
            options,
            about: Arc::new(about),
        })
    }

    /// What the model is.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Asks, and waits for the answer. Dropping the future cancels the request.
    ///
    /// # Errors
    /// See [`LocalError`].
    pub async fn ask(&self, request: &Request) -> Result<Reply, LocalError> {
        let reply = self.submit(request)?;
        reply.await.unwrap_or(Err(LocalError::Stopped))
    }

    /// The same from a thread without a runtime.
    ///
    /// # Errors
    /// See [`LocalError`].
    pub fn ask_blocking(&self, request: &Request) -> Result<Reply, LocalError> {
        let reply = self.submit(request)?;
        reply.blocking_recv().unwrap_or(Err(LocalError::Stopped))
    }

    /// Tokens that a text has, for budgets.
    ///
    /// # Errors
    /// When the text does not split.
    pub fn count(&self, text: &str) -> Result<usize, LocalError> {
        Ok(self.model.tokens.encode(text)?.len())
    }

    fn submit(
        &self,
        request: &Request,
    ) -> Result<oneshot::Receiver<Result<Reply, LocalError>>, LocalError> {
        if request.messages.is_empty() {
            return Err(LocalError::Request("there is no message".to_owned()));
        }
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| LocalError::Busy(self.options.waiting))?;
        let Model { tokens, chat, .. } = &*self.model;
        let prompt = chat.encode(tokens, &request.messages, &request.lead)?;
        let (want, least) = match &request.output {
            Output::Text => (Want::Text, 1),
            Output::Json(schema) => {
                let grammar = self.grammars.json(schema)?;
                let forced = grammar.forced.len();
                (Want::Json(Box::new(grammar)), forced + 1)
            }
            Output::OneOf(answers) => {
                let answers = answers
                    .iter()
                    .map(|answer| tokens.encode(answer))
                    .collect::<Result<_, _>>()?;
                let choice = Choice::new(answers, chat.close())?;
                let longest = choice.longest();
                (Want::Choice(choice), longest)
            }
        };
        let context = self.options.context;
        let room = context.saturating_sub(prompt.len());
        if room < least {
            return Err(LocalError::TooLong {
                prompt: prompt.len(),
                least,
                context,
            });
        }
        let budget = match want {
            Want::Choice(_) => least,
            Want::Text | Want::Json(_) => request.budget.clamp(least, room),
        };
        let (reply, receiver) = oneshot::channel();
        let job = Job {
            prompt,
            want,
            budget,
            sampler: Sampler::new(request.temperature, request.seed),
            reply,
            _place: place,
        };
        self.jobs.send(job).map_err(|_| LocalError::Stopped)?;
        Ok(receiver)
    }
}

/// A pass of two rows and one of one row: weights are laid out anew at their first use.
fn warm(decoder: &Decoder, token: u32) -> Result<(), LocalError> {
    for rows in [2, 1] {
        let mut memory = Memory::new(&decoder.config);
        let tokens = vec![token; rows];
        decoder.pass(&mut [Run {
            memory: &mut memory,
            tokens: &tokens,
            scores: true,
        }])?;
    }
    Ok(())
}

/// Threads of candle's pool, which starts with the first call.
#[must_use]
pub fn threads() -> usize {
    barrier_pool().n_workers() + 1
}

/// What must stand in the environment of the process before the first model is loaded, on a machine with so many
/// cores: candle reads it once, and otherwise takes all cores, which makes a busy machine many times slower.
/// A program sets these for itself at its very start, while it has one thread, or starts itself anew with them.
#[must_use]
pub fn environment(cores: usize) -> [(&'static str, String); 3] {
    let threads = cores.saturating_sub(1).max(1).to_string();
    [
        ("CANDLE_NUM_THREADS", threads.clone()),
        ("RAYON_NUM_THREADS", threads),
        ("CANDLE_BARRIER_POOL_SPIN_LIMIT", "2000".to_owned()),
    ]
}
