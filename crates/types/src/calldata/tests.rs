//! Properties: round trip, totality, one encoding per value.

use super::{DecodeError, INT_ITEM, MAX_DEPTH, Value, decode, decode_within, encode, to_text};
use alloc::{string::String, vec, vec::Vec};
use alloy_primitives::{Address, U256};
use num_bigint::{BigInt, Sign};
use proptest::prelude::*;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        (any::<bool>(), proptest::collection::vec(any::<u8>(), 0..80)).prop_map(
            |(minus, bytes)| {
                let sign = if minus { Sign::Minus } else { Sign::Plus };
                Value::Int(BigInt::from_bytes_le(sign, &bytes))
            }
        ),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        any::<String>().prop_map(Value::Str),
        any::<[u8; 20]>().prop_map(|bytes| Value::Address(Address::from(bytes))),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::btree_map(any::<String>(), inner, 0..8).prop_map(Value::Map),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_survives_the_round_trip(value in any_value()) {
        prop_assert_eq!(decode(&encode(&value)), Ok(value));
    }

    #[test]
    fn random_bytes_are_a_value_with_that_one_encoding_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        if let Ok(value) = decode(&bytes) {
            prop_assert_eq!(encode(&value), bytes);
        }
    }

    #[test]
    fn damaged_encodings_never_decode_to_the_same_value(
        value in any_value(), at in any::<usize>(), flip in 1..=255u8,
    ) {
        let mut bytes = encode(&value);
        let at = at % bytes.len();
        bytes[at] ^= flip;
        prop_assert_ne!(decode(&bytes), Ok(value));
    }
}

fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = vec![0x0d; depth];
    bytes.push(0);
    bytes
}

#[test]
fn depth_is_bounded() {
    assert!(decode(&nested(MAX_DEPTH)).is_ok());
    let error = decode(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(error, DecodeError::TooDeep { at: MAX_DEPTH });
    assert!(decode(&nested(1 << 20)).is_err());
}

#[test]
fn counts_are_not_believed() {
    // An array that claims 2^50 items, and a byte string of 2^60.
    let huge = [0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
    assert!(matches!(
        decode(&huge),
        Err(DecodeError::UnexpectedEnd { .. })
    ));
    let huge = [
        0x83, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01,
    ];
    assert!(matches!(
        decode(&huge),
        Err(DecodeError::UnexpectedEnd { .. })
    ));
}

#[test]
fn helpers_build_and_look_inside() {
    let call = Value::call("transfer", [Value::from(Address::ZERO), 7u64.into()]);
    assert_eq!(call.method(), Some("transfer"));
    assert_eq!(call.args().get(1).and_then(Value::as_u64), Some(7));
    assert_eq!(Value::map([("", Value::str("m"))]).method(), Some("m"));
    assert_eq!(encode(&Value::constructor([])), [6]);
    assert_eq!(Value::from(U256::MAX).as_u256(), Some(U256::MAX));
    assert_eq!(Value::from(-1).as_u256(), None);
    assert_eq!(Value::int(BigInt::from(1) << 256).as_u256(), None);
    assert_eq!(Value::Null.args(), []);
}

#[test]
fn control_characters_are_escaped() {
    let text = to_text(&Value::str("a\"\\\n\r\t\u{8}\u{c}\u{1}\u{e9}"));
    assert_eq!(text, "\"a\\\"\\\\\\n\\r\\t\\b\\f\\u0001\u{e9}\"");
}

#[test]
fn items_are_counted_until_there_is_no_room() {
    let value = Value::map([("k", Value::array([1.into(), Value::str("text")]))]);
    let bytes = encode(&value);
    // Map, key, array, integer, text.
    for room in 0..8_usize {
        let mut left = room;
        let decoded = decode_within(&bytes, &mut left);
        assert_eq!(decoded.is_ok(), room >= 5, "{room}");
        assert_eq!(left, room.saturating_sub(5));
        if room < 5 {
            assert!(matches!(decoded, Err(DecodeError::TooManyItems { .. })));
        }
    }
    // A long integer is as much work as many short ones, and errors are paid for as well.
    let long = encode(&Value::int(BigInt::from(1) << 70_000));
    let mut left = 1000;
    assert!(decode_within(&long, &mut left).is_ok());
    assert_eq!(left, 1000 - 1 - long.len() / INT_ITEM);
    let mut left = 1000;
    assert!(decode_within(&[0x1d, 0, 0, 7], &mut left).is_err());
    assert_eq!(left, 1000 - 4);
}

#[test]
fn enormous_integers_are_shown_in_hexadecimal() {
    let one = BigInt::from(1);
    let minus = |int: BigInt| -int;
    assert_eq!(to_text(&Value::int(one.clone() << 4095)).len(), 1233);
    let large = to_text(&Value::int(minus(one.clone() << 4096)));
    assert!(
        large.starts_with("-0x1000") && large.len() == 4 + 1024,
        "{large}"
    );
    assert_eq!(
        to_text(&Value::int(one << 80_000_000)).len(),
        2 + 20_000_001
    );
}
