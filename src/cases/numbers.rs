//! Numbers for people, per site and year, without gap or double.

use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::time::Time;
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct Next {
    seq: i64,
    code: String,
}

/// The numbers of a pattern such as `TS-{site}-{yyyy}-{seq:5}` in the year, month or day of an instant.
#[derive(Debug)]
pub struct Series {
    before: String,
    after: String,
    width: usize,
}

impl Series {
    /// `offset`: minutes east of Greenwich.
    pub fn of(pattern: &str, at: i64, offset: i32) -> Series {
        let local = Time(at).local(offset);
        let dated = [("{yyyy}", "%Y"), ("{mm}", "%m"), ("{dd}", "%d")];
        let prefix = dated.iter().fold(pattern.to_owned(), |pattern, (name, form)| {
            pattern.replace(name, &local.format(form).to_string())
        });
        let (before, rest) = prefix.split_once("{seq:").unwrap_or((&prefix, "5}"));
        let (width, after) = rest.split_once('}').unwrap_or((rest, ""));
        Series {
            before: before.to_owned(),
            after: after.to_owned(),
            width: width.parse().unwrap_or(5),
        }
    }

    /// What its counter is called, where the code of the site takes the place of `{site}`.
    pub fn counter(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// A number at the site with that code.
    pub fn number(&self, seq: i64, code: &str) -> String {
        let (before, after, width) = (&self.before, &self.after, self.width);
        format!("{before}{seq:0width$}{after}").replace("{site}", code)
    }
}

/// Fills a pattern such as `TS-{site}-{yyyy}-{seq:5}` with the next number of its series. The counter's row stays
/// locked until the commit, and a rolled-back write gives its number back.
///
/// # Errors
/// The database's.
pub async fn next(tx: &Tx, pattern: &str, site: &str, at: i64, offset: i32) -> Result<String, Problem> {
    let series = Series::of(pattern, at, offset);
    // One statement: the site's code comes back with the number.
    let next: Option<Next> = tx
        .row(
            "insert into counter (name, next) select replace($1, '{site}', s.code), 2 from site s where s.id = $2 \
             on conflict (name) do update set next = counter.next + 1 \
             returning next - 1 as seq, (select s.code from site s where s.id = $2) as code",
            vals![series.counter(), site.to_owned()],
        )
        .await?;
    let Next { seq, code } = next.ok_or_else(Problem::not_found)?;
    Ok(series.number(seq, &code))
}
