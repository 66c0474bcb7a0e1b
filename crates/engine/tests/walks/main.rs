//! Random walks over the real manual: every kind in `manual/` is opened, acted upon by everybody, left alone for days
//! and brought to an end, and at every step what must always hold is held against it.

mod allowed;
mod approvals;
mod clocks;
mod computed;
mod dice;
mod everywhere;
mod fill;
mod house;
mod inputs;
mod limits;
mod phases;
mod signing;
mod sound;
mod stroll;
mod walk;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use yizhan_engine::load::Manual;

/// The manual of this repository, which must load.
pub static MANUAL: LazyLock<Manual> = LazyLock::new(|| load(files()));

/// Its files by path.
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../manual")),
        "",
        &mut files,
    );
    files
}

/// A manual that must load.
pub fn load(files: BTreeMap<String, String>) -> Manual {
    Manual::from_files(files).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    })
}

fn read(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else if path.ends_with(".toml") {
            files.insert(path, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}
