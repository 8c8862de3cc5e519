//! The search in a `VecDB` on chain reads few of many vectors.

use crate::{corpus::request, machine::machine, world::World};
use std::sync::Arc;
use venire_types::{calldata::Value, outcome::Outcome};
use venire_vm::{Entry, Execution};

const CODE: &str = r#"
# {
#   "Seq": [
#     { "Depends": "py-lib-genlayer-embeddings:test" },
#     { "Depends": "py-genlayer:test" }
#   ]
# }
import hashlib
import typing

import genlayer_embeddings as gle
import numpy as np
from genlayer import *

MIDDLE = bytes(byte | 0x80 for byte in range(256))
HIGH = bytes(0x3F | byte & 0x80 for byte in range(256))


def vector(number):
    """384 numbers from 1 to 2 of either sign, in no direction more than in another."""
    data = bytearray(hashlib.shake_128(b"%d" % number).digest(4 * 384))
    data[2::4] = data[2::4].translate(MIDDLE)
    data[3::4] = data[3::4].translate(HIGH)
    return np.frombuffer(bytes(data), dtype=np.float32)


class Contract(gl.Contract):
    vectors: gle.VecDB[np.float32, typing.Literal[384], u32, gle.EuclideanDistance]

    @gl.public.write
    def fill(self, count: int):
        for number in range(len(self.vectors), len(self.vectors) + count):
            self.vectors.insert(vector(number), number)

    @gl.public.view
    def near(self, number: int, k: int) -> list[int]:
        wanted = vector(number)
        moved = vector(number + 1_000_000)
        query = np.array([a + b / 4 for a, b in zip(wanted.tolist(), moved.tolist())], dtype=np.float32)
        return [element.value for element in self.vectors.knn(query, k)]
"#;

fn call(method: &str, args: &[u32]) -> Entry {
    let args = args.iter().map(|arg| Value::from(*arg)).collect();
    let fields = [
        ("method", Value::Str(method.into())),
        ("args", Value::Array(args)),
    ];
    Entry::Call(Value::map(fields))
}

fn run(world: &World, entry: Entry) -> Execution {
    let code: Arc<[u8]> = Arc::from(CODE.trim_start().as_bytes());
    let done = machine().run(request(code, entry), Box::new(world.clone()));
    assert!(matches!(done.outcome, Outcome::Return(_)), "{done:?}");
    world.commit(&done.delta, false);
    done
}

fn found(execution: &Execution) -> Value {
    let Outcome::Return(bytes) = &execution.outcome else {
        panic!("{execution:?}");
    };
    venire_types::calldata::decode(bytes).expect("calldata")
}

#[test]
fn the_nearest_of_many_vectors_are_found_by_reading_few() {
    const MANY: u32 = 600;
    const STEP: u32 = 200;
    let world = World::default();
    let empty = [("args", Value::Array(Vec::new()))];
    run(&world, Entry::Deploy(Value::map(empty)));
    let nothing = run(&world, call("near", &[1, 1])).fuel;
    for _ in 0..MANY / STEP {
        run(&world, call("fill", &[STEP]));
    }
    let search = run(&world, call("near", &[123, 1]));
    assert_eq!(found(&search), Value::Array(vec![Value::from(123)]));
    // Reading a page costs 2000 units of fuel; a vector has 48 of them.
    let reading_all = u64::from(MANY) * 48 * 2000;
    let used = search.fuel - nothing;
    assert!(used < reading_all / 3, "{used} of {reading_all}");
}
