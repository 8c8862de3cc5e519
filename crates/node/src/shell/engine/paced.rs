//! Holds a proposal back until there is something to put into it.
//!
//! It stands before the `Stateful` actor, because that applies no finalised block while a build is
//! running: whoever sleeps inside a build delays finality.
//!
//! # Invariants
//! - Never holds back for longer than [`Pace::idle`]: the engine gives a silent leader up.

use super::{block::EngineBlock, pool::Pool};
use commonware_consensus::{Application, Handoff, marshal::ancestry::Ancestry};
use commonware_cryptography::Digested;
use commonware_runtime::Clock;
use std::time::{Duration, UNIX_EPOCH};

/// When blocks are made.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often the pool is looked at.
    pub poll: Duration,
    /// A block follows its parent after this long even if nothing happens; less than the engine's
    /// `leader_timeout`.
    pub idle: Duration,
}

/// An application whose proposals wait for work.
#[derive(Clone)]
pub struct Paced<A> {
    inner: A,
    pool: Pool,
    pace: Pace,
}

impl<A> Paced<A> {
    /// Holds back the proposals of `inner` until `pool` has work.
    #[must_use]
    pub const fn new(inner: A, pool: Pool, pace: Pace) -> Self {
        Self { inner, pool, pace }
    }
}

impl<E, A> Application<E> for Paced<A>
where
    E: Clock,
    A: Application<E, Block = EngineBlock> + Sync,
    A::Context: Send,
{
    type SigningScheme = A::SigningScheme;
    type Context = A::Context;
    type Block = A::Block;
    type Input = A::Input;

    async fn prepare(
        &mut self,
        context: (E, Self::Context),
        ancestry: impl Ancestry<Self::Block>,
        input: Self::Input,
    ) -> Handoff<Digested<Self::Block>> {
        self.inner.prepare(context, ancestry, input).await
    }

    async fn propose(
        &mut self,
        context: (E, Self::Context),
        ancestry: impl Ancestry<Self::Block>,
        input: Self::Input,
    ) -> Option<Digested<Self::Block>> {
        let mut waited = Duration::ZERO;
        while waited < self.pace.idle && !self.pool.wants_block(now_ms(&context.0)) {
            context.0.sleep(self.pace.poll).await;
            waited = waited.saturating_add(self.pace.poll);
        }
        self.inner.propose(context, ancestry, input).await
    }

    async fn verify(
        &mut self,
        context: (E, Self::Context),
        ancestry: impl Ancestry<Self::Block>,
    ) -> bool {
        self.inner.verify(context, ancestry).await
    }
}

/// The runtime's time, milliseconds since 1970.
pub(super) fn now_ms(clock: &impl Clock) -> u64 {
    let since = clock.current().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
