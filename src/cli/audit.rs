//! Verifying what is stored.

use super::{End, Place};
use crate::{audit, db};
use anyhow::Context;
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// 核对经过（哈希链、现状、编号）是否完整未改；服务运行时也可以用
    Verify {
        /// 只核对一项事项：编号或 id
        #[arg(long)]
        case: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl AuditCommand {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        let AuditCommand::Verify { case, place } = self;
        let config = place.settings();
        let reader = db::look_at(&config.database).await.context("打不开数据库")?;
        let snapshot = reader.snapshot().await?;
        let report = audit::verify(&snapshot, case.as_deref()).await?;
        drop(snapshot);
        reader.close().await;
        Ok(tell(&report))
    }
}

/// Prints faults and a summary.
pub(super) fn tell(report: &audit::Report) -> End {
    report.faults.iter().for_each(|fault| eprintln!("{fault}"));
    let audit::Report {
        cases,
        events,
        erased,
        series,
        faults,
    } = report;
    let erased = if *erased == 0 {
        String::new()
    } else {
        format!("，其中 {erased} 条内容已依法删除")
    };
    println!("核对了 {cases} 项事项、{events} 条经过{erased}、{series} 个编号序列");
    if faults.is_empty() {
        println!("完整，没有改动");
        return End::Good;
    }
    eprintln!("共 {} 处不符", faults.len());
    End::Bad
}
