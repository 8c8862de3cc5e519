//! Everything comes to an end: no phase of a round or of a tribunal outlasts its time (`ROUND-06`, `ROUND-19`,
//! `ROUND-34`, `TRIBUNAL-08`).

use super::Scene;
use std::collections::BTreeMap;
use venire_protocol::{Effect, Params};
use venire_types::{B256, vote::Status};

/// What is under way.
#[derive(Clone, Copy, Debug)]
struct Phase {
    /// In words, for reports.
    name: &'static str,
    /// When it has to be over.
    due: u64,
    /// Milliseconds of the periods that may follow without a word of it, longest first.
    more: u64,
    /// How many of them.
    times: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Liveness {
    phases: BTreeMap<B256, Phase>,
    /// Tribunals that are open.
    tribunals: usize,
}

fn phase(params: &Params, status: Status, now: u64) -> Option<Phase> {
    let (name, length, times) = match status {
        Status::Proposing => ("proposing", params.propose_timeout_ms, 0),
        Status::Committing | Status::AppealCommitting => {
            ("sealing", params.commit_timeout_ms, params.replacements_max)
        }
        Status::Revealing | Status::AppealRevealing => ("opening", params.reveal_timeout_ms, 0),
        _ => return None,
    };
    Some(Phase {
        name,
        due: now.saturating_add(length),
        more: length,
        times,
    })
}

impl Liveness {
    pub(super) const fn tribunals(&self) -> usize {
        self.tribunals
    }

    pub(super) fn block(&mut self, scene: &Scene<'_>) -> Option<String> {
        let (params, now) = (scene.params, scene.now);
        for effect in scene.effects {
            match effect {
                Effect::StatusChanged { tx, to, .. } => {
                    self.phases.remove(tx);
                    self.phases
                        .extend(phase(params, *to, now).map(|phase| (*tx, phase)));
                }
                Effect::TribunalOpened { tribunal, .. } => {
                    let phase = Phase {
                        name: "a tribunal",
                        due: now.saturating_add(params.commit_timeout_ms),
                        more: params.reveal_timeout_ms,
                        times: 1,
                    };
                    self.phases.insert(*tribunal, phase);
                    self.tribunals += 1;
                }
                Effect::TribunalClosed { tribunal, .. } => {
                    self.phases.remove(tribunal);
                    self.tribunals = self.tribunals.saturating_sub(1);
                }
                _ => {}
            }
        }
        let mut seen = None;
        for (id, phase) in &mut self.phases {
            if now < phase.due {
                continue;
            }
            if phase.times == 0 && seen.is_none() {
                let (name, due) = (phase.name, phase.due);
                seen = Some(format!(
                    "{id}: {name} should have ended at {due}, it is {now}"
                ));
            }
            phase.times = phase.times.saturating_sub(1);
            phase.due = now.saturating_add(phase.more);
        }
        seen
    }
}
