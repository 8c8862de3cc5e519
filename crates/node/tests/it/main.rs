//! Black-box tests of the node.

mod engine;
