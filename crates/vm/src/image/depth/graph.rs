//! Which functions count, and for how much.
//!
//! # Invariants
//! - Without the functions that count, calls form no circle, across modules either. So every
//!   native stack is made of stretches that each begin at a function that counts.
//! - An imported function may be any function of the component exported under its name; who calls one
//!   that is not found counts.

use super::read::{Function, Module};
use std::collections::BTreeMap;

/// Bytes that each function of each module takes; `None` for one that does not count.
pub(super) fn costs(modules: &[Module]) -> Vec<Vec<Option<u32>>> {
    let graph = Graph::new(modules);
    let (counts, finished) = graph.walk();
    let mut reach = vec![0_u32; graph.nodes.len()];
    // Whom a function calls is finished before it, unless it counts.
    for node in finished {
        let below = graph
            .called(node)
            .filter(|called| !is(&counts, *called))
            .map(|called| reach.get(called).copied().unwrap_or(0))
            .max();
        let own = graph.nodes.get(node).map_or(0, |(_, of)| of.frame);
        if let Some(place) = reach.get_mut(node) {
            *place = own.saturating_add(below.unwrap_or(0));
        }
    }
    let mut nodes = reach.into_iter().zip(counts);
    modules
        .iter()
        .map(|module| {
            let own = nodes.by_ref().take(module.functions.len());
            own.map(|(reach, counts)| counts.then_some(reach)).collect()
        })
        .collect()
}

/// The functions of all modules, one after the other.
struct Graph<'a> {
    modules: &'a [Module],
    /// Number of its module, and the function.
    nodes: Vec<(usize, &'a Function)>,
    /// Number of the first function of each module.
    first: Vec<usize>,
    exported: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn new(modules: &'a [Module]) -> Self {
        let mut nodes = Vec::new();
        let mut first = Vec::new();
        for (number, module) in modules.iter().enumerate() {
            first.push(nodes.len());
            nodes.extend(module.functions.iter().map(|function| (number, function)));
        }
        let mut graph = Self {
            modules,
            nodes,
            first,
            exported: BTreeMap::new(),
        };
        let mut exported: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, module) in modules.iter().enumerate() {
            for (name, index) in &module.exports {
                // An export of an import is found by the import's own name.
                if let Some(own) = graph.own(number, *index) {
                    exported.entry(name).or_default().push(own);
                }
            }
        }
        graph.exported = exported;
        graph
    }

    /// The node of a function by its index in a module, if it is not imported.
    fn own(&self, module: usize, index: u32) -> Option<usize> {
        let imports = self.modules.get(module)?.imports.len();
        Some(self.first.get(module)? + (index as usize).checked_sub(imports)?)
    }

    /// Functions that `node` calls by name.
    fn called(&self, node: usize) -> impl Iterator<Item = usize> {
        let of = self.nodes.get(node);
        of.into_iter().flat_map(move |(module, function)| {
            let calls = function.calls.iter();
            calls.flat_map(move |index| self.behind(*module, *index))
        })
    }

    /// Functions behind an index of a module.
    fn behind(&self, module: usize, index: u32) -> impl Iterator<Item = usize> {
        let imports = self.modules.get(module).map(|module| &module.imports);
        let imported = imports
            .and_then(|imports| imports.get(index as usize))
            .and_then(|name| self.exported.get(name.as_str()));
        let own = self.own(module, index);
        own.into_iter()
            .chain(imported.into_iter().flatten().copied())
    }

    /// Whether it may call any function, as far as can be seen.
    fn is_open(&self, (module, function): (usize, &Function)) -> bool {
        let mut calls = function.calls.iter();
        function.indirect || calls.any(|index| self.behind(module, *index).next().is_none())
    }

    /// Whether each function counts, and the functions in an order in which one that does not count
    /// comes after all that it calls: those that call through a table count, and those to which a
    /// walk in depth through the others comes back.
    fn walk(&self) -> (Vec<bool>, Vec<usize>) {
        let open: Vec<bool> = self.nodes.iter().map(|of| self.is_open(*of)).collect();
        let mut counts = open.clone();
        let mut seen = open.clone();
        let mut inside = vec![false; self.nodes.len()];
        let mut finished = Vec::with_capacity(self.nodes.len());
        for root in 0..self.nodes.len() {
            let mut next = Some(root);
            let mut path = Vec::new();
            loop {
                if let Some(node) = next.filter(|node| !is(&seen, *node)) {
                    set(&mut seen, node, true);
                    set(&mut inside, node, true);
                    path.push((node, self.called(node)));
                }
                let Some((node, called)) = path.last_mut() else {
                    break;
                };
                next = called.next();
                match next {
                    Some(again) if is(&inside, again) => set(&mut counts, again, true),
                    Some(_) => {}
                    None => {
                        set(&mut inside, *node, false);
                        finished.push(*node);
                        path.pop();
                    }
                }
            }
        }
        finished.extend((0..self.nodes.len()).filter(|node| is(&open, *node)));
        (counts, finished)
    }
}

fn is(flags: &[bool], node: usize) -> bool {
    flags.get(node).copied().unwrap_or(false)
}

fn set(flags: &mut [bool], node: usize, value: bool) {
    if let Some(flag) = flags.get_mut(node) {
        *flag = value;
    }
}
