//! One machine for all tests of the process.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};
use venire_vm::{Codegen, Config, Image, Limits, Machine};

/// Limits of the tests: small enough that reaching them is quick.
pub(crate) fn limits() -> Limits {
    Limits {
        fuel: 4_000_000_000,
        memory: 192 << 20,
        ..Limits::default()
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the build names the component by a variable"
)]
fn component() -> PathBuf {
    let path = std::env::var("VENIRE_GUEST")
        .map_or_else(|_| root().join("build/guest/contract.wasm"), PathBuf::from);
    assert!(
        path.is_file(),
        "the guest component {} is missing; build it with: python3 python/build.py",
        path.display(),
    );
    path
}

/// Where the cases are; `VENIRE_CASES` names a folder of cases in the making instead.
#[expect(
    clippy::disallowed_methods,
    reason = "the author of a case names its folder by a variable"
)]
pub(crate) fn cases() -> PathBuf {
    std::env::var("VENIRE_CASES")
        .map_or_else(|_| root().join("conformance/contracts"), PathBuf::from)
}

/// The machine.
pub(crate) fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        open(&Config {
            limits: limits(),
            concurrency: 8,
            ..config()
        })
    })
}

/// How machines of the tests are opened; copies of the guest are shared.
pub(crate) fn config() -> Config {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guest-cache");
    Config::new(Image::Path(component()), cache).with_models(Some(&models()))
}

/// Where `make models` puts them, or `$VENIRE_MODELS`.
fn models() -> PathBuf {
    std::env::var_os("VENIRE_MODELS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../build/models"),
        PathBuf::from,
    )
}

/// A machine of one's own.
pub(crate) fn open(config: &Config) -> Machine {
    Machine::open(config, &mut |_| ()).expect("a machine")
}

/// How a machine is opened that carries the sandbox out in another way: as plain code, or by the
/// interpreter where `VENIRE_ENGINE` says so.
#[expect(
    clippy::disallowed_methods,
    reason = "the long ring chooses the interpreter by a variable"
)]
pub(crate) fn other_config() -> Config {
    let interpreted = std::env::var("VENIRE_ENGINE").is_ok_and(|name| name == "interpreter");
    Config {
        codegen: if interpreted {
            Codegen::Interpreted
        } else {
            Codegen::Plain
        },
        ..config()
    }
}

/// The machine that results are compared with.
pub(crate) fn other() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        open(&Config {
            limits: limits(),
            concurrency: 4,
            ..other_config()
        })
    })
}
