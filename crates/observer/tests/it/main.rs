//! Projections from outside: queries against a plain search of the same facts.
#![forbid(unsafe_code)]

mod by_address;
mod logs;

use venire_observer::{At, Fact, Projection};
use venire_types::{Address, B256};

fn address(n: u8) -> Address {
    Address::repeat_byte(n)
}

fn hash(n: u8) -> B256 {
    B256::repeat_byte(n)
}

fn at(height: u64) -> At {
    At {
        height,
        time_ms: height * 1_000,
    }
}

/// A view made of these facts from zero.
fn folded<P: Projection + Default>(facts: &[(At, Fact)]) -> P {
    let mut view = P::default();
    for (at, fact) in facts {
        view.fold(*at, fact);
    }
    view
}
