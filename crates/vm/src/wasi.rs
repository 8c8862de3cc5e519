//! The few WASI functions the interpreter needs, each a function of the request alone.
//!
//! Clocks show the transaction's time, randomness comes from the request's seed, there are no
//! files, arguments or variables. Everything else traps. Interfaces are found by name without
//! their version, so that a new interpreter build needs no change here.

use crate::{meter, session::Vm};
use wasmtime::{
    Engine, Result, StoreContextMut,
    component::{Component, ComponentType, Linker, Lower, Val},
};

/// Random bytes one call may ask for.
const MAX_RANDOM: u64 = 1 << 20;

/// `wasi:clocks/wall-clock.datetime`.
#[derive(Clone, Copy, ComponentType, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

/// More random bytes than one call may have.
#[derive(Debug, thiserror::Error)]
#[error("more than 1 MiB of random bytes at once")]
struct TooMuch;

/// Overrides what the interpreter needs.
pub(crate) fn add(linker: &mut Linker<Vm>, engine: &Engine, component: &Component) -> Result<()> {
    let names: Vec<String> = component
        .component_type()
        .imports(engine)
        .map(|(name, _)| name.to_owned())
        .collect();
    for name in names {
        let mut instance = match name.split('@').next() {
            Some(
                "wasi:clocks/wall-clock"
                | "wasi:clocks/monotonic-clock"
                | "wasi:random/random"
                | "wasi:filesystem/preopens"
                | "wasi:cli/environment",
            ) => linker.instance(&name)?,
            _ => continue,
        };
        match name.split('@').next().unwrap_or_default() {
            "wasi:clocks/wall-clock" => {
                instance.func_wrap("now", |mut store: StoreContextMut<'_, Vm>, (): ()| {
                    let time_ms = store.data_mut().time_ms();
                    let nanoseconds = u32::try_from(time_ms % 1000).unwrap_or(0) * 1_000_000;
                    Ok((Datetime {
                        seconds: time_ms / 1000,
                        nanoseconds,
                    },))
                })?;
            }
            "wasi:clocks/monotonic-clock" => {
                instance.func_wrap("now", |mut store: StoreContextMut<'_, Vm>, (): ()| {
                    let time_ms = store.data_mut().time_ms();
                    Ok((time_ms.saturating_mul(1_000_000),))
                })?;
            }
            "wasi:random/random" => instance.func_wrap("get-random-bytes", random)?,
            "wasi:filesystem/preopens" => empty(&mut instance, "get-directories")?,
            _ => {
                empty(&mut instance, "get-environment")?;
                empty(&mut instance, "get-arguments")?;
            }
        }
    }
    Ok(())
}

fn random(mut store: StoreContextMut<'_, Vm>, (len,): (u64,)) -> Result<(Vec<u8>,)> {
    let len = usize::try_from(len.min(MAX_RANDOM + 1))?;
    if len as u64 > MAX_RANDOM {
        return Err(TooMuch.into());
    }
    meter::charge(
        &mut store,
        meter::CALL + meter::bytes(len) + meter::keccak(len * 4),
    )?;
    Ok((store.data_mut().random_bytes(len),))
}

/// A function that returns the empty list, whatever it is a list of.
fn empty(instance: &mut wasmtime::component::LinkerInstance<'_, Vm>, name: &str) -> Result<()> {
    instance.func_new(name, |_, _, _, results| {
        results.fill(Val::List(Vec::new()));
        Ok(())
    })
}
