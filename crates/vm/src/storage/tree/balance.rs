//! Keeping a tree balanced: links change in a draft, which is written once at the end.
//!
//! # Invariants
//! - A node's balance is the height on its right less the height on its left, from -1 to 1.

use super::{Cells, DEEPEST, Malformed, Tree};
use std::collections::BTreeMap;

/// Bytes of a node's links.
pub(super) const LINKS: u32 = 9;

/// Where a node points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    left: u32,
    right: u32,
    balance: i8,
}

/// One step of a path: a node and the side taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) node: u32,
    pub(super) right: bool,
}

fn sign(right: bool) -> i8 {
    if right { 1 } else { -1 }
}

impl Links {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        match *bytes {
            [a, b, c, d, e, f, g, h, balance] => Ok(Self {
                left: u32::from_le_bytes([a, b, c, d]),
                right: u32::from_le_bytes([e, f, g, h]),
                balance: i8::from_le_bytes([balance]),
            }),
            _ => Err(Malformed),
        }
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = [self.left, self.right].map(u32::to_le_bytes).concat();
        bytes.extend(self.balance.to_le_bytes());
        bytes
    }

    pub(super) fn child(self, right: bool) -> u32 {
        if right { self.right } else { self.left }
    }

    fn set_child(&mut self, right: bool, node: u32) {
        if right {
            self.right = node;
        } else {
            self.left = node;
        }
    }
}

/// Links before and now of the nodes one operation looked at.
#[derive(Default)]
pub(super) struct Draft {
    known: BTreeMap<u32, (Links, Links)>,
}

impl Draft {
    fn links<C: Cells>(&mut self, tree: &mut Tree<'_, C>, node: u32) -> Result<Links, C::Error> {
        if let Some((_, now)) = self.known.get(&node) {
            return Ok(*now);
        }
        let links = tree.links(node)?;
        self.known.insert(node, (links, links));
        Ok(links)
    }

    /// Sets links of a node that was looked at.
    fn set(&mut self, node: u32, links: Links) {
        if let Some((_, now)) = self.known.get_mut(&node) {
            *now = links;
        }
    }

    /// Writes what changed.
    pub(super) fn flush<C: Cells>(&self, tree: &mut Tree<'_, C>) -> Result<(), C::Error> {
        for (node, (before, now)) in &self.known {
            if before != now {
                let at = tree.links_at(*node)?;
                tree.cells.write(tree.nodes, at, &now.to_bytes())?;
            }
        }
        Ok(())
    }

    /// Puts `node` where the last step of `path` leads; returns the root.
    fn hang<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        path: &[Step],
        root: u32,
        node: u32,
    ) -> Result<u32, C::Error> {
        let Some(step) = path.last() else {
            return Ok(node);
        };
        let mut links = self.links(tree, step.node)?;
        links.set_child(step.right, node);
        self.set(step.node, links);
        Ok(root)
    }

    /// Changes a balance by one; the new balance.
    fn tilt<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        node: u32,
        by: i8,
    ) -> Result<i8, C::Error> {
        let mut links = self.links(tree, node)?;
        links.balance = links.balance.checked_add(by).ok_or(Malformed)?;
        self.set(node, links);
        Ok(links.balance)
    }

    /// A new leaf at the end of the path; returns the root.
    pub(super) fn grow<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        path: &[Step],
        leaf: u32,
    ) -> Result<u32, C::Error> {
        let root = path.first().map_or(leaf, |step| step.node);
        let mut root = self.hang(tree, path, root, leaf)?;
        for (depth, step) in path.iter().enumerate().rev() {
            match self.tilt(tree, step.node, sign(step.right))? {
                0 => break,
                -2 | 2 => {
                    let (top, _) = self.rotate(tree, step.node)?;
                    root = self.hang(tree, path.get(..depth).unwrap_or_default(), root, top)?;
                    break;
                }
                _ => {}
            }
        }
        Ok(root)
    }

    /// Unlinks the node at the end of the path; returns the root.
    pub(super) fn remove<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        path: &mut Vec<Step>,
        node: u32,
    ) -> Result<u32, C::Error> {
        let mut root = path.first().map_or(node, |step| step.node);
        let links = self.links(tree, node)?;
        if links.left == 0 || links.right == 0 {
            root = self.hang(tree, path, root, links.left.max(links.right))?;
        } else {
            // The next greater node takes the removed one's place.
            let place = path.len();
            path.push(Step { node, right: true });
            let mut heir = links.right;
            while self.links(tree, heir)?.left != 0 {
                if path.len() > DEEPEST {
                    return Err(Malformed.into());
                }
                path.push(Step {
                    node: heir,
                    right: false,
                });
                heir = self.links(tree, heir)?.left;
            }
            let orphan = self.links(tree, heir)?.right;
            root = self.hang(tree, path, root, orphan)?;
            let moved = self.links(tree, node)?;
            self.set(heir, moved);
            root = self.hang(tree, path.get(..place).unwrap_or_default(), root, heir)?;
            if let Some(step) = path.get_mut(place) {
                step.node = heir;
            }
        }
        root = self.shrunk(tree, path, root)?;
        self.known.remove(&node);
        Ok(root)
    }

    /// Rebalances after the subtree at the end of the path became lower.
    fn shrunk<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        path: &[Step],
        mut root: u32,
    ) -> Result<u32, C::Error> {
        for (depth, step) in path.iter().enumerate().rev() {
            match self.tilt(tree, step.node, -sign(step.right))? {
                -1 | 1 => break,
                -2 | 2 => {
                    let (top, lower) = self.rotate(tree, step.node)?;
                    root = self.hang(tree, path.get(..depth).unwrap_or_default(), root, top)?;
                    if !lower {
                        break;
                    }
                }
                _ => {}
            }
        }
        Ok(root)
    }

    /// Rebalances a node of balance 2 or -2; the new top, and whether it became lower.
    fn rotate<C: Cells>(
        &mut self,
        tree: &mut Tree<'_, C>,
        node: u32,
    ) -> Result<(u32, bool), C::Error> {
        let mut links = self.links(tree, node)?;
        let heavy = links.balance > 0;
        let tilt = sign(heavy);
        let child = links.child(heavy);
        let mut below = self.links(tree, child)?;
        if below.balance == -tilt {
            let top = below.child(!heavy);
            let mut tops = self.links(tree, top)?;
            links.set_child(heavy, tops.child(!heavy));
            below.set_child(!heavy, tops.child(heavy));
            tops.set_child(!heavy, node);
            tops.set_child(heavy, child);
            links.balance = if tops.balance == tilt { -tilt } else { 0 };
            below.balance = if tops.balance == -tilt { tilt } else { 0 };
            tops.balance = 0;
            self.set(node, links);
            self.set(child, below);
            self.set(top, tops);
            return Ok((top, true));
        }
        links.set_child(heavy, below.child(!heavy));
        below.set_child(!heavy, node);
        let lower = below.balance != 0;
        (links.balance, below.balance) = if lower { (0, 0) } else { (tilt, -tilt) };
        self.set(node, links);
        self.set(child, below);
        Ok((child, lower))
    }
}
