//! JSON shapes, one file per family.

mod block;
mod receipt;
mod transaction;

pub use block::Block;
pub use receipt::{EthLog, EthReceipt};
pub use transaction::{
    ConsensusData, ConsensusHistory, ConsensusResult, GenvmResult, LastRound, MessageJson, Model,
    NodeConfig, PendingMessage, Receipt, StateBlockRange, Transaction, ValidatorJson,
};
