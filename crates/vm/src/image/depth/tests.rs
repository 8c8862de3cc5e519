//! What counts, and how a module with counted functions looks.

use super::{counted, graph, read};

/// A component of one module: types `() -> ()`; its functions are `bodies`, without variables.
fn component(bodies: &[&[u8]]) -> Vec<u8> {
    let section = |id: u8, content: &[u8]| {
        let mut out = vec![id, u8::try_from(content.len()).expect("short")];
        out.extend_from_slice(content);
        out
    };
    let count = u8::try_from(bodies.len()).expect("few");
    let mut code = vec![count];
    for body in bodies {
        code.push(u8::try_from(body.len() + 2).expect("short"));
        code.push(0);
        code.extend_from_slice(body);
        code.push(0x0b);
    }
    let mut functions = vec![count];
    functions.extend(bodies.iter().map(|_| 0));
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend(section(1, &[1, 0x60, 0, 0]));
    module.extend(section(3, &functions));
    module.extend(section(10, &code));
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    component.extend(section(1, &module));
    component
}

const CALL: u8 = 0x10;

#[test]
fn every_circle_of_calls_has_a_function_that_counts() {
    // 0 -> 1 -> 2 -> 1; 3 -> 3; 4 -> 0.
    let wasm = component(&[&[CALL, 1], &[CALL, 2], &[CALL, 1], &[CALL, 3], &[CALL, 0]]);
    let modules = read::modules(&wasm).expect("modules");
    let costs = graph::costs(&modules).concat();
    let counts: Vec<bool> = costs.iter().map(Option::is_some).collect();
    assert_eq!(counts, [false, true, false, true, false]);
    // By the longest way: itself and the second.
    assert_eq!(costs[1], Some(256));
    assert_eq!(costs[3], Some(128));
}

#[test]
fn what_is_counted_is_still_a_component() {
    let wasm = component(&[&[0x02, 0x40, 0x0f, 0x0b, CALL, 0], &[]]);
    let counted = counted(&wasm).expect("counted");
    wasmtime::component::Component::from_binary(&wasmtime::Engine::default(), &counted)
        .expect("compiles");
    assert!(counted.len() > wasm.len());
    let none = component(&[&[CALL, 1], &[]]);
    assert_eq!(super::counted(&none).expect("counted"), none);
}

#[test]
fn a_guest_that_leaves_in_other_ways_is_refused() {
    let tail_call = component(&[&[0x12, 0]]);
    assert!(counted(&tail_call).is_err());
}
