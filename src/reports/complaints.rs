//! The complaint report (COMPLAINT-9): by cause, field, site, building and contractor, with Pareto and trend, time to
//! first answer and to settlement, repeats and satisfaction.

use super::shape::{Chart, Part, Shown};
use super::tally::{count, groups, ids, mean_hours, pareto, per_hundred, share, text};
use super::{Asked, Period};
use crate::auth::Me;
use crate::cases::scope;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::exchange::book::Cell;
use crate::vals;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// A complaint, as the manual's kind `complaint` keeps it.
#[derive(Debug, FromQueryResult)]
pub struct Complaint {
    pub id: String,
    pub opened_at: i64,
    closed_at: Option<i64>,
    stage: String,
    site_id: String,
    site_name: String,
    building: Option<String>,
    sphere: Option<String>,
    pub cause: Option<String>,
    valid: Option<String>,
    severity: Option<String>,
    contractor: Option<String>,
    satisfaction: Option<String>,
    repeats: i64,
    answered_at: Option<i64>,
    answered_late: i64,
    settled_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Homes {
    site_id: String,
    homes: i64,
}

impl Complaint {
    fn within(&self, period: &Period) -> bool {
        (period.from()..period.to()).contains(&self.opened_at)
    }

    fn is_repeat(&self) -> bool {
        self.repeats > 0
    }

    /// A clock that stops because the customer withdraws was not answered.
    fn ended(&self, at: Option<i64>) -> Option<i64> {
        at.filter(|at| !(self.stage == "withdrawn" && self.closed_at == Some(*at)))
    }

    fn first_answer(&self) -> Option<i64> {
        self.ended(self.answered_at).map(|at| at - self.opened_at)
    }

    fn settlement(&self) -> Option<i64> {
        self.ended(self.settled_at).map(|at| at - self.opened_at)
    }
}

/// Complaints begun within the instants, newest first, without those merged into others.
///
/// # Errors
/// The database's.
pub async fn load(app: &App, me: &Me, asked: &Asked, from: i64, to: i64) -> Result<Vec<Complaint>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![from, to],
    };
    let mut site = String::new();
    if let Some(id) = &asked.site {
        site = format!(" and c.site_id = {}", filter.bind(0, id.clone()));
    }
    let scope = scope::visible(me, &app.manuals.current(), filter.values.len());
    filter.values.extend(scope.values);
    let sql = format!(
        "select c.id, c.opened_at, c.closed_at, c.stage, c.site_id, s.name as site_name, b.name as building, \
         c.data ->> 'sphere' as sphere, c.data ->> 'cause' as cause, c.data ->> 'valid' as valid, \
         c.data ->> 'severity' as severity, c.data ->> 'blame_contractor' as contractor, \
         c.data ->> 'satisfaction' as satisfaction, cast(c.state ->> 'repeats' as bigint) as repeats, \
         (select min(r.ended_at) from clock_run r where r.case_id = c.id and r.clock = 'first-answer') as answered_at, \
         (select count(*) from clock_run r where r.case_id = c.id and r.clock = 'first-answer' \
         and r.breached_at is not null) as answered_late, \
         (select min(r.ended_at) from clock_run r where r.case_id = c.id and r.clock = 'settle') as settled_at \
         from case_record c join site s on s.id = c.site_id left join home h on h.id = c.home_id \
         left join building b on b.id = h.building_id \
         where c.kind = 'complaint' and c.merged_into is null and c.opened_at >= $1 and c.opened_at < $2{site} \
         and {} order by c.opened_at desc, c.id desc",
        scope.sql
    );
    Ok(app.db.read().rows(&sql, filter.values).await?)
}

/// The parts of the report.
///
/// # Errors
/// The database's.
pub async fn parts(app: &App, me: &Me, asked: &Asked) -> Result<Vec<Part>, Problem> {
    let trend = asked.period.trend();
    let from = trend.first().map_or(asked.period.from(), Period::from);
    let all = load(app, me, asked, from.min(asked.period.from()), asked.period.to()).await?;
    let here: Vec<&Complaint> = all.iter().filter(|c| c.within(&asked.period)).collect();
    let homes: Vec<Homes> = app
        .db
        .read()
        .rows(
            "select site_id, count(*) as homes from home group by site_id",
            vals![],
        )
        .await?;
    let homes: BTreeMap<String, i64> = homes.into_iter().map(|h| (h.site_id, h.homes)).collect();
    let mut parts = vec![
        figures(&here),
        over_time(&all, &trend),
        by_cause(&here),
        pareto("sphere", "责任范围", &here, |c| c.sphere.as_deref(), id_of),
        by_site(&here, &homes),
        pareto("building", "楼栋", &here, |c| c.building.as_deref(), id_of),
    ];
    let blamed: Vec<&Complaint> = here.iter().copied().filter(|c| c.contractor.is_some()).collect();
    parts.push(pareto(
        "contractor",
        "责任单位",
        &blamed,
        |c| c.contractor.as_deref(),
        id_of,
    ));
    let asked_again: Vec<&Complaint> = here
        .iter()
        .copied()
        .filter(|c| c.satisfaction.is_some())
        .collect();
    parts.push(pareto(
        "satisfaction",
        "回访评价",
        &asked_again,
        |c| c.satisfaction.as_deref(),
        id_of,
    ));
    Ok(parts)
}

/// Complaints by cause.
pub fn by_cause(here: &[&Complaint]) -> Part {
    pareto("cause", "原因", here, |c| c.cause.as_deref(), id_of)
}

fn id_of(c: &Complaint) -> &str {
    &c.id
}

fn figures(here: &[&Complaint]) -> Part {
    let heads = [
        ("指标", Shown::Text),
        ("数值", Shown::Count),
        ("占比", Shown::Percent),
    ];
    let mut part = Part::new("figures", "概况", Chart::Figures, &heads)
        .noted("按受理时间计入当期；并入其他投诉的不重复计。用时为日历小时，撤诉的不计。");
    type Test = fn(&Complaint) -> bool;
    let counted: [(&str, Test); 7] = [
        ("受理", |_| true),
        ("有效", |c| c.valid.as_deref() == Some("有效")),
        ("无效", |c| c.valid.as_deref() == Some("无效")),
        ("重大", |c| c.severity.as_deref() == Some("重大")),
        ("二次投诉", Complaint::is_repeat),
        ("已办结", |c| c.closed_at.is_some()),
        ("首次答复超时", |c| c.answered_late > 0),
    ];
    for (title, test) in counted {
        let members: Vec<&Complaint> = here.iter().copied().filter(|c| test(c)).collect();
        let share = share(members.len(), here.len());
        part.counts(
            vec![text(title), count(members.len()), share],
            ids(&members, id_of),
        );
    }
    let spans =
        |span: fn(&Complaint) -> Option<i64>| -> Vec<i64> { here.iter().filter_map(|c| span(c)).collect() };
    for (title, spans) in [
        ("平均首次答复（小时）", spans(Complaint::first_answer)),
        ("平均处理完（小时）", spans(Complaint::settlement)),
    ] {
        part.counts(vec![text(title), mean_hours(&spans), Cell::Empty], Vec::new());
    }
    let asked: Vec<&Complaint> = here
        .iter()
        .copied()
        .filter(|c| c.satisfaction.is_some())
        .collect();
    let happy: Vec<&Complaint> = asked
        .iter()
        .copied()
        .filter(|c| c.satisfaction.as_deref().is_some_and(|s| !s.contains("不满意")))
        .collect();
    let cells = vec![
        text("回访满意"),
        count(happy.len()),
        share(happy.len(), asked.len()),
    ];
    part.counts(cells, ids(&happy, id_of));
    part
}

fn over_time(all: &[Complaint], trend: &[Period]) -> Part {
    let heads = [
        ("期间", Shown::Text),
        ("受理", Shown::Count),
        ("有效", Shown::Count),
        ("二次投诉", Shown::Count),
    ];
    let mut part = Part::new("trend", "走势", Chart::Trend, &heads);
    for period in trend {
        let within: Vec<&Complaint> = all.iter().filter(|c| c.within(period)).collect();
        let of = |test: fn(&Complaint) -> bool| count(within.iter().filter(|c| test(c)).count());
        let cells = vec![
            Cell::Text(period.short()),
            count(within.len()),
            of(|c| c.valid.as_deref() == Some("有效")),
            of(Complaint::is_repeat),
        ];
        part.counts(cells, ids(&within, id_of));
    }
    part
}

fn by_site(here: &[&Complaint], homes: &BTreeMap<String, i64>) -> Part {
    let heads = [
        ("项目", Shown::Text),
        ("件数", Shown::Count),
        ("占比", Shown::Percent),
        ("房屋数", Shown::Count),
        ("每百户件数", Shown::Number),
        ("二次投诉", Shown::Count),
        ("二次投诉占比", Shown::Percent),
    ];
    let mut part = Part::new("site", "各项目", Chart::Table, &heads);
    for (title, members) in groups(here, |c| Some(c.site_name.as_str())) {
        let homes = members
            .first()
            .and_then(|c| homes.get(&c.site_id))
            .copied()
            .unwrap_or(0);
        let repeats = members.iter().filter(|c| c.is_repeat()).count();
        let cells = vec![
            Cell::Text(title),
            count(members.len()),
            share(members.len(), here.len()),
            Cell::Count(homes),
            per_hundred(members.len(), homes),
            count(repeats),
            share(repeats, members.len()),
        ];
        part.counts(cells, ids(&members, id_of));
    }
    part
}
