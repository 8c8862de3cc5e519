//! Adds to the money that a transaction holds for its judging.
//!
//! # Invariants
//! - Everybody gets back the own rest, so an addition never takes anything from anybody.
//! - A record has few payers, whoever tries to add.

use super::{Funds, Part, Terms, deposit::too_dear};
use crate::{
    admit::{AdmitError, Reject, known},
    apply::{ApplyError, Run},
    ledger,
    params::Params,
    record::TxRecord,
    state::Overlay,
};
use venire_types::{
    Address, B256, U256,
    envelope::{Ceilings, Envelope, TopUp},
};

/// Most payers of one transaction besides its depositor.
const PAYERS_MAX: usize = 16;

/// May so much be added to the funds of a transaction (`FEE-18`)?
pub(crate) fn check_top_up(
    params: &Params,
    state: &Overlay<'_>,
    top_up: &TopUp,
    envelope: &Envelope,
) -> Result<TxRecord, AdmitError> {
    let record = known(state, top_up.tx)?;
    let (funds, signer) = (&record.funds, envelope.signer());
    if params.fees.is_gasless() || funds.settled {
        let status = record.status;
        return Err(Reject::NotFundable { status }.into());
    }
    let (offered, needed) = (envelope.value(), top_up.messages);
    if needed > offered {
        return Err(Reject::FeesTooLow { offered, needed }.into());
    }
    if !needed.is_zero() && funds.depositor != signer {
        return Err(Reject::NotSender { signer }.into());
    }
    if !funds.has_paid(signer) && funds.parts.len() > PAYERS_MAX {
        let limit = PAYERS_MAX;
        return Err(Reject::TooManyTopUps { limit }.into());
    }
    // FEE-21: a ceiling that is too low already would cancel the transaction.
    if funds.depositor == signer
        && funds.rates.is_none()
        && let Some(reject) = too_dear(&params.fees, &raised(&funds.terms, top_up.ceilings))
    {
        return Err(reject.into());
    }
    Ok(record)
}

/// The terms with those ceilings that are named.
fn raised(terms: &Terms, named: Ceilings) -> Terms {
    let or = |named: U256, old: U256| if named.is_zero() { old } else { named };
    Terms {
        ceiling: or(named.unit, terms.ceiling),
        storage_ceiling: or(named.storage, terms.storage_ceiling),
        receipt_ceiling: or(named.receipt, terms.receipt_ceiling),
        ..terms.clone()
    }
}

impl Run<'_> {
    /// Adds to the funds of a transaction (`FEE-18`).
    pub(crate) fn top_up(
        &mut self,
        envelope: &Envelope,
        top_up: &TopUp,
    ) -> Result<B256, AdmitError> {
        let mut record = check_top_up(self.params, &self.state, top_up, envelope)?;
        self.charge(envelope, envelope.value())?;
        let (funds, payer) = (&mut record.funds, envelope.signer());
        funds.messages = ledger::add(funds.messages, top_up.messages)?;
        funds.add(payer, ledger::sub(envelope.value(), top_up.messages)?)?;
        if funds.depositor == payer {
            funds.terms = raised(&funds.terms, top_up.ceilings);
        }
        self.save(&record);
        Ok(top_up.tx)
    }
}

impl Funds {
    fn has_paid(&self, payer: Address) -> bool {
        self.parts.iter().any(|part| part.payer == payer)
    }

    /// All that one payer pays is one part, in the place of the first payment.
    fn add(&mut self, payer: Address, wei: U256) -> Result<(), ApplyError> {
        if let Some(part) = self.parts.iter_mut().find(|part| part.payer == payer) {
            part.wei = ledger::add(part.wei, wei)?;
        } else if !wei.is_zero() {
            self.parts.push(Part { payer, wei });
        }
        Ok(())
    }
}
