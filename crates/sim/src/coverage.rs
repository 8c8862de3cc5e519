//! How often each thing that the rules know happened in a run: a world in which it does not happen says
//! nothing about its rule.
//!
//! # Invariants
//! - Read from agreed blocks, their effects and the last state; nothing here judges.

use crate::{oracles::Sight, scenario::Fault};
use std::collections::BTreeMap;
use venire_node::core::Snapshot;
use venire_protocol::{
    AppealEnd, AppealKind, Effect, Finding, Input, Kind, Reject, TxRecord,
    stake::{self, StakedValidator},
};
use venire_types::{
    B256,
    emission::On,
    envelope::{Action, Ceilings, StakeOrder, Submission},
    vote::{RoundResult, Status},
};

/// Names of what happened, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<&'static str, u64>);

impl Coverage {
    /// How often something happened.
    #[must_use]
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// Everything that happened, by name.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(what, count)| (*what, *count))
    }

    /// Adds that of another run.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in other.all() {
            *self.0.entry(what).or_default() += count;
        }
    }

    fn note(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    fn note_if(&mut self, happened: bool, what: &'static str) {
        if happened {
            self.note(what);
        }
    }

    /// Prices change with a block.
    pub(crate) fn prices(&mut self) {
        self.note("prices change");
    }

    /// A block is agreed.
    pub(crate) fn block(&mut self, sight: &Sight<'_>) {
        for effect in &sight.ordered.effects {
            match effect {
                Effect::Included { input, .. } => {
                    let place = usize::try_from(*input).unwrap_or(usize::MAX);
                    if let Some(input) = sight.ordered.block.inputs.get(place) {
                        self.input(input);
                    }
                }
                Effect::Created { kind, parent, .. } => {
                    let is_deploy = *kind == Kind::Deploy;
                    self.note_if(is_deploy && parent.is_some(), "deploy by a message");
                    self.note_if(
                        parent.is_some_and(|(_, on)| on == On::Accepted),
                        "early message",
                    );
                    self.note_if(
                        parent.is_some_and(|(_, on)| on == On::Finalized),
                        "late message",
                    );
                }
                Effect::Decided { status, .. } => match status {
                    Status::LeaderTimeout => self.note("leader timeout"),
                    Status::ValidatorsTimeout => self.note("validators timeout"),
                    Status::Undetermined => self.note("undetermined"),
                    _ => self.note("accepted"),
                },
                Effect::StatusChanged {
                    to: Status::Canceled,
                    ..
                } => self.note("cancelled"),
                Effect::TakenBack { .. } => self.note("taken back"),
                Effect::TribunalOpened { .. } => self.note("tribunal"),
                Effect::TribunalClosed { finding, .. } => self.note(match finding {
                    Finding::Convicted { .. } => "tribunal convicts",
                    Finding::Restored => "tribunal restores",
                    Finding::NoMajority => "tribunal without majority",
                }),
                _ => {}
            }
        }
    }

    fn input(&mut self, input: &Input) {
        match input {
            Input::Cancel(_) => self.note("withdrawal"),
            Input::Park(_) => self.note("parked"),
            Input::Start { .. } => self.note("started"),
            Input::Transaction(envelope) => match envelope.action() {
                Ok(Action::TopUp(top_up)) => {
                    self.note("top-up");
                    self.note_if(!top_up.messages.is_zero(), "top-up for messages");
                    let raises = top_up.ceilings != Ceilings::default();
                    self.note_if(raises, "top-up with ceilings");
                }
                Ok(Action::Stake(order)) => self.note(stake_names(&order).0),
                Ok(Action::Submit(submission)) => self.submission(&submission),
                _ => {}
            },
            _ => {}
        }
    }

    fn submission(&mut self, submission: &Submission) {
        let Some(fees) = &submission.fees else {
            return;
        };
        let is_salted = !fees.salt.is_zero();
        self.note_if(is_salted, "salted deploy");
        // On a gasless chain a salt is all that they say.
        if fees.execution.is_zero() {
            return;
        }
        self.note("terms of fees");
        self.note_if(!fees.allocations.is_empty(), "allocations");
        let is_nested = fees.allocations.iter().any(|one| one.parent.is_some());
        self.note_if(is_nested, "allocations of messages' messages");
        let has_limits = !fees.leader_units.is_zero() || !fees.validator_units.is_zero();
        self.note_if(has_limits, "limits of time units");
        self.note_if(fees.ceilings != Ceilings::default(), "ceilings");
    }

    /// Something was kept out of a block.
    pub(crate) fn refused(&mut self, input: &Input, reject: &Reject) {
        let Input::Transaction(envelope) = input else {
            return;
        };
        match reject {
            Reject::Stake(_) => {
                if let Ok(Action::Stake(order)) = envelope.action() {
                    self.note(stake_names(&order).1);
                }
            }
            Reject::FeesTooLow { .. }
            | Reject::BadAppealRounds { .. }
            | Reject::BudgetTooHigh { .. }
            | Reject::BudgetTooLow { .. }
            | Reject::TooFewUnits { .. }
            | Reject::PriceTooHigh { .. } => self.note("terms refused"),
            Reject::Allocation(_) => self.note("allocations refused"),
            _ => {}
        }
    }

    /// Something goes wrong; with many nodes at once or not.
    pub(crate) fn trouble(&mut self, fault: &Fault, many: bool) {
        self.note(match fault {
            Fault::Crash { .. } if many => "node crashes with others",
            Fault::Crash { .. } => "node crashes",
            Fault::Cut { .. } => "network cut",
            Fault::Down { .. } => "family of models down",
            Fault::Slow { .. } => "family of models slow",
        });
    }

    /// The run is over.
    pub(crate) fn end(&mut self, state: &Snapshot) {
        let records = state.records();
        let judged_anew: BTreeMap<B256, u64> = records
            .iter()
            .filter_map(|record| Some((record.id, judged_anew(record)?)))
            .collect();
        for record in &records {
            self.record(record, &judged_anew);
        }
        let epochs = stake::view::epochs(state).unwrap_or_default();
        let turned = epochs.current.number.saturating_sub(2);
        *self.0.entry("epoch turned").or_default() += turned;
        let validators = stake::view::validators_joined(state, 0, 2_000).unwrap_or_default();
        for address in validators {
            if let Ok(Some(validator)) = stake::view::validator(state, address) {
                self.books(&validator);
            }
        }
    }

    fn record(&mut self, record: &TxRecord, judged_anew: &BTreeMap<B256, u64>) {
        let is_final = record.status == Status::Finalized;
        if let Some((parent, On::Accepted)) = record.triggered_by
            && let Some(last) = judged_anew.get(&parent)
            && record.created_height <= *last
        {
            self.note_if(is_final, "early message sent again");
            self.note_if(!is_final, "early message not sent again");
        }
        let note = record.note.as_deref().unwrap_or_default();
        let is_dear = note.contains("ceiling") || note.contains("do not pay");
        self.note_if(is_dear, "too dear by its turn");
        let is_paid = record
            .funds
            .rates
            .is_some_and(|rates| !rates.leader.is_zero());
        let is_expired = record.status == Status::Canceled && record.valid_until_ms.is_some();
        self.note_if(is_expired, "cancelled with a time limit");
        for appeal in &record.appeals {
            let is_funded = is_paid && appeal.funding.is_zero();
            self.note_if(is_funded, "appeal that the sender has funded");
            let against = usize::try_from(appeal.against).unwrap_or(usize::MAX);
            let against = record.rounds.get(against);
            let is_late = against.is_some_and(|round| round.result == RoundResult::Timeout);
            let is_timeout = is_late && appeal.kind == AppealKind::Validators;
            self.note_if(is_timeout, "appeal against a timeout");
            self.note(match appeal.kind {
                AppealKind::Validators => "appeal against a verdict",
                AppealKind::Leader => "appeal for want of a verdict",
                AppealKind::LeaderTimeout => "appeal for want of a proposal",
            });
            match appeal.end {
                Some(AppealEnd::Succeeded) => self.note("appeal succeeds"),
                Some(AppealEnd::Failed) => self.note("appeal fails"),
                Some(AppealEnd::Canceled) => self.note("appeal without a verdict"),
                None => {}
            }
        }
        for round in &record.rounds {
            self.note_if(round.rotation > 0, "rotation");
            self.note_if(round.replacements > 0, "replacement of the silent");
        }
    }

    fn books(&mut self, validator: &StakedValidator) {
        self.note_if(validator.banned_until > 0, "ban for strikes");
        self.note_if(validator.banned_for_ever, "ban for ever");
        self.note_if(!validator.offences.is_empty(), "slash to come");
    }
}

/// Height of the last block that took back what a transaction had decided, if one did.
fn judged_anew(record: &TxRecord) -> Option<u64> {
    let mut was_accepted = false;
    let mut last = None;
    for step in &record.history {
        match step.status {
            Status::Accepted => was_accepted = true,
            Status::Pending if was_accepted => last = Some(step.height),
            _ => {}
        }
    }
    last
}

/// An order of staking that was carried out, and one that was refused.
const fn stake_names(order: &StakeOrder) -> (&'static str, &'static str) {
    match order {
        StakeOrder::ValidatorJoin { .. } => ("validator joins", "validator joins: refused"),
        StakeOrder::ValidatorDeposit { .. } => {
            ("validator deposits", "validator deposits: refused")
        }
        StakeOrder::ValidatorExit { .. } => ("validator exits", "validator exits: refused"),
        StakeOrder::ValidatorClaim { .. } => ("validator claims", "validator claims: refused"),
        StakeOrder::DelegatorJoin { .. } => ("delegator joins", "delegator joins: refused"),
        StakeOrder::DelegatorExit { .. } => ("delegator exits", "delegator exits: refused"),
        StakeOrder::DelegatorClaim { .. } => ("delegator claims", "delegator claims: refused"),
        StakeOrder::ValidatorPrime { .. } => ("priming", "priming: refused"),
        StakeOrder::EpochAdvance => ("epoch is advanced", "epoch is advanced: refused"),
        StakeOrder::EpochFinalize => ("epoch is finalized", "epoch is finalized: refused"),
        StakeOrder::SetOperator { .. } => ("operator is set", "operator is set: refused"),
        StakeOrder::SetIdentity { .. } => ("identity is set", "identity is set: refused"),
        StakeOrder::SetFamily { .. } => ("family is set", "family is set: refused"),
        StakeOrder::InitiateOperatorTransfer { .. } => {
            ("operator is offered", "operator is offered: refused")
        }
        StakeOrder::CompleteOperatorTransfer { .. } => {
            ("operator takes over", "operator takes over: refused")
        }
        StakeOrder::CancelOperatorTransfer { .. } => (
            "operator is not offered",
            "operator is not offered: refused",
        ),
    }
}
