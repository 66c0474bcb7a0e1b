//! What if: clause boards of the same past side by side.

use super::{End, manuals, print};
use crate::clock::Clock;
use crate::simulate::whatif::{Change, Limit, compare};
use crate::simulate::{self, Plan};
use anyhow::Context;
use clap::Args;
use engine::time::Time;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Whatif {
    /// 增加几名工程师，如 +2
    #[arg(long, default_value = "0", value_parser = more)]
    engineers: usize,
    /// 改一条时限，可写多次：事项类型.时限=时长，如 repair.response=4h
    #[arg(long = "limit")]
    limits: Vec<Limit>,
    /// 随机种子：种子、房屋、天数、截止日相同，结果相同
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 房屋套数
    #[arg(long, default_value_t = simulate::HOMES)]
    homes: usize,
    /// 天数
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// 到哪一天早上八点为止，如 2026-11-20；不写就到今天
    #[arg(long)]
    until: Option<chrono::NaiveDate>,
    /// 制度文件夹；不写就用内置的制度
    #[arg(long)]
    manual: Option<PathBuf>,
    /// 另存为网页
    #[arg(long)]
    html: Option<PathBuf>,
    /// 以 JSON 打印
    #[arg(long)]
    json: bool,
}

fn more(text: &str) -> Result<usize, String> {
    text.trim_start_matches('+')
        .parse()
        .map_err(|_| "写增加的人数，如 +2".to_owned())
}

impl Whatif {
    pub(super) async fn run(self) -> anyhow::Result<End> {
        anyhow::ensure!(
            self.engineers > 0 || !self.limits.is_empty(),
            "请用 --engineers 或 --limit 写明要改什么"
        );
        let offset = engine::time::DEFAULT_OFFSET_MINUTES;
        let day = self
            .until
            .unwrap_or_else(|| Time(Clock::system().now()).date(offset));
        let plan = Plan {
            seed: self.seed,
            homes: self.homes,
            days: self.days,
            now: Time::start_of(day, offset).0 + 8 * engine::time::HOUR,
        };
        let files = manuals::read(self.manual.as_deref())?;
        let change = Change {
            engineers: self.engineers,
            limits: self.limits,
        };
        let folder = std::env::temp_dir().join(format!("yizhan-whatif-{}", std::process::id()));
        let compared = compare(&folder, plan, files, &change).await;
        // What was tried in is nobody's data.
        let _ = std::fs::remove_dir_all(&folder);
        let compared = compared?;
        if let Some(path) = &self.html {
            std::fs::write(path, compared.html()).with_context(|| format!("写不了 {}", path.display()))?;
        }
        if self.json {
            return print(&compared);
        }
        print!("{compared}");
        Ok(End::Good)
    }
}
