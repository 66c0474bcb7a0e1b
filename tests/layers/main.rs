//! Arrows point down: what stands above uses what stands below, and files that need each other are few.

mod graph;

use graph::Uses;
use std::collections::BTreeSet;
use std::path::Path;

/// Largest circle of files there may be in the application. It may only become smaller.
const MOST_APPLICATION: usize = 5;
/// Largest circle in the engine.
const MOST_ENGINE: usize = 4;

/// From the ground up: the longest beginning of a module's path says where it stands.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "base",
        &[
            "base",
            "clock",
            "db",
            "described",
            "error",
            "exchange::book",
            "live",
        ],
    ),
    (
        "manual",
        &["manual", "manual::fields", "manual::folder", "manual::publish"],
    ),
    ("context", &["background", "context"]),
    ("requests", &["api", "api::extract"]),
    ("identity", &["access", "api::once", "auth"]),
    ("index", &["search"]),
    (
        "people and estate",
        &["estate", "people", "search::homes", "search::people"],
    ),
    ("outbox and files", &["channels", "files", "owner::links"]),
    ("cases", &["cases"]),
    (
        "observers and features",
        &[
            "channels::observer",
            "contacts",
            "files::observer",
            "files::serve",
            "files::upload",
            "measure",
            "owner",
            "search::observer",
            "webhooks",
        ],
    ),
    (
        "views",
        &[
            "access::looks",
            "access::tokens",
            "audit",
            "exchange",
            "manual::handbook",
            "manual::kind",
            "manual::views",
            "messages",
            "metrics",
            "reports",
            "retention",
            "views",
            "web",
        ],
    ),
    ("application", &["app", "backup", "simulate"]),
    ("doors", &["", "cli", "features", "router"]),
];

/// Arrows that point up still. Each is to go; none is to come.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("access", "estate"),
    ("access", "estate::reach"),
    ("auth::sessions", "estate"),
    ("auth::sessions", "estate::reach"),
    ("auth::sessions", "people::checks"),
    ("people::list", "cases::scope"),
];

fn uses(folder: &str) -> Uses {
    let uses = graph::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    assert!(uses.len() > 50, "the search finds no files");
    uses
}

#[test]
fn circles_are_small() {
    for (folder, most) in [("src", MOST_APPLICATION), ("crates/engine/src", MOST_ENGINE)] {
        let circles = graph::circles(&uses(folder));
        let told: Vec<String> = circles
            .iter()
            .map(|circle| format!("{}: {}", circle.len(), circle.join(", ")))
            .collect();
        let told = told.join("\n");
        println!("circles in {folder}\n{told}");
        let largest = circles.first().map_or(0, Vec::len);
        assert!(
            largest <= most,
            "{folder}: {largest} files need each other:\n{told}"
        );
        assert_eq!(
            largest, most,
            "{folder}: fewer files need each other than said here"
        );
    }
}

#[test]
fn arrows_point_down() {
    let uses = uses("src");
    let mut up: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (from, files) in &uses {
        let at = layer(from);
        up.extend(
            files
                .iter()
                .filter(|to| layer(to) > at)
                .map(|to| (from.as_str(), to.as_str())),
        );
    }
    let known: BTreeSet<(&str, &str)> = EXCEPTIONS.iter().copied().collect();
    let told = |arrows: Vec<&(&str, &str)>| -> String {
        let arrow = |(from, to): &&(&str, &str)| {
            let layers = (LAYERS[layer(from)].0, LAYERS[layer(to)].0);
            format!("(\"{from}\", \"{to}\"), // {} → {}\n", layers.0, layers.1)
        };
        arrows.iter().map(arrow).collect()
    };
    let new = told(up.difference(&known).collect());
    assert!(new.is_empty(), "these use what stands above them:\n{new}");
    let gone = told(known.difference(&up).collect());
    assert!(
        gone.is_empty(),
        "exceptions that are not needed any more:\n{gone}"
    );
}

fn layer(module: &str) -> usize {
    let stands = |prefix: &&str| {
        let rest = module.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let ranked = LAYERS.iter().enumerate().flat_map(|(nth, (_, prefixes))| {
        let longest = prefixes
            .iter()
            .filter(|prefix| stands(prefix))
            .map(|prefix| prefix.len())
            .max();
        longest.map(|length| (length, nth))
    });
    let found = ranked.max();
    found
        .map(|(_, nth)| nth)
        .unwrap_or_else(|| panic!("say in LAYERS where `{module}` stands"))
}
