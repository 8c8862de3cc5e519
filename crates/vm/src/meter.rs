//! What host work costs in fuel, so that a contract cannot make the node work for nothing.
//!
//! The sandbox itself burns four to eleven units a nanosecond; host prices are the measured time
//! of the work at five units a nanosecond, rounded up.
//!
//! # Invariants
//! - Prices depend on the request only: never on caches, warm instances or the machine.

use venire_types::calldata::{self, DecodeError, Value};
use wasmtime::{Result, StoreContextMut, Trap};

/// What a microsecond of ordinary work costs.
pub(crate) const MICROSECOND: u64 = 5_000;
/// Crossing the boundary once.
pub(crate) const CALL: u64 = 1_000;
/// Each byte copied across the boundary (the sandbox pays the same for its own copies).
pub(crate) const BYTE: u64 = 1;
/// Each storage page read or written.
pub(crate) const PAGE: u64 = 2_000;
/// The id of a child slot: one block of SHA3.
pub(crate) const CHILD: u64 = 2_500;
/// Each started block of 136 bytes of Keccak input.
pub(crate) const KECCAK_BLOCK: u64 = 2_500;
/// A fresh instance for a sub-call, sandbox or block.
pub(crate) const INSTANCE: u64 = 5_000_000;
/// Recording one message or event.
pub(crate) const EMISSION: u64 = 10_000;
/// Each pending page a sub-VM inherits.
pub(crate) const INHERITED_PAGE: u64 = 50;

/// Each item of calldata read, see [`calldata::decode_within`].
pub(crate) const ITEM: u64 = 500;
/// Most items of one value from the sandbox.
pub(crate) const MAX_ITEMS: usize = 1 << 20;

/// Reads calldata from the sandbox: only as much of it as is paid for.
///
/// # Errors
/// Traps with `OutOfFuel` when less is left; what is not calldata is an answer.
pub(crate) fn decode<T: 'static>(
    store: &mut StoreContextMut<'_, T>,
    bytes: &[u8],
) -> Result<std::result::Result<Value, DecodeError>> {
    charge(store, self::bytes(bytes.len()).saturating_mul(4))?;
    let paid = usize::try_from(store.get_fuel()? / ITEM).unwrap_or(usize::MAX);
    let most = paid.min(MAX_ITEMS);
    let mut left = most;
    let value = calldata::decode_within(bytes, &mut left);
    charge(store, ((most - left) as u64).saturating_mul(ITEM))?;
    match value {
        Err(DecodeError::TooManyItems { .. }) if paid < MAX_ITEMS => {
            charge(store, u64::MAX)?;
            Err(Trap::OutOfFuel.into())
        }
        value => Ok(value),
    }
}

/// Price of hashing `len` bytes.
pub(crate) const fn keccak(len: usize) -> u64 {
    ((len as u64) / 136 + 1).saturating_mul(KECCAK_BLOCK)
}

/// Price of moving `len` bytes.
pub(crate) const fn bytes(len: usize) -> u64 {
    (len as u64).saturating_mul(BYTE)
}

/// Takes `cost` from the running instance.
///
/// # Errors
/// Traps with `OutOfFuel` when less is left.
pub(crate) fn charge<T: 'static>(store: &mut StoreContextMut<'_, T>, cost: u64) -> Result<()> {
    let left = store.get_fuel()?;
    match left.checked_sub(cost) {
        Some(rest) => store.set_fuel(rest),
        None => {
            store.set_fuel(0)?;
            Err(Trap::OutOfFuel.into())
        }
    }
}
