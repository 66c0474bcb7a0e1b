//! Which tests and examples prove which demands of the catalogue.
//!
//! A test says so in a comment above it ([`marks`]), an example in `proves`; the runners report what held
//! ([`report`]); both together are `docs/proofs.json` ([`record`]), which is all that coverage reads.

pub mod marks;
pub mod record;
pub mod report;

use std::collections::BTreeMap;
use std::path::Path;

/// The files of a manual's folder: path → text.
///
/// # Errors
/// When a file cannot be read.
pub fn folder(root: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                let inside = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(inside, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}

const BEGIN: &str = "<!-- coverage -->";
const END: &str = "<!-- /coverage -->";

/// The README with the figure between its two marks.
pub fn with_figure(readme: &str, figure: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{figure}{END}{after}"))
}
