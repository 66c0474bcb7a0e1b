//! PostgreSQL, by its own tools `pg_dump` and `pg_restore`.

use super::{Copied, take_stock};
use crate::backup::generation::Database;
use crate::db::{self, Reader, Sql};
use crate::vals;
use anyhow::Context;
use sqlx::{AssertSqlSafe, Executor};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use tokio::process::Command;

/// Writes the dump into `folder`, beside a running server. What is verified and what is dumped is one snapshot.
pub(super) async fn dump(reader: &Reader, url: &str, folder: &Path) -> anyhow::Result<Copied> {
    let snapshot = reader.snapshot().await?;
    let name: Option<String> = snapshot.scalar("select pg_export_snapshot()", vals![]).await?;
    let target = folder.join(Database::Postgres.file());
    tool(
        "pg_dump",
        url,
        &[
            "--format=custom".to_owned(),
            "--no-owner".to_owned(),
            "--no-privileges".to_owned(),
            // What an earlier restoring has set aside.
            "--exclude-schema=before_*".to_owned(),
            format!("--snapshot={}", name.unwrap_or_default()),
            format!("--file={}", target.display()),
        ],
    )
    .await?;
    std::fs::File::open(&target)?.sync_all()?;
    // Reads the archive from end to end.
    run(
        Command::new("pg_restore").arg("--file=/dev/null").arg(&target),
        "pg_restore",
    )
    .await?;
    take_stock(&snapshot).await
}

/// Whether nothing was ever entered there.
pub(super) async fn is_empty(url: &str) -> anyhow::Result<bool> {
    let reader = db::look_at(url).await.context("打不开数据库")?;
    let there: Option<bool> = reader
        .scalar("select to_regclass('public.staff') is not null", vals![])
        .await?;
    let empty = there != Some(true) || super::restore::has_no_rows(&reader).await?;
    reader.close().await;
    Ok(empty)
}

/// Restores a dump, verifies it, and gives what it holds and where what was there before is now. When it fails,
/// what was there before is there again.
pub(super) async fn load(
    url: &str,
    dump: &Path,
    rows: &BTreeMap<String, i64>,
    stamp: &str,
) -> anyhow::Result<(Copied, Option<String>)> {
    let mut connection = db::connect(url).await?;
    let others: i64 = sqlx::query_scalar(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
         and backend_type = 'client backend'",
    )
    .fetch_one(&mut connection)
    .await?;
    anyhow::ensure!(
        others == 0,
        "数据库正在使用（还有 {others} 个连接）：请先停止服务"
    );
    let aside = format!("before_{}", stamp.to_lowercase());
    let rename = format!("alter schema public rename to {aside}");
    connection.execute(AssertSqlSafe(rename)).await?;
    connection.execute("create schema public").await?;
    let options = [
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    ];
    let mut line: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
    line.push(dump.display().to_string());
    let loaded = async {
        tool("pg_restore", url, &line).await?;
        let reader = db::look_at(url).await?;
        let copied = take_stock(&reader).await;
        reader.close().await;
        let copied = copied?;
        copied.must_hold(rows)?;
        anyhow::Ok(copied)
    };
    match loaded.await {
        Ok(copied) => Ok((copied, Some(format!("schema {aside}")))),
        Err(error) => {
            connection.execute("drop schema public cascade").await?;
            let back = format!("alter schema {aside} rename to public");
            connection.execute(AssertSqlSafe(back)).await?;
            Err(error)
        }
    }
}

/// Runs a tool on a database. The password goes by the environment: a command line is for all to see.
async fn tool(name: &str, url: &str, line: &[String]) -> anyhow::Result<()> {
    let (url, password) = for_tools(url);
    let mut command = Command::new(name);
    command.arg(format!("--dbname={url}")).args(line);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    run(&mut command, name).await
}

async fn run(command: &mut Command, name: &str) -> anyhow::Result<()> {
    let output = match command.output().await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            anyhow::bail!("没有找到 {name}：请安装 PostgreSQL 的客户端工具，版本不低于服务器")
        }
        other => other?,
    };
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{name}：{}", said.trim());
    Ok(())
}

/// An address as the tools understand it, and the password that was in it.
fn for_tools(url: &str) -> (String, Option<String>) {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    // A parameter of our library's own.
    let known = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("statement-cache-capacity="));
    let query = known.fold(String::new(), |all, part| {
        let sign = if all.is_empty() { '?' } else { '&' };
        format!("{all}{sign}{part}")
    });
    let begin = before.find("://").map_or(0, |at| at + 3);
    let end = before[begin..].find('/').map_or(before.len(), |at| begin + at);
    let secret = before[begin..end].rfind('@').and_then(|at| {
        let (user, password) = before[begin..begin + at].split_once(':')?;
        Some((user, password, begin + at))
    });
    let Some((user, password, at)) = secret else {
        return (format!("{before}{query}"), None);
    };
    let decoded = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
    let plain = format!("{}{user}{}{query}", &before[..begin], &before[at..]);
    (plain, Some(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::for_tools;

    #[test]
    fn the_password_is_taken_out() {
        assert_eq!(
            for_tools("postgres://u:p%40ss@a:1,b:2/db?sslmode=require&statement-cache-capacity=100"),
            (
                "postgres://u@a:1,b:2/db?sslmode=require".to_owned(),
                Some("p@ss".to_owned())
            )
        );
        for plain in ["postgres://u@a/db", "postgres:///db?host=/tmp/x@y:z"] {
            assert_eq!(for_tools(plain), (plain.to_owned(), None));
        }
    }
}
