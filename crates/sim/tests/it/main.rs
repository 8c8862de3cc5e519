//! The simulated world from outside.

mod liars;
mod replay;
mod seeds;
