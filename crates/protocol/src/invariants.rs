//! Checks over a whole state that must hold after every block.
//!
//! # Invariants
//! - Nothing here is used by `apply`: the rules are stated a second time, in other words.

mod tribunals;

use crate::{
    ledger::OpenBalance,
    record::{Account, Globals, Kind, TxRecord, Validator},
    stake::{Batch, Epochs, PoolKind, Position, StakedValidator},
    state::{Key, Value, tag},
    tribunal::Tribunal,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use borsh::BorshDeserialize;
use venire_types::{
    Address, B256, U256,
    emission::{Emission, On},
    jury::Payload,
    vote::Status,
};

/// What is wrong with a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A value does not decode.
    #[error("the value under key {key:?} does not decode")]
    Undecodable {
        /// Key.
        key: Key,
    },
    /// Money appeared or disappeared in one of the views.
    #[error("the {view} view holds {held} wei, {minted} were minted")]
    Supply {
        /// `accepted` or `finalized`.
        view: &'static str,
        /// Sum of all that is held.
        held: U256,
        /// All money there is.
        minted: U256,
    },
    /// A closed transaction still holds money for its judging (`FEE-19`).
    #[error("transaction {tx} is closed and still holds money")]
    Unsettled {
        /// Transaction.
        tx: B256,
    },
    /// More is set aside for messages than there is (`FEE-22`, `FEE-23`).
    #[error("the allocations of transaction {tx} are more than its message budget")]
    Allocated {
        /// Transaction.
        tx: B256,
    },
    /// The shares of a pool are not those of its members (`STAKE-11`).
    #[error("the {kind:?} pool of {validator} has {pool} shares, its members have {members}")]
    Shares {
        /// Validator.
        validator: Address,
        /// Pool.
        kind: PoolKind,
        /// Shares of the pool.
        pool: U256,
        /// Shares that members own, wait for, or take out.
        members: U256,
    },
    /// A pool has shares that are worth nothing (`STAKE-10`).
    #[error("the {kind:?} pool of {validator} has shares without stake, or stake without shares")]
    Worthless {
        /// Validator.
        validator: Address,
        /// Pool.
        kind: PoolKind,
    },
    /// An epoch does not know which of its transactions are open (`STAKE-41`).
    #[error("epoch {epoch} counts {counted} open transactions, there are {there}")]
    Open {
        /// Epoch.
        epoch: u64,
        /// Counted.
        counted: u64,
        /// Found.
        there: u64,
    },
    /// A tribunal breaks a rule of its page.
    #[error("tribunal {tribunal}: {what}")]
    Tribunal {
        /// Tribunal.
        tribunal: B256,
        /// What is wrong.
        what: &'static str,
    },
    /// A validator is held back for another number of tribunals than there are (`TRIBUNAL-04`).
    #[error("{validator} is held back for {counted} tribunals, {there} are open")]
    Accused {
        /// Validator.
        validator: Address,
        /// Counted.
        counted: u32,
        /// Found.
        there: u32,
    },
    /// A mark that a transaction waits to be started stands where none does (`ROUND-37`).
    #[error("{tx} is marked as waiting to be started, and is no such transaction")]
    Parked {
        /// Transaction.
        tx: B256,
    },
    /// An open transaction has lost its parent or its payload.
    #[error("transaction {tx} refers to something that is not there")]
    Dangling {
        /// Transaction.
        tx: B256,
    },
}

/// Money in both views of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// All money there is: genesis, faucet and inflation.
    pub minted: U256,
    /// Balances and values of open transactions, as if only final transactions had happened.
    pub finalized: U256,
    /// The same, as if all decided transactions were final.
    pub accepted: U256,
}

/// Adds up all money of a state.
///
/// # Errors
/// [`Violation`] when the state does not decode.
pub fn total_supply<'a>(
    state: impl IntoIterator<Item = (&'a Key, &'a Value)>,
) -> Result<Supply, Violation> {
    let mut books = Books::default();
    for (key, value) in state {
        books.enter(key, value)?;
    }
    books.close()
}

/// Checks that all minted money is there, in both views (`ROUND-32`).
///
/// # Errors
/// [`Violation`].
pub fn check<'a>(state: impl IntoIterator<Item = (&'a Key, &'a Value)>) -> Result<(), Violation> {
    let mut books = Books::default();
    for (key, value) in state {
        books.enter(key, value)?;
    }
    books.check_shares()?;
    books.check_epochs()?;
    books.check_tribunals()?;
    books.check_parked()?;
    let supply = books.close()?;
    let minted = supply.minted;
    for (view, held) in [
        ("finalized", supply.finalized),
        ("accepted", supply.accepted),
    ] {
        if held != minted {
            return Err(Violation::Supply { view, held, minted });
        }
    }
    Ok(())
}

#[derive(Default)]
struct Books {
    minted: U256,
    burned: U256,
    balances: U256,
    open: BTreeMap<Address, OpenBalance>,
    records: BTreeMap<B256, TxRecord>,
    payloads: BTreeMap<B256, Payload>,
    staked: U256,
    validators: BTreeMap<Address, StakedValidator>,
    members: BTreeMap<(Address, PoolKind), U256>,
    epochs: Epochs,
    tribunals: BTreeMap<B256, Tribunal>,
    active: Vec<Validator>,
    timers: BTreeSet<B256>,
    parked: BTreeMap<B256, u64>,
}

impl Books {
    fn enter(&mut self, key: &Key, value: &Value) -> Result<(), Violation> {
        match key.tag() {
            tag::GLOBALS => {
                let globals: Globals = decode(key, value)?;
                (self.minted, self.burned) = (globals.minted, globals.burned);
            }
            tag::ACCOUNT => {
                let balance = decode::<Account>(key, value)?.balance;
                self.balances = self.balances.saturating_add(balance);
            }
            tag::OPEN_BALANCE => {
                let address = key.field(0).map(Address::from).unwrap_or_default();
                self.open.insert(address, decode(key, value)?);
            }
            tag::TX => {
                let record: TxRecord = decode(key, value)?;
                self.records.insert(record.id, record);
            }
            tag::PAYLOAD => {
                let id = key.field(0).map(B256::from).unwrap_or_default();
                self.payloads.insert(id, decode(key, value)?);
            }
            tag::EPOCHS => self.epochs = decode(key, value)?,
            tag::VALIDATORS => self.active = decode(key, value)?,
            tag::TIMER_OF => {
                self.timers
                    .insert(key.field(0).map(B256::from).unwrap_or_default());
            }
            tag::PARKED => {
                let id = key.field(0).map(B256::from).unwrap_or_default();
                self.parked.insert(id, decode(key, value)?);
            }
            tag::TRIBUNAL => {
                let tribunal: Tribunal = decode(key, value)?;
                self.tribunals.insert(tribunal.id, tribunal);
            }
            tag::STAKED | tag::POSITION | tag::DEPOSIT_BATCH | tag::EXIT_BATCH => {
                self.enter_stake(key, value)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn enter_stake(&mut self, key: &Key, value: &Value) -> Result<(), Violation> {
        let validator = key.field(0).map(Address::from).unwrap_or_default();
        let kind = match key.field::<1>(20) {
            Some([0]) => PoolKind::Own,
            _ => PoolKind::Delegated,
        };
        match key.tag() {
            tag::STAKED => {
                let record: StakedValidator = decode(key, value)?;
                for pool in [&record.own, &record.delegated] {
                    let moving = pool.deposits.iter().map(|deposit| deposit.input);
                    let moving = moving.chain(pool.exits.iter().map(|exit| exit.output));
                    let held = moving.fold(pool.stake, U256::saturating_add);
                    self.staked = self.staked.saturating_add(held);
                }
                let earned = record.fees.saturating_add(record.owner_inflation);
                let earned = earned.saturating_add(record.stake_inflation);
                self.staked = self.staked.saturating_add(earned);
                self.validators.insert(validator, record);
            }
            tag::POSITION => {
                let member = key.field(20).map(Address::from).unwrap_or_default();
                let kind = if member == validator {
                    PoolKind::Own
                } else {
                    PoolKind::Delegated
                };
                let position: Position = decode(key, value)?;
                self.add_shares(validator, kind, position.shares);
            }
            tag::DEPOSIT_BATCH => {
                let batch: Batch = decode(key, value)?;
                self.add_shares(validator, kind, batch.output);
            }
            _ => {
                let batch: Batch = decode(key, value)?;
                self.staked = self.staked.saturating_add(batch.output);
            }
        }
        Ok(())
    }

    fn add_shares(&mut self, validator: Address, kind: PoolKind, shares: U256) {
        let sum = self.members.entry((validator, kind)).or_default();
        *sum = sum.saturating_add(shares);
    }

    fn check_shares(&self) -> Result<(), Violation> {
        for (address, record) in &self.validators {
            for (kind, pool) in [
                (PoolKind::Own, &record.own),
                (PoolKind::Delegated, &record.delegated),
            ] {
                let owned = self.members.get(&(*address, kind)).copied();
                // An exit of the present epoch still works.
                let leaving = pool.exits.iter().filter(|exit| exit.epoch >= record.primed);
                let members = leaving
                    .map(|exit| exit.input)
                    .fold(owned.unwrap_or_default(), U256::saturating_add);
                if members != pool.shares {
                    return Err(Violation::Shares {
                        validator: *address,
                        kind,
                        pool: pool.shares,
                        members,
                    });
                }
                if pool.shares.is_zero() != pool.stake.is_zero() {
                    return Err(Violation::Worthless {
                        validator: *address,
                        kind,
                    });
                }
            }
        }
        Ok(())
    }

    fn check_epochs(&self) -> Result<(), Violation> {
        let open = self.records.values();
        let open = open.filter(|tx| !matches!(tx.status, Status::Finalized | Status::Canceled));
        let (mut now, mut before) = (0_u64, 0_u64);
        for record in open {
            let counter = if record.index >= self.epochs.current.first_transaction {
                &mut now
            } else {
                &mut before
            };
            *counter = counter.saturating_add(1);
        }
        for (epoch, there) in [(&self.epochs.current, now), (&self.epochs.previous, before)] {
            if epoch.open != there {
                return Err(Violation::Open {
                    epoch: epoch.number,
                    counted: epoch.open,
                    there,
                });
            }
        }
        Ok(())
    }

    /// Only a signed transaction is parked, under its number, as long as nothing has begun; and
    /// nothing of its queue after it has begun either.
    fn check_parked(&self) -> Result<(), Violation> {
        for (tx, number) in &self.parked {
            let record = self.records.get(tx).filter(|record| {
                record.index == *number
                    && record.status == Status::Pending
                    && record.triggered_by.is_none()
                    && record.rounds.is_empty()
            });
            let Some(record) = record else {
                return Err(Violation::Parked { tx: *tx });
            };
            let mut queue = self.records.values();
            let overtakes = |other: &TxRecord| {
                let begun = matches!(
                    other.status,
                    Status::Proposing | Status::Committing | Status::Revealing
                );
                begun && other.recipient == record.recipient && other.slot > record.slot
            };
            if record.slot.is_some() && queue.any(overtakes) {
                return Err(Violation::Parked { tx: *tx });
            }
        }
        Ok(())
    }

    fn close(self) -> Result<Supply, Violation> {
        let own = self.balances.saturating_add(self.burned);
        let own = own.saturating_add(self.staked);
        let (mut finalized, mut accepted) = (own, own);
        for open in self.open.values() {
            accepted = accepted
                .saturating_add(open.added)
                .saturating_sub(open.taken);
        }
        for record in self.records.values() {
            // Money for judging is irrevocable: both views hold it until it is paid out.
            let judging = fees(record);
            (finalized, accepted) = (
                finalized.saturating_add(judging),
                accepted.saturating_add(judging),
            );
            if matches!(record.status, Status::Finalized | Status::Canceled) {
                if !judging.is_zero() {
                    return Err(Violation::Unsettled { tx: record.id });
                }
                continue;
            }
            let top = record.funds.allocations.iter();
            let top = top.filter(|one| one.parent.is_none());
            let set_aside = top.fold(U256::ZERO, |sum, one| sum.saturating_add(one.budget));
            if set_aside > record.funds.messages {
                return Err(Violation::Allocated { tx: record.id });
            }
            if self.left_final_state(record)? {
                finalized = finalized.saturating_add(record.value);
            }
            if self.is_held(record)? {
                continue;
            }
            let moved = record.is_success() && record.kind != Kind::Transfer;
            let held = if moved {
                self.outbox(record)?
            } else {
                record.value
            };
            accepted = accepted.saturating_add(held);
        }
        Ok(Supply {
            minted: self.minted,
            finalized,
            accepted,
        })
    }

    /// Has the value of an open transaction left its sender in the finalised view?
    fn left_final_state(&self, record: &TxRecord) -> Result<bool, Violation> {
        let Some((parent, _)) = record.triggered_by else {
            return Ok(true);
        };
        let parent = self
            .records
            .get(&parent)
            .ok_or(Violation::Dangling { tx: record.id })?;
        Ok(parent.status == Status::Finalized)
    }

    /// Was it sent on an acceptance that has been taken back? Then its money is with its sender.
    fn is_held(&self, record: &TxRecord) -> Result<bool, Violation> {
        let Some((parent, On::Accepted)) = record.triggered_by else {
            return Ok(false);
        };
        let parent = self
            .records
            .get(&parent)
            .ok_or(Violation::Dangling { tx: record.id })?;
        Ok(!parent.is_success())
    }

    /// What an accepted transaction will send when it is final.
    fn outbox(&self, record: &TxRecord) -> Result<U256, Violation> {
        let payload = self
            .payloads
            .get(&record.id)
            .ok_or(Violation::Dangling { tx: record.id })?;
        let mut held = U256::ZERO;
        for emission in &payload.emissions {
            let value = match emission {
                Emission::Post {
                    value,
                    on: On::Finalized,
                    ..
                }
                | Emission::Deploy {
                    value,
                    on: On::Finalized,
                    ..
                }
                | Emission::External { value, .. } => *value,
                Emission::Post { .. } | Emission::Deploy { .. } | Emission::Event { .. } => {
                    U256::ZERO
                }
            };
            held = held.saturating_add(value);
        }
        Ok(held)
    }
}

/// Deposit, top-ups, message budget, bonds and funding that a transaction has not paid out
/// (`FEE-19`).
fn fees(record: &TxRecord) -> U256 {
    let mut held = U256::ZERO;
    if !record.funds.settled {
        held = record.funds.messages;
        for part in &record.funds.parts {
            held = held.saturating_add(part.wei);
        }
    }
    for appeal in &record.appeals {
        if !appeal.settled {
            held = held
                .saturating_add(appeal.bond)
                .saturating_add(appeal.funding);
        }
    }
    held
}

fn decode<T: BorshDeserialize>(key: &Key, value: &Value) -> Result<T, Violation> {
    borsh::from_slice(value).map_err(|_| Violation::Undecodable { key: key.clone() })
}
