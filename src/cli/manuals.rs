//! Checking, publishing, exporting the manual, and what it covers.

use super::{End, Place, print, say, told};
use crate::db::Sql;
use crate::vals;
use crate::{features, manual};
use anyhow::Context;
use clap::Subcommand;
use engine::load::{self, CoverageRow, Manual, Severity};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum ManualCommand {
    /// 检查并发布一个制度文件夹，新登记的事项从此按它办
    Publish {
        folder: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// 把现行制度导出为文件夹
    Export {
        folder: PathBuf,
        #[command(flatten)]
        place: Place,
    },
}

impl ManualCommand {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        match self {
            ManualCommand::Publish { folder, place } => {
                let files = read(Some(&folder))?;
                if let Err(problems) = Manual::from_files(files.clone()) {
                    return Ok(tell(&problems));
                }
                let app = place.app().await?;
                let hash = manual::publish(&app.db, files, None, app.clock.now()).await?;
                println!("已发布，版本 {}", &hash[..8]);
                app.db.close().await;
                Ok(End::Good)
            }
            ManualCommand::Export { folder, place } => {
                let app = place.app().await?;
                let current = app.manuals.current();
                for (path, text) in &current.files {
                    let target = folder.join(path);
                    if let Some(parent) = target.parent() {
                        std::fs::create_dir_all(parent)?;
                    }
                    std::fs::write(&target, text).with_context(|| format!("写不了 {}", target.display()))?;
                }
                let published: Option<i64> = app
                    .db
                    .read()
                    .scalar(
                        "select published_at from manual where hash = $1",
                        vals![current.hash.clone()],
                    )
                    .await
                    .map_err(|error| told(error.into()))?;
                let at = published.map(|at| engine::time::Time(at).date(current.offset()).to_string());
                let (count, short) = (current.files.len(), &current.hash[..8]);
                println!(
                    "已导出 {count} 个文件到 {}（版本 {short}，{} 发布）",
                    folder.display(),
                    at.unwrap_or_default()
                );
                app.db.close().await;
                Ok(End::Good)
            }
        }
    }
}

/// The files of a folder, or those built in.
pub(super) fn read(folder: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    match folder {
        Some(folder) => {
            manual::read_folder(folder).with_context(|| format!("读不了制度文件夹 {}", folder.display()))
        }
        None => Ok(manual::built_in()),
    }
}

/// Prints problems; those that are no mere warnings are bad.
pub(super) fn tell(problems: &[load::Problem]) -> End {
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    let wrong = problems.iter().filter(|p| p.severity == Severity::Error).count();
    if wrong == 0 {
        return End::Good;
    }
    eprintln!("共 {wrong} 个错误");
    End::Bad
}

/// A folder that cannot be read is a fault of the manual like any other.
pub(super) fn check(folder: Option<&Path>) -> anyhow::Result<End> {
    let files = match read(folder) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("{error:#}");
            return Ok(End::Bad);
        }
    };
    match Manual::from_files(files) {
        Ok(manual) => {
            let end = tell(&manual.warnings);
            let (kinds, clauses) = (manual.kinds.len(), manual.clauses.len());
            println!("制度没有错误：{kinds} 类事项，{clauses} 条条款");
            Ok(end)
        }
        Err(problems) => Ok(tell(&problems)),
    }
}

pub(super) fn coverage(folder: Option<&Path>, json: bool) -> anyhow::Result<End> {
    let manual = match Manual::from_files(read(folder)?) {
        Ok(manual) => manual,
        Err(problems) => return Ok(tell(&problems)),
    };
    let proofs = match folder {
        Some(folder) => manual::proofs::beside(folder)?,
        None => manual::proofs::built_in()?,
    };
    let coverage = load::coverage(&manual, &features::serving()?, &proofs);
    if json {
        return print(&coverage);
    }
    for row in &coverage.rows {
        row_told(row)?;
    }
    say(&coverage.sentence())?;
    Ok(End::Good)
}

/// A requirement, what serves it, and each of its demands with what proves it.
fn row_told(row: &CoverageRow) -> anyhow::Result<()> {
    let proven = row.demands.iter().filter(|d| !d.proven_by.is_empty()).count();
    say(&format!(
        "{:<14}{}（{} 个要点，已证明 {proven} 个）",
        row.id,
        row.title,
        row.demands.len()
    ))?;
    let served = row.demands.first().map_or(&[][..], |d| &d.served_by);
    if !served.is_empty() {
        let titles: Vec<&str> = served.iter().map(|s| s.title.as_str()).collect();
        say(&format!("{:14}写在：{}", "", titles.join("；")))?;
    }
    for demand in &row.demands {
        let mark = if demand.proven_by.is_empty() { "·" } else { "✓" };
        let letter = demand.id.rsplit('/').next().unwrap_or_default();
        say(&format!("{:14}{mark} {letter} {}", "", demand.text))?;
        for proof in &demand.proven_by {
            say(&format!("{:18}{proof}", ""))?;
        }
    }
    Ok(())
}
