//! Turns what jurors do into signed statements.

use super::{Act, Case, Court, Fault, Jurors, Role};
use std::collections::BTreeMap;
use venire_protocol::{DutyKind, Effect, Input, RawInput};
use venire_types::{
    Address, B256,
    jury::{Commit, Payload, Proposal, Propose, Reveal, proposal_commitment, vote_commitment},
    keccak256,
    outcome::Outcome,
    signed::{Signed, Statement, digest},
    vote::Vote,
};

/// The answer that honest validators find.
pub const RIGHT: u8 = 1;

/// What a member will say when its time comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    tx: B256,
    round: u32,
    who: Address,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Propose(Option<u8>),
    Commit { vote: Vote, answer: u8, opens: bool },
    Reveal,
}

/// Result of an execution whose model gave this answer.
fn result(answer: u8) -> Payload {
    Payload {
        outcome: Outcome::Return(vec![answer]),
        delta: BTreeMap::new(),
        emissions: Vec::new(),
    }
}

fn secret(tx: B256, round: u32, who: Address) -> B256 {
    keccak256([tx.as_slice(), &round.to_be_bytes(), who.as_slice()].concat())
}

impl Court {
    /// A juror hears of its duty and makes up its mind.
    pub(super) fn learn(&mut self, effect: &Effect, jurors: &mut dyn Jurors) -> Result<(), Fault> {
        let Effect::Duty {
            tx,
            round,
            operator,
            kind,
            ..
        } = effect
        else {
            return Ok(());
        };
        let (tx, round, who) = (*tx, *round, *operator);
        let role = match kind {
            DutyKind::Lead => Role::Lead,
            DutyKind::Judge { nondet } => {
                let answer = nondet.get(&0).and_then(|bytes| bytes.first());
                Role::Judge(answer.copied().ok_or(Fault::Missing("answer"))?)
            }
            // A result here is its answer: there is none that somebody else could compute.
            DutyKind::Verify { .. } => return Ok(()),
            DutyKind::Reveal => {
                if self.sealed.contains_key(&(tx, round, who)) {
                    self.soon(
                        0,
                        Answer {
                            tx,
                            round,
                            who,
                            what: What::Reveal,
                        },
                    );
                }
                return Ok(());
            }
        };
        let record = self.record(tx)?;
        let case = Case {
            record: &record,
            round,
            juror: who,
            role,
        };
        let what = match (role, jurors.act(&case)) {
            (_, Act::Silent) => return Ok(()),
            (Role::Lead, Act::Propose(answer)) => What::Propose(Some(answer)),
            (Role::Lead, Act::Vote(_) | Act::Seal(_)) => What::Propose(None),
            (Role::Judge(answer), Act::Vote(vote)) => What::Commit {
                vote,
                answer,
                opens: true,
            },
            (Role::Judge(answer), Act::Seal(vote)) => What::Commit {
                vote,
                answer,
                opens: false,
            },
            (Role::Judge(_), Act::Propose(_)) => return Err(Fault::Missing("leader's place")),
        };
        let delay = jurors.delay_ms(&case);
        self.soon(
            delay,
            Answer {
                tx,
                round,
                who,
                what,
            },
        );
        Ok(())
    }

    fn soon(&mut self, delay_ms: u64, answer: Answer) {
        self.asked += 1;
        let at = self.now_ms.saturating_add(delay_ms);
        self.answers.insert((at, self.asked), answer);
    }

    /// The statement; nothing when it would come too late to count.
    pub(super) fn say(&mut self, answer: Answer) -> Result<Option<Input>, Fault> {
        let Answer {
            tx,
            round,
            who,
            what,
        } = answer;
        let nonce = secret(tx, round, who);
        match what {
            What::Propose(answer) => {
                let proposal = match answer {
                    None => Proposal::Timeout,
                    Some(answer) => Proposal::Result {
                        nondet: BTreeMap::from([(0, vec![answer])]),
                        commitment: proposal_commitment(
                            tx,
                            round,
                            who,
                            result(answer).hash(),
                            nonce,
                        ),
                    },
                };
                let body = Propose {
                    tx,
                    round,
                    proposal,
                };
                self.signed(who, body, RawInput::Propose).map(Some)
            }
            What::Commit {
                vote,
                answer,
                opens,
            } => {
                let hash = match vote {
                    Vote::Agree => result(answer).hash(),
                    _ => B256::ZERO,
                };
                if opens {
                    self.sealed.insert((tx, round, who), (vote, hash, answer));
                }
                let commitment = vote_commitment(tx, round, who, vote, hash, nonce);
                let body = Commit {
                    tx,
                    round,
                    commitment,
                };
                self.signed(who, body, RawInput::Commit).map(Some)
            }
            What::Reveal => {
                let Some((vote, result_hash, answer)) = self.sealed.remove(&(tx, round, who))
                else {
                    return Ok(None);
                };
                let record = self.record(tx)?;
                let leads = record.round().and_then(venire_protocol::Round::leader) == Some(who);
                let body = Reveal {
                    tx,
                    round,
                    vote,
                    result_hash,
                    nonce,
                    payload: (leads && vote == Vote::Agree).then(|| result(answer)),
                };
                self.signed(who, body, RawInput::Reveal).map(Some)
            }
        }
    }

    fn signed<T: Statement>(
        &mut self,
        who: Address,
        body: T,
        wrap: fn(Signed<T>) -> RawInput,
    ) -> Result<Input, Fault> {
        let chain = self.params.chain_id;
        let started = (self.clock)();
        let digest = digest(chain, &body).map_err(|_| Fault::Missing("encoding"))?;
        let signature = self.keys.sign(who, digest)?;
        let made = (self.clock)();
        let raw = wrap(Signed { body, signature });
        self.weigh(&raw)?;
        let begun = (self.clock)();
        let input = raw
            .verify(chain)
            .map_err(|_| Fault::Missing("valid signature"))?;
        self.spent.signing += made.saturating_sub(started);
        self.spent.checking += (self.clock)().saturating_sub(begun);
        Ok(input)
    }

    fn weigh(&mut self, raw: &RawInput) -> Result<(), Fault> {
        let bytes = borsh::to_vec(raw).map_err(|_| Fault::Missing("encoding"))?;
        self.spent.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }
}
