//! SQLite: a copy of the file as it is at one instant, and putting such a copy in the place of the database.

use super::{Copied, take_stock};
use crate::backup::generation::Database;
use crate::db::{self, Reader, Sql};
use crate::vals;
use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sqlx::{ConnectOptions, Connection};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Writes the copy into `folder`, beside a running server, and verifies it.
pub(super) async fn copy(reader: &Reader, folder: &Path) -> anyhow::Result<Copied> {
    let target = folder.join(Database::Sqlite.file());
    if target.exists() {
        fs::remove_file(&target)?;
    }
    let path = target.to_string_lossy().into_owned();
    reader
        .run("vacuum into $1", vals![path])
        .await
        .context("复制数据库")?;
    File::open(&target)?.sync_all()?;
    verify(&target).await
}

/// Verifies a copy that nobody uses.
pub(super) async fn verify(path: &Path) -> anyhow::Result<Copied> {
    let reader = db::look_at(&format!("sqlite://{}", path.display())).await?;
    let sound: Option<String> = reader.scalar("pragma integrity_check", vals![]).await?;
    anyhow::ensure!(
        sound.as_deref() == Some("ok"),
        "副本损坏：{}",
        sound.unwrap_or_default()
    );
    let copied = take_stock(&reader).await;
    reader.close().await;
    copied
}

/// Path of the database.
pub(super) fn path(url: &str) -> PathBuf {
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    PathBuf::from(path.split('?').next().unwrap_or_default())
}

/// Whether nothing was ever entered there.
pub(super) async fn is_empty(url: &str) -> anyhow::Result<bool> {
    if !path(url).exists() {
        return Ok(true);
    }
    let reader = db::look_at(url).await?;
    let tables: Option<i64> = reader
        .scalar("select count(*) from sqlite_master where name = 'staff'", vals![])
        .await?;
    let empty = tables == Some(0) || super::restore::has_no_rows(&reader).await?;
    reader.close().await;
    Ok(empty)
}

/// Makes sure that nobody has the database open, and leaves all of it in its one file.
pub(super) async fn take_hold(url: &str) -> anyhow::Result<()> {
    if !path(url).exists() {
        return Ok(());
    }
    // Leaving write-ahead logging needs the file for oneself: a running server holds it.
    let options = SqliteConnectOptions::from_str(url)?
        .busy_timeout(Duration::from_millis(200))
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Delete);
    let connection = options.connect().await;
    let connection = connection.context("数据库正在使用：请先停止服务")?;
    connection.close().await?;
    Ok(())
}

/// Puts `copy` in the place of the database; gives where the old one is now.
pub(super) fn swap(url: &str, copy: &Path, stamp: &str) -> anyhow::Result<Option<String>> {
    let target = path(url);
    let mut aside = None;
    if target.exists() {
        let kept = target.with_extension(format!("before-{stamp}"));
        fs::rename(&target, &kept)?;
        // Everything is in the file itself now; what is left of its log must not be taken for the new one's.
        for rest in ["-wal", "-shm"] {
            let path = format!("{}{rest}", target.display());
            match fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        aside = Some(kept.display().to_string());
    }
    fs::rename(copy, &target)?;
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        super::files::sync(folder)?;
    }
    Ok(aside)
}
