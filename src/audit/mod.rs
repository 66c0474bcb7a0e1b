//! Verifying the ledger 经过: the hash chain of every case, its snapshot against the replay of its events, and the
//! numbers of every series. It reads one snapshot of the database, so it may run beside the server.

mod case;
mod numbers;

use crate::db::Sql;
use crate::vals;
use case::{EventRow, Head};
use sea_orm::{DbErr, FromQueryResult};
use std::fmt;

/// Cases read at once.
const PAGE: i64 = 200;

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the case, or name of the series.
    pub subject: String,
    /// Place in the ledger of the case.
    pub seq: Option<i64>,
    /// What is wrong, a phrase to show.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq.map(|seq| format!("第{seq}条")).unwrap_or_default();
        write!(f, "{}{seq}：{}", self.subject, self.what)
    }
}

/// What was verified.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// Cases.
    pub cases: u64,
    /// Events.
    pub events: u64,
    /// Events whose body was erased on a legal demand: the chain holds, the case cannot be replayed.
    pub erased: u64,
    /// Series of numbers.
    pub series: u64,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Verifies all cases, or `only` the one with that number or id (then not the numbers).
///
/// # Errors
/// When the database cannot be read, and when there is no such case.
pub async fn verify(sql: &impl Sql, only: Option<&str>) -> Result<Report, DbErr> {
    let mut report = Report::default();
    if let Some(wanted) = only {
        let id: Option<Id> = sql
            .row(
                "select id from case_record where id = $1 or number = $1",
                vals![wanted.to_owned()],
            )
            .await?;
        let id = id
            .ok_or_else(|| DbErr::RecordNotFound(format!("没有事项 {wanted}")))?
            .id;
        page(sql, "id >= $1", &id, 1, &mut report).await?;
        return Ok(report);
    }
    let mut after = String::new();
    while let Some(last) = page(sql, "id > $1", &after, PAGE, &mut report).await? {
        after = last;
    }
    let rows: Option<i64> = sql.scalar("select count(*) from case_event", vals![]).await?;
    let strays = rows.unwrap_or_default() - i64::try_from(report.events).unwrap_or(i64::MAX);
    if strays != 0 {
        report.faults.push(Fault {
            subject: "经过".to_owned(),
            seq: None,
            what: format!("有 {strays} 条不属于任何事项"),
        });
    }
    numbers::verify(sql, &mut report).await?;
    Ok(report)
}

/// Verifies some cases in the order of their ids; gives the last id, none when there was no case.
async fn page(
    sql: &impl Sql,
    from: &str,
    id: &str,
    count: i64,
    report: &mut Report,
) -> Result<Option<String>, DbErr> {
    let heads: Vec<Head> = sql
        .rows(
            &format!(
                "select id, number, seq, stage, closed_at, wake_at, cast(state as text) as state from case_record \
                 where {from} order by id limit $2"
            ),
            vals![id.to_owned(), count],
        )
        .await?;
    let (Some(first), Some(last)) = (heads.first(), heads.last()) else {
        return Ok(None);
    };
    let events: Vec<EventRow> = sql
        .rows(
            "select case_id, seq, type as name, version, happened_at, recorded_at, actor_kind, actor_id, \
             cast(body as text) as body, salt, digest, chain from case_event \
             where case_id >= $1 and case_id <= $2 order by case_id, seq",
            vals![first.id.clone(), last.id.clone()],
        )
        .await?;
    let mut rest = events.as_slice();
    for head in &heads {
        // Both are in the order of ids; what stands between belongs to no case and is counted as such.
        let begin = rest.iter().position(|e| e.case_id == head.id).unwrap_or(0);
        let own = rest[begin..].iter().take_while(|e| e.case_id == head.id).count();
        case::verify(head, &rest[begin..begin + own], report);
        rest = &rest[begin + own..];
    }
    Ok(Some(last.id.clone()))
}
