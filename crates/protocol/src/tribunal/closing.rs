//! Counts the votes of a tribunal and acts on what they say.

use super::{Finding, Tribunal, TribunalPhase, record::on_proposal};
use crate::{
    apply::{ApplyError, Run},
    block::Effect,
    record::{Round, Seat, TxRecord},
    state::Key,
    timer,
};
use alloc::{collections::BTreeMap, vec::Vec};
use venire_types::{Address, B256, chain::topic, vote::Vote};

impl Run<'_> {
    /// All votes are open, or the deadline has passed (`TRIBUNAL-09` to `TRIBUNAL-13`).
    pub(super) fn close_tribunal(&mut self, mut tribunal: Tribunal) -> Result<(), ApplyError> {
        let record = self.record(tribunal.tx)?;
        self.preload_judged(&tribunal, &record)?;
        timer::clear(&mut self.state, tribunal.id)?;
        let finding = find(&tribunal);
        tribunal.phase = TribunalPhase::Closed;
        tribunal.finding = Some(finding);
        self.save_tribunal(&tribunal);
        let epoch = self.epochs.numbered(tribunal.epoch);
        epoch.tribunals = epoch.tribunals.saturating_sub(1);
        self.effects.push(Effect::TribunalClosed {
            tribunal: tribunal.id,
            tx: tribunal.tx,
            finding,
        });
        self.sentence(&tribunal, finding)?;
        let (id, deed) = (tribunal.id, tribunal.epoch);
        // TRIBUNAL-10; who has spoken is not paid for it (TRIBUNAL-16).
        for seat in &tribunal.seats {
            if seat.revealed_ms.is_none() {
                self.staking().idle(seat.validator, deed, id)?;
            }
        }
        let Some(right) = tribunal.right() else {
            return Ok(());
        };
        let wrong = tribunal.seats.iter().filter(|seat| is_wrong(seat, right));
        for voter in wrong {
            self.staking().misjudged(voter.validator, deed, id)?;
        }
        self.charge_jurors(&tribunal, tribunal.evidence(&record))
    }

    /// What becomes of the leader.
    fn sentence(&mut self, tribunal: &Tribunal, finding: Finding) -> Result<(), ApplyError> {
        let topic = match finding {
            Finding::Convicted { .. } => {
                self.staking().convict(tribunal.accused, tribunal.epoch)?;
                Some(topic::VALIDATOR_BANNED_DETERMINISTIC)
            }
            Finding::Restored | Finding::NoMajority => {
                let is_free = self.staking().acquit(tribunal.accused)?;
                is_free.then_some(topic::VALIDATOR_QUARANTINE_REPEALED)
            }
        };
        if let Some(topic) = topic {
            let data = tribunal.accused.into_word().to_vec();
            self.log(tribunal.tx, [topic], data);
        }
        Ok(())
    }

    /// Jurors that vouched for a wrong result pay for it (`TRIBUNAL-13`); the leader is sentenced
    /// as such.
    pub(super) fn charge_jurors<'r>(
        &mut self,
        tribunal: &Tribunal,
        rounds: impl IntoIterator<Item = &'r Round>,
    ) -> Result<(), ApplyError> {
        let Some(right) = tribunal.right() else {
            return Ok(());
        };
        for round in rounds {
            let jurors = round.seats.iter();
            let wrong: Vec<Address> = jurors
                .filter(|seat| seat.validator != tribunal.accused)
                .filter(|seat| is_guilty(seat, tribunal.result_hash, right))
                .map(|seat| seat.validator)
                .collect();
            self.state
                .preload(wrong.iter().map(|juror| Key::staked(*juror)))?;
            for juror in wrong {
                self.staking()
                    .misjudged(juror, tribunal.epoch, tribunal.id)?;
            }
        }
        Ok(())
    }

    /// Asks for the books of everybody that a finding may concern at once.
    fn preload_judged(&self, tribunal: &Tribunal, record: &TxRecord) -> Result<(), ApplyError> {
        let jurors = on_proposal(record, tribunal.round).flat_map(|round| &round.seats);
        let all = tribunal.seats.iter().chain(jurors);
        let books = all.map(|seat| Key::staked(seat.validator));
        self.state.preload(books.chain([
            Key::restricted(),
            Key::validators(),
            Key::timer_of(tribunal.id),
        ]))
    }
}

/// Is there a result that more than half of all voters have (`TRIBUNAL-09`)?
fn find(tribunal: &Tribunal) -> Finding {
    let mut counts: BTreeMap<B256, usize> = BTreeMap::new();
    for seat in &tribunal.seats {
        if matches!(seat.vote, Vote::Agree | Vote::Disagree) {
            let count = counts.entry(seat.result_hash).or_default();
            *count = count.saturating_add(1);
        }
    }
    let most = tribunal.seats.len() / 2;
    match counts.into_iter().find(|(_, count)| *count > most) {
        None => Finding::NoMajority,
        Some((right, _)) if right == tribunal.result_hash => Finding::Restored,
        Some((right, _)) => Finding::Convicted { right },
    }
}

/// Did this voter have another result than the right one?
fn is_wrong(seat: &Seat, right: B256) -> bool {
    matches!(seat.vote, Vote::Agree | Vote::Disagree) && seat.result_hash != right
}

/// Did this juror vouch for a wrong result, or accuse a right one? Votes on anything else are a
/// matter of opinion.
fn is_guilty(seat: &Seat, accused: B256, right: B256) -> bool {
    match seat.vote {
        Vote::Agree => accused != right,
        Vote::DeterministicViolation => {
            accused == right || ![right, B256::ZERO].contains(&seat.result_hash)
        }
        Vote::NotVoted | Vote::Disagree | Vote::Timeout => false,
    }
}
