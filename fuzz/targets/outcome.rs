//! Results that a leader recorded: read from any bytes, written back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::{collections::BTreeMap, sync::Arc};
use venire_fuzz::{CONTRACT, request, run};
use venire_types::{calldata, calldata::Value, outcome::Outcome};
use venire_vm::{Entry, Role};

fuzz_target!(|bytes: &[u8]| {
    if let Some(outcome) = Outcome::from_bytes(bytes) {
        assert_eq!(outcome.to_bytes(), bytes);
    }
    // A validator that opens one block, with these bytes as the leader's result.
    let fields = [
        ("data_leader", Value::bytes(*b"f")),
        ("data_validator", Value::bytes(*b"g")),
    ];
    let ask = calldata::encode(&Value::map([("RunNondet", Value::map(fields))]));
    let len = u16::try_from(ask.len()).expect("a short request");
    let script = [&[0], len.to_le_bytes().as_slice(), &ask].concat();
    let leader = Arc::new(BTreeMap::from([(0, bytes.to_vec())]));
    for role in [
        Role::Validator {
            leader: Arc::clone(&leader),
        },
        Role::Sync { leader },
    ] {
        let mut request = request(CONTRACT, Entry::Call(Value::bytes(script.clone())), 0);
        request.role = role;
        run(request);
    }
});
