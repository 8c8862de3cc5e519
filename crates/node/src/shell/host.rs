//! What a running contract sees of this node: a frozen view of the chain, and the world through
//! the validator's own providers.

use super::gate::Permit;
use crate::core::Snapshot;
use std::{sync::Arc, time::Duration};
use tokio::runtime::Handle;
use venire_gateway::{Context, Gateway, Profile, Trail};
use venire_types::{
    Address, B256, U256,
    ask::{Answer, AskError, Question},
    storage::{PAGE, StateView},
};
use venire_vm::Host;

/// A contract's eyes for one execution.
pub(crate) struct ChainHost {
    /// Chain as of the block in which the transaction was activated.
    pub(crate) snapshot: Snapshot,
    /// Longest code that is run.
    pub(crate) code_bytes: u32,
    /// Address whose balance already includes the value that came with the message.
    pub(crate) credited: Option<(Address, U256)>,
    /// World, as the executing validator sees it.
    pub(crate) world: World,
}

/// Access to models and pages.
pub(crate) struct World {
    /// Models and web.
    pub(crate) gateway: Gateway,
    /// The validator's providers.
    pub(crate) profile: Arc<Profile>,
    /// Transaction, zero for a read.
    pub(crate) tx: B256,
    /// Executing validator.
    pub(crate) validator: Address,
    /// This validator's secret seed for prompt nonces.
    pub(crate) seed: [u8; 32],
    /// Where answers are awaited.
    pub(crate) runtime: Handle,
    /// Given back while waiting.
    pub(crate) permit: Permit,
    /// Longest wait for one answer.
    pub(crate) patience: Duration,
    /// What happened while questions were answered.
    pub(crate) trail: Trail,
}

impl Host for ChainHost {
    fn read_pages(
        &mut self,
        contract: Address,
        view: StateView,
        slot: B256,
        first: u32,
        out: &mut [[u8; PAGE]],
    ) {
        self.snapshot.read_pages(contract, view, slot, first, out);
    }

    fn code(&mut self, contract: Address, view: StateView) -> Option<Arc<[u8]>> {
        self.snapshot.code(contract, view, self.code_bytes)
    }

    fn balance(&mut self, address: Address, view: StateView) -> U256 {
        let committed = self.snapshot.balance(address, view);
        match self.credited {
            Some((credited, value)) if credited == address => committed.saturating_add(value),
            _ => committed,
        }
    }

    fn ask(&mut self, block: u32, index: u32, question: Question) -> Result<Answer, AskError> {
        let world = &mut self.world;
        let context = Context {
            tx: world.tx,
            validator: world.validator,
            block,
            index,
            seed: world.seed,
        };
        let (gateway, profile, runtime, patience, trail) = (
            &world.gateway,
            &world.profile,
            &world.runtime,
            world.patience,
            &mut world.trail,
        );
        world.permit.suspend(|| {
            runtime.block_on(async {
                let answer = gateway.ask(profile, &context, question, trail);
                tokio::time::timeout(patience, answer)
                    .await
                    .unwrap_or_else(|_| {
                        Err(AskError::Unavailable {
                            code: "ANSWER_TIMEOUT".to_owned(),
                            message: format!("no answer within {} seconds", patience.as_secs()),
                        })
                    })
            })
        })
    }
}
