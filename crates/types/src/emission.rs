//! What a successful execution sends out: messages, deploys, transfers and events, in order.

use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use borsh::{BorshDeserialize, BorshSerialize};

/// When a message leaves its parent transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum On {
    /// As soon as the parent is accepted.
    Accepted,
    /// When the parent is final.
    Finalized,
}

/// One thing a contract sends out.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Emission {
    /// A call of another contract (or a plain transfer when `calldata` is the empty map).
    Post {
        /// Receiver.
        to: Address,
        /// Encoded call object.
        calldata: Vec<u8>,
        /// Native tokens carried, debited from the emitting contract.
        value: U256,
        /// When it leaves.
        on: On,
    },
    /// A deploy. With a non-zero salt the address is known beforehand.
    Deploy {
        /// Contract code.
        code: Vec<u8>,
        /// Encoded constructor call object.
        calldata: Vec<u8>,
        /// Native tokens carried.
        value: U256,
        /// Zero: address chosen by consensus.
        salt: U256,
        /// When it leaves.
        on: On,
    },
    /// A transfer or call outside the contract world; always leaves on finality.
    External {
        /// Receiver.
        to: Address,
        /// ABI-encoded call, or empty.
        calldata: Vec<u8>,
        /// Native tokens carried.
        value: U256,
    },
    /// A log entry: at most four topics of 32 bytes.
    Event {
        /// Topics, signature first.
        topics: Vec<B256>,
        /// Calldata map of all fields.
        data: Vec<u8>,
    },
}
