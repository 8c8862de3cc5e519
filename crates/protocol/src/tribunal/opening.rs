//! Sees that results differ, and calls other validators to find out who is wrong.

use super::{
    Tribunal, TribunalPhase,
    record::{id_of, on_proposal},
};
use crate::{
    apply::{ApplyError, Run},
    block::{DutyKind, Effect},
    committee::{Lot, Purpose},
    record::{Round, Seat, TxRecord},
    state::{Broken, Key},
    timer,
};
use alloc::{collections::BTreeSet, format, vec::Vec};
use venire_types::{Address, B256, U256, chain::topic, vote::Vote};

impl Run<'_> {
    /// Looks at the votes of a round that has just been counted (`TRIBUNAL-01`). What is already
    /// known of its proposal counts for it as well (`TRIBUNAL-14`).
    pub(crate) fn examine(&mut self, record: &mut TxRecord) -> Result<(), ApplyError> {
        if self.params.stake.tribunal_seats == 0 {
            return Ok(());
        }
        let (Some(index), Some(round)) = (record.round_index(), record.round()) else {
            return Ok(());
        };
        let Some(result_hash) = round.result_hash else {
            return Ok(());
        };
        let accusers = round
            .seats
            .iter()
            .filter(|seat| seat.vote == Vote::DeterministicViolation);
        let accusers: Vec<Address> = accusers.map(|seat| seat.validator).collect();
        let is_contested = self.is_heard(&accusers)?;
        let proposal = round.judges.unwrap_or(index);
        if proposal == index && !is_contested {
            return Ok(());
        }
        let known: Option<Tribunal> = self
            .state
            .load(&Key::tribunal(id_of(record.id, proposal)))?;
        match known {
            Some(tribunal) => self.charge_jurors(&tribunal, [round]),
            None if is_contested => self.open_tribunal(record, proposal, result_hash),
            None => Ok(()),
        }
    }

    fn open_tribunal(
        &mut self,
        record: &mut TxRecord,
        proposal: u32,
        result_hash: B256,
    ) -> Result<(), ApplyError> {
        let id = id_of(record.id, proposal);
        let accused = leader_of(record, proposal)?;
        let seats = self.voters(record, proposal, id)?;
        let least = self.params.stake.tribunal_seats_min;
        if seats.len() < usize::try_from(least).unwrap_or(usize::MAX) {
            let there = seats.len();
            record.remark(&format!(
                "results differ, but a tribunal needs {least} validators that have not judged yet \
                 and {there} are left"
            ));
            return Ok(());
        }
        let deadline_ms = self.now().saturating_add(self.params.commit_timeout_ms);
        let epoch = self.epochs.of(record.index);
        epoch.tribunals = epoch.tribunals.saturating_add(1);
        let (number, is_first) = (epoch.number, epoch.tribunals == 1);
        let tribunal = Tribunal {
            id,
            tx: record.id,
            round: proposal,
            accused: accused.validator,
            operator: accused.operator,
            result_hash,
            epoch: number,
            opened_height: self.globals.height,
            opened_ms: self.now(),
            phase: TribunalPhase::Committing,
            deadline_ms,
            seats,
            finding: None,
        };
        self.state.store(Key::tribunal(id), &tribunal);
        timer::set(&mut self.state, id, deadline_ms)?;
        let is_held = self.staking().accuse(accused.validator)?;
        self.effects.push(Effect::TribunalOpened {
            tribunal: id,
            tx: record.id,
            accused: accused.validator,
        });
        if is_first {
            let epoch = U256::from(number).to_be_bytes_vec();
            self.log(record.id, [topic::EPOCH_HAS_PENDING_TRIBUNALS], epoch);
        }
        if is_held {
            let mut data = accused.validator.into_word().to_vec();
            data.extend_from_slice(&U256::from(self.now() / 1_000).to_be_bytes::<32>());
            self.log(record.id, [topic::VALIDATOR_QUARANTINED], data);
        }
        let nondet = self.answers(record.id, proposal)?;
        for seat in &tribunal.seats {
            let kind = DutyKind::Verify {
                tx: record.id,
                round: proposal,
                result_hash,
                nondet: nondet.clone(),
            };
            self.tribunal_duty(&tribunal, seat.operator, kind);
        }
        Ok(())
    }

    /// Is one of these accusers heard (`TRIBUNAL-18`)?
    fn is_heard(&mut self, accusers: &[Address]) -> Result<bool, ApplyError> {
        let books = accusers.iter().map(|accuser| Key::staked(*accuser));
        self.state.preload(books)?;
        for accuser in accusers {
            if self.staking().is_heard(*accuser)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Who votes, or has voted, in a tribunal about a proposal of this transaction: it sits in an
    /// appeal about it only where others are too few (`APPEAL-13`).
    pub(crate) fn tribunal_voters(&self, record: &TxRecord) -> Result<Vec<Address>, ApplyError> {
        let proposals = (0_u32..).zip(&record.rounds);
        let proposals = proposals.filter(|(_, round)| round.judges.is_none());
        let opened = proposals.filter(|(_, round)| round.result_hash.is_some());
        let ids: Vec<B256> = opened.map(|(index, _)| id_of(record.id, index)).collect();
        if self.params.stake.tribunal_seats == 0 {
            return Ok(Vec::new());
        }
        self.state
            .preload(ids.iter().map(|id| Key::tribunal(*id)))?;
        let mut voters = Vec::new();
        for id in ids {
            if let Some(tribunal) = self.state.load::<Tribunal>(&Key::tribunal(id))? {
                voters.extend(tribunal.seats.iter().map(|seat| seat.validator));
            }
        }
        Ok(voters)
    }

    /// The electorate (`TRIBUNAL-05`): nobody who judged this transaction, and more than judged
    /// this proposal together at a time.
    fn voters(
        &self,
        record: &TxRecord,
        proposal: u32,
        tribunal: B256,
    ) -> Result<Vec<Seat>, ApplyError> {
        let committees = on_proposal(record, proposal).map(|round| round.seats.len());
        let largest = u32::try_from(committees.max().unwrap_or_default()).unwrap_or(u32::MAX);
        let wanted = self
            .params
            .stake
            .tribunal_seats
            .max(largest.saturating_add(2));
        let lot = Lot {
            seed: self.seed,
            tx: tribunal,
            round: 0,
            spread: self.params.family_spread,
        };
        let judges: Vec<Address> = judges(record).into_iter().collect();
        Ok(lot.members(Purpose::Tribunal, &self.active()?, &judges, wanted))
    }

    pub(super) fn tribunal_duty(&mut self, tribunal: &Tribunal, operator: Address, kind: DutyKind) {
        self.effects.push(Effect::Duty {
            tx: tribunal.id,
            round: 0,
            operator,
            deadline_ms: tribunal.deadline_ms,
            kind,
        });
    }
}

/// Everyone who had a seat in any judgement of the transaction, also in one that counts for nothing
/// any more.
fn judges(record: &TxRecord) -> BTreeSet<Address> {
    let rounds = || record.rounds.iter();
    let seated = rounds().flat_map(|round| &round.seats);
    let replaced = rounds().flat_map(|round| &round.idle).copied();
    seated.map(|seat| seat.validator).chain(replaced).collect()
}

fn leader_of(record: &TxRecord, proposal: u32) -> Result<Seat, ApplyError> {
    let round = usize::try_from(proposal).ok();
    let round = round.and_then(|index| record.rounds.get(index));
    round.and_then(Round::leader_seat).cloned().ok_or_else(|| {
        Broken::Impossible {
            tx: record.id,
            what: "a result without a leader",
        }
        .into()
    })
}
