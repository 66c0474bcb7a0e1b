//! The command line. Errors are Chinese sentences on stderr; exit codes: 0 done, 1 something is wrong with what was
//! given, 2 it could not be done.

mod audit;
mod background;
mod backup;
mod imports;
mod manuals;
mod retention;
mod serve;
mod stories;
mod whatif;

use crate::clock::{Clock, Ids};
use crate::context::{App, Config};
use crate::error::Problem;
use crate::simulate;
use clap::{Args, Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// 一站：从制度运行的物业客户服务系统
#[derive(Parser)]
#[command(name = "yizhan", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where things are kept.
#[derive(Args)]
struct Place {
    /// 数据库：sqlite://路径 或 postgres://…
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: Option<String>,
    /// 上传的文件放在哪个文件夹
    #[arg(long, env = "YIZHAN_FILES")]
    files: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// 启动服务
    Serve(serve::Serve),
    /// 检查制度文件夹，列出所有问题
    Check {
        /// 制度文件夹；不写就检查内置的制度
        folder: Option<PathBuf>,
    },
    /// 跑一遍制度里的示例，列出不符的地方和没有示例走到的地方
    Test {
        /// 制度文件夹；不写就用内置的制度
        folder: Option<PathBuf>,
        /// 以 JSON 打印
        #[arg(long)]
        json: bool,
        /// 逐一改动条件、时限和动作的后果，看示例能不能发现
        #[arg(long)]
        mutate: bool,
    },
    /// 打印制度文件的 JSON Schema，供编辑器使用
    Schema {
        /// 改为打印写法参考（Markdown）
        #[arg(long)]
        reference: bool,
    },
    /// 打印每条要求的各个要点：写在制度哪里，由哪些测试和示例证明
    Coverage {
        /// 制度文件夹；不写就用内置的制度
        folder: Option<PathBuf>,
        /// 以 JSON 打印
        #[arg(long)]
        json: bool,
    },
    /// 发布或导出制度
    #[command(subcommand)]
    Manual(manuals::ManualCommand),
    /// 导入
    #[command(subcommand)]
    Import(imports::ImportCommand),
    /// 备份数据库和文件；服务运行时也可以用
    Backup(backup::Backup),
    /// 从备份恢复；先停止服务
    Restore(backup::Restore),
    /// 核对存下的内容
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// 保存期限：列出到期的，批准后删除
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    /// 在空数据库里生成演示公司
    Simulate {
        #[command(flatten)]
        place: Place,
        /// 随机种子：种子相同，公司相同
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// 房屋套数
        #[arg(long, default_value_t = simulate::HOMES)]
        homes: usize,
        /// 天数
        #[arg(long, default_value_t = simulate::DAYS)]
        days: u32,
        /// 以 JSON 打印结果
        #[arg(long)]
        json: bool,
    },
    /// 如果……会怎样：同一段模拟的过去走两遍，条款看板并排
    Whatif(whatif::Whatif),
    /// 打印 API 的 OpenAPI 描述
    Openapi,
}

/// How a command ended when nothing failed: whether what was given is in order.
enum End {
    Good,
    Bad,
}

impl Place {
    /// What is said, without touching the disk.
    fn settings(&self) -> Config {
        let mut config = Config::default();
        if let Some(database) = &self.database {
            config.database.clone_from(database);
        }
        if let Some(files) = &self.files {
            config.files.clone_from(files);
        }
        config
    }

    /// # Errors
    /// When the folders cannot be made.
    fn config(&self) -> anyhow::Result<Config> {
        let config = self.settings();
        std::fs::create_dir_all(&config.files)?;
        let path = config
            .database
            .strip_prefix("sqlite://")
            .map(|p| p.split('?').next().unwrap_or_default());
        if let Some(folder) = path.and_then(|p| std::path::Path::new(p).parent()) {
            std::fs::create_dir_all(folder)?;
        }
        Ok(config)
    }

    async fn app(&self) -> anyhow::Result<App> {
        crate::app::open(self.config()?, Clock::system(), Ids::system()).await
    }
}

/// Reads the command line and does it.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| "warn,yizhan=info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Told by a print that panics: where the log itself is what has no room, requests must still be answered.
        .log_internal_errors(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli.command)));
    match done {
        Ok(End::Good) => ExitCode::SUCCESS,
        Ok(End::Bad) => ExitCode::from(1),
        Err(error) => {
            eprintln!("没有完成：{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> anyhow::Result<End> {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Check { folder } => manuals::check(folder.as_deref()),
        Command::Test { folder, json, mutate } => stories::test(folder.as_deref(), json, mutate),
        Command::Schema { reference: true } => {
            say(engine::load::reference().trim_end())?;
            Ok(End::Good)
        }
        Command::Schema { reference: false } => print(&engine::load::json_schemas()),
        Command::Coverage { folder, json } => manuals::coverage(folder.as_deref(), json),
        Command::Manual(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Retention(command) => command.run().await,
        Command::Backup(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Audit(command) => command.run().await,
        Command::Simulate {
            place,
            seed,
            homes,
            days,
            json,
        } => {
            let now = Clock::system().now();
            let plan = simulate::Plan {
                seed,
                homes,
                days,
                now,
            };
            let summary = simulate::run(&place.config()?, plan).await?;
            if json {
                return print(&summary);
            }
            println!("{summary}");
            Ok(End::Good)
        }
        Command::Whatif(whatif) => whatif.run().await,
        Command::Openapi => print(&crate::router::openapi()),
    }
}

fn print(value: &impl serde::Serialize) -> anyhow::Result<End> {
    say(&serde_json::to_string_pretty(value)?)?;
    Ok(End::Good)
}

/// Writes lines out. A reader that has seen enough (`| head`) closes the pipe: that is no fault.
fn say(lines: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout().lock(), "{lines}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A problem as an error of the command line.
fn told(problem: Problem) -> anyhow::Error {
    tracing::debug!(?problem);
    match problem.fields.first() {
        Some(field) => anyhow::anyhow!("{}（{}）", field.sentence, field.field),
        None => anyhow::anyhow!(problem.detail),
    }
}
