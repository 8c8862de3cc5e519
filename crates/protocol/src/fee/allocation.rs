//! What a sender sets aside for messages: a tree, its checks, and which message it is for.
//!
//! ```text
//! submission, message budget M
//!   |-- to A, method x, on acceptance: budget      a message takes a part of it; what its own
//!   |     |-- to B, any method: budget             judging does not need is its message budget,
//!   |     '-- ...                                  divided by the nodes below
//!   '-- rest: for messages that no node is for, in equal parts
//! ```
//!
//! # Invariants
//! - Budgets of nodes are parts of the message budget and never more than it.
//! - A parent comes before its children, so a tree has no circle.

use super::{Funds, Rates, Terms, deposit::agreed};
use crate::{admit::AdmitError, apply::ApplyError, intake, ledger, params::Params, stake::mul_div};
use alloc::{string::String, vec::Vec};
use borsh::{BorshDeserialize, BorshSerialize};
use venire_types::{
    Address, B256, U256,
    calldata::decode,
    emission::{Emission, On},
    envelope::{self, FeeTerms, MessageTerms},
    keccak256,
};

/// Most nodes of a tree: it travels with the record of its transaction.
const NODES_MAX: usize = 64;

/// Most nodes on the way from the submission to a message.
const DEPTH_MAX: u32 = 5;

/// Money set aside for messages with one receiver, method and time.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Allocation {
    /// Place of the node above; `None` for messages of the transaction itself.
    pub parent: Option<u32>,
    /// When the message leaves.
    pub on: On,
    /// Receiver; zero for a deploy.
    pub recipient: Address,
    /// Key of the method; zero for any.
    pub call_key: B256,
    /// Wei that are left.
    pub budget: U256,
    /// What is paid for; `None` for payments outside, which need nothing.
    pub terms: Option<Terms>,
}

/// Why a tree of allocations makes no sense. `node` is the place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// Too large.
    #[error("{nodes} message allocations are named, at most {limit} are allowed")]
    TooMany {
        /// Named.
        nodes: usize,
        /// Limit.
        limit: usize,
    },
    /// No place below that node.
    #[error("message allocation {node} has no earlier message of a contract above it")]
    BadParent {
        /// Which.
        node: usize,
    },
    /// Too many generations.
    #[error("message allocation {node} is more than {limit} generations deep")]
    TooDeep {
        /// Which.
        node: usize,
        /// Limit.
        limit: u32,
    },
    /// Two for the same message.
    #[error("message allocation {node} is for the same message as an earlier one")]
    Duplicate {
        /// Which.
        node: usize,
    },
    /// The terms cannot be read.
    #[error("the fee parameters of message allocation {node} cannot be read")]
    BadTerms {
        /// Which.
        node: usize,
    },
    /// Its own judging and what is below it cost more.
    #[error("message allocation {node} has {budget} wei, it needs {needed}")]
    TooLow {
        /// Which.
        node: usize,
        /// Named.
        budget: U256,
        /// Required.
        needed: U256,
    },
    /// More is set aside than there is.
    #[error("message allocations name {named} wei, the message budget is {budget}")]
    OverBudget {
        /// Sum of the topmost nodes.
        named: U256,
        /// Message budget.
        budget: U256,
    },
}

impl AllocationError {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "TOO_MANY_ALLOCATIONS",
            Self::BadParent { .. } => "BAD_ALLOCATION_PARENT",
            Self::TooDeep { .. } => "ALLOCATION_TOO_DEEP",
            Self::Duplicate { .. } => "DUPLICATE_ALLOCATION",
            Self::BadTerms { .. } => "BAD_ALLOCATION_TERMS",
            Self::TooLow { .. } => "ALLOCATION_TOO_LOW",
            Self::OverBudget { .. } => "ALLOCATIONS_OVER_BUDGET",
        }
    }
}

/// The tree that a sender names, if it makes sense (`FEE-22`): `first` is the size of committees.
pub(super) fn checked(
    params: &Params,
    rates: &Rates,
    first: u32,
    funds: &Funds,
    fees: &FeeTerms,
) -> Result<Vec<Allocation>, AdmitError> {
    let (nodes, limit) = (fees.allocations.len(), NODES_MAX);
    if nodes > limit {
        return Err(rejected(AllocationError::TooMany { nodes, limit }));
    }
    let mut tree: Vec<Allocation> = Vec::new();
    for (node, named) in fees.allocations.iter().enumerate() {
        let one = read(params, &funds.terms, node, named)?;
        fits(&tree, node, &one)?;
        tree.push(one);
    }
    for (node, one) in tree.iter().enumerate() {
        let own = match &one.terms {
            Some(terms) => terms.work(rates, first)?,
            None => U256::ZERO,
        };
        let below = u32::try_from(node).unwrap_or(u32::MAX);
        let needed = named(&tree, Some(below)).checked_add(own);
        if needed.is_none_or(|needed| needed > one.budget) {
            let (budget, needed) = (one.budget, needed.unwrap_or(U256::MAX));
            return Err(rejected(AllocationError::TooLow {
                node,
                budget,
                needed,
            }));
        }
    }
    let (named, budget) = (named(&tree, None), fees.messages);
    if named > budget {
        return Err(rejected(AllocationError::OverBudget { named, budget }));
    }
    Ok(tree)
}

fn rejected(error: AllocationError) -> AdmitError {
    AdmitError::Rejected(error.into())
}

/// One node as its sender names it; its messages have the ceilings of the transaction.
fn read(
    params: &Params,
    parent: &Terms,
    node: usize,
    named: &envelope::Allocation,
) -> Result<Allocation, AdmitError> {
    let terms = if named.internal {
        let asked = MessageTerms::decode(&named.fee_params);
        let asked = asked
            .ok_or(AllocationError::BadTerms { node })
            .map_err(rejected)?;
        let Terms {
            rotations,
            execution,
            ..
        } = agreed(params, &asked)?;
        Some(Terms {
            rotations,
            execution,
            ..parent.clone()
        })
    } else {
        None
    };
    Ok(Allocation {
        parent: named.parent,
        on: named.on,
        recipient: named.recipient,
        call_key: named.call_key,
        budget: named.budget,
        terms,
    })
}

/// May this node stand here: below an earlier message, not too deep, and unlike its siblings?
fn fits(tree: &[Allocation], node: usize, one: &Allocation) -> Result<(), AdmitError> {
    let (mut depth, mut above) = (1_u32, one.parent);
    if above.is_some() && one.terms.is_none() {
        return Err(rejected(AllocationError::BadParent { node }));
    }
    while let Some(place) = above {
        let parent = at(tree, place).filter(|parent| parent.terms.is_some());
        let parent = parent
            .ok_or(AllocationError::BadParent { node })
            .map_err(rejected)?;
        depth = depth.saturating_add(1);
        above = parent.parent;
    }
    if depth > DEPTH_MAX {
        let limit = DEPTH_MAX;
        return Err(rejected(AllocationError::TooDeep { node, limit }));
    }
    if tree.iter().any(|other| other.is_for_the_same(one)) {
        return Err(rejected(AllocationError::Duplicate { node }));
    }
    Ok(())
}

impl Allocation {
    fn is_for_the_same(&self, other: &Self) -> bool {
        let key = |one: &Self| (one.parent, one.on, one.recipient, one.call_key);
        key(self) == key(other) && self.terms.is_some() == other.terms.is_some()
    }
}

fn at(tree: &[Allocation], place: u32) -> Option<&Allocation> {
    tree.get(usize::try_from(place).ok()?)
}

/// Sum of the budgets directly below a node.
fn named(tree: &[Allocation], parent: Option<u32>) -> U256 {
    let below = tree.iter().filter(|one| one.parent == parent);
    below.fold(U256::ZERO, |sum, one| sum.saturating_add(one.budget))
}

impl Funds {
    /// The node that pays for this message: the first that is for it (`FEE-23`).
    pub(super) fn node_for(&self, emission: &Emission) -> Option<u32> {
        let (on, recipient, key) = match emission {
            Emission::Post {
                on, to, calldata, ..
            } => (*on, *to, call_key(calldata)),
            Emission::Deploy { on, .. } => (*on, Address::ZERO, B256::ZERO),
            Emission::External { .. } | Emission::Event { .. } => return None,
        };
        let is_for = |one: &Allocation| {
            let any = one.call_key.is_zero() || one.call_key == key;
            one.parent.is_none()
                && one.terms.is_some()
                && one.on == on
                && one.recipient == recipient
                && any
        };
        let place = self.allocations.iter().position(is_for)?;
        u32::try_from(place).ok()
    }

    /// Wei left for the messages of a node; without one, what no node has been given.
    pub(super) fn left_for(&self, node: Option<u32>) -> U256 {
        match node {
            Some(place) => at(&self.allocations, place).map_or(U256::ZERO, |one| one.budget),
            None => self.messages.saturating_sub(named(&self.allocations, None)),
        }
    }

    /// Terms that a node names.
    pub(super) fn terms_for(&self, node: Option<u32>) -> Option<&Terms> {
        at(&self.allocations, node?)?.terms.as_ref()
    }

    /// Takes wei for a message out of its node and the message budget.
    pub(super) fn take_for(&mut self, node: Option<u32>, wei: U256) -> Result<(), ApplyError> {
        self.messages = ledger::sub(self.messages, wei)?;
        if let Some(one) = self.node_mut(node) {
            one.budget = ledger::sub(one.budget, wei)?;
        }
        Ok(())
    }

    /// Puts wei of a message that was not sent after all back where they came from.
    pub(super) fn put_back(&mut self, node: Option<u32>, wei: U256) -> Result<(), ApplyError> {
        self.messages = ledger::add(self.messages, wei)?;
        if let Some(one) = self.node_mut(node) {
            one.budget = ledger::add(one.budget, wei)?;
        }
        Ok(())
    }

    fn node_mut(&mut self, node: Option<u32>) -> Option<&mut Allocation> {
        self.allocations.get_mut(usize::try_from(node?).ok()?)
    }

    /// The part of the tree below a node, as the tree of a message with so large a message
    /// budget: if that is less than it names, every node at the top gets less in proportion
    /// (`FEE-24`).
    pub(super) fn below(&self, node: Option<u32>, budget: U256) -> Vec<Allocation> {
        let Some(top) = node else {
            return Vec::new();
        };
        // Old place of each node that stays; children come after their parents.
        let mut places: Vec<u32> = Vec::new();
        let mut tree: Vec<Allocation> = Vec::new();
        for (place, one) in (0u32..).zip(&self.allocations) {
            let above = one.parent;
            let kept = places.iter().position(|kept| Some(*kept) == above);
            if above != Some(top) && kept.is_none() {
                continue;
            }
            places.push(place);
            tree.push(Allocation {
                parent: kept.and_then(|kept| u32::try_from(kept).ok()),
                ..one.clone()
            });
        }
        let whole = named(&tree, None);
        if whole > budget {
            for one in tree.iter_mut().filter(|one| one.parent.is_none()) {
                one.budget = mul_div(one.budget, budget, whole).unwrap_or_default();
            }
        }
        tree
    }
}

/// Key of the method that a call names: its name if that is short, else a hash of it.
fn call_key(calldata: &[u8]) -> B256 {
    if intake::is_nameless(calldata) {
        return B256::ZERO;
    }
    let name: Option<String> = decode(calldata).ok().and_then(|call| {
        let method = call.as_map()?.get("method")?;
        Some(method.as_str()?.into())
    });
    let name = name.unwrap_or_default();
    if name.len() < 32 {
        return B256::right_padding_from(name.as_bytes());
    }
    let mut key = keccak256(name.as_bytes());
    if let Some(last) = key.0.last_mut() {
        *last |= 1;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use venire_types::calldata::{Value, encode};

    #[test]
    fn what_has_less_than_its_tree_names_divides_it_in_proportion() {
        let large = U256::MAX / U256::from(4);
        let node = |parent, budget| Allocation {
            parent,
            on: On::Accepted,
            recipient: Address::ZERO,
            call_key: B256::ZERO,
            budget,
            terms: Some(Terms::default()),
        };
        let funds = Funds {
            allocations: vec![
                node(None, U256::ZERO),
                node(None, U256::MAX),
                node(Some(1), large),
                node(Some(0), U256::ZERO),
                node(Some(1), large * U256::from(2)),
                node(Some(4), U256::ONE),
            ],
            ..Funds::default()
        };
        let tree = funds.below(Some(1), large);
        let told: Vec<_> = tree.iter().map(|one| (one.parent, one.budget)).collect();
        let third = large / U256::from(3);
        let two = large * U256::from(2) / U256::from(3);
        assert_eq!(told, [(None, third), (None, two), (Some(1), U256::ONE)]);
        assert_eq!(funds.below(None, large), []);
        assert_eq!(funds.below(Some(0), U256::ZERO).len(), 1);
    }

    #[test]
    fn a_method_has_one_key() {
        let key = |name: &str| call_key(&encode(&Value::call(name, [])));
        assert_eq!(&key("run")[..4], b"run\0");
        let long = "a".repeat(32);
        assert_eq!(key(&long)[..31], keccak256(long.as_bytes())[..31]);
        assert_eq!(key(&long)[31] & 1, 1);
        assert_eq!(call_key(&[]), B256::ZERO);
        assert_eq!(call_key(&[6]), B256::ZERO);
    }
}
