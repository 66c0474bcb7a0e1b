//! Numbers for people, per site and year, without gap or double.

use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::time::Time;

/// Fills a pattern such as `TS-{site}-{yyyy}-{seq:5}` with the next number of its series. The counter's row stays
/// locked until the commit, and a rolled-back write gives its number back.
///
/// # Errors
/// The database's.
pub async fn next(tx: &Tx, pattern: &str, site: &str, at: i64, offset: i32) -> Result<String, Problem> {
    let code: Option<String> = tx
        .scalar("select code from site where id = $1", vals![site.to_owned()])
        .await?;
    let code = code.ok_or_else(Problem::not_found)?;
    let year = Time(at).local(offset).format("%Y").to_string();
    let prefix = pattern.replace("{site}", &code).replace("{yyyy}", &year);
    let Some((before, rest)) = prefix.split_once("{seq:") else {
        return Ok(prefix);
    };
    let Some((width, after)) = rest.split_once('}') else {
        return Ok(prefix.clone());
    };
    let width: usize = width.parse().unwrap_or(5);
    let next: Option<i64> = tx
        .scalar(
            "insert into counter (name, next) values ($1, 2) \
             on conflict (name) do update set next = counter.next + 1 returning next - 1",
            vals![format!("{before}{after}")],
        )
        .await?;
    let seq = next.ok_or_else(|| Problem::internal("the counter gave no number"))?;
    Ok(format!("{before}{seq:0width$}{after}"))
}
