//! What contracts send: calls, deploys and payments that become transactions of their own.
//!
//! # Invariants
//! - A child's id follows from its parent and its place among the parent's messages, so every
//!   node gives it the same one.
//! - What a child carries was taken from its parent's contract before.

use crate::{
    admit::can_be_called,
    apply::{ApplyError, Run},
    fee,
    intake::{Draft, deploy_address, is_nameless, nameless, returned_nothing},
    record::{Body, Kind, TxRecord},
    state::Key,
};
use alloc::{vec, vec::Vec};
use venire_types::{
    Address, U256,
    chain::topic,
    emission::{Emission, On},
    signed::tagged,
};

/// What a result has in common with what was sent before it.
pub(crate) struct Again<'e> {
    /// Emissions that leave now, each with the held message that says the same.
    pub(crate) leaving: Vec<(&'e Emission, Option<TxRecord>)>,
    /// Held messages that are not sent again.
    pub(crate) dropped: Vec<TxRecord>,
}

impl Run<'_> {
    /// Turns those emissions of a decided transaction into transactions that leave `on`
    /// acceptance or finality (`ROUND-27`).
    pub(crate) fn send_messages(
        &mut self,
        parent: &mut TxRecord,
        emissions: &[Emission],
        on: On,
    ) -> Result<(), ApplyError> {
        let leaving = self.leaving(parent, emissions, on)?;
        let scope = emissions
            .iter()
            .filter(|emission| on == On::Accepted || leaves(emission) == Some(on));
        let mut unfunded = self.judged(parent, scope)?;
        for (emission, again) in &leaving {
            let has_deposit = again.as_ref().is_some_and(|child| child.funds.is_made());
            if has_deposit && self.is_judged(emission)? {
                fee::has_deposit(parent, emission, &mut unfunded);
            }
        }
        for (emission, again) in leaving {
            let is_judged = self.is_judged(emission)?;
            if let Some(mut child) = again {
                if is_judged && child.funds.is_made() {
                    self.fund_again(parent, &mut child, emission, &mut unfunded)?;
                } else if is_judged {
                    child.funds = self.fund_message(parent, emission, &mut unfunded)?;
                }
                self.send_again(child)?;
                continue;
            }
            let index = u32::try_from(parent.children.len()).unwrap_or(u32::MAX);
            let mut draft = self.child(parent, index, emission, on);
            if is_judged {
                draft.funds = self.fund_message(parent, emission, &mut unfunded)?;
            }
            let recipient = draft.recipient;
            let child = self.create(draft)?;
            parent.children.push(child);
            let activator = parent.recipient.into_word();
            let topics = [
                topic::INTERNAL_MESSAGE_PROCESSED,
                child,
                recipient.into_word(),
                activator,
            ];
            self.log(parent.id, topics, Vec::new());
        }
        Ok(())
    }

    /// Emissions that leave now, each with the held message that says the same; held messages that
    /// are not sent again end.
    fn leaving<'e>(
        &mut self,
        parent: &mut TxRecord,
        emissions: &'e [Emission],
        on: On,
    ) -> Result<Vec<(&'e Emission, Option<TxRecord>)>, ApplyError> {
        let Again {
            mut leaving,
            dropped,
        } = self.sent_again(parent, emissions, on)?;
        for child in dropped {
            self.drop_message(parent, child)?;
        }
        for (_, child) in &mut leaving {
            if let Some(child) = child {
                Self::take_budget_back(parent, child)?;
            }
        }
        Ok(leaving)
    }

    /// Which of the emissions that leave now have been sent before, and which held messages are not
    /// sent again (`APPEAL-11`).
    pub(crate) fn sent_again<'e>(
        &self,
        parent: &TxRecord,
        emissions: &'e [Emission],
        on: On,
    ) -> Result<Again<'e>, ApplyError> {
        let mut held = match on {
            On::Accepted => self.held(parent)?,
            On::Finalized => Vec::new(),
        };
        let mut leaving = Vec::new();
        let now = emissions
            .iter()
            .filter(|emission| leaves(emission) == Some(on));
        for (index, emission) in (0u32..).zip(now) {
            let draft = self.child(parent, index, emission, on);
            leaving.push((emission, self.sent_before(&draft, &mut held)?));
        }
        Ok(Again {
            leaving,
            dropped: held,
        })
    }

    /// Does this message need a committee, as far as can be told now (`ROUND-08`)?
    pub(crate) fn is_judged(&self, emission: &Emission) -> Result<bool, ApplyError> {
        match emission {
            Emission::Deploy { .. } => Ok(true),
            Emission::Post { to, calldata, .. } => {
                Ok(!is_nameless(calldata) || can_be_called(&self.state, *to)?)
            }
            Emission::External { .. } | Emission::Event { .. } => Ok(false),
        }
    }

    /// The held message that says the same, if there is one (`APPEAL-11`).
    fn sent_before(
        &self,
        draft: &Draft,
        held: &mut Vec<TxRecord>,
    ) -> Result<Option<TxRecord>, ApplyError> {
        for (place, child) in held.iter().enumerate() {
            // The address of a deploy without a salt follows from its id, which may differ.
            let is_same_place = child.recipient == draft.recipient
                || child.kind == Kind::Deploy && draft.salt.is_zero();
            let is_same = is_same_place
                && (child.kind == Kind::Deploy) == (draft.kind == Kind::Deploy)
                && child.value == draft.value
                && child.salt == draft.salt
                && self.state.expect::<Body>(&Key::body(child.id))? == draft.body;
            if is_same {
                return Ok(Some(held.remove(place)));
            }
        }
        Ok(None)
    }

    /// A held message goes on as the transaction that it is.
    fn send_again(&mut self, child: TxRecord) -> Result<(), ApplyError> {
        if child.slot.is_some() {
            self.save(&child);
            self.stirred.insert(child.recipient);
            return Ok(());
        }
        self.settle_unjudged(child, returned_nothing())
    }

    fn child(&self, parent: &TxRecord, index: u32, emission: &Emission, on: On) -> Draft {
        let id = tagged("child", &[parent.id.as_slice(), &index.to_be_bytes()]);
        let contract = parent.recipient;
        let base = Draft {
            id,
            validators_wanted: parent.validators_wanted,
            rotations: parent.rotations,
            leader_only: parent.leader_only,
            triggered_by: Some((parent.id, on)),
            descent: parent.descent.saturating_add(1),
            ..nameless(contract, parent.origin, contract, carried(emission))
        };
        match emission {
            Emission::Post { to, calldata, .. } => Draft {
                recipient: *to,
                body: Body {
                    calldata: calldata.clone(),
                    code: Vec::new(),
                },
                ..base
            },
            Emission::Deploy {
                code,
                calldata,
                salt,
                ..
            } => Draft {
                kind: Kind::Deploy,
                recipient: if salt.is_zero() {
                    deploy_address(id)
                } else {
                    salted_address(contract, *salt, self.params.chain_id)
                },
                salt: *salt,
                body: Body {
                    calldata: calldata.clone(),
                    code: code.clone(),
                },
                ..base
            },
            Emission::External { to, calldata, .. } => Draft {
                kind: Kind::Transfer,
                recipient: *to,
                body: Body {
                    calldata: calldata.clone(),
                    code: Vec::new(),
                },
                ..base
            },
            // Events do not travel: `leaves` has no time for them.
            Emission::Event { .. } => base,
        }
    }
}

/// When a message leaves; `None` for events, which do not travel.
const fn leaves(emission: &Emission) -> Option<On> {
    match emission {
        Emission::Post { on, .. } | Emission::Deploy { on, .. } => Some(*on),
        Emission::External { .. } => Some(On::Finalized),
        Emission::Event { .. } => None,
    }
}

/// Wei that an emission takes out of the contract.
pub(crate) const fn carried(emission: &Emission) -> U256 {
    match emission {
        Emission::Post { value, .. }
        | Emission::Deploy { value, .. }
        | Emission::External { value, .. } => *value,
        Emission::Event { .. } => U256::ZERO,
    }
}

/// Wei that all emissions take out of the contract; `None` when no balance could cover them.
pub(crate) fn carried_by_all(emissions: &[Emission]) -> Option<U256> {
    emissions.iter().try_fold(U256::ZERO, |sum, emission| {
        sum.checked_add(carried(emission))
    })
}

/// Address of a contract deployed with a salt: known before the deploy (`ROUND-28`).
#[must_use]
pub fn salted_address(deployer: Address, salt: U256, chain_id: u64) -> Address {
    let mut bytes = vec![1u8];
    bytes.extend_from_slice(deployer.as_slice());
    bytes.extend_from_slice(&salt.to_be_bytes::<32>());
    bytes.extend_from_slice(&U256::from(chain_id).to_be_bytes::<32>());
    let hash = venire_types::keccak256(&bytes);
    hash.first_chunk::<20>()
        .map_or(Address::ZERO, |head| Address::from(*head))
}
