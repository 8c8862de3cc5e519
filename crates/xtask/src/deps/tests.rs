//! A workspace of two crates, in and out of the table.

use super::*;

const SAMPLE: &[Room] = &[
    Room {
        name: "types",
        job: "words",
        may_use: &[],
        never: &["tokio"],
    },
    Room {
        name: "node",
        job: "runs",
        may_use: &["types"],
        never: &[],
    },
];

/// A workspace of `venire-types` and `venire-node` with these edges, and the package `tokio`.
fn workspace(edges: &[(&str, &str, Option<&str>)]) -> Metadata {
    let package = |name: &str| {
        serde_json::json!({"id": name, "name": name, "version": "0.1.0", "license": null,
            "manifest_path": format!("/house/crates/{}/Cargo.toml", short(name))})
    };
    let node = |name: &str| {
        let deps: Vec<_> = edges
            .iter()
            .filter(|(from, _, _)| *from == name)
            .map(|(_, to, kind)| serde_json::json!({"pkg": to, "dep_kinds": [{"kind": kind}]}))
            .collect();
        serde_json::json!({"id": name, "deps": deps})
    };
    let names = ["venire-types", "venire-node", "bytes", "tokio"];
    let value = serde_json::json!({
        "packages": names.map(package),
        "workspace_members": ["venire-types", "venire-node"],
        "resolve": {"nodes": names.map(node)},
    });
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_edge_of_the_table_passes() {
    let metadata = workspace(&[
        ("venire-node", "venire-types", None),
        ("venire-node", "tokio", None),
    ]);
    assert_eq!(check(&metadata, SAMPLE), []);
}

#[test]
fn an_edge_outside_the_table_fails() {
    let findings = check(&workspace(&[("venire-types", "venire-node", None)]), SAMPLE);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].path, "crates/types/Cargo.toml");
    assert!(
        findings[0]
            .message
            .starts_with("`types` may not use `node`")
    );
}

#[test]
fn an_edge_for_tests_only_passes() {
    assert_eq!(
        check(
            &workspace(&[("venire-types", "venire-node", Some("dev"))]),
            SAMPLE
        ),
        []
    );
}

#[test]
fn a_banned_package_fails_however_deep() {
    let findings = check(
        &workspace(&[("venire-types", "bytes", None), ("bytes", "tokio", None)]),
        SAMPLE,
    );
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].message.contains("without `tokio`"));
}

#[test]
fn a_crate_without_a_row_fails() {
    let findings = check(&workspace(&[]), &SAMPLE[..1]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].message.contains("needs a row and an ADR"));
}

#[test]
fn the_table_names_only_rooms_and_has_no_circle() {
    for (at, room) in ROOMS.iter().enumerate() {
        for used in room.may_use {
            let used = ROOMS.iter().position(|other| other.name == *used);
            assert!(used.is_some_and(|used| used != at), "{}", room.name);
        }
    }
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    for _ in ROOMS {
        let ready = ROOMS
            .iter()
            .filter(|room| room.may_use.iter().all(|used| placed.contains(used)));
        placed.extend(ready.map(|room| room.name).collect::<Vec<_>>());
    }
    assert_eq!(placed.len(), ROOMS.len());
}
