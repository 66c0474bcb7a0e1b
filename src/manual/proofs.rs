//! What proves the demands of the catalogue: `docs/proofs.json`, as the tests wrote it.

use engine::load::Proof;
use std::path::Path;

/// The proofs of this program and its own manual.
///
/// # Errors
/// When the built-in list cannot be read.
pub fn built_in() -> serde_json::Result<Vec<Proof>> {
    serde_json::from_str(include_str!("../../docs/proofs.json"))
}

/// The proofs beside a folder (`docs/proofs.json` next to `manual/`); without such a file, those built in.
///
/// # Errors
/// When the list cannot be read.
pub fn beside(manual: &Path) -> anyhow::Result<Vec<Proof>> {
    let list = manual.join("../docs/proofs.json");
    if !list.is_file() {
        return Ok(built_in()?);
    }
    Ok(serde_json::from_slice(&std::fs::read(list)?)?)
}
