//! Leaves a core to others when a model is computed here.
//!
//! The library that multiplies matrices reads its number of threads from the environment, once, and takes all cores
//! otherwise. A process cannot safely change its own environment, so it starts itself anew with the right one, at its
//! very beginning.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use venire_node::shell::local;

/// Comes back when the environment is settled, whoever did it.
pub(crate) fn settle() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = local::environment(cores);
    if settings.iter().any(|(name, _)| env::var_os(name).is_some()) {
        return;
    }
    let Ok(program) = env::current_exe() else {
        return;
    };
    let mut arguments = env::args_os();
    let mut command = Command::new(program);
    command.envs(settings);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    // Comes back only when it failed; then the command runs as it is, with more threads than is good.
    let _failed = command.args(arguments).exec();
}
