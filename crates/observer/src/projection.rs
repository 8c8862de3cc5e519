//! The words a history is told in, and the trait of everything that listens.
//!
//! # Invariants
//! - Facts come in the order of the chain; `At::height` never decreases.
//!
//! # Not here
//! - What a projection remembers (one file each).

use venire_types::emission::On;
use venire_types::vote::Status;
use venire_types::{Address, B256};

/// Where in the history a fact belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Height of the block.
    pub height: u64,
    /// Time of the block, in milliseconds since 1970.
    pub time_ms: u64,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A transaction entered the chain.
    Created {
        /// Its id.
        id: B256,
        /// Who sent it.
        from: Address,
        /// Whom it addresses; `None` for a deploy whose address is not known yet.
        to: Option<Address>,
    },
    /// A deploy was given its address.
    Addressed {
        /// The transaction.
        id: B256,
        /// The address of the contract.
        to: Address,
    },
    /// A transaction was accepted, or found undetermined, timed out or cancelled.
    Decided {
        /// The transaction.
        id: B256,
        /// What it became.
        status: Status,
    },
    /// What a decision did was taken back: the transaction will be judged anew.
    TakenBack {
        /// The transaction.
        id: B256,
    },
    /// A transaction became irrevocable.
    Finalized {
        /// The transaction.
        id: B256,
    },
    /// A transaction sent a message, which is a transaction of its own.
    Message {
        /// The sender.
        parent: B256,
        /// The message.
        child: B256,
        /// When it left.
        on: On,
    },
    /// A log was emitted.
    Log {
        /// By which transaction.
        id: B256,
        /// By which contract.
        address: Address,
        /// At most four topics, signature first.
        topics: Vec<B256>,
        /// The rest.
        data: Vec<u8>,
    },
}

/// A view made of facts alone.
pub trait Projection {
    /// Its name in metrics and errors.
    fn name(&self) -> &'static str;

    /// Takes in the next fact. Facts it has no use for are ignored.
    fn fold(&mut self, at: At, fact: &Fact);
}
