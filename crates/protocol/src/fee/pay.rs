//! Pays out what a settlement says: to accounts, and to validators through their stake.
//!
//! # Invariants
//! - A record is settled once: afterwards it holds nothing.

use super::settle::{Settlement, Why, give_back, settle};
use crate::{
    apply::{ApplyError, Run},
    ledger,
    record::{AppealEnd, TxRecord},
};
impl Run<'_> {
    /// The transaction is final: everyone gets what is due (`FEE-06` to `FEE-16`, `APPEAL-12`).
    pub(crate) fn settle_fees(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        let settlement = settle(record)?;
        close(record, None);
        self.pay_out(settlement)
    }

    /// The transaction is withdrawn: everyone gets back what they paid (`FEE-17`).
    pub(crate) fn give_back(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        let settlement = give_back(record);
        close(record, Some(AppealEnd::Canceled));
        self.pay_out(settlement)
    }

    /// What the appeals were about is withdrawn: their money goes back, the deposit stays.
    pub(crate) fn refund_appeals(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        for appeal in record.appeals.iter_mut().filter(|appeal| !appeal.settled) {
            appeal.end = Some(AppealEnd::Canceled);
            appeal.settled = true;
            let posted = ledger::add(appeal.bond, appeal.funding)?;
            ledger::credit(&mut self.state, appeal.payer, posted)?;
        }
        Ok(())
    }

    fn pay_out(&mut self, settlement: Settlement) -> Result<(), ApplyError> {
        for payment in settlement.payments {
            match payment.why {
                Why::Leader | Why::Vote | Why::Bond => self.reward(payment.to, payment.wei)?,
                Why::Principal | Why::Reward | Why::Refund => {
                    ledger::credit(&mut self.state, payment.to, payment.wei)?;
                }
            }
        }
        for (validator, wei) in settlement.penalties {
            self.penalize(validator, wei)?;
        }
        self.globals.burned = ledger::add(self.globals.burned, settlement.burned)?;
        Ok(())
    }
}

fn close(record: &mut TxRecord, end: Option<AppealEnd>) {
    record.funds.settled = true;
    for appeal in record.appeals.iter_mut().filter(|appeal| !appeal.settled) {
        appeal.settled = true;
        appeal.end = end.or(appeal.end);
    }
}
