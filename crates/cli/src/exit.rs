//! Exit codes: documented constants, the same for every command.

/// Done.
pub(crate) const OK: u8 = 0;
/// The command ran and its subject failed: a contract refused, a check found something.
pub(crate) const FAILED: u8 = 1;
/// The command line is wrong (clap uses the same number).
pub(crate) const USAGE: u8 = 2;
/// This machine lacks something: a port, a file, the guest component, disk space.
pub(crate) const ENVIRONMENT: u8 = 3;
/// A defect of Venire.
pub(crate) const DEFECT: u8 = 70;
