//! Any bytes are a signed transaction or not; those that are keep their bytes and say what they ask.
#![no_main]

use libfuzzer_sys::fuzz_target;
use venire_types::envelope::{Envelope, TxData};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::decode(bytes) {
        assert_eq!(envelope.raw(), bytes);
        let _ = envelope.action();
    }
    if let Ok((data, leader_only)) = TxData::decode(bytes) {
        let again = data.encode(leader_only);
        assert_eq!(TxData::decode(&again), Ok((data, leader_only)));
    }
});
