//! A node that leaves the words of some validators, and all cancellations and appeals, out of the
//! blocks that it proposes.

use super::Liar;
use crate::parcel::Parcel;
use std::{collections::BTreeSet, sync::Arc};
use venire_protocol::Input;
use venire_types::{Address, envelope::Action};

/// See the module.
#[derive(Debug)]
pub(super) struct Censor {
    pub(super) node: usize,
    pub(super) victims: BTreeSet<Address>,
}

impl Censor {
    fn lets_pass(&self, input: &Input) -> bool {
        let victim = |who: Address| self.victims.contains(&who);
        match input {
            Input::Transaction(envelope) => !matches!(envelope.action(), Ok(Action::Appeal { .. })),
            Input::Propose(words) => !victim(words.signer()),
            Input::Commit(words) => !victim(words.signer()),
            Input::Reveal(words) => !victim(words.signer()),
            Input::Cancel(_) => false,
            Input::Faucet { .. } | Input::Park(_) | Input::Start { .. } => true,
        }
    }
}

impl Liar for Censor {
    fn on_draft(&mut self, proposer: usize, parcels: &mut Vec<Arc<Parcel>>) {
        if proposer == self.node {
            parcels.retain(|parcel| self.lets_pass(&parcel.input));
        }
    }
}
