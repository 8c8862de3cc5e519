//! Every number of the rules: in the table once, within its range, and on the page.

use proptest::prelude::*;
use std::{collections::BTreeSet, fs, path::Path};
use venire_protocol::{
    Genesis, GenesisError, Params, genesis,
    params::{self, ParamError, Parameter, Setting, Unit, amount, choose, list, parse_amount, set},
};
use venire_types::{Address, U256};

const GEN: u64 = 1_000_000_000_000_000_000;

fn number(value: u64) -> Setting {
    Setting::Number(U256::from(value))
}

/// `PARAM-01`
#[test]
fn every_preset_passes_and_every_name_is_there_once() {
    for (name, params) in Params::PRESETS {
        assert_eq!(params.check(), Ok(()), "{name}");
        assert_eq!(Params::named(name), Some(params));
    }
    assert_eq!(Params::named("main"), None);
    let names: Vec<&str> = list(&Params::local()).iter().map(|row| row.name).collect();
    let once: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(once.len(), names.len());
    let fixed = names.iter().filter(|name| params::is_fixed(name)).count();
    assert_eq!(fixed, 4, "what is fixed is in the table");
}

/// `PARAM-01`: the ends are allowed as far as the range tells, and nothing beyond them.
#[test]
fn every_number_outside_its_range_is_refused() {
    for row in list(&Params::mirror()) {
        let Some((least, greatest)) = row.range else {
            continue;
        };
        assert!(least <= greatest, "{}", row.name);
        for inside in [least, greatest] {
            assert_eq!(row.fits(Setting::Number(inside)), Ok(()), "{}", row.name);
        }
        let below = least.checked_sub(U256::ONE);
        for outside in below.into_iter().chain([greatest + U256::ONE, U256::MAX]) {
            let mut params = Params::mirror();
            let result = set(&mut params, row.name, Setting::Number(outside));
            assert!(
                matches!(&result, Err(error @ ParamError::Range { .. }) if error.name() == row.name),
                "{} {outside}: {result:?}",
                row.name
            );
            assert_eq!(params, Params::mirror());
        }
    }
}

/// `PARAM-01`: each breaks one rule between two numbers, and the first name is blamed.
#[test]
fn numbers_that_do_not_go_together_are_refused() {
    let broken = [
        ("round.committee_default", number(6)),
        ("round.rotations_default", number(11)),
        ("limit.tx_bytes_max", number(1 << 19)),
        ("limit.delta_max", number(1 << 21)),
        ("execution.event_bytes", number(1 << 20)),
        ("execution.code_bytes", number(2 << 20)),
        ("fee.execution_budget", number(511_511)),
        ("stake.delegated_weight_bps", number(6_001)),
        ("stake.unbonding_epochs", number(3)),
        ("stake.inflation_floor_bps", number(901)),
        ("stake.owner_bps", number(8_501)),
        ("stake.slash_cap_bps", number(499)),
        ("stake.validator_min", number(41)),
    ];
    for (name, value) in broken {
        let mut params = Params::mirror();
        if name == "execution.event_bytes" {
            params.execution.emission_bytes -= 1;
        } else if name == "execution.code_bytes" {
            params.execution.package_bytes = 1 << 20;
        }
        let before = params.clone();
        let result = set(&mut params, name, value);
        assert!(
            matches!(result, Err(ParamError::Rule { name: blamed, .. }) if blamed == name),
            "{name}: {result:?}"
        );
        assert_eq!(params, before);
    }
}

/// `PARAM-02`
#[test]
fn several_are_chosen_together() {
    let mut params = Params::mirror();
    let weights = [
        ("stake.own_weight_bps", number(3_000)),
        ("stake.delegated_weight_bps", number(2_000)),
        ("network.chain_id", number(7)),
    ];
    assert!(set(&mut params, weights[0].0, weights[0].1).is_err());
    assert_eq!(choose(&mut params, weights), Ok(()));
    assert_eq!((params.stake.own_weight_bps, params.chain_id), (3_000, 7));
    let before = params.clone();
    let late = [("round.grace_ms", number(1)), ("round.grace", number(1))];
    assert!(choose(&mut params, late).is_err());
    assert_eq!(params, before, "nothing of a refused choice stays");
}

/// `PARAM-03`
#[test]
fn what_genesis_fixed_stays() {
    for (name, value) in [
        ("network.chain_id", number(1)),
        ("network.manual", Setting::Flag(false)),
        ("fee.sponsor", Setting::Account(None)),
        ("stake.first_epoch", number(9)),
    ] {
        let mut params = Params::local();
        assert_eq!(
            set(&mut params, name, value),
            Err(ParamError::Fixed { name })
        );
        assert_eq!(params, Params::local());
    }
}

#[test]
fn refusals_are_sentences() {
    let local = &mut Params::local();
    let mut said = |name: &str, value| set(local, name, value).unwrap_err().to_string();
    let sentences = [
        said("round.comit_timeout_ms", number(1)),
        said("speed", number(1)),
        said("round.commit_timeout_ms", number(0)),
        said(
            "fee.unit_price",
            Setting::Number(U256::from(GEN) * U256::from(1_001)),
        ),
        said("network.faucet", number(1)),
        said("stake.validator_min", Setting::Flag(true)),
        said("stake.treasury", Setting::Account(None)),
        said("stake.unbonding_epochs", number(2)),
        said("network.chain_id", number(1)),
    ];
    assert_eq!(
        sentences,
        [
            "there is no parameter round.comit_timeout_ms; did you mean round.commit_timeout_ms?",
            "there is no parameter speed",
            "round.commit_timeout_ms must be between 1 and 86400000 ms, not 0",
            "fee.unit_price must be between 0 and 1000gen, not 1001gen",
            "network.faucet is true or false, not 1",
            "stake.validator_min is an amount such as \"42000gen\" or a number of wei, not true",
            "stake.treasury is an account, not none",
            "stake.unbonding_epochs cannot be 2: it must be above stake.slash_delay_epochs + 1, or a slash finds nothing left",
            "network.chain_id is fixed once the chain has begun",
        ]
    );
}

/// `ROUND-01`
#[test]
fn a_chain_that_cannot_be_does_not_begin() {
    let (one, two) = (Address::repeat_byte(1), Address::repeat_byte(2));
    let stake = U256::from(42_000) * U256::from(GEN);
    let start = |validators: Vec<(Address, U256)>, alloc: Vec<(Address, U256)>| Genesis {
        time_ms: 0,
        validators,
        families: vec![],
        alloc,
    };
    let begin = |params: &Params, start: &Genesis| {
        genesis(params, start).map_err(|error| error.to_string())
    };
    let mirror = Params::mirror();
    assert!(begin(&mirror, &start(vec![(one, stake), (two, stake)], vec![])).is_ok());
    let mut odd = Params::mirror();
    odd.committee_default = 4;
    assert!(matches!(
        genesis(&odd, &start(vec![], vec![])),
        Err(GenesisError::Param(ParamError::Range { .. }))
    ));
    let mut few = Params::mirror();
    few.stake.validators_max = 25;
    let crowd = (0..26).map(|i| (Address::repeat_byte(i), stake)).collect();
    let refused = [
        begin(&mirror, &start(vec![(one, stake), (one, stake)], vec![])),
        begin(&mirror, &start(vec![(one, stake - U256::ONE)], vec![])),
        begin(&few, &start(crowd, vec![])),
        begin(
            &mirror,
            &start(vec![], vec![(one, U256::MAX), (two, U256::ONE)]),
        ),
        begin(&mirror, &start(vec![(one, stake)], vec![(two, U256::MAX)])),
    ];
    assert_eq!(
        refused.map(Result::unwrap_err),
        [
            "validator 0x0101010101010101010101010101010101010101 is there twice; a key judges once",
            "validator 0x0101010101010101010101010101010101010101 has a stake of 41999.999999999999999999gen; stake.validator_min is 42000gen",
            "26 validators are more than stake.validators_max allows, 25",
            "stakes and allocations together are more money than can be counted",
            "stakes and allocations together are more money than can be counted",
        ]
    );
}

fn setting() -> impl Strategy<Value = Setting> {
    let near = (any::<prop::sample::Index>(), -2_i8..=2).prop_map(|(index, off)| {
        // Around the ends of the ranges.
        let rows = list(&Params::mirror());
        let (least, greatest) = index.get(&rows).range.unwrap_or_default();
        let end = if off % 2 == 0 { least } else { greatest };
        let far = U256::from(off.unsigned_abs());
        Setting::Number(if off < 0 {
            end.saturating_sub(far)
        } else {
            end.saturating_add(far)
        })
    });
    prop_oneof![
        any::<bool>().prop_map(Setting::Flag),
        any::<Option<[u8; 20]>>().prop_map(|bytes| Setting::Account(bytes.map(Address::new))),
        (0_u64..20_000).prop_map(number),
        any::<[u8; 32]>().prop_map(|bytes| Setting::Number(U256::from_be_bytes(bytes))),
        near,
    ]
}

proptest! {
    /// `PARAM-02`: after any moves the numbers fit, and a refused one changed nothing.
    #[test]
    fn any_moves_leave_numbers_that_fit(
        preset in 0..3_usize,
        moves in prop::collection::vec((any::<prop::sample::Index>(), setting()), 1..40),
    ) {
        let mut params = Params::PRESETS[preset].1.clone();
        let names: Vec<&str> = list(&params).iter().map(|row| row.name).collect();
        for (index, value) in moves {
            let (name, before) = (*index.get(&names), params.clone());
            match set(&mut params, name, value) {
                Ok(()) => {
                    prop_assert_eq!(params::find(&params, name).unwrap().value, value);
                    let changed = list(&params).into_iter().zip(list(&before)).filter(|(a, b)| a != b);
                    prop_assert!(changed.count() <= 1);
                }
                Err(_) => prop_assert_eq!(&params, &before),
            }
            prop_assert_eq!(params.check(), Ok(()));
        }
    }

    #[test]
    fn values_are_read_as_they_are_written(value in setting()) {
        for row in list(&Params::local()) {
            if row.fits(value).is_ok() {
                let text = value.text(row.unit);
                prop_assert_eq!(Setting::parse(&text, row.unit), Some(value), "{}", text);
            }
        }
    }

    #[test]
    fn any_amount_is_read_as_it_is_written(bytes in any::<[u8; 32]>(), shift in 0..256_usize) {
        let wei = U256::from_be_bytes(bytes) >> shift;
        prop_assert_eq!(parse_amount(&amount(wei)), Some(wei));
    }

    #[test]
    fn any_text_as_a_name_is_refused(name in ".{0,200}") {
        let error = set(&mut Params::local(), &name, number(1)).unwrap_err();
        prop_assert!(error.to_string().chars().count() < 200);
    }
}

/// A cell of the page.
fn cell(row: &Parameter, value: Setting) -> String {
    let text = value.text(row.unit);
    match (row.unit, text.as_str()) {
        // Whole accounts would be wider than the page.
        (Unit::Account, account) if account != "none" => {
            format!("{}..{}", &account[..6], &account[38..])
        }
        _ => text,
    }
}

/// The table as Markdown.
fn rendered() -> String {
    let presets = Params::PRESETS.map(|(name, params)| (name, list(&params)));
    let names = presets.each_ref().map(|(name, _)| *name).join("` | `");
    let mut page = format!("| parameter | unit | least | greatest | `{names}` | what for |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (at, row) in presets[0].1.iter().enumerate() {
        let end =
            |end: Option<U256>| end.map_or_else(String::new, |end| cell(row, Setting::Number(end)));
        let values = presets
            .each_ref()
            .map(|(_, rows)| cell(row, rows[at].value));
        let fixed = if params::is_fixed(row.name) {
            " Fixed at genesis."
        } else {
            ""
        };
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {}{fixed} |\n",
            row.name,
            row.unit.name(),
            end(row.range.map(|(least, _)| least)),
            end(row.range.map(|(_, greatest)| greatest)),
            values.join(" | "),
            row.about,
        ));
    }
    page
}

/// With `VENIRE_WRITE_PAGES=1` it writes the page instead.
#[test]
fn the_page_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/spec/params.md");
    let text = fs::read_to_string(&path).expect("the page");
    let (head, old) = text
        .split_once("| parameter")
        .expect("the page has a table");
    let fresh = rendered();
    if std::env::var_os("VENIRE_WRITE_PAGES").is_some() {
        fs::write(&path, format!("{head}{fresh}")).expect("the page can be written");
        return;
    }
    assert!(
        format!("| parameter{old}") == fresh,
        "docs/spec/params.md is out of date; run: VENIRE_WRITE_PAGES=1 cargo nextest run --release -p venire-protocol the_page_has_the_table"
    );
}
