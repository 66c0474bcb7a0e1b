//! The manual in force, and every version a case may still be pinned to.

mod fields;
mod folder;
pub mod handbook;
pub mod kind;
pub mod proofs;
mod publish;
pub mod views;

pub use fields::FieldView;
pub use folder::read_folder;
pub use kind::kind_view;
pub use publish::publish;

use crate::db::{Db, Sql};
use crate::error::Problem;
use crate::vals;
use engine::load::Manual;
use rust_embed::RustEmbed;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// The seed: what a fresh database starts with.
#[derive(RustEmbed)]
#[folder = "manual/"]
#[include = "*.toml"]
struct BuiltIn;

/// Files of the built-in manual: path → text.
pub fn built_in() -> BTreeMap<String, String> {
    BuiltIn::iter()
        .filter_map(|path| {
            let file = BuiltIn::get(&path)?;
            Some((path.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect()
}

/// Manuals by hash. A manual never changes, so what was read once is kept.
pub struct Manuals {
    db: Db,
    current: RwLock<Arc<Manual>>,
    known: RwLock<HashMap<String, Arc<Manual>>>,
}

impl Manuals {
    /// Opens the manual in force; a fresh database gets the built-in one.
    ///
    /// # Errors
    /// When the built-in manual, or the one in the database, does not pass verification.
    pub async fn open(db: &Db, now: i64) -> anyhow::Result<Manuals> {
        let hash = match in_force(db).await? {
            Some(hash) => hash,
            None => publish(db, built_in(), None, now).await?,
        };
        let manual = read(db, &hash).await?;
        let known = HashMap::from([(hash, manual.clone())]);
        Ok(Manuals {
            db: db.clone(),
            current: RwLock::new(manual),
            known: RwLock::new(known),
        })
    }

    /// The manual new cases begin with.
    pub fn current(&self) -> Arc<Manual> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The manual of that hash.
    ///
    /// # Errors
    /// When the database does not hold it.
    pub async fn get(&self, hash: &str) -> Result<Arc<Manual>, Problem> {
        let kept = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .cloned();
        if let Some(manual) = kept {
            return Ok(manual);
        }
        let manual = read(&self.db, hash).await.map_err(Problem::internal)?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Ok(known.entry(hash.to_owned()).or_insert(manual).clone())
    }

    /// Looks whether another manual came into force, here or on another node.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn refresh(&self) -> Result<(), Problem> {
        let hash = in_force(&self.db).await.map_err(Problem::internal)?;
        if let Some(hash) = hash.filter(|hash| *hash != self.current().hash) {
            let manual = self.get(&hash).await?;
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = manual;
        }
        Ok(())
    }
}

async fn in_force(db: &Db) -> anyhow::Result<Option<String>> {
    let value: Option<Value> = db
        .read()
        .scalar("select value from setting where name = 'manual'", vals![])
        .await?;
    Ok(value.and_then(|v| v.as_str().map(str::to_owned)))
}

async fn read(db: &Db, hash: &str) -> anyhow::Result<Arc<Manual>> {
    let files: Option<Value> = db
        .read()
        .scalar("select files from manual where hash = $1", vals![hash.to_owned()])
        .await?;
    let files = files.ok_or_else(|| anyhow::anyhow!("the database holds no manual {hash}"))?;
    // Verification is not cheap and must not hold up the runtime.
    let manual = tokio::task::spawn_blocking(move || {
        let files: BTreeMap<String, String> = serde_json::from_value(files)?;
        Manual::pinned(files).map_err(|problems| publish::told(&problems))
    });
    Ok(Arc::new(manual.await??))
}
