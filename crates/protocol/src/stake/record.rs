//! What the chain remembers of validators, their money and their epochs.
//!
//! # Invariants
//! - Records are `borsh` values under the keys of `state.rs`; the layout is part of consensus.

use alloc::vec::Vec;
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{Address, B256, U256, family::Family};

/// Which of a validator's two pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub enum PoolKind {
    /// The owner's stake.
    Own,
    /// What others delegate.
    Delegated,
}

/// Money in one end, shares out of the other, or the reverse: what one or all members of a pool
/// asked for in one epoch, until it is carried out and collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Batch {
    /// When it was asked for.
    pub epoch: u64,
    /// Wei of a deposit, shares of an exit.
    pub input: U256,
    /// Shares for a deposit, wei for an exit; nothing until it is carried out.
    pub output: U256,
}

/// A member's part of a [`Batch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Slice {
    /// Epoch of the batch.
    pub epoch: u64,
    /// Wei of a deposit, shares of an exit.
    pub input: U256,
}

/// Stake with one price per share.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Pool {
    /// Wei at work.
    pub stake: U256,
    /// Shares of it.
    pub shares: U256,
    /// Deposits that do not work yet, oldest first.
    pub deposits: Vec<Batch>,
    /// Exits of which the shares still work, or whose money can still be slashed, oldest first.
    pub exits: Vec<Batch>,
}

/// What one member has in one pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Position {
    /// Shares that work.
    pub shares: U256,
    /// Its parts of deposits.
    pub deposits: Vec<Slice>,
    /// Its parts of exits.
    pub exits: Vec<Slice>,
    /// Place in the validator's list of delegators.
    pub place: u64,
}

/// Something that costs stake, until it is enacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Offence {
    /// Epoch of the deed: what had left before is not touched.
    pub epoch: u64,
    /// Epoch whose beginning enacts it.
    pub due: u64,
    /// Ten thousandths of the stake.
    pub bps: u32,
}

/// A validator: whose it is, who speaks for it, what is staked on it, how it behaved.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StakedValidator {
    /// Its wallet: the identity under which it sits in committees.
    pub address: Address,
    /// Who decides and is paid.
    pub owner: Address,
    /// Key that signs proposals and votes.
    pub operator: Address,
    /// Key that is offered the operator's place, and from when it may take it.
    pub pending_operator: Option<(Address, u64)>,
    /// Declared family of its model.
    pub family: Family,
    /// Own stake.
    pub own: Pool,
    /// Delegated stake.
    pub delegated: Pool,
    /// Number of delegators.
    pub delegators: u64,
    /// Epoch up to which its books are.
    pub primed: u64,
    /// Inflation for the owner's work, not paid yet.
    pub owner_inflation: U256,
    /// Inflation for the stake, not added to the pools yet.
    pub stake_inflation: U256,
    /// Fees earned, not added yet.
    pub fees: U256,
    /// Negative fees, not taken yet.
    pub penalties: U256,
    /// What it will be slashed for.
    pub offences: Vec<Offence>,
    /// Epoch of its last strike.
    pub struck_in: u64,
    /// Transactions and tribunals of that epoch that it let wait or misjudged.
    pub strikes: Vec<B256>,
    /// Last epoch of a ban.
    pub banned_until: u64,
    /// Banned for ever.
    pub banned_for_ever: bool,
    /// Tribunals about it that are open: if it can be spared, it is held back as long as there is
    /// one.
    pub accusations: u32,
    /// Epoch and weight of its place in the active set, while it is held back from it.
    pub held: Option<(u64, U256)>,
}

/// Which validator a key speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Operator {
    /// The validator; the last one, after the key was replaced.
    pub validator: Address,
    /// Epoch from which another validator may use the key; `None` while it is in use.
    pub free_from: Option<u64>,
}

/// Figures of one epoch; amounts in wei.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Epoch {
    /// Number.
    pub number: u64,
    /// When it began.
    pub start_ms: u64,
    /// When it ended; 0 while it runs.
    pub end_ms: u64,
    /// Minted for it.
    pub inflation: U256,
    /// Sum of the weights of its active set.
    pub weight: U256,
    /// `0.6 own + 0.4 delegated` of what was deposited in it.
    pub weight_deposit: U256,
    /// The same of what left at its end.
    pub weight_withdrawal: U256,
    /// Validators in its active set.
    pub validators: u64,
    /// Inflation and fees that were added to pools and paid to owners in it.
    pub claimed: U256,
    /// Deposited in it.
    pub deposited: U256,
    /// Left at its beginning.
    pub withdrawn: U256,
    /// Slashed at its beginning.
    pub slashed: U256,
    /// Number of the first transaction created in it.
    pub first_transaction: u64,
    /// Its transactions that are not closed.
    pub open: u64,
    /// Tribunals about its transactions that are open.
    pub tribunals: u64,
}

/// The current and the previous epoch: all that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Epochs {
    /// The running one.
    pub current: Epoch,
    /// The one before; equal to a default before there is one.
    pub previous: Epoch,
    /// Last epoch all of whose transactions are closed.
    pub finalized: u64,
    /// Time of genesis, from which years of inflation count.
    pub first_number: u64,
}

impl StakedValidator {
    /// One of the two pools.
    #[must_use]
    pub const fn pool(&self, kind: PoolKind) -> &Pool {
        match kind {
            PoolKind::Own => &self.own,
            PoolKind::Delegated => &self.delegated,
        }
    }

    pub(crate) const fn pool_mut(&mut self, kind: PoolKind) -> &mut Pool {
        match kind {
            PoolKind::Own => &mut self.own,
            PoolKind::Delegated => &mut self.delegated,
        }
    }

    /// Which pool a member's money is in.
    #[must_use]
    pub fn kind_of(&self, member: Address) -> PoolKind {
        if member == self.address {
            PoolKind::Own
        } else {
            PoolKind::Delegated
        }
    }

    /// Is it banned in this epoch?
    #[must_use]
    pub const fn is_banned(&self, epoch: u64) -> bool {
        self.banned_for_ever || self.banned_until >= epoch && self.banned_until > 0
    }

    /// Is it held back, because a tribunal about it is open (`STAKE-36`)?
    #[must_use]
    pub const fn is_quarantined(&self) -> bool {
        self.held.is_some()
    }
}

impl Epochs {
    /// The kept epoch with this number; the previous one for any but the current.
    pub(crate) const fn numbered(&mut self, number: u64) -> &mut Epoch {
        if number == self.current.number {
            &mut self.current
        } else {
            &mut self.previous
        }
    }

    /// The epoch in which a transaction was created, by its number; everything older than the
    /// previous epoch is closed.
    pub(crate) const fn of(&mut self, transaction: u64) -> &mut Epoch {
        if transaction >= self.current.first_transaction {
            &mut self.current
        } else {
            &mut self.previous
        }
    }
}
