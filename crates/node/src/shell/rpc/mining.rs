//! `evm_*`, `anvil_*`, `hardhat_*`: transactions that wait until they are mined, under the names by which
//! Ethereum's development chains have it.

use super::{ctx::Ctx, eth::raw, sim::set_clock};
use crate::shell::sequencer::Command;
use serde_json::{Value, value::RawValue};
use std::sync::atomic::Ordering;
use venire_api::{Amount, Bound, RpcError, code};

/// Most blocks of one call.
const BLOCKS_MAX: u64 = 10_000;
/// Longest time between two of them.
const APART_MAX_S: u64 = 366 * 86_400;

pub(super) async fn call(
    ctx: &Ctx,
    method: &str,
    params: &Bound,
) -> Result<Box<RawValue>, RpcError> {
    match method {
        "anvil_getAutomine" | "hardhat_getAutomine" => {
            raw(ctx.shared.automine.load(Ordering::SeqCst))
        }
        "evm_setAutomine" => {
            let on: bool = params.req(0)?;
            if !on && !ctx.shared.params.manual {
                let text = "this network starts transactions by itself: its parameter network.manual is false";
                return Err(RpcError::params(text));
            }
            ctx.ask(|answer| Command::Automine(on, answer)).await?;
            raw(true)
        }
        "evm_mine" => {
            if let Some(time) = params.opt::<Value>(0)? {
                set_clock(ctx, &time).await?;
            }
            ctx.ask(|answer| Command::Mine(1, 0, answer)).await?;
            raw("0x0")
        }
        "anvil_mine" | "hardhat_mine" => {
            let blocks = bounded(params, 0, "blocks", 1, BLOCKS_MAX)?;
            let apart_s = bounded(params, 1, "interval", 0, APART_MAX_S)?;
            let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
            ctx.ask(|answer| Command::Mine(blocks, apart_s * 1000, answer))
                .await?;
            raw(Value::Null)
        }
        _ => Err(RpcError::new(
            code::METHOD_NOT_FOUND,
            format!("Method not found: {method}"),
        )),
    }
}

/// A count that was given, or the least one.
fn bounded(params: &Bound, at: usize, name: &str, least: u64, most: u64) -> Result<u64, RpcError> {
    if params.raw(at).is_none_or(|given| given == "null") {
        return Ok(least);
    }
    let Amount(given) = params.amount(at)?;
    u64::try_from(given)
        .ok()
        .filter(|given| (least..=most).contains(given))
        .ok_or_else(|| {
            RpcError::params(format!(
                "Invalid {name}: expected {least} to {most}, not {given}"
            ))
        })
}
