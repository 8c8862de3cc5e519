//! What a block needs to know is asked for in few questions, however much it is.

use crate::{machine::Op, world::World};
use venire_types::vote::Status;

#[test]
fn the_pages_of_a_large_result_are_asked_for_together() {
    let mut world = World::new(5);
    let contract = world.deploy(1, 0, &[]);
    // `World::step` also applies each block to a state that is loaded on demand, in at most 300 questions.
    let id = world.call(1, contract, 0, &[Op::Flood(1_000)]);
    world.wait(world.params.finality_window_ms);
    assert_eq!(world.status(id), Status::Finalized);
}
