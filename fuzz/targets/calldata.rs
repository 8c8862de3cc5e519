//! Any bytes are calldata or not; calldata has one form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venire_types::calldata::{self, decode, encode};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = decode(bytes) {
        assert_eq!(encode(&value), bytes);
        assert!(!calldata::to_text(&value).is_empty());
        let _ = (
            value.method(),
            value.args().len(),
            value.as_u256(),
            value.as_u64(),
            value.as_address(),
        );
    }
});
