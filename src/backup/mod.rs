//! Backups while the server runs, and restoring them.
//!
//! A folder holds many backups: `20261122T081500Z/` with the database as it was at that instant and a manifest, and
//! `files/`, which all of them share, since files are kept by the digest of their bytes and never change. The database
//! is copied first: a file is on the disk before its row is, so every file the copy names is there to be copied.

mod files;
mod generation;
mod postgres;
mod restore;
mod sqlite;

pub use generation::{Generation, Manifest, generations};
pub use restore::restore;

use crate::audit;
use crate::context::Config;
use crate::db::{self, Sql};
use crate::vals;
use anyhow::Context;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use std::path::Path;

/// What came of a backup or of restoring one.
#[derive(Debug)]
pub struct Done {
    /// Which backup.
    pub generation: Generation,
    /// What the verification of its ledger found.
    pub report: audit::Report,
    /// Digests of files that are missing or not what they were: everything else is there.
    pub broken: Vec<String>,
    /// Where what was there before has gone.
    pub set_aside: Option<String>,
}

/// Backs up database and files into `folder`, verifies the copy, and gives what it holds. `now` in Unix ms.
///
/// # Errors
/// When the database cannot be read, the folder cannot be written, or a tool of PostgreSQL is missing or fails.
pub async fn backup(config: &Config, folder: &Path, now: i64) -> anyhow::Result<Done> {
    let reader = db::look_at(&config.database).await.context("打不开数据库")?;
    let name = generation::name_of(now);
    let (partial, whole) = (folder.join(format!("{name}.partial")), folder.join(&name));
    anyhow::ensure!(!whole.exists(), "{} 已经存在", whole.display());
    std::fs::create_dir_all(&partial).with_context(|| format!("写不了 {}", folder.display()))?;
    let copy = if reader.is_postgres() {
        postgres::dump(&reader, &config.database, &partial).await?
    } else {
        sqlite::copy(&reader, &partial).await?
    };
    reader.close().await;
    let broken = files::copy(&copy.files, &config.files, &folder.join("files"))?;
    let manifest = Manifest {
        made_at: now,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        database: copy.database,
        digest: files::digest(&partial.join(copy.database.file()))?,
        rows: copy.rows,
        files: copy.files,
    };
    generation::write(&partial, &manifest)?;
    std::fs::rename(&partial, &whole)?;
    files::sync(folder)?;
    Ok(Done {
        generation: Generation { name, manifest },
        report: copy.report,
        broken,
        set_aside: None,
    })
}

/// What stands in a copy of the database.
struct Copied {
    database: generation::Database,
    rows: BTreeMap<String, i64>,
    files: Vec<String>,
    report: audit::Report,
}

impl Copied {
    /// # Errors
    /// When the rows of a table are more or fewer than those.
    fn must_hold(&self, rows: &BTreeMap<String, i64>) -> anyhow::Result<()> {
        anyhow::ensure!(self.rows == *rows, "恢复的行数与备份时记下的不同");
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Name {
    name: String,
}

/// Reads what a database holds, all of it at one instant when `sql` is a snapshot.
async fn take_stock(sql: &impl Sql) -> anyhow::Result<Copied> {
    let (database, tables) = if sql.is_postgres() {
        (
            generation::Database::Postgres,
            "select tablename as name from pg_tables where schemaname = 'public'",
        )
    } else {
        // Neither the index of words nor the tables beneath it: they follow from the others.
        (
            generation::Database::Sqlite,
            "select name from pragma_table_list where schema = 'main' and type = 'table' \
             and name not like 'sqlite_%'",
        )
    };
    let mut rows = BTreeMap::new();
    for Name { name } in sql.rows::<Name>(tables, vals![]).await? {
        let count: Option<i64> = sql
            .scalar(&format!("select count(*) from \"{name}\""), vals![])
            .await?;
        rows.insert(name, count.unwrap_or_default());
    }
    let files: Vec<Name> = sql
        .rows(
            "select distinct digest as name from file order by digest",
            vals![],
        )
        .await?;
    Ok(Copied {
        database,
        rows,
        files: files.into_iter().map(|row| row.name).collect(),
        report: audit::verify(sql, None).await?,
    })
}
