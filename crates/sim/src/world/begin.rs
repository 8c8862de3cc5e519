//! Sets a world up: keys, people, liars, genesis, nodes.

use super::{BEGIN_MS, Event, FUNDS, Figures, STAKE, World};
use crate::{
    dice::Dice,
    liars::Hiring,
    net::Net,
    node::{Defect, Node},
    oracles::Oracles,
    people::People,
    scenario::Scenario,
    trace::Trace,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use venire_node::core::Key;
use venire_protocol::{Delta, Genesis, SPONSOR, genesis};
use venire_types::{Address, U256, signed::tagged};

impl World {
    /// A world in which nothing has happened yet.
    ///
    /// # Errors
    /// A node cannot start.
    pub fn new(scenario: Scenario) -> Result<Self, Defect> {
        let seed = scenario.seed;
        let secret = tagged("sim-secret", &[&seed.to_be_bytes()]);
        let keys: Vec<Key> = (0..scenario.validators)
            .filter_map(|index| u32::try_from(index).ok())
            .map(|index| Key::derive(secret, "validator", index))
            .collect();
        let people = People::new(&scenario, secret);
        let mut dice = Dice::new(seed, "world");
        let honest = keys.iter().map(|key| (key.address(), key.clone()));
        let mut hiring = Hiring {
            scenario: &scenario,
            secret,
            keys: honest.collect(),
            dice: &mut dice,
            hired: 0,
            bought: BTreeMap::new(),
        };
        let mut liars = Vec::new();
        for kind in &scenario.liars {
            liars.push(kind.hire(&mut hiring));
            hiring.hired += 1;
        }
        let mut rich: Vec<Address> = people.addresses();
        rich.extend(liars.iter().flat_map(|(liar, _)| liar.accounts()));
        let later = people.operators();
        let start = first_state(&scenario, &keys, rich)?;
        let nodes = nodes(&scenario, &keys, &later, &start)?;
        let net = Net::new(scenario.links.clone(), Dice::new(seed, "net"));
        let mut bought = BTreeMap::new();
        let mut hired = Vec::new();
        for (place, (liar, keys)) in liars.into_iter().enumerate() {
            bought.extend(keys.into_iter().map(|key| (key, place)));
            hired.push(liar);
        }
        let liable: BTreeSet<Address> = bought.keys().copied().collect();
        let first = nodes.first().and_then(Node::snapshot).cloned();
        let oracles = Oracles::new(&scenario, &first.unwrap_or_default(), &liable);
        let mut world = Self {
            now: BEGIN_MS,
            made: 0,
            next_view: 1,
            events: BTreeMap::new(),
            nodes,
            net,
            log: Vec::new(),
            liars: hired,
            bought,
            refused: BTreeSet::new(),
            people,
            oracles,
            trace: Trace::default(),
            dice,
            secret,
            start,
            figures: Figures::default(),
            scenario,
        };
        for place in 0..world.scenario.troubles.len() {
            let at = world.scenario.troubles.get(place).map_or(0, |t| t.at_ms);
            world.at(BEGIN_MS + at, Event::Trouble(place));
        }
        world.at(BEGIN_MS, Event::View(1));
        Ok(world)
    }
}

/// Block 0.
fn first_state(
    scenario: &Scenario,
    keys: &[Key],
    rich: Vec<Address>,
) -> Result<Arc<Delta>, Defect> {
    let validators = keys.iter().map(|key| (key.address(), U256::from(STAKE)));
    let alloc = rich.into_iter().chain([SPONSOR]);
    let start = Genesis {
        time_ms: BEGIN_MS,
        validators: validators.collect(),
        families: Vec::new(),
        alloc: alloc.map(|who| (who, U256::from(FUNDS))).collect(),
    };
    let delta = genesis(&scenario.params, &start).map_err(Defect::of)?;
    Ok(Arc::new(delta))
}

/// All nodes, switched on: each has every so many keys of those that judge now, and of those that may
/// judge later.
fn nodes(
    scenario: &Scenario,
    keys: &[Key],
    later: &[Key],
    start: &Arc<Delta>,
) -> Result<Vec<Node>, Defect> {
    let mut nodes: Vec<Node> = (0..scenario.nodes)
        .map(|index| {
            let all = [keys, later].into_iter();
            let own = all.flat_map(|keys| keys.iter().skip(index).step_by(scenario.nodes));
            let own = own.cloned().collect();
            Node::new(index, scenario.rules(), Arc::clone(start), own)
        })
        .collect();
    for node in &mut nodes {
        node.start()?;
    }
    Ok(nodes)
}
