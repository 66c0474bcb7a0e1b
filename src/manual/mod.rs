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
pub use publish::{CALENDARS_CHANGED, publish};

use crate::db::{Db, Sql};
use crate::error::Problem;
use crate::vals;
use engine::load::{Manual, is_proof};
use rust_embed::RustEmbed;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use tokio::sync::OnceCell;

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

/// Manuals by hash. A manual never changes, so what was read once in this process is kept.
static KNOWN: LazyLock<RwLock<HashMap<String, Arc<Manual>>>> = LazyLock::new(RwLock::default);

/// The built-in manual, verified once in this process.
static SEED: OnceCell<Arc<Manual>> = OnceCell::const_new();

/// The manuals of a database.
pub struct Manuals {
    db: Db,
    current: RwLock<Arc<Manual>>,
}

impl Manuals {
    /// Opens the manual in force; a fresh database gets the built-in one.
    ///
    /// # Errors
    /// When the built-in manual, or the one in the database, does not pass verification.
    pub async fn open(db: &Db, now: i64) -> anyhow::Result<Manuals> {
        let hash = match in_force(db).await? {
            Some(hash) => hash,
            None => {
                let seed = SEED.get_or_try_init(seed).await?.clone();
                publish::put_in_force(db, seed, None, now).await?
            }
        };
        Ok(Manuals {
            db: db.clone(),
            current: RwLock::new(read(db, &hash).await?),
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
        read(&self.db, hash).await.map_err(Problem::internal)
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

/// The built-in manual without its stories: they are no part of what runs, and a start need not read them.
async fn seed() -> anyhow::Result<Arc<Manual>> {
    let mut files = built_in();
    files.retain(|path, _| !is_proof(path));
    let manual = Arc::new(publish::verified(files).await?);
    Ok(keep(manual))
}

/// Keeps a manual for whoever asks for its hash.
fn keep(manual: Arc<Manual>) -> Arc<Manual> {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(manual.hash.clone()).or_insert(manual).clone()
}

async fn in_force(db: &Db) -> anyhow::Result<Option<String>> {
    let value: Option<Value> = db
        .read()
        .scalar("select value from setting where name = 'manual'", vals![])
        .await?;
    Ok(value.and_then(|v| v.as_str().map(str::to_owned)))
}

async fn read(db: &Db, hash: &str) -> anyhow::Result<Arc<Manual>> {
    let known = KNOWN
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(hash)
        .cloned();
    if let Some(manual) = known {
        return Ok(manual);
    }
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
    Ok(keep(Arc::new(manual.await??)))
}
