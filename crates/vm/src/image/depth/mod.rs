//! Counts how deep the guest nests calls, so that its stack ends at the same call on every machine.
//!
//! How much native stack a function takes depends on the compiler, so the guest must never meet the
//! end of it. Before it is compiled, each of its modules gets a global with the bytes its calls may
//! still take: a function takes what it may need when it is entered and gives it back when it
//! returns. With less left than that, the guest stops, with [`TRAP`].
//!
//! Not every function has to count, which would cost time, but every circle of calls has to pass
//! through one that does ([`graph`]). Such a function counts for all that it may call without
//! passing through another one, by the longest way.
//!
//! # Invariants
//! - Bytes are estimates of native frames ([`frame`]), the same for each compiler. Frames of optimised
//!   x86-64 code were compared: most are smaller, all that call others less than 2.3 times as large. A
//!   native stack that ends all the same is a failure of the node and never a result.
//! - A function that returns has given back what it took: the guest knows neither exceptions nor
//!   calls that do not return, and a guest with either is refused. After a trap no instance is used.
//! - Nothing else in the guest raises [`TRAP`]: a guest with a function that could is refused.

mod graph;
mod read;
mod write;

#[cfg(test)]
mod tests;

use wasmtime::Trap;

/// How a guest ends that nests calls too deeply.
pub(crate) const TRAP: Trap = Trap::BadConversionToInteger;

/// Of what a copy has to say that it was made with it: another number for another instrumentation.
pub(super) const SCHEME: &str = "depth 1";

/// Bytes that the calls of one module may take at once: a part of [`crate::engine::WASM_STACK`]. With
/// another limit, [`SCHEME`] has to change as well.
const LIMIT: u32 = 16 << 20;

/// Why a guest cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum DepthError {
    /// Not wasm.
    #[error(transparent)]
    Malformed(#[from] wasmparser::BinaryReaderError),
    /// It uses something with which counting does not work.
    #[error("the guest has {0}, with which the depth of calls cannot be counted")]
    Unsupported(&'static str),
}

/// Native stack that a function with so many parameters and variables takes, about.
fn frame(slots: u32) -> u32 {
    slots.saturating_mul(8).saturating_add(128)
}

/// The guest `component` with calls counted.
///
/// # Errors
/// See [`DepthError`].
pub(super) fn counted(component: &[u8]) -> Result<Vec<u8>, DepthError> {
    let modules = read::modules(component)?;
    let costs = graph::costs(&modules);
    write::component(component, &modules, &costs)
}
