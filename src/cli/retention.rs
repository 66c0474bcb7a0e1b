//! What was kept long enough: listing it, and erasing it once that was approved.

use super::{End, Place, print, told};
use crate::retention::{self, Approval, Due};
use anyhow::Context;
use clap::{Args, Subcommand};
use engine::time::Time;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum RetentionCommand {
    /// 列出过了保存期限的
    Report {
        #[command(flatten)]
        of: Of,
        /// 以 JSON 打印，带全部编号
        #[arg(long)]
        json: bool,
    },
    /// 删除过了保存期限的内容和个人信息；不加 --yes 只演练
    Apply {
        #[command(flatten)]
        of: Of,
        /// 谁批准的（姓名和职务）
        #[arg(long)]
        approved_by: String,
        /// 批准的文号或说明
        #[arg(long)]
        approval: String,
        /// 真的删除；删除后不能恢复
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub(super) struct Of {
    #[command(flatten)]
    place: Place,
    /// 保存期限文件；不写就用内置的
    #[arg(long)]
    periods: Option<PathBuf>,
}

impl Of {
    fn text(&self) -> anyhow::Result<String> {
        match &self.periods {
            None => Ok(retention::built_in().to_owned()),
            Some(path) => std::fs::read_to_string(path).with_context(|| format!("读不了 {}", path.display())),
        }
    }
}

impl RetentionCommand {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        let (RetentionCommand::Report { of, .. } | RetentionCommand::Apply { of, .. }) = &self;
        let (text, app) = (of.text()?, of.place.app().await?);
        let manual = app.manuals.current();
        let keeps = retention::read(&text, &manual)?;
        let due = retention::due(&app, &keeps).await.map_err(told)?;
        let end = match self {
            RetentionCommand::Report { json: true, .. } => print(&due)?,
            RetentionCommand::Report { .. } => {
                list(&due, manual.offset());
                End::Good
            }
            RetentionCommand::Apply { yes: false, .. } => {
                list(&due, manual.offset());
                println!("这是演练，什么都没有删除；确认后加 --yes。删除后不能恢复。");
                End::Good
            }
            RetentionCommand::Apply {
                approved_by,
                approval,
                ..
            } => {
                anyhow::ensure!(
                    !approved_by.trim().is_empty() && !approval.trim().is_empty(),
                    "请写明谁批准的、文号是什么"
                );
                let approval = Approval {
                    by: approved_by,
                    paper: approval,
                };
                let counts = retention::apply(&app, &keeps, &approval).await.map_err(told)?;
                for (of, count) in counts.iter().filter(|(_, count)| **count > 0) {
                    let title = due.iter().find(|d| d.of == *of).map_or(of.as_str(), |d| &d.title);
                    println!("{title}：已删除 {count} 条的内容和个人信息");
                }
                println!("已记录：{} 批准，{}", approval.by, approval.paper);
                End::Good
            }
        };
        app.db.close().await;
        Ok(end)
    }
}

fn list(due: &[Due], offset: i32) {
    for one in due {
        let before = Time(one.before).date(offset);
        let ends = match (one.numbers.first(), one.numbers.last()) {
            (Some(first), Some(last)) => format!("（{first} … {last}）"),
            _ => String::new(),
        };
        println!(
            "{}：保存 {} 年，{before} 以前的到期，{} 条{ends}",
            one.title,
            one.years,
            one.numbers.len()
        );
    }
}
