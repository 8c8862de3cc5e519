//! The sandbox's exports as Rust types; the shapes are those of `wit/contract.wit`.

use wasmtime::component::{
    Component, ComponentExportIndex, ComponentType, Instance, Lift, Lower, WasmList,
};
use wasmtime::{Result, StoreContextMut, error::Context as _};

/// Interface the node calls.
pub(crate) const GUEST: &str = "venire:contract/guest@0.1.0";
/// Interface the sandbox calls.
pub(crate) const HOST: &str = "venire:contract/host@0.1.0";

/// One module of a contract.
#[derive(Clone, Debug, ComponentType, Lower)]
#[component(record)]
pub(crate) struct Source {
    pub(crate) name: String,
    #[component(name = "is-package")]
    pub(crate) is_package: bool,
    pub(crate) code: Vec<u8>,
    pub(crate) compiled: bool,
}

/// One run.
#[derive(Clone, Debug, ComponentType, Lower)]
#[component(record)]
pub(crate) struct Invocation<'a> {
    pub(crate) sources: &'a [Source],
    pub(crate) generation: u8,
    #[component(name = "entry-kind")]
    pub(crate) entry_kind: u8,
    pub(crate) message: &'a [u8],
    pub(crate) call: &'a [u8],
    pub(crate) seed: u64,
}

/// A Python exception.
#[derive(Clone, Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct GuestFault {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) traceback: String,
    pub(crate) location: String,
}

/// What a run ends in.
#[derive(Clone, Debug, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum GuestOutcome {
    #[component(name = "returned")]
    Returned(Vec<u8>),
    #[component(name = "user-error")]
    UserError(String),
    #[component(name = "exited")]
    Exited((i32, GuestFault)),
}

impl GuestFault {
    /// One that the node found.
    pub(crate) fn new(kind: &str, message: String) -> Self {
        Self {
            kind: kind.to_owned(),
            message,
            traceback: String::new(),
            location: String::new(),
        }
    }
}

impl From<GuestFault> for venire_types::outcome::Fault {
    fn from(fault: GuestFault) -> Self {
        Self {
            kind: fault.kind,
            message: fault.message,
            traceback: fault.traceback,
            location: fault.location,
        }
    }
}

/// By what an instance's linear memory is found.
pub(crate) struct Landmark {
    /// Where the marker is, as the sandbox counts.
    pub(crate) address: usize,
    /// Some place in the memory, as this process counts.
    pub(crate) inside: usize,
}

/// What lies at the address of a [`Landmark`].
pub(crate) const MARKER: &[u8] = b"venire: here is the memory of the sandbox";

/// Where the exports are in one image.
#[derive(Clone, Copy)]
pub(crate) struct Exports {
    start: ComponentExportIndex,
    prepare: ComponentExportIndex,
    compile: ComponentExportIndex,
    run: ComponentExportIndex,
}

impl Exports {
    /// Finds the exports.
    ///
    /// # Errors
    /// When the component is not a Venire guest.
    pub(crate) fn find(component: &Component) -> Result<Self> {
        let guest = component
            .get_export_index(None, GUEST)
            .with_context(|| format!("the component does not export {GUEST}"))?;
        let function = |name: &str| {
            component
                .get_export_index(Some(&guest), name)
                .with_context(|| format!("{GUEST} has no function {name}"))
        };
        Ok(Self {
            start: function("start")?,
            prepare: function("prepare")?,
            compile: function("compile")?,
            run: function("run")?,
        })
    }

    /// Calls `start`.
    pub(crate) fn start<T: 'static>(
        &self,
        mut store: StoreContextMut<'_, T>,
        instance: &Instance,
    ) -> Result<Landmark> {
        let function =
            instance.get_typed_func::<(), ((u32, WasmList<u8>),)>(&mut store, self.start)?;
        let ((address, list),) = function.call(&mut store, ())?;
        // By now the sandbox has freed this copy of the string; only the place is of use.
        let inside = list.as_le_slice(&store).as_ptr().expose_provenance();
        Ok(Landmark {
            address: address as usize,
            inside,
        })
    }

    /// Calls `prepare`.
    pub(crate) fn prepare<T: 'static>(
        &self,
        mut store: StoreContextMut<'_, T>,
        instance: &Instance,
        sources: &[Source],
        generation: u8,
    ) -> Result<bool> {
        let function =
            instance.get_typed_func::<(&[Source], u8), (bool,)>(&mut store, self.prepare)?;
        Ok(function.call(&mut store, (sources, generation))?.0)
    }

    /// Calls `compile`.
    pub(crate) fn compile<T: 'static>(
        &self,
        mut store: StoreContextMut<'_, T>,
        instance: &Instance,
        name: &str,
        code: &[u8],
    ) -> Result<std::result::Result<Vec<u8>, GuestFault>> {
        let function = instance
            .get_typed_func::<(&str, &[u8]), (std::result::Result<Vec<u8>, GuestFault>,)>(
                &mut store,
                self.compile,
            )?;
        Ok(function.call(&mut store, (name, code))?.0)
    }

    /// Calls `run`.
    pub(crate) fn run<T: 'static>(
        &self,
        mut store: StoreContextMut<'_, T>,
        instance: &Instance,
        invocation: Invocation<'_>,
    ) -> Result<GuestOutcome> {
        let function =
            instance.get_typed_func::<(Invocation<'_>,), (GuestOutcome,)>(&mut store, self.run)?;
        Ok(function.call(&mut store, (invocation,))?.0)
    }
}
