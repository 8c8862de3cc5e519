//! A frozen state of the chain with typed readers.
//!
//! # Invariants
//! - Cloning is cheap and later blocks never show through.
//! - The whole state is in memory, so a reader never meets a key that is not loaded; a value that
//!   does not decode reads as absent here and stops the node when `apply` meets it.

use std::sync::Arc;
use venire_protocol::{
    Account, ApplyError, Body, Contract, Effect, Globals, Key, Lookup, Params, Quote, Read, Reject,
    TxRecord, Validator, view,
};
use venire_store::State;
use venire_types::{
    Address, B256, Bytes, U256,
    jury::Payload,
    storage::{PAGE, PageKey, StateView},
};

/// One state.
#[derive(Clone, Debug, Default)]
pub struct Snapshot(State);

impl Read for Snapshot {
    fn get(&self, key: &Key) -> Lookup {
        match self.0.get(key.as_bytes()) {
            Some(value) => Lookup::Present(Bytes::copy_from_slice(value)),
            None => Lookup::Absent,
        }
    }
}

impl From<State> for Snapshot {
    fn from(state: State) -> Self {
        Self(state)
    }
}

/// Changes as the store takes them: bytes without meaning.
#[must_use]
pub fn raw_delta(delta: venire_protocol::Delta) -> venire_store::Delta {
    delta
        .into_iter()
        .map(|(key, value)| (key.as_bytes().to_vec(), value.map(|value| value.to_vec())))
        .collect()
}

fn or_default<T: Default>(read: Result<T, ApplyError>) -> T {
    read.unwrap_or_default()
}

impl Snapshot {
    /// This state with changes; they never reach the chain.
    #[must_use]
    pub fn with(&self, delta: venire_protocol::Delta) -> Self {
        let mut state = self.0.clone();
        state.apply_delta(&raw_delta(delta));
        Self(state)
    }

    /// Everything that it holds, in key order.
    pub fn entries(&self) -> impl Iterator<Item = (Key, Bytes)> {
        self.0.range(&[]).map(|(key, value)| {
            let value = Bytes::copy_from_slice(value);
            (Key::from_bytes(key.to_vec()), value)
        })
    }

    /// Chain-wide figures.
    #[must_use]
    pub fn globals(&self) -> Globals {
        or_default(view::globals(self))
    }

    /// The active set.
    #[must_use]
    pub fn validators(&self) -> Vec<Validator> {
        or_default(view::validators(self))
    }

    /// Nonce and irrevocable balance.
    #[must_use]
    pub fn account(&self, address: Address) -> Account {
        or_default(view::account(self, address))
    }

    /// Balance in a view.
    #[must_use]
    pub fn balance(&self, address: Address, view: StateView) -> U256 {
        or_default(view::balance(self, address, view))
    }

    /// The contract at an address.
    #[must_use]
    pub fn contract(&self, address: Address, view: StateView) -> Option<Contract> {
        or_default(view::contract(self, address, view))
    }

    /// The code a contract runs now: what its storage says, so that upgrades count, if that is at
    /// most `limit` bytes.
    #[must_use]
    pub fn code(&self, address: Address, view: StateView, limit: u32) -> Option<Arc<[u8]>> {
        self.contract(address, view)?;
        let stored = venire_vm::code_from_pages(limit, |slot, first, out| {
            self.read_pages(address, view, slot, first, out);
        });
        match stored {
            Some(code) => Some(Arc::from(code)),
            None => {
                or_default(view::code(self, address, view)).map(|code| Arc::from(code.as_ref()))
            }
        }
    }

    /// Consecutive pages of a contract's slot.
    pub fn read_pages(
        &self,
        contract: Address,
        view: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        for (page, bytes) in (first..=u32::MAX).zip(out) {
            *bytes = or_default(view::page(
                self,
                &PageKey {
                    contract,
                    slot,
                    page,
                },
                view,
            ));
        }
    }

    /// Record of a transaction.
    #[must_use]
    pub fn record(&self, id: B256) -> Option<TxRecord> {
        or_default(view::tx(self, id))
    }

    /// Calldata and code of a transaction.
    #[must_use]
    pub fn body(&self, id: B256) -> Body {
        or_default(view::body(self, id)).unwrap_or_default()
    }

    /// The agreed result of a transaction.
    #[must_use]
    pub fn payload(&self, id: B256) -> Option<Payload> {
        or_default(view::payload(self, id))
    }

    /// The leader's recorded answers.
    #[must_use]
    pub fn nondet(&self, id: B256, round: u32) -> std::collections::BTreeMap<u32, Vec<u8>> {
        or_default(view::nondet(self, id, round))
    }

    /// When the next block is due even if nothing happens.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        or_default(view::next_deadline(self))
    }

    /// Every duty that is open: what a restarted node takes up again.
    #[must_use]
    pub fn open_duties(&self) -> Vec<Effect> {
        let open = or_default(view::open(self));
        open.into_iter()
            .flat_map(|id| or_default(view::duties(self, id)))
            .collect()
    }

    /// All transactions in the order in which they were created.
    #[must_use]
    pub fn records(&self) -> Vec<TxRecord> {
        let prefix = Key::tx(B256::ZERO)
            .as_bytes()
            .get(..1)
            .unwrap_or_default()
            .to_vec();
        let decode = |(_, value): (&[u8], &[u8])| borsh::from_slice::<TxRecord>(value).ok();
        let mut records: Vec<TxRecord> = self.0.range(&prefix).filter_map(decode).collect();
        records.sort_unstable_by_key(|record| record.index);
        records
    }

    /// What an appeal would cost at `now_ms`, or why none can be filed.
    ///
    /// # Errors
    /// The state contradicts the rules.
    pub fn appeal_quote(
        &self,
        params: &Params,
        now_ms: u64,
        id: B256,
    ) -> Result<Result<Quote, Reject>, ApplyError> {
        view::appeal_quote(params, self, now_ms, id)
    }

    /// Transactions that wait to be started, in the order in which they were created.
    #[must_use]
    pub fn parked(&self) -> Vec<B256> {
        let prefix = Key::parked(B256::ZERO)
            .as_bytes()
            .get(..1)
            .unwrap_or_default()
            .to_vec();
        let decode = |(key, value): (&[u8], &[u8])| {
            let tx = key.get(1..).and_then(|id| B256::try_from(id).ok())?;
            Some((borsh::from_slice::<u64>(value).ok()?, tx))
        };
        let mut parked: Vec<(u64, B256)> = self.0.range(&prefix).filter_map(decode).collect();
        parked.sort_unstable();
        parked.into_iter().map(|(_, tx)| tx).collect()
    }

    /// Transactions that wait to be activated at an address.
    #[must_use]
    pub fn pending(&self, address: Address) -> u64 {
        let queue = or_default(view::queue(self, address));
        queue.tail.saturating_sub(queue.next)
    }
}
