//! What a transaction asks for: the ABI call in its input and the RLP list inside it.

use super::{
    Allocation, Envelope,
    abi::{Consensus, Fees, Order},
    stake::StakeOrder,
};
use crate::chain;
use alloc::{boxed::Box, vec::Vec};
use alloy_primitives::{Address, B256, U256};
use alloy_rlp::Header;
use alloy_sol_types::SolCall;

/// What a transaction asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A deploy or a call, to be judged.
    Submit(Submission),
    /// A plain transfer of native tokens.
    Transfer {
        /// Receiver.
        to: Address,
    },
    /// Appeal against a decided transaction.
    Appeal {
        /// The transaction.
        tx: B256,
    },
    /// Add to the money that a transaction holds for its judging.
    TopUp(TopUp),
    /// Finalise a transaction that is due.
    Finalize {
        /// The transaction.
        tx: B256,
    },
    /// Finalise transactions whose phases have run out.
    FinalizeIdle {
        /// The transactions.
        txs: Vec<B256>,
    },
    /// Withdraw a pending transaction.
    Cancel {
        /// The transaction.
        tx: B256,
    },
    /// Something of the staking contract or of a validator's wallet.
    Stake(StakeOrder),
}

/// A deploy or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Called contract; the zero address for a deploy.
    pub recipient: Address,
    /// Wanted committee size.
    pub validators: U256,
    /// Wanted leader rotations.
    pub rotations: U256,
    /// Seconds since 1970 after which the transaction must not start.
    pub valid_until: Option<U256>,
    /// What to run.
    pub data: TxData,
    /// The leader's word alone decides.
    pub leader_only: bool,
    /// What the sender pays for, where it says so; then the value sent includes it.
    pub fees: Option<Box<FeeTerms>>,
}

/// What a sender pays for, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeTerms {
    /// Wei for the contract; whatever else is sent pays for judging.
    pub value: U256,
    /// Most time units of a leader that the sender agrees to; zero for no limit.
    pub leader_units: U256,
    /// Most time units of a validator that the sender agrees to; zero for no limit.
    pub validator_units: U256,
    /// Appeals that the sender funds.
    pub appeals: U256,
    /// Leader rotations of the first round and of the one after each funded appeal.
    pub rotations: Vec<U256>,
    /// Wei for receipts and storage of each leader's attempt.
    pub execution: U256,
    /// Wei for the judging of messages.
    pub messages: U256,
    /// Highest prices.
    pub ceilings: Ceilings,
    /// What the budget for messages is for; what is not named here is divided equally.
    pub allocations: Vec<Allocation>,
    /// Salt of a deploy whose address is to be known before; zero for none.
    pub salt: U256,
}

/// Highest prices that a sender agrees to, wei; zero for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    /// Of a time unit.
    pub unit: U256,
    /// Of a byte of storage.
    pub storage: U256,
    /// Of a unit of gas of a receipt.
    pub receipt: U256,
}

/// An addition to the money that a transaction holds for its judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUp {
    /// The transaction.
    pub tx: B256,
    /// How many of the wei sent are for the judging of messages.
    pub messages: U256,
    /// New ceilings of its sender; zero to leave one.
    pub ceilings: Ceilings,
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TxData {
    /// New contract.
    Deploy {
        /// Contract code (text or zip).
        code: Vec<u8>,
        /// Encoded constructor call object.
        calldata: Vec<u8>,
    },
    /// Call of a contract.
    Call {
        /// Encoded call object.
        calldata: Vec<u8>,
    },
}

/// Why a transaction asks for nothing this chain knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// No receiver: an Ethereum contract creation.
    #[error("Ethereum contracts cannot be created here; deploy through the consensus contract")]
    NoReceiver,
    /// Unknown function of the consensus contract, or Ethereum call data for a plain address
    /// (ENVELOPE-04).
    #[error("the call data names no function of the consensus contract")]
    UnknownFunction,
    /// The arguments do not fit the function.
    #[error("the arguments do not fit the function of the consensus contract")]
    BadArguments,
    /// `_sender` is not who signed (ENVELOPE-05).
    #[error("the sender argument {claimed} is not the signer {signer}")]
    SenderMismatch {
        /// Argument.
        claimed: Address,
        /// Recovered signer.
        signer: Address,
    },
    /// The inner RLP list is malformed (ENVELOPE-07).
    #[error("the transaction data is not an RLP list of [code,] calldata, leader flag")]
    BadTxData,
    /// A deploy has no receiver and carries code; a call has both the other way round
    /// (ENVELOPE-06).
    #[error("a deploy must name the zero address and carry code, a call neither")]
    DeployMismatch,
    /// The leader flag is unknown.
    #[error("the leader flag must be empty, 0 or 1")]
    BadLeaderFlag,
}

impl Action {
    pub(super) fn of(envelope: &Envelope) -> Result<Self, ActionError> {
        let to = envelope.to().ok_or(ActionError::NoReceiver)?;
        let Some((selector, arguments)) = envelope.input().split_first_chunk::<4>() else {
            if !envelope.input().is_empty() || chain::is_system(to) {
                return Err(ActionError::UnknownFunction);
            }
            return Ok(Self::Transfer { to });
        };
        match *selector {
            Consensus::addTransaction_0Call::SELECTOR => {
                let call = arguments_of::<Consensus::addTransaction_0Call>(arguments)?;
                let sizes = (call.validators, call.rotations);
                let parties = (call.sender, call.recipient);
                ordered(envelope, parties, sizes, &call.data, U256::ZERO, None)
            }
            Consensus::addTransaction_1Call::SELECTOR => {
                let call = arguments_of::<Consensus::addTransaction_1Call>(arguments)?;
                let sizes = (call.validators, call.rotations);
                let parties = (call.sender, call.recipient);
                ordered(envelope, parties, sizes, &call.data, call.validUntil, None)
            }
            Consensus::addTransaction_2Call::SELECTOR => {
                let call = arguments_of::<Consensus::addTransaction_2Call>(arguments)?;
                ordered_with_fees(envelope, call.order, U256::ZERO)
            }
            // Only here a salt is meant; clients fill the field of the other form at random.
            Consensus::deploySaltedCall::SELECTOR => {
                let call = arguments_of::<Consensus::deploySaltedCall>(arguments)?;
                let salt = call.order.salt;
                ordered_with_fees(envelope, call.order, salt)
            }
            Consensus::topUpFeesCall::SELECTOR => {
                let call = arguments_of::<Consensus::topUpFeesCall>(arguments)?;
                Ok(Self::TopUp(TopUp {
                    tx: call.txId,
                    messages: call.fees.messageFees,
                    ceilings: Ceilings::of(&call.fees),
                }))
            }
            // An appeal pays for the work it causes; nothing is counted twice.
            Consensus::topUpAndSubmitAppealCall::SELECTOR => {
                let call = arguments_of::<Consensus::topUpAndSubmitAppealCall>(arguments)?;
                Ok(Self::Appeal { tx: call.txId })
            }
            Consensus::submitAppealCall::SELECTOR => {
                let call = arguments_of::<Consensus::submitAppealCall>(arguments)?;
                Ok(Self::Appeal { tx: call.txId })
            }
            Consensus::finalizeTransactionCall::SELECTOR => {
                let call = arguments_of::<Consensus::finalizeTransactionCall>(arguments)?;
                Ok(Self::Finalize { tx: call.txId })
            }
            Consensus::finalizeIdlenessTxsCall::SELECTOR => {
                let call = arguments_of::<Consensus::finalizeIdlenessTxsCall>(arguments)?;
                Ok(Self::FinalizeIdle { txs: call.txIds })
            }
            Consensus::cancelTransactionCall::SELECTOR => {
                let call = arguments_of::<Consensus::cancelTransactionCall>(arguments)?;
                Ok(Self::Cancel { tx: call.txId })
            }
            selector => StakeOrder::decode(envelope, to, selector, arguments)?
                .map(Self::Stake)
                .ok_or(ActionError::UnknownFunction),
        }
    }
}

/// A submission; a time limit of zero is none.
fn ordered(
    envelope: &Envelope,
    (sender, recipient): (Address, Address),
    (validators, rotations): (U256, U256),
    data: &[u8],
    valid_until: U256,
    fees: Option<Box<FeeTerms>>,
) -> Result<Action, ActionError> {
    check_sender(envelope, sender)?;
    let (data, leader_only) = TxData::decode(data)?;
    Submission {
        recipient,
        validators,
        rotations,
        valid_until: Some(valid_until).filter(|until| !until.is_zero()),
        data,
        leader_only,
        fees,
    }
    .checked()
}

/// A submission whose sender says what it pays for.
fn ordered_with_fees(envelope: &Envelope, order: Order, salt: U256) -> Result<Action, ActionError> {
    let ceilings = Ceilings::of(&order.fees);
    let allocations = order.allocations.into_iter().map(Allocation::of);
    let fees = FeeTerms {
        value: order.value,
        leader_units: order.fees.leaderUnits,
        validator_units: order.fees.validatorUnits,
        appeals: order.fees.appealRounds,
        rotations: order.fees.rotations,
        execution: order.fees.executionBudget,
        messages: order.fees.messageFees,
        ceilings,
        allocations: allocations.collect::<Result<_, _>>()?,
        salt,
    };
    let parties = (order.sender, order.recipient);
    let sizes = (order.validators, order.rotations);
    let (data, until) = (&order.data, order.validUntil);
    ordered(envelope, parties, sizes, data, until, Some(Box::new(fees)))
}

pub(super) fn arguments_of<C: SolCall>(arguments: &[u8]) -> Result<C, ActionError> {
    C::abi_decode_raw_validate(arguments).map_err(|_| ActionError::BadArguments)
}

/// Input of the Ethereum transaction that appeals against the decision of `tx`.
#[must_use]
pub fn appeal_input(tx: B256) -> Vec<u8> {
    Consensus::submitAppealCall { txId: tx }.abi_encode()
}

fn check_sender(envelope: &Envelope, claimed: Address) -> Result<(), ActionError> {
    let signer = envelope.signer();
    if claimed == signer {
        Ok(())
    } else {
        Err(ActionError::SenderMismatch { claimed, signer })
    }
}

impl TxData {
    /// Decodes the RLP list `[code, calldata, flag]` or `[calldata, flag]`, and the leader flag
    /// (empty, 0 or 1).
    ///
    /// # Errors
    /// `BadTxData`, `BadLeaderFlag`.
    pub fn decode(bytes: &[u8]) -> Result<(Self, bool), ActionError> {
        let items = rlp_strings(bytes).ok_or(ActionError::BadTxData)?;
        match items.as_slice() {
            [code, calldata, flag] => {
                let data = Self::Deploy {
                    code: code.to_vec(),
                    calldata: calldata.to_vec(),
                };
                Ok((data, leader_flag(flag)?))
            }
            [calldata, flag] => {
                let data = Self::Call {
                    calldata: calldata.to_vec(),
                };
                Ok((data, leader_flag(flag)?))
            }
            _ => Err(ActionError::BadTxData),
        }
    }

    /// The RLP list that [`TxData::decode`] reads.
    #[must_use]
    pub fn encode(&self, leader_only: bool) -> Vec<u8> {
        let flag: &[u8] = if leader_only { &[1] } else { &[0] };
        let items: Vec<&[u8]> = match self {
            Self::Deploy { code, calldata } => [code, calldata, flag].to_vec(),
            Self::Call { calldata } => [calldata, flag].to_vec(),
        };
        let mut out = Vec::new();
        alloy_rlp::encode_list::<&[u8], [u8]>(&items, &mut out);
        out
    }
}

/// The byte strings of exactly one RLP list.
fn rlp_strings(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = bytes;
    let mut list = Header::decode_bytes(&mut rest, true).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let mut items = Vec::new();
    while !list.is_empty() {
        items.push(Header::decode_bytes(&mut list, false).ok()?);
        if items.len() > 3 {
            return None;
        }
    }
    Some(items)
}

fn leader_flag(flag: &[u8]) -> Result<bool, ActionError> {
    match flag {
        [] | [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(ActionError::BadLeaderFlag),
    }
}

impl Submission {
    fn checked(self) -> Result<Action, ActionError> {
        let deploys = matches!(self.data, TxData::Deploy { .. });
        if deploys == self.recipient.is_zero() {
            Ok(Action::Submit(self))
        } else {
            Err(ActionError::DeployMismatch)
        }
    }

    /// Input of the Ethereum transaction that submits this on behalf of `sender`: the form with
    /// five arguments, with six when there is a time limit, or with an order when there are fees.
    #[must_use]
    pub fn to_input(&self, sender: Address) -> Vec<u8> {
        let data = self.data.encode(self.leader_only).into();
        let (recipient, validators, rotations) = (self.recipient, self.validators, self.rotations);
        if let Some(fees) = &self.fees {
            let order = Order {
                sender,
                recipient,
                validators,
                rotations,
                validUntil: self.valid_until.unwrap_or_default(),
                salt: fees.salt,
                value: fees.value,
                fees: fees.to_abi(),
                data,
                allocations: fees.allocations.iter().map(Allocation::to_abi).collect(),
            };
            if fees.salt.is_zero() {
                return Consensus::addTransaction_2Call { order }.abi_encode();
            }
            return Consensus::deploySaltedCall { order }.abi_encode();
        }
        match self.valid_until {
            None => Consensus::addTransaction_0Call {
                sender,
                recipient,
                validators,
                rotations,
                data,
            }
            .abi_encode(),
            Some(valid_until) => Consensus::addTransaction_1Call {
                sender,
                recipient,
                validators,
                rotations,
                data,
                validUntil: valid_until,
            }
            .abi_encode(),
        }
    }
}

impl FeeTerms {
    fn to_abi(&self) -> Fees {
        Fees {
            leaderUnits: self.leader_units,
            validatorUnits: self.validator_units,
            appealRounds: self.appeals,
            executionBudget: self.execution,
            rotations: self.rotations.clone(),
            ..no_fees(self.messages, self.ceilings)
        }
    }
}

impl TopUp {
    /// Input of the Ethereum transaction that adds the value it carries.
    #[must_use]
    pub fn to_input(&self) -> Vec<u8> {
        Consensus::topUpFeesCall {
            txId: self.tx,
            fees: no_fees(self.messages, self.ceilings),
        }
        .abi_encode()
    }
}

impl Ceilings {
    const fn of(fees: &Fees) -> Self {
        Self {
            unit: fees.priceMax,
            storage: fees.storagePriceMax,
            receipt: fees.receiptPriceMax,
        }
    }
}

/// Fees that name a message budget and ceilings only.
const fn no_fees(messages: U256, ceilings: Ceilings) -> Fees {
    Fees {
        leaderUnits: U256::ZERO,
        validatorUnits: U256::ZERO,
        appealRounds: U256::ZERO,
        executionBudget: U256::ZERO,
        executionConsumed: U256::ZERO,
        messageFees: messages,
        rotations: Vec::new(),
        priceMax: ceilings.unit,
        storagePriceMax: ceilings.storage,
        receiptPriceMax: ceilings.receipt,
    }
}
