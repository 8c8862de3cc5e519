//! Balances, hashing and captured output.

use super::{Caller, Failure};
use crate::{
    meter,
    session::{Mode, Run},
    stop::errno,
};
use venire_types::{Address, U256, keccak256};
use wasmtime::{Result, component::WasmList};

/// `balance-of`: committed.
pub(super) fn balance_of(mut store: Caller<'_>, address: &[u8]) -> Result<Vec<u8>, Failure> {
    let address = Address::try_from(address).map_err(|_| Failure::Errno(errno::INVAL))?;
    meter::charge(&mut store, meter::CALL + meter::PAGE)?;
    let Run { session, frame, .. } = store.data_mut().run()?;
    let balance = session.host.balance(address, frame.view);
    Ok(balance.to_le_bytes::<32>().to_vec())
}

/// `self-balance`: committed less what this run has sent.
pub(super) fn self_balance(mut store: Caller<'_>) -> Result<Vec<u8>, Failure> {
    meter::charge(&mut store, meter::CALL + meter::PAGE)?;
    let run = store.data_mut().run()?;
    if run.frame.mode != Mode::Det {
        return Err(Failure::Errno(errno::FORBIDDEN));
    }
    Ok(spendable(run).to_le_bytes::<32>().to_vec())
}

/// What the running contract can still send.
pub(super) fn spendable(run: &mut Run) -> U256 {
    let Run { session, frame, .. } = run;
    let committed = session.host.balance(frame.contract, frame.view);
    committed.saturating_sub(frame.sent)
}

/// `keccak256`.
pub(super) fn keccak(mut store: Caller<'_>, data: &WasmList<u8>) -> Result<(Vec<u8>,)> {
    let price = meter::CALL + meter::bytes(data.len()) + meter::keccak(data.len());
    meter::charge(&mut store, price)?;
    Ok((keccak256(data.as_le_slice(&store)).to_vec(),))
}

/// `log`: output past the limit is dropped, never an error. Outside of a run nobody reads it (the
/// compiler's warnings); an import that writes has to be a part of every run.
pub(super) fn log(mut store: Caller<'_>, fd: u8, data: &WasmList<u8>) -> Result<()> {
    meter::charge(&mut store, meter::CALL + meter::bytes(data.len()))?;
    let vm = store.data_mut();
    let Ok(run) = vm.run() else {
        vm.look();
        return Ok(());
    };
    // One byte more than is kept shows that something was cut.
    let limit = run.session.limits.output;
    let bytes = data.as_le_slice(&store);
    let bytes = bytes.get(..=limit).unwrap_or(bytes).to_vec();
    let session = &mut *store.data_mut().run()?.session;
    match fd {
        1 => session.stdout.push(&bytes, limit),
        _ => session.stderr.push(&bytes, limit),
    }
    Ok(())
}
