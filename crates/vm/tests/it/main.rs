//! The machine against contracts: every case of `conformance/contracts`, then what is hostile.
//!
//! The guest component must be built (`python3 python/build.py`); its place is
//! `build/guest/contract.wasm` or `$VENIRE_GUEST`.

mod case;
mod compat;
mod corpus;
mod determinism;
mod dice;
mod hostile;
mod layouts;
mod machine;
mod neighbours;
mod pack;
mod snapshots;
mod vectors;
mod world;
