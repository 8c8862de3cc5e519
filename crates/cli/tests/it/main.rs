//! The binary as a user runs it: real processes, real sockets, real disk, real `kill -9`.

mod commands;
mod compat;
mod crash;
mod determinism;
mod exec;
mod genesis;
mod load;
mod manual;
mod network;
mod packages;
mod records;
mod refusals;
mod stopping;
mod support;
