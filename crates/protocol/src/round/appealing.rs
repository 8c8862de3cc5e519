//! Files appeals, has them judged, and acts on the verdict.
//!
//! ```text
//! Accepted | ValidatorsTimeout -> a fresh committee judges the proposal that stands
//!                                 confirmed:  the decision stands, its window is shorter
//!                                 overturned: a new leader before a larger committee
//! Undetermined | LeaderTimeout -> a new leader before a larger committee
//! ```
//!
//! # Invariants
//! - Nobody judges twice: an appeal committee has no member of an earlier round.
//! - The money behind an appeal is held by the transaction until it is final.

use super::current;
use crate::{
    admit::AdmitError,
    appeal::{self, Filing},
    apply::{ApplyError, Run},
    committee::Purpose,
    ledger,
    record::{Appeal, AppealEnd, AppealKind, Round, Seat, TxRecord},
    state::Broken,
    timer,
};
use alloc::{format, vec::Vec};
use venire_types::{
    Address, B256, U256,
    chain::topic,
    envelope::Envelope,
    vote::{RoundResult, Status},
};

impl Run<'_> {
    /// An objection to a decision (`APPEAL-01` to `APPEAL-05`).
    pub(crate) fn appeal(&mut self, envelope: &Envelope, tx: B256) -> Result<B256, AdmitError> {
        let (appellant, offered) = (envelope.signer(), envelope.value());
        let filing = appeal::check(
            self.params,
            &self.state,
            self.now(),
            (tx, appellant, offered),
        )?;
        // What was offered beyond the charge never leaves the appellant.
        self.charge(envelope, U256::ZERO)?;
        ledger::debit(&mut self.state, filing.payer, filing.quote.charge()?)?;
        self.file(filing, appellant)?;
        Ok(tx)
    }

    fn file(&mut self, filing: Filing, appellant: Address) -> Result<(), ApplyError> {
        let Filing {
            mut record,
            kind,
            number,
            seats,
            quote,
            payer,
        } = filing;
        timer::clear(&mut self.state, record.id)?;
        let until = record.final_at_ms.take().unwrap_or_default();
        let index = |at: Option<usize>| at.and_then(|at| u32::try_from(at).ok());
        let against = index(record.proposal_round()).ok_or(Broken::Impossible {
            tx: record.id,
            what: "appealed without a proposal",
        })?;
        record.appeals.push(Appeal {
            kind,
            appellant,
            payer,
            bond: quote.bond,
            funding: quote.funding,
            reward: quote.reward,
            against,
            first: index(Some(record.rounds.len())).unwrap_or(u32::MAX),
            filed_height: self.globals.height,
            filed_ms: self.now(),
            left_ms: until.saturating_sub(self.now()),
            end: None,
            settled: false,
        });
        self.effects.push(crate::block::Effect::Appealed {
            tx: record.id,
            appellant,
        });
        match kind {
            AppealKind::Validators => self.open_appeal(record, number, seats, against),
            AppealKind::Leader | AppealKind::LeaderTimeout => self.judge_anew(record, number, &[]),
        }
    }

    /// A fresh committee judges the proposal that stands (`APPEAL-06`).
    fn open_appeal(
        &mut self,
        mut record: TxRecord,
        number: u32,
        seats: u32,
        against: u32,
    ) -> Result<(), ApplyError> {
        let (active, used) = (self.active()?, record.used());
        let spared = self.tribunal_voters(&record)?;
        let lot = self.lot(&record);
        let members = lot.sparing(Purpose::Appeal, &active, (&used, &spared), seats);
        let wanted = appeal::size(&record, number);
        if seats < wanted {
            record.remark(&format!(
                "{wanted} seats were asked for, {seats} are filled"
            ));
        }
        self.log_appeal(&record, &members);
        let appealed = appealed(&record, against)?;
        let round = Round {
            judges: Some(against),
            read_height: appealed.read_height,
            proposal: appealed.proposal,
            result_hash: appealed.result_hash,
            ..self.opened(number, 0, members)
        };
        record.rounds.push(round);
        self.enter(
            &mut record,
            Status::AppealCommitting,
            self.params.commit_timeout_ms,
        )?;
        let nondet = self.answers(record.id, against)?;
        self.call_to_judge(&record, nondet)?;
        self.save(&record);
        Ok(())
    }

    /// The appeal committee has spoken: is what stands confirmed (`APPEAL-07`)?
    pub(super) fn appeal_judged(
        &mut self,
        mut record: TxRecord,
        result: RoundResult,
    ) -> Result<(), ApplyError> {
        let before = self.appealed_status(&record)?;
        let is_confirmed = if before == Status::Accepted {
            matches!(result, RoundResult::Agree | RoundResult::MajorityAgree)
        } else {
            result == RoundResult::Timeout
        };
        let round = current(&mut record)?;
        let (number, committee): (u32, Vec<Seat>) =
            (round.number, round.seats.iter().map(Seat::again).collect());
        if !is_confirmed {
            end_appeal(&mut record, AppealEnd::Succeeded);
            return self.judge_anew(record, number.saturating_add(1), &committee);
        }
        end_appeal(&mut record, AppealEnd::Failed);
        let whole = self.window(&record, before)?;
        let window = self.shortened(record.window_ms, whole);
        let lost = record.window_ms.saturating_sub(window);
        record.window_ms = window;
        // The clock stood still while the appeal was judged.
        let left = record.appeals.last().map_or(0, |appeal| appeal.left_ms);
        let left = left.saturating_sub(lost).max(self.least_window(whole));
        self.move_to(&mut record, before);
        self.open_window(record, left)
    }

    /// Status before the appeal that is being judged.
    fn appealed_status(&self, record: &TxRecord) -> Result<Status, ApplyError> {
        let steps = record.history.iter().rev();
        steps
            .map(|step| step.status)
            .find(|status| matches!(status, Status::Accepted | Status::ValidatorsTimeout))
            .ok_or_else(|| {
                Broken::Impossible {
                    tx: record.id,
                    what: "an appeal without a decision",
                }
                .into()
            })
    }

    /// Takes back what the decision did, and has a new leader try before a larger committee: those
    /// of the last one but its leader, those of the appeal, and fresh ones (`APPEAL-08`).
    fn judge_anew(
        &mut self,
        mut record: TxRecord,
        number: u32,
        appeal: &[Seat],
    ) -> Result<(), ApplyError> {
        self.take_back(&mut record)?;
        let last = record.proposal_round();
        let last = last.and_then(|index| record.rounds.get(index));
        let mut members = last.map(Round::without_leader).unwrap_or_default();
        members.extend(appeal.iter().map(Seat::again));
        let wanted = appeal::size(&record, number);
        let missing = usize::try_from(wanted)
            .unwrap_or(usize::MAX)
            .saturating_sub(members.len());
        members.extend(self.lot(&record).members(
            Purpose::Fresh,
            &self.active()?,
            &record.used(),
            u32::try_from(missing).unwrap_or(u32::MAX),
        ));
        if appeal.is_empty() {
            self.log_appeal(&record, &members);
        }
        if members.len() < usize::try_from(wanted).unwrap_or(usize::MAX) {
            let seats = members.len();
            record.remark(&format!(
                "{wanted} seats were asked for, {seats} are filled"
            ));
        }
        record.rotations_left = record.rotations_at(number);
        self.move_to(&mut record, Status::Pending);
        self.start(record, number, 0, members)
    }

    /// What a failed appeal leaves of a window whose `whole` the same decision has without one
    /// (`APPEAL-09`).
    pub(crate) fn shortened(&self, window_ms: u64, whole: u64) -> u64 {
        let shorter = part(window_ms, self.params.appeal_window_bps);
        shorter.max(self.least_window(whole)).min(window_ms)
    }

    /// For so long a decision can be contested after the last word on it, whatever was left of its
    /// window before (`APPEAL-09`).
    fn least_window(&self, whole: u64) -> u64 {
        part(whole, self.params.window_min_bps)
    }

    fn log_appeal(&mut self, record: &TxRecord, members: &[Seat]) {
        let Some(appeal) = record.appeals.last() else {
            return;
        };
        let mut data = Vec::new();
        data.extend_from_slice(&appeal.bond.to_be_bytes::<32>());
        data.extend_from_slice(&U256::from(64).to_be_bytes::<32>());
        data.extend_from_slice(&U256::from(members.len()).to_be_bytes::<32>());
        for seat in members {
            data.extend_from_slice(seat.validator.into_word().as_slice());
        }
        let topics = [
            topic::APPEAL_STARTED,
            record.id,
            appeal.appellant.into_word(),
        ];
        self.log(record.id, topics, data);
    }
}

/// So many ten thousandths of a time.
pub(crate) fn part(ms: u64, bps: u32) -> u64 {
    let part = u128::from(ms).saturating_mul(u128::from(bps)) / 10_000;
    u64::try_from(part).unwrap_or(ms)
}

/// Records how the appeal that is being judged ended, if there is one.
pub(crate) fn end_appeal(record: &mut TxRecord, end: AppealEnd) {
    if let Some(appeal) = record.appeals.last_mut()
        && appeal.end.is_none()
    {
        appeal.end = Some(end);
    }
}

fn appealed(record: &TxRecord, against: u32) -> Result<&Round, ApplyError> {
    usize::try_from(against)
        .ok()
        .and_then(|index| record.rounds.get(index))
        .ok_or_else(|| {
            Broken::Impossible {
                tx: record.id,
                what: "an appeal against no round",
            }
            .into()
        })
}
