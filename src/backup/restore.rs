//! Restoring a backup in the place of a database that nobody uses.

use super::generation::{Database, name_of};
use super::{Copied, Done, files, generations, postgres, sqlite};
use crate::context::Config;
use crate::db::Sql;
use crate::vals;
use std::collections::BTreeMap;
use std::path::Path;

/// Restores the newest backup of `folder` that is not younger than `at` (Unix ms; none: the newest of all). What is
/// there before is not overwritten but set aside, and only with `replace` when anything was entered there.
///
/// # Errors
/// When there is no such backup, it is broken, a server still runs on the database, or it is not empty; then
/// everything is as it was.
pub async fn restore(
    config: &Config,
    folder: &Path,
    at: Option<i64>,
    replace: bool,
    now: i64,
) -> anyhow::Result<Done> {
    let all = generations(folder)?;
    let wanted = all
        .into_iter()
        .rfind(|g| at.is_none_or(|at| g.manifest.made_at <= at));
    let Some(generation) = wanted else {
        anyhow::bail!("{} 里没有这个时间之前的备份", folder.display());
    };
    let database = generation.manifest.database;
    let source = folder.join(&generation.name).join(database.file());
    anyhow::ensure!(
        files::digest(&source)? == generation.manifest.digest,
        "备份 {} 的数据库文件已损坏",
        generation.name
    );
    let is_postgres = !config.database.starts_with("sqlite:");
    anyhow::ensure!(
        is_postgres == (database == Database::Postgres),
        "备份来自另一种数据库，不能恢复到这里"
    );
    let empty = if is_postgres {
        postgres::is_empty(&config.database).await?
    } else {
        sqlite::is_empty(&config.database).await?
    };
    anyhow::ensure!(empty || replace, "数据库里已有内容；确实要换掉，请加 --replace");
    // Files first: they only add to what is there, and rows must not be without them.
    let broken = files::copy(&generation.manifest.files, &folder.join("files"), &config.files)?;
    let rows = &generation.manifest.rows;
    let (copied, set_aside) = if is_postgres {
        postgres::load(&config.database, &source, rows, &name_of(now)).await?
    } else {
        restore_sqlite(config, &source, rows, now).await?
    };
    Ok(Done {
        generation,
        report: copied.report,
        broken,
        set_aside,
    })
}

async fn restore_sqlite(
    config: &Config,
    source: &Path,
    rows: &BTreeMap<String, i64>,
    now: i64,
) -> anyhow::Result<(Copied, Option<String>)> {
    sqlite::take_hold(&config.database).await?;
    let target = sqlite::path(&config.database);
    let fresh = target.with_extension("restoring");
    std::fs::copy(source, &fresh)?;
    std::fs::File::open(&fresh)?.sync_all()?;
    let copied = sqlite::verify(&fresh).await?;
    copied.must_hold(rows)?;
    let aside = sqlite::swap(&config.database, &fresh, &name_of(now))?;
    Ok((copied, aside))
}

/// Whether a database has neither staff nor sites nor contacts.
pub(super) async fn has_no_rows(sql: &impl Sql) -> anyhow::Result<bool> {
    let rows: Option<i64> = sql
        .scalar(
            "select (select count(*) from staff) + (select count(*) from site) + (select count(*) from contact)",
            vals![],
        )
        .await?;
    Ok(rows == Some(0))
}
