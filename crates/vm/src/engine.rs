//! The one wasmtime configuration: what may run, and with what limits.
//!
//! # Invariants
//! - Nothing here makes results depend on the machine: canonical NaNs, no relaxed SIMD, fuel and
//!   never epochs, a stack so large that the limit on nested calls (`image::depth`) is met first.

use crate::{Limits, session::TABLE_ELEMENTS};
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Result,
};

/// Stack of one instance, bytes.
pub(crate) const WASM_STACK: usize = 64 << 20;
/// Host stack beside it in each nested instance, bytes.
pub(crate) const HOST_STACK: usize = 2 << 20;

/// Unused slots there may be before one is used again; they keep their addresses, but no memory.
const WARM_SLOTS: u32 = 2;
/// Linear memory of the image before a contract grows it, with room.
const IMAGE_MEMORY: usize = 64 << 20;
/// Core instances, memories and tables one component needs, with room.
const CORE_INSTANCES: u32 = 160;
const MEMORIES: u32 = 2;
const TABLES: u32 = 8;

/// Stack of a thread that may nest `depth` sub-VMs and one compilation.
pub(crate) fn thread_stack(depth: u32) -> usize {
    (depth as usize + 2) * (WASM_STACK + HOST_STACK)
}

/// How the sandbox is carried out. Results and fuel are the same with each; speed is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codegen {
    /// Machine code, optimised: what nodes use.
    #[default]
    Optimised,
    /// Machine code, straight from the sandbox's.
    Plain,
    /// No machine code: an interpreter, about twenty times slower.
    Interpreted,
}

/// The engine for `slots` concurrent instances.
pub(crate) fn build(limits: &Limits, slots: u32, codegen: Codegen) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(CORE_INSTANCES))
        .total_memories(slots.saturating_mul(MEMORIES))
        .total_tables(slots.saturating_mul(TABLES))
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(limits.memory.saturating_add(IMAGE_MEMORY))
        .max_component_instance_size(8 << 20)
        .max_core_instance_size(1 << 20)
        .max_unused_warm_slots(WARM_SLOTS);
    let mut config = Config::new();
    config
        .cranelift_opt_level(match codegen {
            Codegen::Optimised | Codegen::Interpreted => OptLevel::Speed,
            Codegen::Plain => OptLevel::None,
        })
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .consume_fuel(true)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(WASM_STACK + HOST_STACK)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    if codegen == Codegen::Interpreted {
        config.target("pulley64")?;
    }
    Engine::new(&config)
}
