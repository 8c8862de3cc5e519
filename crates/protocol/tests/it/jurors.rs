//! What validators say to their duties, as their scripts tell them.

use crate::{
    machine,
    world::{Act, World, deviation, secret},
};
use std::collections::BTreeMap;
use venire_protocol::{DutyKind, Effect, Input, RawInput, TxRecord, view};
use venire_types::{
    Address, B256,
    jury::{Commit, Payload, Proposal, Propose, Reveal, proposal_commitment, vote_commitment},
    vote::Vote,
};

impl World {
    /// What validators have to say to their open duties.
    pub(crate) fn answers(&mut self) -> Vec<Input> {
        let duties = std::mem::take(&mut self.duties);
        duties
            .into_iter()
            .filter_map(|duty| self.answer(duty))
            .collect()
    }

    fn answer(&self, duty: Effect) -> Option<Input> {
        let Effect::Duty {
            tx,
            round,
            operator: validator,
            kind,
            ..
        } = duty
        else {
            return None;
        };
        if let Some(tribunal) = view::tribunal(&self.state, tx).expect("state") {
            let act = (self.bench)(&tribunal, validator);
            return crate::court::answer(self, &tribunal, validator, act, &kind);
        }
        let record = self.tx(tx);
        let act = (self.script)(&record, validator);
        match kind {
            DutyKind::Lead => self.lead(&record, round, validator, act),
            DutyKind::Judge { nondet } => {
                assert_eq!(*nondet, self.outside());
                self.judge(&record, round, validator, act)
            }
            DutyKind::Reveal => self.open(&record, round, validator, act),
            DutyKind::Verify { .. } => panic!("no tribunal {tx}"),
        }
    }

    fn lead(&self, record: &TxRecord, round: u32, me: Address, act: Act) -> Option<Input> {
        let proposal = match act {
            Act::Silent => return None,
            Act::Timeout => Proposal::Timeout,
            Act::Honest | Act::Disagree | Act::Sealed | Act::Deviant => {
                let hash = self.result(record, round, act).hash();
                let nonce = secret(record.id, round, me);
                let commitment = proposal_commitment(record.id, round, me, hash, nonce);
                Proposal::Result {
                    nondet: self.outside(),
                    commitment,
                }
            }
        };
        Some(self.signed(
            me,
            Propose {
                tx: record.id,
                round,
                proposal,
            },
            RawInput::Propose,
        ))
    }

    /// What the outside says to who asks.
    fn outside(&self) -> BTreeMap<u32, Vec<u8>> {
        self.asks.then(|| (0, vec![0])).into_iter().collect()
    }

    fn judge(&self, record: &TxRecord, round: u32, me: Address, act: Act) -> Option<Input> {
        if act == Act::Silent {
            return None;
        }
        let (vote, hash) = self.vote(record, round, act);
        let nonce = secret(record.id, round, me);
        let commitment = vote_commitment(record.id, round, me, vote, hash, nonce);
        Some(self.signed(
            me,
            Commit {
                tx: record.id,
                round,
                commitment,
            },
            RawInput::Commit,
        ))
    }

    fn open(&self, record: &TxRecord, round: u32, me: Address, act: Act) -> Option<Input> {
        if act == Act::Sealed {
            return None;
        }
        Some(self.signed(me, self.reveal(record, round, me, act), RawInput::Reveal))
    }

    /// The reveal that fits what `me` sealed.
    pub(crate) fn reveal(&self, record: &TxRecord, round: u32, me: Address, act: Act) -> Reveal {
        let (vote, result_hash) = self.vote(record, round, act);
        let leads = record.round().and_then(venire_protocol::Round::leader) == Some(me);
        let payload = (leads && vote == Vote::Agree).then(|| self.result(record, round, act));
        let nonce = secret(record.id, round, me);
        Reveal {
            tx: record.id,
            round,
            vote,
            result_hash,
            nonce,
            payload,
        }
    }

    fn vote(&self, record: &TxRecord, round: u32, act: Act) -> (Vote, B256) {
        match act {
            Act::Honest | Act::Sealed | Act::Deviant => {
                (Vote::Agree, self.result(record, round, act).hash())
            }
            Act::Disagree => (Vote::Disagree, B256::ZERO),
            Act::Timeout | Act::Silent => (Vote::Timeout, B256::ZERO),
        }
    }

    /// What an execution for this round comes to.
    pub(crate) fn result(&self, record: &TxRecord, round: u32, act: Act) -> Payload {
        if act == Act::Deviant {
            return deviation();
        }
        let body = view::body(&self.state, record.id)
            .expect("state")
            .expect("body");
        let mut then = record.clone();
        then.rounds.truncate(round as usize + 1);
        let height = then.rounds[round as usize].read_height;
        let state = &self.states[usize::try_from(height).expect("height")];
        self.params.bound(machine::execute(state, &then, &body))
    }
}
