//! Connects the image's imports: our host interface, deterministic WASI, traps for the rest.

use crate::{abi, session::Vm, wasi};
use wasmtime::{
    Engine, Result,
    component::{Component, InstancePre, Linker},
};

/// Links the image; instances are made from the result.
pub(crate) fn link(engine: &Engine, component: &Component) -> Result<InstancePre<Vm>> {
    let mut linker = Linker::new(engine);
    linker.allow_shadowing(true);
    linker.define_unknown_imports_as_traps(component)?;
    wasi::add(&mut linker, engine, component)?;
    abi::add(&mut linker)?;
    linker.instantiate_pre(component)
}
