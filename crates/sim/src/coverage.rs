//! How often each thing that the rules know happened in a run: a world in which it does not happen says
//! nothing about its rule.
//!
//! # Invariants
//! - Read from agreed blocks, their effects and the last state; nothing here judges.

use crate::oracles::Sight;
use std::collections::{BTreeMap, BTreeSet};
use venire_node::core::Snapshot;
use venire_protocol::{
    AppealEnd, AppealKind, Effect, Finding, Input, Kind, TxRecord,
    stake::{self, StakedValidator},
};
use venire_types::{
    B256,
    emission::On,
    envelope::{Action, StakeOrder},
    vote::Status,
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
            Input::Transaction(envelope) => match envelope.action() {
                Ok(Action::TopUp(_)) => self.note("top-up"),
                Ok(Action::Stake(order)) => self.order(&order),
                Ok(Action::Submit(submission)) => {
                    let fees = submission.fees.as_ref();
                    self.note_if(fees.is_some(), "terms of fees");
                    let named = fees.is_some_and(|fees| !fees.allocations.is_empty());
                    self.note_if(named, "allocations");
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn order(&mut self, order: &StakeOrder) {
        match order {
            StakeOrder::ValidatorJoin { .. } => self.note("validator joins"),
            StakeOrder::ValidatorDeposit { .. } => self.note("validator deposits"),
            StakeOrder::ValidatorExit { .. } => self.note("validator exits"),
            StakeOrder::ValidatorClaim { .. } => self.note("validator claims"),
            StakeOrder::DelegatorJoin { .. } => self.note("delegator joins"),
            StakeOrder::DelegatorExit { .. } => self.note("delegator exits"),
            StakeOrder::DelegatorClaim { .. } => self.note("delegator claims"),
            StakeOrder::ValidatorPrime { .. } => self.note("priming"),
            _ => self.note("other order of staking"),
        }
    }

    /// The run is over.
    pub(crate) fn end(&mut self, state: &Snapshot) {
        let records = state.records();
        let judged_anew = records.iter().filter(|record| {
            let mut rounds = record.rounds.iter();
            rounds.any(|round| round.superseded)
        });
        let judged_anew: BTreeSet<B256> = judged_anew.map(|record| record.id).collect();
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

    fn record(&mut self, record: &TxRecord, judged_anew: &BTreeSet<B256>) {
        let is_final = record.status == Status::Finalized;
        if let Some((parent, On::Accepted)) = record.triggered_by
            && judged_anew.contains(&parent)
        {
            self.note_if(is_final, "early message sent again");
            self.note_if(!is_final, "early message not sent again");
        }
        let is_expired = record.status == Status::Canceled && record.valid_until_ms.is_some();
        self.note_if(is_expired, "cancelled with a time limit");
        for appeal in &record.appeals {
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
