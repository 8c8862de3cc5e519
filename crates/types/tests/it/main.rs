//! Black-box tests of the shared words.

mod calldata;
