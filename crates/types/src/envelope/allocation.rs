//! What a sender sets aside for the messages that its transaction sends.

use super::{ActionError, abi};
use crate::emission::On;
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{
    SolType,
    sol_data::{Array, Uint},
};

/// Money for messages of one receiver, method and time; a node of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// A message to a contract; else a payment outside.
    pub internal: bool,
    /// When the message leaves.
    pub on: On,
    /// Place of the allocation of the transaction that sends it; `None` for the submission itself.
    pub parent: Option<u32>,
    /// Receiver; zero for a deploy.
    pub recipient: Address,
    /// Key of the method; zero for any.
    pub call_key: B256,
    /// Wei.
    pub budget: U256,
    /// Encoded [`MessageTerms`] of a message to a contract.
    pub fee_params: Vec<u8>,
}

/// What is paid for the judging of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageTerms {
    /// Most time units of a leader; zero for no limit.
    pub leader_units: U256,
    /// Most time units of a validator; zero for no limit.
    pub validator_units: U256,
    /// Appeals that are funded.
    pub appeals: U256,
    /// Wei for receipts and storage of each leader's attempt.
    pub execution: U256,
    /// Leader rotations of the first round and of the one after each funded appeal.
    pub rotations: Vec<U256>,
}

type Encoded = (Uint<256>, Uint<256>, Uint<256>, Uint<256>, Array<Uint<256>>);

impl MessageTerms {
    /// Five arguments as clients encode them; `None` for anything else.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let decoded = Encoded::abi_decode_params_validate(bytes).ok()?;
        let (leader_units, validator_units, appeals, execution, rotations) = decoded;
        Some(Self {
            leader_units,
            validator_units,
            appeals,
            execution,
            rotations,
        })
    }

    /// What [`MessageTerms::decode`] reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let units = (self.leader_units, self.validator_units);
        let rotations = self.rotations.clone();
        Encoded::abi_encode_params(&(units.0, units.1, self.appeals, self.execution, rotations))
    }
}

impl Allocation {
    pub(super) fn of(node: abi::Allocation) -> Result<Self, ActionError> {
        let parent = if node.parentIndex == U256::MAX {
            None
        } else {
            let place = u32::try_from(node.parentIndex);
            Some(place.map_err(|_| ActionError::BadArguments)?)
        };
        Ok(Self {
            internal: match node.messageType {
                0 => false,
                1 => true,
                _ => return Err(ActionError::BadArguments),
            },
            on: if node.onAcceptance {
                On::Accepted
            } else {
                On::Finalized
            },
            parent,
            recipient: node.recipient,
            call_key: node.callKey,
            budget: node.budget,
            fee_params: node.feeParams.to_vec(),
        })
    }

    pub(super) fn to_abi(&self) -> abi::Allocation {
        abi::Allocation {
            messageType: u8::from(self.internal),
            onAcceptance: self.on == On::Accepted,
            parentIndex: self.parent.map_or(U256::MAX, U256::from),
            recipient: self.recipient,
            callKey: self.call_key,
            budget: self.budget,
            feeParams: self.fee_params.clone().into(),
        }
    }
}
