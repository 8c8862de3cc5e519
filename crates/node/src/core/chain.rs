//! Seals blocks: the state, and the one function that changes it.
//!
//! # Invariants
//! - State changes only by the delta of `protocol::apply`; a block that cannot be applied changes
//!   nothing.
//! - A sealed block holds no input without effect: what is rejected is answered and left out, so
//!   replaying the history never meets it.

use super::snapshot::Snapshot;
use venire_protocol::{
    ApplyError, Block, Broken, Delta, Effect, Input, Params, Reject, apply, view,
};
use venire_types::{B256, signed::tagged};

/// Randomness of the view at `height`, from the network's seed (instant ordering only).
#[must_use]
pub fn view_seed(network: B256, height: u64) -> B256 {
    tagged("instant-view", &[network.as_slice(), &height.to_be_bytes()])
}

/// The chain as this node knows it.
#[derive(Clone, Debug)]
pub struct Chain {
    params: Params,
    snapshot: Snapshot,
}

/// A block and what it does.
#[derive(Debug)]
pub struct Sealed {
    /// The block, without rejected inputs.
    pub block: Block,
    /// What changes.
    pub delta: Delta,
    /// What to do next; input numbers refer to `block.inputs`.
    pub effects: Vec<Effect>,
    /// For each input that was offered: the transaction it made or touched, or why it was refused.
    pub answers: Vec<Result<B256, Reject>>,
}

impl Chain {
    /// A chain at the given state.
    #[must_use]
    pub const fn new(params: Params, snapshot: Snapshot) -> Self {
        Self { params, snapshot }
    }

    /// The rules in force.
    #[must_use]
    pub const fn params(&self) -> &Params {
        &self.params
    }

    /// The state after the last block that was taken over.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The present state without what a transaction, if it is decided, and its successors did.
    #[must_use]
    pub fn before(&self, tx: B256) -> Snapshot {
        // The whole state is in memory; one that contradicts itself stops the node at the next block.
        view::before(&self.params, &self.snapshot, tx)
            .map_or_else(|_| self.snapshot.clone(), |delta| self.snapshot.with(delta))
    }

    /// Is this the very state that a round of a transaction read? One that was made again later is
    /// not: whoever votes in a tribunal on it would risk its stake.
    #[must_use]
    pub fn is_read_by(&self, pin: &Snapshot, (tx, round): (B256, u32)) -> bool {
        let record = self.snapshot.record(tx);
        let round = record
            .as_ref()
            .and_then(|record| record.rounds.get(round as usize));
        round.is_some_and(|round| round.read_height == pin.globals().height)
    }

    /// Takes over the state after a sealed block.
    pub fn advance(&mut self, snapshot: Snapshot) {
        self.snapshot = snapshot;
    }

    /// Works out the next block from the offered inputs. Changes nothing.
    ///
    /// # Errors
    /// [`Broken`] when the state contradicts the rules: our bug, the node must stop.
    pub fn seal(
        &self,
        height: u64,
        time_ms: u64,
        seed: B256,
        offered: Vec<Input>,
    ) -> Result<Sealed, Broken> {
        let mut answers: Vec<Option<Result<B256, Reject>>> = offered.iter().map(|_| None).collect();
        let mut places: Vec<usize> = (0..offered.len()).collect();
        let mut block = Block {
            height,
            time_ms,
            seed,
            inputs: offered,
        };
        loop {
            let applied = match apply(&self.params, &self.snapshot, &block) {
                Ok(applied) => applied,
                Err(ApplyError::Broken(broken)) => return Err(broken),
                // The instant store holds the whole state in memory.
                Err(ApplyError::Missing(keys)) => {
                    let key = keys
                        .into_iter()
                        .next()
                        .unwrap_or_else(venire_protocol::Key::globals);
                    return Err(Broken::Absent { key });
                }
            };
            let mut refused = vec![false; block.inputs.len()];
            for effect in &applied.effects {
                let (input, answer) = match effect {
                    Effect::Included { input, tx } => (*input, Ok(*tx)),
                    Effect::Rejected { input, reject } => (*input, Err(reject.clone())),
                    _ => continue,
                };
                let input = input as usize;
                if answer.is_err() {
                    refused[input] = true;
                }
                answers[places[input]] = Some(answer);
            }
            if !refused.contains(&true) {
                let answers = answers.into_iter().flatten().collect();
                let (delta, effects) = (applied.delta, applied.effects);
                return Ok(Sealed {
                    block,
                    delta,
                    effects,
                    answers,
                });
            }
            let mut keep = refused.iter().map(|refused| !refused);
            block.inputs.retain(|_| keep.next().unwrap_or(true));
            let mut keep = refused.iter().map(|refused| !refused);
            places.retain(|_| keep.next().unwrap_or(true));
        }
    }
}
