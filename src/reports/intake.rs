//! The report of the register (INTAKE-14): entries by site, channel and judgement, what was answered at once, what was
//! settled within a week, and what was not, with how it stands and what was promised.

use super::shape::{Chart, Part, Shown};
use super::tally::{count, groups, ids, pareto, share, text};
use super::{Asked, Period};
use crate::auth::Me;
use crate::cases::pick::by_ids_with;
use crate::cases::rows::CaseRow;
use crate::contacts::channel;
use crate::contacts::rows::{ContactRow, pick, visible};
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::exchange::book::Cell;
use crate::vals;
use sea_orm::FromQueryResult;
use serde_json::Value;
use std::collections::BTreeMap;

const WEEK_MS: i64 = 7 * 86_400_000;
/// Rows of the list of what is not settled: beyond them the figures tell enough.
const MOST: u32 = 200;

#[derive(Debug, FromQueryResult)]
struct Entry {
    id: String,
    site_name: String,
    channel: String,
    happened_at: i64,
    settled_at: Option<i64>,
    /// Something was done at once, or nothing had to follow.
    at_once: i64,
}

#[derive(Debug, FromQueryResult)]
struct Judged {
    contact_id: String,
    judgement: String,
}

#[derive(FromQueryResult)]
struct Counted {
    entries: i64,
    settled: i64,
}

impl Entry {
    fn within_week(&self) -> bool {
        self.settled_at.is_some_and(|at| at <= self.happened_at + WEEK_MS)
    }

    fn over_a_week(&self, now: i64) -> bool {
        self.happened_at + WEEK_MS <= now && !self.within_week()
    }
}

/// The contacts of some instants that the reader sees; the row is called `k`.
fn condition(me: &Me, asked: &Asked, from: i64, to: i64) -> Filter {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![from, to],
    };
    let mut all = vec!["k.happened_at >= $1 and k.happened_at < $2".to_owned()];
    if let Some(site) = &asked.site {
        all.push(format!("k.site_id = {}", filter.bind(0, site.clone())));
    }
    let seen = visible(me, filter.values.len());
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
    let read = app.db.read();
    let of = condition(me, asked, asked.period.from(), asked.period.to());
    let sql = format!(
        "select k.id, s.name as site_name, k.channel, k.happened_at, k.settled_at, \
         cast(case when k.done_at_once <> '' or not exists (select 1 from contact_case x where x.contact_id = k.id) \
         then 1 else 0 end as bigint) as at_once from contact k join site s on s.id = k.site_id \
         where {} order by k.happened_at desc, k.id desc",
        of.sql
    );
    let entries: Vec<Entry> = read.rows(&sql, of.values.clone()).await?;
    let sql = format!(
        "select j.contact_id, j.judgement from contact_judgement j join contact k on k.id = j.contact_id \
         where {} order by k.happened_at desc, k.id desc",
        of.sql
    );
    let judged: Vec<Judged> = read.rows(&sql, of.values).await?;
    let here: Vec<&Entry> = entries.iter().collect();
    let now = app.clock.now();
    let mut parts = vec![
        figures(&here, now),
        over_time(app, me, asked).await?,
        by_site(&here, now),
        pareto(
            "channel",
            "渠道",
            &here,
            |e| Some(channel::title(&e.channel).unwrap_or(&e.channel)),
            |e| &e.id,
        ),
        by_judgement(app, &judged),
    ];
    for part in &mut parts {
        part.contacts = true;
    }
    parts.push(unsettled(app, me, asked).await?);
    Ok(parts)
}

fn figures(here: &[&Entry], now: i64) -> Part {
    let heads = [
        ("指标", Shown::Text),
        ("数值", Shown::Count),
        ("占比", Shown::Percent),
    ];
    let mut part = Part::new("figures", "概况", Chart::Figures, &heads)
        .noted("按来电来访的时间计入当期。当场答复：“当场处理”写了内容，或没有转成事项。");
    type Test = fn(&Entry, i64) -> bool;
    let counted: [(&str, Test); 6] = [
        ("登记", |_, _| true),
        ("当场答复", |e, _| e.at_once > 0),
        ("已办结", |e, _| e.settled_at.is_some()),
        ("一周内办结", |e, _| e.within_week()),
        ("一周未办结", Entry::over_a_week),
        ("在办，未满一周", |e, now| {
            e.settled_at.is_none() && !e.over_a_week(now)
        }),
    ];
    for (title, test) in counted {
        let members: Vec<&Entry> = here.iter().copied().filter(|e| test(e, now)).collect();
        let cells = vec![
            text(title),
            count(members.len()),
            share(members.len(), here.len()),
        ];
        part.counts(cells, ids(&members, |e| &e.id));
    }
    part
}

async fn over_time(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    let heads = [
        ("期间", Shown::Text),
        ("登记", Shown::Count),
        ("已办结", Shown::Count),
    ];
    let mut part = Part::new("trend", "走势", Chart::Trend, &heads);
    for period in asked.period.trend() {
        let counted = entries_in(app, me, asked, &period).await?;
        let cells = vec![
            Cell::Text(period.short()),
            Cell::Count(counted.entries),
            Cell::Count(counted.settled),
        ];
        part.counts(cells, Vec::new());
    }
    Ok(part)
}

async fn entries_in(app: &App, me: &Me, asked: &Asked, period: &Period) -> Result<Counted, Problem> {
    let of = condition(me, asked, period.from(), period.to());
    let sql = format!(
        "select count(*) as entries, count(k.settled_at) as settled from contact k where {}",
        of.sql
    );
    let counted: Option<Counted> = app.db.read().row(&sql, of.values).await?;
    Ok(counted.unwrap_or(Counted {
        entries: 0,
        settled: 0,
    }))
}

fn by_site(here: &[&Entry], now: i64) -> Part {
    let heads = [
        ("项目", Shown::Text),
        ("登记", Shown::Count),
        ("当场答复", Shown::Count),
        ("已办结", Shown::Count),
        ("一周内办结", Shown::Count),
        ("一周未办结", Shown::Count),
    ];
    let mut part = Part::new("site", "各项目", Chart::Table, &heads);
    for (title, members) in groups(here, |e| Some(e.site_name.as_str())) {
        let of = |test: &dyn Fn(&Entry) -> bool| count(members.iter().filter(|e| test(e)).count());
        let cells = vec![
            Cell::Text(title),
            count(members.len()),
            of(&|e| e.at_once > 0),
            of(&|e| e.settled_at.is_some()),
            of(&|e| e.within_week()),
            of(&|e| e.over_a_week(now)),
        ];
        part.counts(cells, ids(&members, |e| &e.id));
    }
    part
}

fn by_judgement(app: &App, judged: &[Judged]) -> Part {
    let manual = app.manuals.current();
    let here: Vec<&Judged> = judged.iter().collect();
    let title = |j: &Judged| {
        manual
            .judgement(&j.judgement)
            .map_or(j.judgement.clone(), |d| d.title.clone())
    };
    let titled: BTreeMap<&str, String> = judged.iter().map(|j| (j.judgement.as_str(), title(j))).collect();
    pareto(
        "judgement",
        "判断",
        &here,
        |j| titled.get(j.judgement.as_str()).map(String::as_str),
        |j| &j.contact_id,
    )
    .noted("一次来电可以有几项判断，各项之和可能大于登记数。")
}

/// What is a week old at the end of the period, or now, and not settled: one row a contact.
async fn unsettled(app: &App, me: &Me, asked: &Asked) -> Result<Part, Problem> {
    let heads = [
        ("登记编号", Shown::Text),
        ("时间", Shown::Moment),
        ("项目", Shown::Text),
        ("客户说的", Shown::Text),
        ("事项", Shown::Text),
        ("现状", Shown::Text),
        ("最近的答复", Shown::Text),
        ("承诺时间", Shown::Moment),
    ];
    let mut part = Part::new("unsettled", "一周还没有办结的", Chart::Table, &heads)
        .noted("到期末（本期未完的到现在）登记满一周还没有办结的，不论哪一期登记；最多列出 200 条。");
    part.contacts = true;
    let until = asked.period.to().min(app.clock.now()) - WEEK_MS;
    let mut values = vals![until];
    let mut condition = "k.settled_at is null and k.happened_at <= $1".to_owned();
    if let Some(site) = &asked.site {
        values.push(site.clone().into());
        condition.push_str(" and k.site_id = $2");
    }
    let read = app.db.read();
    let contacts = pick(app, read, me, &condition, values, MOST).await?;
    let open: Vec<String> = contacts
        .iter()
        .flat_map(|c| c.cases.iter().filter(|x| !x.closed).map(|x| x.id.clone()))
        .collect();
    let fields = ["answer".to_owned(), "next_answer_at".to_owned()];
    let mut cases: BTreeMap<String, CaseRow> = BTreeMap::new();
    for some in open.chunks(200) {
        let rows = by_ids_with(app, read, me, some, Some(&fields)).await?;
        cases.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }
    for contact in contacts {
        let case = contact.cases.iter().find_map(|c| cases.get(&c.id));
        let cells = row(&contact, case);
        part.counts(cells, vec![contact.id]);
    }
    Ok(part)
}

fn row(contact: &ContactRow, case: Option<&CaseRow>) -> Vec<Cell> {
    let said = |name: &str| case.and_then(|c| c.list.get(name));
    let promised = said("next_answer_at").and_then(Value::as_i64);
    let due = || case.and_then(|c| c.next_due.as_ref()).and_then(|due| due.due_at);
    vec![
        text(&contact.number),
        Cell::Moment(contact.happened_at),
        text(&contact.site_name),
        text(&contact.said),
        case.map_or(Cell::Empty, |c| text(&c.number)),
        case.map_or(Cell::Empty, |c| text(&c.stage_title)),
        said("answer").and_then(Value::as_str).map_or(Cell::Empty, text),
        promised.or_else(due).map_or(Cell::Empty, Cell::Moment),
    ]
}
