//! What it means how an instance ended.

use crate::{guest::GuestOutcome, image::depth, stop};
use venire_types::outcome::{Fault, Outcome};
use wasmtime::Trap;

/// Calldata of `None`.
const NULL: [u8; 1] = [0];
/// Exit codes of the reference end here.
const MAX_EXIT: i32 = 125;

/// The ending that the guest tells.
pub(crate) fn from_guest(outcome: GuestOutcome) -> (Outcome, Option<Fault>) {
    match outcome {
        GuestOutcome::Returned(bytes) => (Outcome::Return(bytes), None),
        GuestOutcome::UserError(text) => {
            let fault = stop::fault("UserError", text.clone());
            (Outcome::UserError(text), Some(fault))
        }
        GuestOutcome::Exited((0, _)) => (Outcome::Return(NULL.into()), None),
        GuestOutcome::Exited((code, fault)) => {
            let code = if (1..=MAX_EXIT).contains(&code) {
                code
            } else {
                MAX_EXIT
            };
            (
                Outcome::VmError(format!("exit_code {code}")),
                Some(fault.into()),
            )
        }
    }
}

/// All fuel was used.
pub(crate) fn out_of_fuel() -> (Outcome, Option<Fault>) {
    let fault = stop::fault(
        "OutOfFuel",
        "the contract used all its computation; look for an endless loop, or do the work in steps",
    );
    (Outcome::VmError("timeout".into()), Some(fault))
}

/// The ending of an instance that trapped; memory was `refused` to it before.
pub(crate) fn from_trap(error: &wasmtime::Error, refused: bool) -> (Outcome, Option<Fault>) {
    let Some(trap) = error.downcast_ref::<Trap>() else {
        return from_missing_import(&error.root_cause().to_string(), refused);
    };
    match trap {
        Trap::OutOfFuel => out_of_fuel(),
        trap if *trap == depth::TRAP => too_deep(),
        // Whatever the interpreter stumbled over, it was the memory that it did not get.
        _ if refused => out_of_memory(),
        trap => {
            let message = format!("the interpreter stopped: {trap}");
            let outcome = Outcome::VmError(format!("wasm_trap {trap:?}"));
            (outcome, Some(stop::fault("Trap", message)))
        }
    }
}

fn too_deep() -> (Outcome, Option<Fault>) {
    let message = "the contract nested calls or data too deeply; use a loop";
    let fault = stop::fault("StackOverflow", message);
    let outcome = Outcome::VmError("wasm_trap StackOverflow".into());
    (outcome, Some(fault))
}

fn out_of_memory() -> (Outcome, Option<Fault>) {
    let fault = stop::fault("OutOfMemory", "the contract used all its memory");
    (Outcome::VmError("OOM".into()), Some(fault))
}

/// An import without definition was called: the interpreter reached for the operating system, to
/// do what the contract wanted or to complain before it gives up.
fn from_missing_import(problem: &str, refused: bool) -> (Outcome, Option<Fault>) {
    if refused {
        return out_of_memory();
    }
    let fault = if problem.contains("wasi:cli/") {
        let message = "the interpreter gave up: the contract replaced a part of it, or gave a host \
                       function a value out of range";
        stop::fault("Trap", message)
    } else {
        let message = format!("the contract used a facility that does not exist here: {problem}");
        stop::fault("Forbidden", message)
    };
    let outcome = Outcome::VmError("wasm_trap UnreachableCodeReached".into());
    (outcome, Some(fault))
}

/// The ending of a run for which there is no instance, or one of this node's making; it says
/// nothing about the contract.
pub(crate) fn no_instance(error: &wasmtime::Error) -> (Outcome, Fault) {
    let message = format!("the sandbox does not work here: {error}");
    let fault = stop::fault("Unavailable", message);
    (Outcome::VmError("timeout".into()), fault)
}

/// Whether the native stack ended: `image::depth` is there so that it does not, and where it ends
/// depends on the machine, so this node has nothing to say about the contract.
pub(crate) fn is_native_overflow(error: &wasmtime::Error) -> bool {
    error.downcast_ref() == Some(&Trap::StackOverflow)
}
