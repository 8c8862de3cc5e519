//! The store from outside: real directories, a disk that forgets, a process that is killed.
#![forbid(unsafe_code)]

mod crash;
mod disk;
mod format;
mod killed;
mod store;
