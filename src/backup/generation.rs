//! The backups of a folder.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

const MANIFEST: &str = "manifest.json";

/// Which database a backup was made from; it is restored to the same sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Database {
    /// A copy of the file.
    Sqlite,
    /// What `pg_dump --format=custom` writes.
    Postgres,
}

impl Database {
    /// Name of its file in a backup.
    pub fn file(self) -> &'static str {
        match self {
            Database::Sqlite => "database.sqlite",
            Database::Postgres => "database.dump",
        }
    }
}

/// What a backup holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was begun, Unix ms.
    pub made_at: i64,
    /// Version of the program that made it.
    pub program: String,
    /// Which database.
    pub database: Database,
    /// SHA-256 of the database's file.
    pub digest: String,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// Digests, which are the names, of the files it needs.
    pub files: Vec<String>,
}

/// A backup.
#[derive(Debug, Clone)]
pub struct Generation {
    /// Name of its folder.
    pub name: String,
    /// What it holds.
    pub manifest: Manifest,
}

/// Name of a backup begun at `now`, Unix ms: `20261122T081500Z`.
pub(super) fn name_of(now: i64) -> String {
    let at = chrono::DateTime::from_timestamp_millis(now).unwrap_or_default();
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// The backups of a folder, the oldest first; those that were never finished are left out.
///
/// # Errors
/// When the folder or a manifest cannot be read.
pub fn generations(folder: &Path) -> anyhow::Result<Vec<Generation>> {
    let entries = fs::read_dir(folder).with_context(|| format!("读不了 {}", folder.display()))?;
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path().join(MANIFEST);
        if name.ends_with(".partial") || !path.exists() {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let manifest = serde_json::from_str(&text).with_context(|| format!("看不懂 {}", path.display()))?;
        all.push(Generation { name, manifest });
    }
    all.sort_by_key(|generation| generation.manifest.made_at);
    Ok(all)
}

pub(super) fn write(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let mut file = File::create(folder.join(MANIFEST))?;
    file.write_all(&serde_json::to_vec_pretty(manifest)?)?;
    file.sync_all()?;
    Ok(())
}
