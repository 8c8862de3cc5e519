//! Any bytes are a picture of the size that their header tells, or are refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venire_fuzz::{CONTRACT, request, run};
use venire_types::calldata::{self, Value};
use venire_vm::Entry;

fuzz_target!(|bytes: &[u8]| {
    for op in ["probe", "decode"] {
        let fields = [("op", Value::str(op)), ("data", Value::bytes(bytes))];
        let ask = calldata::encode(&Value::map([("VenireImage", Value::map(fields))]));
        let Ok(len) = u16::try_from(ask.len()) else {
            return;
        };
        let script = [&[0], len.to_le_bytes().as_slice(), &ask].concat();
        run(request(CONTRACT, Entry::Call(Value::bytes(script)), 0));
    }
});
