//! What every method handler is given.

use super::super::{
    node::{Head, Shared},
    sequencer::Command,
};
use std::sync::{Arc, mpsc::TrySendError};
use tokio::sync::oneshot;
use venire_api::{RpcError, code, quantity::hex_address};
use venire_protocol::{Input, Reject};
use venire_types::{B256, envelope::Action};

/// Transactions that may wait for one contract.
const PENDING_MAX: u64 = 1000;

/// One request's context.
#[derive(Clone)]
pub(super) struct Ctx {
    pub(super) shared: Arc<Shared>,
    /// Comes from a web page of another site.
    pub(super) foreign: bool,
}

impl Ctx {
    pub(super) fn head(&self) -> Arc<Head> {
        self.shared.head()
    }

    /// Gives the sequencer a command; never blocks.
    pub(super) fn command(&self, command: Command) -> Result<(), RpcError> {
        self.shared
            .commands
            .try_send(command)
            .map_err(|error| match error {
                TrySendError::Full(_) => {
                    RpcError::new(code::BUSY, "the node has too much to do; retry in a moment")
                }
                TrySendError::Disconnected(_) => {
                    RpcError::new(code::INTERNAL, "the node is stopping")
                }
            })
    }

    /// Offers an input and waits for its block.
    pub(super) async fn offer(&self, input: Input) -> Result<B256, RpcError> {
        self.check_backlog(&input)?;
        let (answer, result) = oneshot::channel();
        self.command(Command::Offer(Box::new(input), answer))?;
        match result.await {
            Ok(Ok(tx)) => Ok(tx),
            Ok(Err(reject)) => Err(refused(&reject)),
            Err(_) => Err(RpcError::new(code::INTERNAL, "the node is stopping")),
        }
    }

    /// Refuses what would only wait in a queue that is too long already.
    fn check_backlog(&self, input: &Input) -> Result<(), RpcError> {
        let Input::Transaction(envelope) = input else {
            return Ok(());
        };
        let Ok(Action::Submit(submission)) = envelope.action() else {
            return Ok(());
        };
        let pending = self.head().snapshot.pending(submission.recipient);
        if pending < PENDING_MAX {
            return Ok(());
        }
        let address = hex_address(submission.recipient);
        let text = format!(
            "Contract {address} has {pending} pending transactions (limit: {PENDING_MAX}); retry when some are decided"
        );
        let data = serde_json::json!({
            "scope": "contract", "address": address, "pending": pending, "limit": PENDING_MAX,
        });
        Err(RpcError::new(code::PENDING_LIMIT, text).with_data(data))
    }

    /// Waits for the sequencer's answer to a command.
    pub(super) async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Result<T, RpcError> {
        let (answer, result) = oneshot::channel();
        self.command(command(answer))?;
        result
            .await
            .map_err(|_| RpcError::new(code::INTERNAL, "the node is stopping"))
    }

    /// Runs blocking work off the async threads.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || work(&shared))
            .await
            .map_err(|error| {
                tracing::error!(%error, "an execution thread failed");
                RpcError::new(
                    code::INTERNAL,
                    "Internal error: the execution failed; this is a defect",
                )
            })
    }
}

/// A refusal as clients see it: a stable code in `data.reason`, a plain sentence.
pub(super) fn refused(reject: &Reject) -> RpcError {
    let data = serde_json::json!({ "reason": reject.code() });
    RpcError::new(code::INVALID_PARAMS, reject.to_string()).with_data(data)
}
