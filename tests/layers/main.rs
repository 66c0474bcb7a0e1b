//! Arrows point down: what stands above uses what stands below, and files that need each other are few.

mod graph;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Largest circle of files there may be in the application. It may only become smaller.
const MOST_APPLICATION: usize = 5;
/// Largest circle in the engine.
const MOST_ENGINE: usize = 4;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn circles_are_small() {
    for (folder, most) in [("src", MOST_APPLICATION), ("crates/engine/src", MOST_ENGINE)] {
        let uses = graph::read(&root().join(folder));
        assert!(uses.len() > 50, "the search finds no files");
        let circles = graph::circles(&uses);
        let told: Vec<String> = circles
            .iter()
            .map(|c| format!("{}: {}", c.len(), c.join(", ")))
            .collect();
        println!("{folder}\n{}", told.join("\n"));
        let largest = circles.first().map_or(0, Vec::len);
        assert!(
            largest <= most,
            "{folder}: {largest} files use each other in a circle:\n{}",
            told.join("\n")
        );
        assert!(
            largest == most,
            "{folder}: the largest circle is down to {largest}: write that here"
        );
        let edges = |circle: &Vec<String>| -> BTreeSet<String> {
            let inside = |file: &String| {
                uses[file]
                    .iter()
                    .filter(|to| circle.contains(to))
                    .map(move |to| (file.clone(), to.clone()))
                    .collect::<Vec<_>>()
            };
            circle
                .iter()
                .flat_map(inside)
                .map(|(from, to)| format!("{from} → {to}"))
                .collect()
        };
        if let Some(circle) = circles.first() {
            println!("{:#?}", edges(circle));
        }
    }
}
