//! One file for each command: its flags, what it does, its tests.

pub(crate) mod bench;
pub(crate) mod exec;
pub(crate) mod schema;
pub(crate) mod up;
pub(crate) mod version;
