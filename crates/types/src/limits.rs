//! How much of everything one contract execution may use: numbers that every node agrees on.
//!
//! # Not here
//! - Where they are enforced (`venire-vm`) and changed (`Params` of `venire-protocol`).

use borsh::{BorshDeserialize, BorshSerialize};

/// Limits of one execution; each is part of consensus. Sizes are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Limits {
    /// Fuel of the deterministic part, sub-VMs included; all non-deterministic blocks of an
    /// execution together have as much again.
    pub fuel: u64,
    /// Memory an execution may take beyond its fresh instances: growth of linear memory, storage
    /// pages touched, messages recorded; sub-VMs included.
    pub memory: usize,
    /// Nested sub-VMs alive at once.
    pub depth: u32,
    /// Storage pages of 32 bytes written and not written back, all in all.
    pub storage_pages: u32,
    /// Messages and events of one execution.
    pub emissions: u32,
    /// Encoded messages and events of one execution together.
    pub emission_bytes: u32,
    /// Fields of one event, encoded.
    pub event_bytes: u32,
    /// Encoded arguments of one call, and one returned value.
    pub calldata_bytes: u32,
    /// Captured output kept of each stream.
    pub output: usize,
    /// Non-deterministic blocks of one execution.
    pub nondet_blocks: u32,
    /// Results of all non-deterministic blocks together.
    pub nondet_bytes: u32,
    /// Text of one prompt.
    pub prompt_bytes: u32,
    /// Images of one prompt.
    pub images: u32,
    /// One image of a prompt.
    pub image_bytes: u32,
    /// Slots of one contract that are locked against writes.
    pub locked_slots: u32,
    /// Addresses that may change the code of one contract.
    pub upgraders: u32,
    /// Code of one contract as deployed.
    pub code_bytes: u32,
    /// Files of one package.
    pub package_files: u32,
    /// Files of one package, unpacked.
    pub package_bytes: u32,
}

impl Limits {
    /// The limits of a network that has not decided on others.
    pub const DEFAULT: Self = Self {
        fuel: 10_000_000_000,
        memory: 512 << 20,
        depth: 12,
        storage_pages: 32_768,
        emissions: 256,
        emission_bytes: 1 << 20,
        event_bytes: 64 << 10,
        calldata_bytes: 1 << 20,
        output: 256 << 10,
        nondet_blocks: 256,
        nondet_bytes: 1 << 20,
        prompt_bytes: 512 << 10,
        images: 2,
        image_bytes: 5 << 20,
        locked_slots: 256,
        upgraders: 32,
        code_bytes: 1 << 20,
        package_files: 1024,
        package_bytes: 8 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
