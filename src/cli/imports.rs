//! Importing from files.

use super::{End, Place, print, told};
use crate::{exchange, messages};
use anyhow::Context;
use clap::Subcommand;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum ImportCommand {
    /// 导入房屋（Excel）
    Homes(Workbook),
    /// 导入客户（Excel）
    Customers(Workbook),
    /// 导入人员（Excel）
    Staff(Workbook),
    /// 导入历史留言和答复（CSV）；可以重复运行，已有的不再导入
    Messages {
        /// 文件：UTF-8 编码、逗号分隔，表头有留言编号、留言时间、留言详情等
        file: PathBuf,
        /// 归到哪个项目（项目编号）
        #[arg(long, default_value = messages::SITE)]
        site: String,
        /// 以 JSON 打印结果
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(clap::Args)]
pub(super) struct Workbook {
    /// 按模板填写的 .xlsx 文件
    file: PathBuf,
    /// 只检查，不导入
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

impl ImportCommand {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        match self {
            ImportCommand::Homes(book) => book.run(exchange::What::Homes).await,
            ImportCommand::Customers(book) => book.run(exchange::What::Customers).await,
            ImportCommand::Staff(book) => book.run(exchange::What::Staff).await,
            ImportCommand::Messages {
                file,
                site,
                json,
                place,
            } => {
                let source = File::open(&file).with_context(|| format!("打不开 {}", file.display()))?;
                let app = place.app().await?;
                let summary = messages::import(&app, BufReader::new(source), &site).await?;
                app.db.close().await;
                if json {
                    print(&summary)?;
                } else {
                    println!("{summary}");
                }
                Ok(if summary.bad.is_empty() {
                    End::Good
                } else {
                    End::Bad
                })
            }
        }
    }
}

impl Workbook {
    async fn run(self, what: exchange::What) -> anyhow::Result<End> {
        let bytes = std::fs::read(&self.file).with_context(|| format!("打不开 {}", self.file.display()))?;
        let app = self.place.app().await?;
        let report = exchange::import(&app, what, bytes, self.dry_run)
            .await
            .map_err(told)?;
        app.db.close().await;
        for bad in &report.bad {
            eprintln!("第{}行 {}“{}”：{}", bad.row, bad.column, bad.value, bad.reason);
        }
        let (rows, good, already) = (report.rows, report.good, report.already);
        println!(
            "读到 {rows} 行，可导入 {good} 行（其中已有 {already} 行），有误 {} 处",
            report.bad.len()
        );
        match report.imported {
            Some(imported) => println!("已导入 {imported} 行"),
            None if self.dry_run => println!("只检查，没有导入"),
            None => println!("有误，没有导入任何一行"),
        }
        Ok(if report.bad.is_empty() {
            End::Good
        } else {
            End::Bad
        })
    }
}
