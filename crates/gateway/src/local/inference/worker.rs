//! The one thread that computes: takes requests from a queue and moves all of them forward together.
//!
//! # Invariants
//! - One pass moves every sequence in hand: a prompt by a piece, an answer by a token. Nobody waits for another's end.
//! - A request whose asker has gone is dropped before the next pass, and so is what it holds.
//! - A request that begins like one in hand waits until that beginning is read, and takes it over.
//! - A failure, even a panic of a library, ends the requests in hand and not the thread.

use super::attention::Memory;
use super::chat::Chat;
use super::choice::{Choice, Verdict};
use super::decoder::{Decoder, Run};
use super::error::LocalError;
use super::grammar::Grammar;
use super::prefix::{Prefixes, common};
use super::sampling::Sampler;
use super::tokens::Tokens;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Most rows of prompts in a pass: bounds memory, and how long an answer in hand waits for somebody's prompt.
const ROWS: usize = 256;
/// A beginning in hand is waited for when it saves at least this many tokens.
const WORTH_WAITING: usize = 32;

/// What an answer is made of.
#[derive(Debug)]
pub(crate) enum Want {
    Text,
    Json(Box<Grammar>),
    Choice(Choice),
}

/// What was said.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Text, or JSON as text.
    Text(String),
    /// Which of the allowed answers.
    Verdict(Verdict),
}

/// An answer and what it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The answer.
    pub said: Said,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Those of them that were not read again.
    pub shared_tokens: usize,
    /// Tokens of the answer.
    pub said_tokens: usize,
}

/// A request, encoded.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) prompt: Vec<u32>,
    pub(crate) want: Want,
    pub(crate) budget: usize,
    pub(crate) sampler: Sampler,
    pub(crate) reply: oneshot::Sender<Result<Reply, LocalError>>,
    /// The place in the queue; given back when the job is dropped.
    pub(crate) _place: OwnedSemaphorePermit,
}

impl Job {
    /// Most tokens that the request will hold.
    fn size(&self) -> usize {
        self.prompt.len() + self.budget
    }
}

#[derive(Debug)]
struct Sequence {
    job: Job,
    memory: Memory,
    /// Prompt and answer; what is past the memory's length is still to be read.
    history: Vec<u32>,
    said: Vec<u32>,
    shared: usize,
}

/// What the worker needs of a model.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) decoder: Decoder,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) chat: Chat,
}

/// Limits of the worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) sequences: usize,
    pub(crate) memory_tokens: usize,
    pub(crate) prefixes: usize,
}

#[derive(Debug)]
pub(crate) struct Worker {
    model: Arc<Model>,
    limits: Limits,
    jobs: Receiver<Job>,
    waiting: VecDeque<Job>,
    active: Vec<Sequence>,
    prefixes: Prefixes,
    /// Tokens that may be said: text, and what ends a turn.
    sayable: Vec<u32>,
}

impl Worker {
    pub(crate) fn new(model: Arc<Model>, limits: Limits, jobs: Receiver<Job>) -> Self {
        let ends = |id: u32| id == model.chat.close() || Some(id) == model.tokens.end;
        let sayable = (0u32..)
            .take(model.tokens.len())
            .filter(|id| !model.tokens.is_control(*id) || ends(*id))
            .collect();
        Self {
            model,
            limits,
            jobs,
            waiting: VecDeque::new(),
            active: Vec::new(),
            prefixes: Prefixes::new(limits.prefixes),
            sayable,
        }
    }

    /// Works until nobody can ask any more.
    pub(crate) fn run(mut self) {
        loop {
            if self.active.is_empty() && self.waiting.is_empty() {
                match self.jobs.recv() {
                    Ok(job) => self.waiting.push_back(job),
                    Err(_) => return,
                }
            }
            while let Ok(job) = self.jobs.try_recv() {
                self.waiting.push_back(job);
            }
            self.waiting.retain(|job| !job.reply.is_closed());
            self.active
                .retain(|sequence| !sequence.job.reply.is_closed());
            self.admit();
            if let Err(error) = self.step() {
                let text = error.to_string();
                for sequence in self.active.drain(..) {
                    let error = LocalError::Inference(text.clone());
                    // Nobody listens any more: then nobody has to be told.
                    let _gone = sequence.job.reply.send(Err(error));
                }
            }
        }
    }

    /// Takes as many waiting requests in hand as there is room for.
    fn admit(&mut self) {
        let mut kept = VecDeque::new();
        while let Some(job) = self.waiting.pop_front() {
            let held = self
                .active
                .iter()
                .fold(0, |sum, sequence| sum + sequence.job.size());
            let fits = held + job.size() <= self.limits.memory_tokens || self.active.is_empty();
            if self.active.len() >= self.limits.sequences || !fits {
                kept.push_back(job);
                break;
            }
            match self.start(&job) {
                Some((memory, shared)) => {
                    let spare = self.limits.memory_tokens.saturating_sub(held + job.size());
                    self.prefixes.shrink(spare);
                    self.active.push(Sequence::new(job, memory, shared));
                }
                None => kept.push_back(job),
            }
        }
        kept.append(&mut self.waiting);
        self.waiting = kept;
    }

    /// The longest beginning of a request that is read already, or `None` if it is being read just now.
    fn start(&mut self, job: &Job) -> Option<(Memory, usize)> {
        // The last token is always read: its scores are what is wanted.
        let most = job.prompt.len() - 1;
        let mut best = 0;
        let mut from = None;
        for (index, sequence) in self.active.iter().enumerate() {
            let same = common(&sequence.history, &job.prompt).min(most);
            let read = same.min(sequence.memory.length());
            if same >= read + WORTH_WAITING {
                return None;
            }
            if read > best {
                best = read;
                from = Some(index);
            }
        }
        if let Some((length, memory)) = self.prefixes.longest(&job.prompt[..most])
            && length >= best
        {
            return Some((memory.prefix(length), length));
        }
        match from.and_then(|index| self.active.get(index)) {
            Some(sequence) => Some((sequence.memory.prefix(best), best)),
            None => Some((Memory::new(&self.model.decoder.config), 0)),
        }
    }

    /// One pass, and what follows from it.
    fn step(&mut self) -> Result<(), LocalError> {
        if self.active.is_empty() {
            return Ok(());
        }
        let mut room = ROWS;
        let mut runs = Vec::new();
        let mut members = Vec::new();
        for (index, sequence) in self.active.iter_mut().enumerate() {
            let read = sequence.memory.length();
            let left = sequence.history.len() - read;
            let take = if left == 1 { 1 } else { left.min(room) };
            if take == 0 {
                continue;
            }
            if left > 1 {
                room -= take;
            }
            members.push(index);
            runs.push(Run {
                memory: &mut sequence.memory,
                tokens: &sequence.history[read..read + take],
                scores: take == left,
            });
        }
        let decoder = &self.model.decoder;
        let passed = catch_unwind(AssertUnwindSafe(|| decoder.pass(&mut runs)));
        drop(runs);
        let scores =
            passed.map_err(|_| LocalError::Inference("a library panicked".to_owned()))??;
        let mut finished = Vec::new();
        for (index, scores) in members.into_iter().zip(scores) {
            let (Some(scores), Some(sequence)) = (scores, self.active.get_mut(index)) else {
                continue;
            };
            match sequence.advance(&self.model, &self.sayable, &scores) {
                Ok(None) => {}
                Ok(Some(said)) => finished.push((index, Ok(said))),
                Err(error) => finished.push((index, Err(error))),
            }
        }
        for (index, result) in finished.into_iter().rev() {
            let sequence = self.active.remove(index);
            let reply = result.map(|said| sequence.reply(said));
            let prompt = sequence.job.prompt;
            self.prefixes.keep(&prompt, sequence.memory);
            // Nobody listens any more: then nobody has to be told.
            let _gone = sequence.job.reply.send(reply);
        }
        Ok(())
    }
}

impl Sequence {
    fn new(job: Job, mut memory: Memory, shared: usize) -> Self {
        memory.reserve(job.size());
        let mut history = job.prompt.clone();
        match &job.want {
            Want::Text => {}
            Want::Json(grammar) => history.extend(&grammar.forced),
            Want::Choice(choice) => history.extend(choice.path()),
        }
        let said = history[job.prompt.len()..].to_vec();
        Self {
            job,
            memory,
            history,
            said,
            shared,
        }
    }

    /// The scores of the next token have come; the answer, if it is whole with that.
    fn advance(
        &mut self,
        model: &Model,
        sayable: &[u32],
        scores: &[f32],
    ) -> Result<Option<Said>, LocalError> {
        let sampler = &mut self.job.sampler;
        let ends = |id: u32| id == model.chat.close() || Some(id) == model.tokens.end;
        match &mut self.job.want {
            Want::Choice(choice) => {
                if !choice.weigh(scores)? {
                    return Ok(Some(Said::Verdict(choice.verdict())));
                }
                let prompt = self.job.prompt.len();
                self.memory.truncate(prompt);
                self.history.truncate(prompt);
                self.history.extend(choice.path());
                return Ok(None);
            }
            Want::Text => {
                let id = sampler.pick(scores, sayable.iter().copied())?;
                if ends(id) {
                    return Ok(Some(self.text(model)));
                }
                self.said.push(id);
                self.history.push(id);
            }
            Want::Json(grammar) => {
                let mask = grammar.allowed()?;
                let id = sampler.pick(scores, mask.iter())?;
                if ends(id) {
                    return Ok(Some(self.text(model)));
                }
                let forced = grammar.said(id)?;
                let finished = grammar.finished();
                self.said.push(id);
                self.said.extend(&forced);
                self.history.push(id);
                self.history.extend(forced);
                if finished {
                    return Ok(Some(self.text(model)));
                }
            }
        }
        if self.said.len() >= self.job.budget {
            return Err(LocalError::Budget {
                budget: self.job.budget,
                said: model.tokens.decode(&self.said),
            });
        }
        Ok(None)
    }

    fn text(&self, model: &Model) -> Said {
        Said::Text(model.tokens.decode(&self.said))
    }

    fn reply(&self, said: Said) -> Reply {
        Reply {
            said,
            prompt_tokens: self.job.prompt.len(),
            shared_tokens: self.shared,
            said_tokens: self.said.len(),
        }
    }
}
