//! The one seam between running contracts and the rest of the node.
//!
//! # Not here
//! - Implementations: `venire-node` wires it to state and gateway, `venire-sim` to scripts.

use std::sync::Arc;
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Question},
    storage::{PAGE, StateView},
};

/// What a running contract can see of the chain and the world. Calls block the executing thread.
pub trait Host: Send {
    /// Reads consecutive pages of a contract's slot into `out`; absent pages are zeros.
    fn read_pages(
        &mut self,
        contract: Address,
        view: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    );

    /// Code of a deployed contract, or `None` when nothing is deployed there.
    fn code(&mut self, contract: Address, view: StateView) -> Option<Arc<[u8]>>;

    /// Committed balance.
    fn balance(&mut self, address: Address, view: StateView) -> U256;

    /// Asks the outside world; called only inside non-deterministic blocks. `block` is the
    /// number of the block within the execution, `index` the number of the question within it.
    ///
    /// # Errors
    /// See [`AskError`].
    fn ask(&mut self, block: u32, index: u32, question: Question) -> Result<Answer, AskError>;
}

/// An empty world, for runs that may not look at it.
pub(crate) struct Nowhere;

impl Host for Nowhere {
    fn read_pages(&mut self, _: Address, _: StateView, _: B256, _: u32, out: &mut [[u8; PAGE]]) {
        out.fill([0; PAGE]);
    }

    fn code(&mut self, _: Address, _: StateView) -> Option<Arc<[u8]>> {
        None
    }

    fn balance(&mut self, _: Address, _: StateView) -> U256 {
        U256::ZERO
    }

    fn ask(&mut self, _: u32, _: u32, _: Question) -> Result<Answer, AskError> {
        Err(AskError::Unavailable {
            code: "NO_WORLD".into(),
            message: "this run may not ask the outside world".into(),
        })
    }
}
