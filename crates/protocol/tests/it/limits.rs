//! The page of limits says what the chain's parameters say.

use std::{collections::BTreeMap, fs, path::Path};
use venire_protocol::Params;

#[test]
fn the_page_of_limits_has_the_numbers_of_the_chain() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book/src/limits.md");
    let text = fs::read_to_string(page).expect("the page");
    let rows: BTreeMap<String, u64> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            Some((name.to_owned(), cells.next()?.parse().ok()?))
        })
        .collect();
    // `{:#?}` prints one `name: value,` on a line.
    let shown = format!("{:#?}", Params::local().execution);
    let numbers: BTreeMap<String, u64> = shown
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().trim_end_matches(',').split_once(": ")?;
            Some((name.to_owned(), value.parse().ok()?))
        })
        .collect();
    assert_eq!(rows, numbers);
}
