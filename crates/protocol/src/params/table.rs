//! Every number of the rules, once: its name, unit and range, what it is for, and where it lives.
//!
//! # Invariants
//! - A field that is not in the table does not compile: each struct is taken apart without `..`.
//! - The name of a parameter is its group and the name of its field.

use super::{Params, Setting};
use crate::{fee::FeeParams, stake::StakeParams};
use alloc::vec::Vec;
use venire_types::{Address, U256, limits::Limits};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// True or false.
    Flag,
    /// An address, or none.
    Account,
    /// Id of a chain.
    Id,
    /// Things.
    Count,
    /// Milliseconds.
    Ms,
    /// Epochs.
    Epochs,
    /// Ten thousandths of a whole.
    Bps,
    /// Bytes.
    Bytes,
    /// Wei; a GEN is 10^18 of them.
    Wei,
    /// Time units of work.
    TimeUnits,
    /// Gas of what is published.
    Gas,
    /// Fuel of the machine.
    Fuel,
}

impl Unit {
    /// As people read it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Account => "account",
            Self::Id => "id",
            Self::Count => "count",
            Self::Ms => "ms",
            Self::Epochs => "epochs",
            Self::Bps => "bps",
            Self::Bytes => "bytes",
            Self::Wei => "wei",
            Self::TimeUnits => "time units",
            Self::Gas => "gas",
            Self::Fuel => "fuel",
        }
    }

    /// What a value of it looks like, for a sentence.
    #[must_use]
    pub const fn wanted(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Account => "an account",
            Self::Wei => "an amount such as \"42000gen\" or a number of wei",
            Self::Id
            | Self::Count
            | Self::Ms
            | Self::Epochs
            | Self::Bps
            | Self::Bytes
            | Self::TimeUnits
            | Self::Gas
            | Self::Fuel => "a whole number",
        }
    }
}

/// Where a parameter lives.
pub(super) enum Slot<'a> {
    Flag(&'a mut bool),
    Short(&'a mut u32),
    Long(&'a mut u64),
    Size(&'a mut usize),
    Wei(&'a mut U256),
    Account(&'a mut Address),
    Optional(&'a mut Option<Address>),
}

/// One parameter.
pub(super) struct Row<'a> {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    /// Least and greatest; `None` for what is no number.
    pub(super) range: Option<(U256, U256)>,
    pub(super) about: &'static str,
    pub(super) slot: Slot<'a>,
}

impl Row<'_> {
    pub(super) fn get(&self) -> Setting {
        match &self.slot {
            Slot::Flag(flag) => Setting::Flag(**flag),
            Slot::Short(number) => Setting::Number(U256::from(**number)),
            Slot::Long(number) => Setting::Number(U256::from(**number)),
            Slot::Size(number) => Setting::Number(U256::from(**number)),
            Slot::Wei(number) => Setting::Number(**number),
            Slot::Account(account) => Setting::Account(Some(**account)),
            Slot::Optional(account) => Setting::Account(**account),
        }
    }

    pub(super) const fn is_optional(&self) -> bool {
        matches!(self.slot, Slot::Optional(_))
    }

    /// Stores a value; `false` when the field cannot hold it.
    pub(super) fn put(&mut self, value: Setting) -> bool {
        match (&mut self.slot, value) {
            (Slot::Flag(flag), Setting::Flag(value)) => store(*flag, Ok::<_, ()>(value)),
            (Slot::Short(number), Setting::Number(value)) => store(*number, value.try_into()),
            (Slot::Long(number), Setting::Number(value)) => store(*number, value.try_into()),
            (Slot::Size(number), Setting::Number(value)) => store(*number, value.try_into()),
            (Slot::Wei(number), Setting::Number(value)) => store(*number, Ok::<_, ()>(value)),
            (Slot::Account(account), Setting::Account(value)) => store(*account, value.ok_or(())),
            (Slot::Optional(account), Setting::Account(value)) => {
                store(*account, Ok::<_, ()>(value))
            }
            _ => false,
        }
    }
}

fn store<T, E>(place: &mut T, value: Result<T, E>) -> bool {
    match value {
        Ok(value) => {
            *place = value;
            true
        }
        Err(_) => false,
    }
}

fn range(ends: &[u128]) -> Option<(U256, U256)> {
    match ends {
        [least, greatest] => Some((U256::from(*least), U256::from(*greatest))),
        _ => None,
    }
}

/// Takes a struct apart and makes a row of each field.
macro_rules! rows {
    (
        $(#[$doc:meta])*
        fn $table:ident($type:ident) { $(
            $group:literal $field:ident: $slot:ident, $unit:ident $($least:expr => $greatest:expr)?, $about:literal;
        )* $( $nested:ident <- $inner:ident; )* }
    ) => {
        $(#[$doc])*
        pub(super) fn $table(params: &mut $type) -> Vec<Row<'_>> {
            let $type { $($field,)* $($nested,)* } = params;
            let rows: Vec<Row<'_>> = [$( Row {
                name: concat!($group, ".", stringify!($field)),
                unit: Unit::$unit,
                range: range(&[$($least, $greatest)?]),
                about: $about,
                slot: Slot::$slot($field),
            } ),*].into();
            $( let rows = [rows, $inner($nested)].into_iter().flatten().collect(); )*
            rows
        }
    };
}

const DAY: u128 = 86_400_000;
const GEN: u128 = 1_000_000_000_000_000_000;

rows! {
    /// The whole table.
    fn rows(Params) {
        "network" chain_id: Long, Id 1 => 9_007_199_254_740_991, "Part of every signature and of salted addresses; the largest is what JavaScript can count to.";
        "network" any_chain_id: Flag, Flag, "Take transactions that were signed for any id published clients know, or for none.";
        "network" faucet: Flag, Flag, "Money may be minted on demand. For chains whose money is worth nothing.";
        "network" manual: Flag, Flag, "Transactions may be taken in without being started. For developers: whoever orders could keep others waiting.";
        "round" propose_timeout_ms: Long, Ms 1 => DAY, "A leader has this long to propose.";
        "round" commit_timeout_ms: Long, Ms 1 => DAY, "Members have this long to commit.";
        "round" reveal_timeout_ms: Long, Ms 1 => DAY, "Members have this long to reveal.";
        "round" grace_ms: Long, Ms 0 => DAY, "Once a majority has spoken, the others have as long again, but at least this.";
        "round" replacements_max: Short, Count 0 => 10, "How often silent members of one round are replaced; each time costs a commit timeout.";
        "round" family_spread: Flag, Flag, "The members of one draw are spread over the model families that validators declare.";
        "round" committee_default: Short, Count 5 => 1_537, "Seats when the sender asks for none; a size of the table of ROUND-10.";
        "round" rotations_default: Short, Count 0 => 100, "Rotations when the sender cannot ask.";
        "round" rotations_max: Short, Count 0 => 100, "Most rotations a sender may ask for; each is a whole round.";
        "round" finality_window_ms: Long, Ms 0 => 30 * DAY, "A decision can be contested for this long; at 0 nothing can.";
        "round" deterministic_window_bps: Short, Bps 0 => 10_000, "Length of the window of a result that asked nothing outside.";
        "round" appeal_window_bps: Short, Bps 0 => 10_000, "What a failed appeal leaves of that time.";
        "round" window_min_bps: Short, Bps 0 => 10_000, "What is left of it at least after a failed appeal; at 0 one that is filed late closes it at once.";
        "limit" tx_bytes_max: Short, Bytes 1_024 => 3 << 20, "A raw signed transaction; its hex must fit into a request of 8 MiB.";
        "limit" delta_max: Short, Bytes 1_024 => 16 << 20, "An encoded result: outcome, pages, emissions. A block must be able to carry it.";
        "limit" descent_max: Short, Count 0 => 64, "Generations of messages that may descend from one signed transaction.";
        fees <- fee_rows;
        stake <- stake_rows;
        execution <- execution_rows;
    }
}

rows! {
    /// What judging costs.
    fn fee_rows(FeeParams) {
        "fee" sponsor: Optional, Account, "Posts the bonds that appellants do not, and makes the chain gasless; none where everyone pays.";
        "fee" unit_price: Wei, Wei 0 => 1_000 * GEN, "Price of one time unit.";
        "fee" leader_units: Long, TimeUnits 0 => 1_000_000, "Work of a leader.";
        "fee" validator_units: Long, TimeUnits 0 => 1_000_000, "Work of a validator.";
        "fee" reward_bps: Short, Bps 0 => 100_000, "Most that a winning appellant gets on top of the bond; it is paid out of what is there.";
        "fee" headroom_bps: Short, Bps 10_000 => 1_000_000, "Ceiling of a sender who names none, in parts of the price at creation; below 10,000 nobody would be judged.";
        "fee" receipt_price: Wei, Wei 0 => GEN, "Price of one unit of gas of what a leader publishes.";
        "fee" storage_price: Wei, Wei 0 => GEN, "Price of one byte of contract storage that an accepted result writes.";
        "fee" slot_gas: Long, Gas 0 => 1_000_000_000, "Gas of an attempt, whatever it publishes.";
        "fee" byte_gas: Long, Gas 0 => 1_000_000, "Gas of each byte that an attempt publishes.";
        "fee" floor_bytes: Long, Bytes 0 => 1 << 20, "Bytes that the smallest permitted execution budget pays for.";
        "fee" execution_budget: Wei, Wei 0 => 1_000_000 * GEN, "What a sender who names none puts aside for receipts and storage of each attempt.";
        "fee" messages: Short, Count 0 => 256, "Messages that a sender who names no message budget funds.";
    }
}

rows! {
    /// Who may judge, and what it earns and costs.
    fn stake_rows(StakeParams) {
        "stake" validator_min: Wei, Wei 1 => 1_000_000_000 * GEN, "Least own stake of an active validator.";
        "stake" delegator_min: Wei, Wei 1 => 1_000_000_000 * GEN, "Least stake of a delegator with one validator.";
        "stake" validators_max: Short, Count 1 => 10_000, "Most candidates, and so most active validators; an epoch's change walks them all.";
        "stake" own_weight_bps: Short, Bps 1 => 10_000, "Own stake counts so much in a weight.";
        "stake" delegated_weight_bps: Short, Bps 0 => 10_000, "Delegated stake counts so much in a weight.";
        "stake" first_epoch: Long, Epochs 0 => 1_000_000, "Number of the epoch in which the chain begins.";
        "stake" epoch_ms: Long, Ms 1_000 => 366 * DAY, "Least length of an epoch.";
        "stake" epoch_zero_ms: Long, Ms 1_000 => 366 * DAY, "Least length of epoch 0.";
        "stake" epochs_wake: Flag, Flag, "The chain wakes up for the end of an epoch; else it ends with the first block after it.";
        "stake" activation_epochs: Long, Epochs 1 => 10, "Epochs until a deposit works.";
        "stake" unbonding_epochs: Long, Epochs 1 => 100, "Epochs from an exit until its money can be claimed.";
        "stake" primed_at_change: Short, Count 0 => 10_000, "Candidates whose books an epoch's change brings up to date by itself.";
        "stake" primer_bps: Short, Bps 0 => 10_000, "Share of an applied slash for who primed another's validator.";
        "stake" inflation_start_bps: Short, Bps 0 => 2_000, "Yearly inflation in the first year.";
        "stake" inflation_step_bps: Short, Bps 0 => 2_000, "What it loses each year.";
        "stake" inflation_floor_bps: Short, Bps 0 => 2_000, "Where it stops falling.";
        "stake" epochs_per_year: Long, Epochs 1 => 1_000_000_000, "Epochs of a year.";
        "stake" owner_bps: Short, Bps 0 => 10_000, "Owner's share of rewards.";
        "stake" developer_bps: Short, Bps 0 => 10_000, "Developers' share of inflation.";
        "stake" treasury_bps: Short, Bps 0 => 10_000, "Treasury's share of inflation.";
        "stake" developers: Account, Account, "Who holds the developers' share.";
        "stake" treasury: Account, Account, "Who holds the treasury's share.";
        "stake" idle_bps: Short, Bps 0 => 10_000, "Slash for saying nothing.";
        "stake" violation_leader_bps: Short, Bps 0 => 10_000, "Slash for a leader that broke determinism.";
        "stake" violation_bps: Short, Bps 0 => 10_000, "Slash for another member that did.";
        "stake" tribunal_seats: Short, Count 0 => 1_000, "Voters of a tribunal, at least two more than judged before; 0 for no tribunals.";
        "stake" tribunal_seats_min: Short, Count 1 => 1_000, "With fewer voters there is no tribunal.";
        "stake" slash_cap_bps: Short, Bps 0 => 10_000, "Most that is slashed at one epoch's beginning.";
        "stake" slash_delegated_bps: Short, Bps 0 => 10_000, "Part of a slash that delegated stake bears at most.";
        "stake" slash_delay_epochs: Long, Epochs 1 => 10, "Epochs from a deed to its slash.";
        "stake" strikes_max: Short, Count 0 => 64, "Strikes in one epoch that ban; 0 for never.";
        "stake" active_min: Short, Count 0 => 10_000, "Strikes do not ban, and accusations hold nobody back, when so few are active, or fewer.";
        "stake" ban_epochs: Long, Epochs 0 => 10, "Epochs after the current one that such a ban lasts.";
        "stake" operator_delay_ms: Long, Ms 0 => 366 * DAY, "How long an offered operator waits.";
        "stake" identity_bytes_max: Short, Bytes 0 => 65_536, "All texts of an identity.";
    }
}

rows! {
    /// What one execution of a contract may use.
    fn execution_rows(Limits) {
        "execution" fuel: Long, Fuel 1_000_000 => 1_000_000_000_000, "Of the deterministic part; all non-deterministic blocks together have as much again.";
        "execution" memory: Size, Bytes 16 << 20 => 2 << 30, "Growth beyond fresh instances, pages touched and messages recorded; a node must have it 32 times.";
        "execution" depth: Short, Count 1 => 64, "Nested machines alive at once.";
        "execution" storage_pages: Short, Count 1 => 1 << 20, "Pages of 32 bytes written and not written back.";
        "execution" emissions: Short, Count 0 => 4_096, "Messages and events.";
        "execution" emission_bytes: Short, Bytes 0 => 16 << 20, "Encoded messages and events together.";
        "execution" event_bytes: Short, Bytes 0 => 1 << 20, "Encoded fields of one event.";
        "execution" calldata_bytes: Short, Bytes 1_024 => 16 << 20, "Encoded arguments of one call, and one returned value.";
        "execution" output: Size, Bytes 0 => 16 << 20, "Captured output kept of each stream.";
        "execution" nondet_blocks: Short, Count 0 => 4_096, "Non-deterministic blocks.";
        "execution" nondet_bytes: Short, Bytes 0 => 16 << 20, "Recorded answers of all non-deterministic blocks together; a block must be able to carry them.";
        "execution" prompt_bytes: Short, Bytes 1_024 => 16 << 20, "Text of one prompt.";
        "execution" images: Short, Count 0 => 16, "Images of one prompt.";
        "execution" image_bytes: Short, Bytes 0 => 32 << 20, "One image of a prompt.";
        "execution" locked_slots: Short, Count 0 => 65_536, "Slots of one contract that are locked against writes.";
        "execution" upgraders: Short, Count 0 => 1_024, "Addresses that may change the code of one contract.";
        "execution" code_bytes: Short, Bytes 1_024 => 3 << 20, "Code of one contract as deployed.";
        "execution" package_files: Short, Count 1 => 65_536, "Files of one package.";
        "execution" package_bytes: Short, Bytes 1_024 => 256 << 20, "Files of one package, unpacked.";
    }
}
