//! Draws committees and leaders; takes the leader's proposal or does without it.

use super::current;
use crate::{
    admit::{AdmitError, Reject},
    apply::{ApplyError, Run},
    block::DutyKind,
    committee::{Lot, Purpose},
    record::{Nondet, ProposalInfo, Round, Seat, TxRecord, Validator},
    state::Key,
};
use alloc::{format, sync::Arc, vec::Vec};
use venire_types::{
    Address, B256,
    jury::{Proposal, Propose},
    signed::{Verified, canonical},
    vote::{RoundResult, Status},
};

impl Run<'_> {
    /// Draws the first committee and its leader (`ROUND-10` to `ROUND-13`).
    pub(crate) fn first_round(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        let wanted = if record.leader_only {
            1
        } else {
            record.validators_wanted
        };
        let members = self
            .lot(&record)
            .members(Purpose::Committee, &self.active()?, &[], wanted);
        if members.is_empty() {
            record.remark("no validator is active");
            return self.decide(record, Status::Undetermined);
        }
        if members.len() < usize::try_from(wanted).unwrap_or(usize::MAX) {
            let seats = members.len();
            record.remark(&format!(
                "{wanted} seats were asked for, {seats} are filled"
            ));
        }
        self.start(record, 0, 0, members)
    }

    /// The leader failed or was not agreed with: a new leader in a renewed committee while
    /// rotations are left, else `ending` (`ROUND-17`).
    pub(crate) fn rotate(
        &mut self,
        mut record: TxRecord,
        ending: Status,
    ) -> Result<(), ApplyError> {
        let Some(left) = record.rotations_left.checked_sub(1) else {
            return self.decide(record, ending);
        };
        let round = current(&mut record)?;
        let (number, rotation) = (round.number, round.rotation.saturating_add(1));
        let mut members = round.without_leader();
        let fresh = self
            .lot(&record)
            .members(Purpose::Fresh, &self.active()?, &record.used(), 1);
        if fresh.is_empty() {
            record.remark("no fresh validator was left to replace a leader");
        }
        members.extend(fresh);
        if members.is_empty() {
            return self.decide(record, ending);
        }
        record.rotations_left = left;
        self.state.remove(Key::payload(record.id));
        self.start(record, number, rotation, members)
    }

    /// A new leader before these members.
    pub(super) fn start(
        &mut self,
        mut record: TxRecord,
        number: u32,
        rotation: u32,
        members: Vec<Seat>,
    ) -> Result<(), ApplyError> {
        let leader = self.lot(&record).leader(members.len());
        let opened = self.opened(number, rotation, members);
        // A later leader works on the state that the first one had.
        let pinned = record.round().filter(|_| rotation > 0);
        let read_height = pinned.map_or(opened.read_height, |round| round.read_height);
        record.rounds.push(Round {
            leader: Some(leader),
            read_height,
            ..opened
        });
        self.enter(
            &mut record,
            Status::Proposing,
            self.params.propose_timeout_ms,
        )?;
        if let Some(leader) = record.round().and_then(Round::leader_seat) {
            self.duty(&record, leader.operator, DutyKind::Lead)?;
        }
        self.save(&record);
        Ok(())
    }

    /// A round in which nobody has spoken yet.
    pub(super) const fn opened(&self, number: u32, rotation: u32, seats: Vec<Seat>) -> Round {
        Round {
            number,
            rotation,
            judges: None,
            superseded: false,
            read_height: self.globals.height,
            seats,
            leader: None,
            idle: Vec::new(),
            replacements: 0,
            started_ms: self.now(),
            phase_ms: self.now(),
            deadline_ms: self.now(),
            proposal: None,
            bytes: 0,
            result: RoundResult::Idle,
            result_hash: None,
        }
    }

    /// A leader's proposal (`ROUND-16`).
    pub(crate) fn propose(&mut self, statement: &Verified<Propose>) -> Result<B256, AdmitError> {
        let (signer, body) = (statement.signer(), statement.body());
        let mut record = self.in_phase(body.tx, body.round, &[Status::Proposing])?;
        let now = self.now();
        let round = current(&mut record)?;
        if round
            .leader_seat()
            .is_none_or(|leader| leader.operator != signer)
        {
            return Err(Reject::NotLeader { signer }.into());
        }
        match &body.proposal {
            Proposal::Timeout => {
                round.proposal = Some(ProposalInfo {
                    commitment: None,
                    answers: 0,
                    proposed_ms: now,
                });
                self.leader_failed(record)?;
            }
            Proposal::Result { nondet, commitment } => {
                let bytes = canonical(nondet).len();
                let limit = self.params.execution.nondet_bytes;
                if u32::try_from(bytes).map_or(true, |bytes| bytes > limit) {
                    return Err(Reject::AnswersTooLarge { bytes, limit }.into());
                }
                round.bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                round.proposal = Some(ProposalInfo {
                    commitment: Some(*commitment),
                    answers: u32::try_from(nondet.len()).unwrap_or(u32::MAX),
                    proposed_ms: now,
                });
                self.state.store(Key::nondet(body.tx, body.round), nondet);
                self.enter(
                    &mut record,
                    Status::Committing,
                    self.params.commit_timeout_ms,
                )?;
                self.call_to_judge(&record, Arc::new(nondet.clone()))?;
                self.save(&record);
            }
        }
        Ok(body.tx)
    }

    /// The leader let its deadline pass (`STAKE-30`).
    pub(crate) fn leader_silent(&mut self, record: TxRecord) -> Result<(), ApplyError> {
        if let Some(leader) = record.round().and_then(Round::leader) {
            self.idle(leader, record.id)?;
        }
        self.leader_failed(record)
    }

    /// The leader declared a timeout or let its deadline pass (`ROUND-17`).
    pub(crate) fn leader_failed(&mut self, mut record: TxRecord) -> Result<(), ApplyError> {
        current(&mut record)?.result = RoundResult::Timeout;
        record.result = RoundResult::Timeout;
        self.stop_timer(&record)?;
        self.rotate(record, Status::LeaderTimeout)
    }

    /// Asks every member for a sealed vote on the leader's answers.
    pub(super) fn call_to_judge(
        &mut self,
        record: &TxRecord,
        nondet: Arc<Nondet>,
    ) -> Result<(), ApplyError> {
        let members: Vec<Address> = record
            .round()
            .map(|round| round.seats.iter().map(|seat| seat.operator).collect())
            .unwrap_or_default();
        for member in members {
            let nondet = nondet.clone();
            self.duty(record, member, DutyKind::Judge { nondet })?;
        }
        Ok(())
    }

    /// Randomness for the round that is about to begin.
    pub(super) fn lot(&self, record: &TxRecord) -> Lot {
        Lot {
            seed: self.seed,
            tx: record.id,
            round: u32::try_from(record.rounds.len()).unwrap_or(u32::MAX),
            spread: self.params.family_spread,
        }
    }

    pub(crate) fn active(&self) -> Result<Vec<Validator>, ApplyError> {
        Ok(self.state.load(&Key::validators())?.unwrap_or_default())
    }
}
