//! Backing up and restoring.

use super::{End, Place, audit};
use crate::backup;
use crate::clock::Clock;
use anyhow::Context;
use chrono::{DateTime, FixedOffset, NaiveDateTime};
use clap::Args;
use std::path::PathBuf;

/// Times are said in this zone unless they name another: +08:00.
const ZONE: i32 = 8 * 3600;

#[derive(Args)]
pub(super) struct Backup {
    /// 备份放在哪个文件夹；每次备份是其中的一份，文件共用
    folder: PathBuf,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub(super) struct Restore {
    /// 备份所在的文件夹
    folder: PathBuf,
    /// 恢复到这个时间之前最新的一份，如 "2026-11-22 18:00"；不写就用最新的
    #[arg(long)]
    at: Option<String>,
    /// 数据库里已有内容也换掉；原有内容改名保留
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        let now = Clock::system().now();
        let done = backup::backup(&self.place.settings(), &self.folder, now).await?;
        Ok(tell(&done, "已备份"))
    }
}

impl Restore {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        let at = self.at.as_deref().map(instant).transpose()?;
        let now = Clock::system().now();
        let config = self.place.config()?;
        let done = backup::restore(&config, &self.folder, at, self.replace, now).await?;
        if let Some(aside) = &done.set_aside {
            println!("原有内容保留在 {aside}，确认无误后可以删除");
        }
        Ok(tell(&done, "已恢复"))
    }
}

fn tell(done: &backup::Done, what: &str) -> End {
    let manifest = &done.generation.manifest;
    let rows: i64 = manifest.rows.values().sum();
    println!(
        "{what} {}：{} 张表 {rows} 行，{} 个文件",
        done.generation.name,
        manifest.rows.len(),
        manifest.files.len()
    );
    for digest in &done.broken {
        eprintln!("文件缺失或已损坏：{digest}");
    }
    match audit::tell(&done.report) {
        End::Good if done.broken.is_empty() => End::Good,
        _ => End::Bad,
    }
}

/// An instant as people write it, in Unix ms.
fn instant(text: &str) -> anyhow::Result<i64> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_millis());
    }
    let zone = FixedOffset::east_opt(ZONE).context("time zone")?;
    let local = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let local = local.with_context(|| format!("看不懂时间“{text}”，请写成 2026-11-22 18:00"))?;
    let at = local.and_local_timezone(zone).single().context("time zone")?;
    Ok(at.timestamp_millis())
}
