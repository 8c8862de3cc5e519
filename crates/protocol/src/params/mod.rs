//! Everything about the rules that governance can change; behaviour is data.
//!
//! # Invariants
//! - [`set`] and [`choose`] leave numbers that pass [`Params::check`], or leave them as they were.
//!
//! # Not here
//! - Who may call [`set`]: nobody yet.

mod amount;
mod error;
mod preset;
mod rules;
mod setting;
mod table;

pub use amount::{amount, parse_amount};
pub use error::ParamError;
pub use setting::{Parameter, Setting};
pub use table::Unit;

use crate::{fee::FeeParams, stake::StakeParams};
use alloc::vec::Vec;
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{
    chain::KNOWN_CHAIN_IDS, emission::Emission, jury::Payload, limits::Limits, outcome::Outcome,
};

/// Committee sizes a sender may ask for (`ROUND-10`): normal and appeal sizes interleaved.
pub const COMMITTEE_SIZES: [u32; 18] = [
    5, 7, 11, 13, 23, 25, 47, 49, 95, 97, 191, 193, 383, 385, 767, 769, 1535, 1537,
];

/// Seats of the round with this number, on the ladder that begins with a committee of `first`.
pub(crate) fn ladder(first: u32, number: u32) -> u32 {
    if number == 0 {
        return first;
    }
    let from = COMMITTEE_SIZES.iter().position(|size| *size == first);
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let size = COMMITTEE_SIZES.get(place.saturating_add(from.unwrap_or_default()));
    let last = COMMITTEE_SIZES.last().copied();
    size.copied().or(last).unwrap_or(first)
}

/// Rules as numbers. Times are milliseconds, sizes bytes.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Params {
    /// Id of this chain; part of every validator signature and of salted addresses.
    pub chain_id: u64,
    /// Accept transactions signed for any id that published clients know, or for none.
    pub any_chain_id: bool,
    /// Money may be minted by `Input::Faucet`.
    pub faucet: bool,
    /// The orderer may take transactions in without starting them (`ROUND-37`).
    pub manual: bool,
    /// A leader has this long to propose.
    pub propose_timeout_ms: u64,
    /// Members have this long to commit.
    pub commit_timeout_ms: u64,
    /// Members have this long to reveal.
    pub reveal_timeout_ms: u64,
    /// Once a majority has spoken, the others have as long again, but at least this (`ROUND-33`).
    pub grace_ms: u64,
    /// How often silent members of one round are replaced (`ROUND-34`).
    pub replacements_max: u32,
    /// A decision can be contested for this long.
    pub finality_window_ms: u64,
    /// Length of the window of a result that asked nothing outside, in ten thousandths of the
    /// whole (`ROUND-36`).
    pub deterministic_window_bps: u32,
    /// What a failed appeal leaves of that time, in ten thousandths (`APPEAL-09`).
    pub appeal_window_bps: u32,
    /// For so much of its window, in ten thousandths of the whole, a decision can be contested after
    /// an appeal has confirmed it, whatever was left before (`APPEAL-09`).
    pub window_min_bps: u32,
    /// The members of one draw are spread over the families of their models (`ROUND-38`).
    pub family_spread: bool,
    /// Committee size when the sender asks for none of the table.
    pub committee_default: u32,
    /// Rotations when the sender cannot ask (plain transfers to a contract).
    pub rotations_default: u32,
    /// Upper bound of leader rotations a sender may ask for.
    pub rotations_max: u32,
    /// Bytes of a raw signed transaction.
    pub tx_bytes_max: u32,
    /// Bytes of an encoded result (outcome, pages, emissions) that a block can carry.
    pub delta_max: u32,
    /// Generations of messages that may descend from one signed transaction.
    pub descent_max: u32,
    /// What judging costs.
    pub fees: FeeParams,
    /// Who may judge, and what it earns and costs.
    pub stake: StakeParams,
    /// What one execution of a contract may use.
    pub execution: Limits,
}

impl Params {
    /// Is every number within its range, and do they go together (`PARAM-01`)?
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), ParamError> {
        for parameter in list(self) {
            parameter.fits(parameter.value)?;
        }
        rules::broken(self).map_or(Ok(()), Err)
    }

    /// May a transaction signed for `chain_id` enter (`ROUND-02`)?
    #[must_use]
    pub fn accepts_chain(&self, chain_id: Option<u64>) -> bool {
        match chain_id {
            None => self.any_chain_id,
            Some(id) => id == self.chain_id || self.any_chain_id && KNOWN_CHAIN_IDS.contains(&id),
        }
    }

    /// What a member must vote on instead of its raw execution result (`ROUND-23`): a failure
    /// changes nothing, and a result that no block can carry is a failure.
    #[must_use]
    pub fn bound(&self, payload: Payload) -> Payload {
        let limit = usize::try_from(self.delta_max).unwrap_or(usize::MAX);
        let emissions = usize::try_from(self.execution.emissions).unwrap_or(usize::MAX);
        let topics_fit = payload.emissions.iter().all(|emission| match emission {
            Emission::Event { topics, .. } => topics.len() <= 4,
            Emission::Post { .. } | Emission::Deploy { .. } | Emission::External { .. } => true,
        });
        if !payload.outcome.is_success() {
            let fits = payload.outcome.to_bytes().len() <= limit;
            return Payload::failed(if fits { payload.outcome } else { too_large() });
        }
        let fits = venire_types::signed::canonical(&payload).len() <= limit;
        if fits && topics_fit && payload.emissions.len() <= emissions {
            payload
        } else {
            Payload::failed(too_large())
        }
    }
}

fn too_large() -> Outcome {
    Outcome::VmError("OOM storage".into())
}

/// Every parameter with its value, in the order of the table.
#[must_use]
pub fn list(params: &Params) -> Vec<Parameter> {
    let mut params = params.clone();
    let rows = table::rows(&mut params);
    rows.iter().map(Parameter::of).collect()
}

/// Fixed once the chain has begun (`PARAM-03`).
#[must_use]
pub fn is_fixed(name: &str) -> bool {
    const FIXED: [&str; 4] = [
        "network.chain_id",
        "network.manual",
        "fee.sponsor",
        "stake.first_epoch",
    ];
    FIXED.contains(&name)
}

/// Changes one parameter of a running chain (`PARAM-02`, `PARAM-03`).
///
/// # Errors
/// [`ParamError`]; nothing has changed then.
pub fn set(params: &mut Params, name: &str, value: Setting) -> Result<(), ParamError> {
    let mut changed = params.clone();
    let parameter = put(&mut changed, name, value)?;
    if is_fixed(name) {
        let name = parameter.name;
        return Err(ParamError::Fixed { name });
    }
    changed.check()?;
    *params = changed;
    Ok(())
}

/// Chooses parameters of a chain that has not begun, several at once: only all of them together
/// must fit (`PARAM-02`).
///
/// # Errors
/// [`ParamError`]; nothing has changed then.
pub fn choose<'a>(
    params: &mut Params,
    choices: impl IntoIterator<Item = (&'a str, Setting)>,
) -> Result<(), ParamError> {
    let mut changed = params.clone();
    for (name, value) in choices {
        put(&mut changed, name, value)?;
    }
    changed.check()?;
    *params = changed;
    Ok(())
}

/// The parameter of this name.
///
/// # Errors
/// There is none; the error names the nearest.
pub fn find(params: &Params, name: &str) -> Result<Parameter, ParamError> {
    let all = list(params);
    let found = all.iter().find(|parameter| parameter.name == name);
    found
        .copied()
        .ok_or_else(|| ParamError::unknown(name, all.iter().map(|parameter| parameter.name)))
}

fn put(params: &mut Params, name: &str, value: Setting) -> Result<Parameter, ParamError> {
    let parameter = find(params, name)?;
    parameter.fits(value)?;
    let mut rows = table::rows(params);
    let row = rows.iter_mut().find(|row| row.name == name);
    if row.is_some_and(|row| row.put(value)) {
        Ok(parameter)
    } else {
        Err(parameter.out_of_range(value))
    }
}
