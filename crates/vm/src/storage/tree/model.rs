//! The published map told another way, byte for byte: recursion, and heights counted afresh.
//!
//! # Invariants
//! - Nothing here is shared with the tree under test but the place of a child slot.
//! - A removed node keeps its bytes: only its place is remembered as free.

use super::{Order, Place};
use crate::storage::indirect;
use std::{cmp::Ordering, collections::BTreeMap};
use venire_types::B256;

struct Node {
    name: i32,
    left: usize,
    right: usize,
}

/// A map whose keys are numbers in the sorting order of their bytes.
pub(super) struct Model {
    place: Place,
    /// Inline bytes of a key.
    key: usize,
    root: usize,
    nodes: Vec<Node>,
    free: Vec<usize>,
    /// What lies where.
    pub(super) slots: BTreeMap<B256, Vec<u8>>,
}

impl Model {
    pub(super) fn new(place: Place, key: usize) -> Self {
        Self {
            place,
            key,
            root: 0,
            nodes: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
        }
    }

    fn poke(&mut self, slot: B256, at: usize, bytes: &[u8]) {
        let data = self.slots.entry(slot).or_default();
        data.resize(data.len().max(at + bytes.len()), 0);
        data[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn array(&self) -> B256 {
        indirect(self.place.slot, self.place.offset + 4)
    }

    fn at(&self, number: usize) -> usize {
        (number - 1) * (self.key + self.place.value as usize + 9)
    }

    /// Writes what the shape says: the links of all living nodes, and the head.
    fn settle(&mut self, number: usize) {
        if number == 0 {
            return;
        }
        let Node { left, right, .. } = self.nodes[number - 1];
        let tilt = self.height(right) - self.height(left);
        let mut links = [left as u32, right as u32].map(u32::to_le_bytes).concat();
        links.push(i8::try_from(tilt).expect("balanced").cast_unsigned());
        let at = self.at(number) + self.key + self.place.value as usize;
        self.poke(self.array(), at, &links);
        self.settle(left);
        self.settle(right);
    }

    fn write(&mut self) {
        let words = [self.root, self.nodes.len(), self.free.len()];
        let head = words.map(|word| (word as u32).to_le_bytes()).concat();
        self.poke(self.place.slot, self.place.offset as usize, &head);
        self.settle(self.root);
    }

    fn height(&self, number: usize) -> i32 {
        match number.checked_sub(1).map(|at| &self.nodes[at]) {
            None => 0,
            Some(node) => 1 + self.height(node.left).max(self.height(node.right)),
        }
    }

    fn side(&mut self, number: usize, right: bool) -> &mut usize {
        let node = &mut self.nodes[number - 1];
        if right {
            &mut node.right
        } else {
            &mut node.left
        }
    }

    /// Lifts the child on one side over its parent; the child.
    fn lift(&mut self, number: usize, right: bool) -> usize {
        let child = *self.side(number, right);
        let inner = *self.side(child, !right);
        *self.side(number, right) = inner;
        *self.side(child, !right) = number;
        child
    }

    /// The top of a subtree after one side of it changed by one.
    fn balanced(&mut self, number: usize) -> usize {
        let node = &self.nodes[number - 1];
        let tilt = self.height(node.right) - self.height(node.left);
        if tilt.abs() < 2 {
            return number;
        }
        let heavy = tilt > 0;
        let child = *self.side(number, heavy);
        let (inner, outer) = (*self.side(child, !heavy), *self.side(child, heavy));
        if self.height(inner) > self.height(outer) {
            let lifted = self.lift(child, !heavy);
            *self.side(number, heavy) = lifted;
        }
        self.lift(number, heavy)
    }

    fn hang(&mut self, below: usize, name: i32, leaf: usize) -> usize {
        if below == 0 {
            return leaf;
        }
        let right = self.nodes[below - 1].name < name;
        let child = *self.side(below, right);
        let child = self.hang(child, name, leaf);
        *self.side(below, right) = child;
        self.balanced(below)
    }

    /// Takes the smallest node out of a subtree: (it, what remains).
    fn first(&mut self, below: usize) -> (usize, usize) {
        let left = *self.side(below, false);
        if left == 0 {
            return (below, *self.side(below, true));
        }
        let (first, rest) = self.first(left);
        *self.side(below, false) = rest;
        (first, self.balanced(below))
    }

    fn cut(&mut self, below: usize, name: i32) -> usize {
        let node = &self.nodes[below - 1];
        let (left, right) = (node.left, node.right);
        match node.name.cmp(&name) {
            Ordering::Equal if left == 0 || right == 0 => return left + right,
            Ordering::Equal => {
                let (heir, rest) = self.first(right);
                *self.side(heir, false) = left;
                *self.side(heir, true) = rest;
                return self.balanced(heir);
            }
            order => {
                let right = order.is_lt();
                let child = *self.side(below, right);
                let child = self.cut(child, name);
                *self.side(below, right) = child;
            }
        }
        self.balanced(below)
    }

    fn number(&self, name: i32) -> Option<usize> {
        let mut number = self.root;
        while let Some(node) = number.checked_sub(1).map(|at| &self.nodes[at]) {
            number = match node.name.cmp(&name) {
                Ordering::Equal => return Some(number),
                Ordering::Less => node.right,
                Ordering::Greater => node.left,
            };
        }
        None
    }

    /// Sets a value; `None` only makes sure that the key is there.
    pub(super) fn put(&mut self, name: i32, key: &[u8], value: Option<&[u8]>) {
        let size = self.place.value as usize;
        if let Some(number) = self.number(name) {
            if let Some(value) = value {
                self.poke(self.array(), self.at(number) + self.key, value);
            }
            return;
        }
        let number = self.free.pop().map_or(self.nodes.len() + 1, |at| at + 1);
        let node = Node {
            name,
            left: 0,
            right: 0,
        };
        if number > self.nodes.len() {
            self.nodes.push(node);
        } else {
            self.nodes[number - 1] = node;
        }
        let (array, at) = (self.array(), self.at(number));
        if matches!(self.place.order, Order::Blob | Order::BigInt) {
            self.poke(array, at, &(key.len() as u32).to_le_bytes());
            if !key.is_empty() {
                self.poke(indirect(array, at as u32), 0, key);
            }
        } else {
            self.poke(array, at, key);
        }
        self.poke(array, at + self.key, value.unwrap_or(&vec![0; size]));
        self.root = self.hang(self.root, name, number);
        self.write();
    }

    /// Removes a key that may be there.
    pub(super) fn remove(&mut self, name: i32) {
        let Some(number) = self.number(name) else {
            return;
        };
        self.root = self.cut(self.root, name);
        if number == self.nodes.len() {
            self.nodes.pop();
        } else {
            let list = indirect(self.place.slot, self.place.offset + 8);
            self.poke(
                list,
                4 * self.free.len(),
                &(number as u32 - 1).to_le_bytes(),
            );
            self.free.push(number - 1);
        }
        self.write();
    }
}
