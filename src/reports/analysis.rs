//! The monthly analysis of services and complaints with causes; of a year, the input of the management review
//! (QUALITY-3).

use super::shape::{Chart, Part, Row, Shown};
use super::tally::{pareto, share, text};
use super::{Asked, Period, complaints};
use crate::auth::Me;
use crate::cases::scope;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::exchange::book::Cell;
use crate::measure::board::figures;
use crate::measure::reach::Asked as Facts;
use crate::vals;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

#[derive(FromQueryResult)]
struct KindCount {
    kind: String,
    opened: i64,
    closed: i64,
    open: i64,
    late: i64,
}

#[derive(FromQueryResult)]
struct Opened {
    kind: String,
    count: i64,
}

#[derive(FromQueryResult)]
struct Repair {
    id: String,
    part: Option<String>,
}

/// A condition on cases with its two first values, what is asked and what the reader sees; the row is called `c`.
fn condition(app: &App, me: &Me, asked: &Asked, first: i64, second: i64) -> Filter {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![first, second],
    };
    let mut all = vec!["c.merged_into is null".to_owned()];
    if let Some(site) = &asked.site {
        all.push(format!("c.site_id = {}", filter.bind(0, site.clone())));
    }
    let seen = scope::visible(me, &app.manuals.current(), filter.values.len());
    filter.values.extend(seen.values);
    all.push(seen.sql);
    filter.sql = all.join(" and ");
    filter
}

/// The parts of the report.
///
/// # Errors
/// The database's.
pub async fn parts(app: &App, me: &Me, asked: &Asked) -> Result<Vec<Part>, Problem> {
    let (from, to) = (asked.period.from(), asked.period.to());
    let here = complaints::load(app, me, asked, from, to).await?;
    Ok(vec![
        by_kind(app, me, asked).await?,
        over_time(app, me, asked).await?,
        complaints::by_cause(&here.iter().collect::<Vec<_>>()).titled("投诉原因"),
        repairs(app, me, asked).await?,
        clauses(app, me, asked).await?,
    ])
}

async fn by_kind(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    let heads = [
        ("事项", Shown::Text),
        ("登记", Shown::Count),
        ("占比", Shown::Percent),
        ("办结", Shown::Count),
        ("期末在办", Shown::Count),
        ("其中超时", Shown::Count),
    ];
    let mut part = Part::new("kind", "各类服务", Chart::Table, &heads)
        .noted("超时：期末（本期未完的到现在）还在办，而且最近的时限已过。并入其他事项的不重复计。");
    let (from, to) = (asked.period.from(), asked.period.to());
    let mut of = condition(app, me, asked, from, to);
    let now = of.bind(0, app.clock.now().min(to));
    let sql = format!(
        "select c.kind, \
         cast(sum(case when c.opened_at >= $1 and c.opened_at < $2 then 1 else 0 end) as bigint) as opened, \
         cast(sum(case when c.closed_at >= $1 and c.closed_at < $2 then 1 else 0 end) as bigint) as closed, \
         cast(sum(case when c.closed_at is null or c.closed_at >= $2 then 1 else 0 end) as bigint) as open, \
         cast(sum(case when c.closed_at is null and c.next_due_at < {now} then 1 else 0 end) as bigint) as late \
         from case_record c where c.opened_at < $2 and (c.closed_at is null or c.closed_at >= $1) and {} \
         group by c.kind order by opened desc, c.kind",
        of.sql
    );
    let rows: Vec<KindCount> = app.db.read().rows(&sql, of.values).await?;
    let all: i64 = rows.iter().map(|r| r.opened).sum();
    for row in rows {
        let link = format!(
            "/cases?kind={}&state=all&from={from}&to={to}{}",
            row.kind,
            at(asked)
        );
        let cells = vec![
            Cell::Text(title(app, &row.kind)),
            Cell::Count(row.opened),
            share(row.opened as usize, all as usize),
            Cell::Count(row.closed),
            Cell::Count(row.open),
            Cell::Count(row.late),
        ];
        part.rows.push(Row {
            cells,
            link: (row.opened > 0).then_some(link),
            ..Row::default()
        });
    }
    Ok(part)
}

fn at(asked: &Asked) -> String {
    asked
        .site
        .as_ref()
        .map_or_else(String::new, |site| format!("&site={site}"))
}

fn title(app: &App, kind: &str) -> String {
    app.manuals
        .current()
        .kind(kind)
        .map_or(kind.to_owned(), |r| r.kind.title.clone())
}

/// The four kinds that customers' calls lead to, period by period.
async fn over_time(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    const KINDS: [&str; 4] = ["repair", "complaint", "consultation", "matter"];
    let titles = KINDS.map(|kind| title(app, kind));
    let mut heads = vec![("期间", Shown::Text)];
    heads.extend(titles.iter().map(|t| (t.as_str(), Shown::Count)));
    let mut part = Part::new("trend", "服务与投诉走势", Chart::Trend, &heads);
    for period in asked.period.trend() {
        let counts = opened(app, me, asked, &period).await?;
        let mut cells = vec![Cell::Text(period.short())];
        cells.extend(KINDS.map(|kind| Cell::Count(counts.get(kind).copied().unwrap_or(0))));
        part.counts(cells, Vec::new());
    }
    Ok(part)
}

async fn opened(
    app: &App,
    me: &Me,
    asked: &Asked,
    period: &Period,
) -> Result<BTreeMap<String, i64>, Problem> {
    let of = condition(app, me, asked, period.from(), period.to());
    let sql = format!(
        "select c.kind, count(*) as count from case_record c \
         where c.opened_at >= $1 and c.opened_at < $2 and {} group by c.kind",
        of.sql
    );
    let rows: Vec<Opened> = app.db.read().rows(&sql, of.values).await?;
    Ok(rows.into_iter().map(|r| (r.kind, r.count)).collect())
}

async fn repairs(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    let of = condition(app, me, asked, asked.period.from(), asked.period.to());
    let sql = format!(
        "select c.id, c.data ->> 'part' as part from case_record c \
         where c.kind = 'repair' and c.opened_at >= $1 and c.opened_at < $2 and {} \
         order by c.opened_at desc, c.id desc",
        of.sql
    );
    let rows: Vec<Repair> = app.db.read().rows(&sql, of.values).await?;
    let here: Vec<&Repair> = rows.iter().collect();
    Ok(pareto("part", "部位", &here, |r| r.part.as_deref(), |r| &r.id).titled("报修部位"))
}

/// The clauses that something broke, the most broken first.
async fn clauses(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    let heads = [
        ("条款", Shown::Text),
        ("要求", Shown::Text),
        ("计数", Shown::Count),
        ("未守住", Shown::Count),
        ("占比", Shown::Percent),
    ];
    let mut part = Part::new("clause", "没有守住的条款", Chart::Table, &heads);
    let manual = app.manuals.current();
    let facts = Facts {
        site: asked.site.clone(),
        ..Facts::default()
    };
    let days = (asked.period.first, asked.period.last());
    let mut all = figures(app, me, &manual.clauses, &facts, days).await?;
    all.retain(|clause| clause.broken > 0);
    all.sort_by(|a, b| (b.broken, &a.id).cmp(&(a.broken, &b.id)));
    for clause in all {
        let period = match clause.periods.as_slice() {
            [one] => format!("?period={}{}", one.period, at(asked)),
            _ => String::new(),
        };
        let cells = vec![
            Cell::Text(format!("{} {}", clause.id, clause.title)),
            text(&clause.threshold),
            Cell::Count(clause.total),
            Cell::Count(clause.broken),
            share(clause.broken as usize, clause.total as usize),
        ];
        part.rows.push(Row {
            cells,
            link: Some(format!("/clauses/{}{period}", clause.id)),
            ..Row::default()
        });
    }
    Ok(part)
}
