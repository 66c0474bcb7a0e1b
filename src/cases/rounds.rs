//! What comes round by the calendar 周期事项, for people to look at: when, for whom, what was opened and what was not.

use super::anchors;
use super::pick;
use super::recurrence;
use super::rows::CaseRow;
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Filter, Sql};
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use engine::def::{Area, Each, Who};
use engine::load::{Anchor, Manual, RecurrenceRules, every_title};
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many anchors are asked when they are next due; of more, the page says so.
const LOOKED_AT: i64 = 500;
/// How many of what is to come are shown.
const COMING: usize = 50;
/// How many of what was opened or refused are shown at once.
const RUNS: usize = 100;

/// Everything that comes round.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecurrenceList {
    /// In the order of the manual.
    pub items: Vec<RecurrenceView>,
}

/// Something that comes round.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RecurrenceView {
    /// Pack it stands in.
    pub pack: String,
    /// What people call the pack.
    pub pack_title: String,
    /// Name in its pack.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Kind of case it opens; none where it sends a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// What people call the kind, or the report.
    pub kind_title: String,
    /// The posts that get the report, in words; none where cases are opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// Whom it is done for, in words.
    pub each_title: String,
    /// Only some of them.
    pub some: bool,
    /// How often, in words.
    pub every: String,
    /// From which day; absent: each has a day of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start: Option<String>,
    /// When anybody is next due at the soonest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_at: Option<i64>,
    /// When it was last due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_at: Option<i64>,
    /// How many were opened, or reports sent, then.
    pub opened: i64,
    /// How many were refused then.
    pub refused: i64,
    /// A round is being opened now: how many have been looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub looked_at: Option<i64>,
}

/// Something that comes round, with what is to come and what was.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecurrenceDetail {
    /// What it is.
    #[serde(flatten)]
    pub round: RecurrenceView,
    /// What is to come, the soonest first.
    pub coming: Vec<NextRun>,
    /// There are more it is done for than were asked.
    pub coming_more: bool,
    /// What was opened or refused, newest first.
    pub runs: Vec<RecurrenceRun>,
    /// There are older ones.
    pub more: bool,
}

/// When it is next due for one of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NextRun {
    /// For whom: a home, a site, a member of staff.
    pub whom: String,
    /// When.
    pub at: i64,
}

/// What came of it once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecurrenceRun {
    /// For whom.
    pub whom: String,
    /// When it was due.
    pub at: i64,
    /// The case that was opened, as far as the reader sees it.
    pub case: Option<CaseRow>,
    /// Why none was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refused: Option<String>,
}

/// Which of them.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunQuery {
    /// Only those that were refused.
    pub refused: Option<bool>,
    /// Only what was due before this instant.
    pub before: Option<i64>,
}

/// What comes round by the calendar, without a case it hangs on.
#[utoipa::path(get, path = "/recurrences", tag = "cases", responses((status = 200, body = RecurrenceList)))]
pub async fn list_recurrences(State(app): State<App>, me: Me) -> Result<Json<RecurrenceList>, Problem> {
    me.must(Area::Measure)?;
    let manual = app.manuals.current();
    let mut items = Vec::with_capacity(manual.recurrences.len());
    for rules in &manual.recurrences {
        items.push(view(&app, &manual, rules).await?);
    }
    Ok(Json(RecurrenceList { items }))
}

/// One of them, with what is to come and what was opened or refused.
#[utoipa::path(get, path = "/recurrences/{pack}/{name}", tag = "cases",
    params(("pack" = String, Path), ("name" = String, Path), RunQuery), responses((status = 200, body = RecurrenceDetail)))]
pub async fn get_recurrence(
    State(app): State<App>,
    me: Me,
    Path((pack, name)): Path<(String, String)>,
    Query(query): Query<RunQuery>,
) -> Result<Json<RecurrenceDetail>, Problem> {
    me.must(Area::Measure)?;
    let manual = app.manuals.current();
    let mut all = manual.recurrences.iter();
    let rules = all
        .find(|rules| rules.pack == pack && rules.def.name == name)
        .ok_or_else(Problem::not_found)?;
    let sites = me.sites_where(Area::Measure);
    let (coming, coming_more) = coming(&app, &manual, rules, sites.as_ref()).await?;
    let (runs, more) = runs(&app, &me, rules, sites.as_ref(), &query).await?;
    Ok(Json(RecurrenceDetail {
        round: view(&app, &manual, rules).await?,
        coming,
        coming_more,
        runs,
        more,
    }))
}

#[derive(FromQueryResult)]
struct Last {
    at: Option<i64>,
    runs: i64,
    opened: Option<i64>,
    refused: Option<i64>,
}

async fn view(app: &App, manual: &Manual, rules: &RecurrenceRules) -> Result<RecurrenceView, Problem> {
    let read = app.db.read();
    let name = recurrence::name(rules);
    let text = "select max(at) as at, count(*) as runs, sum(case when case_id is null then 0 else 1 end) as opened, \
                sum(case when refused is null then 0 else 1 end) as refused from recurrence_run \
                where name = $1 and at = (select max(at) from recurrence_run where name = $1)";
    let last: Option<Last> = read.row(text, vals![name.clone()]).await?;
    let looked: Option<i64> = read
        .scalar(
            "select looked_at from recurrence_sweep where name = $1 and to_at is not null",
            vals![name],
        )
        .await?;
    let def = &rules.def;
    let refused = last.as_ref().and_then(|last| last.refused).unwrap_or_default();
    let opened = last.as_ref().map_or(0, |last| match def.report {
        Some(_) => last.runs - refused,
        None => last.opened.unwrap_or_default(),
    });
    let every: Vec<String> = def.every.iter().map(every_title).collect();
    let calendar = def.calendar.as_ref().and_then(|name| manual.calendar(name));
    let moved = calendar.map_or_else(String::new, |c| format!("，遇{}的休息日顺延", c.title()));
    Ok(RecurrenceView {
        pack: rules.pack.clone(),
        pack_title: manual
            .packs
            .get(&rules.pack)
            .map_or_else(String::new, |p| p.title.clone()),
        name: def.name.clone(),
        title: def.title.clone(),
        kind: def.open.clone(),
        kind_title: what(manual, rules),
        to: def.report.as_ref().map(|_| receivers(manual, &def.to)),
        each_title: each_title(def.each, def.report.is_some()),
        some: def.r#where.is_some(),
        every: format!("{} {}{moved}", every.join("或"), def.at.join("、")),
        start: Some(def.start.clone()).filter(|day| day.starts_with(|c: char| c.is_ascii_digit())),
        next_at: rules.soonest(manual, Time(app.clock.now())).map(|at| at.0),
        last_at: last.as_ref().and_then(|last| last.at),
        opened,
        refused,
        looked_at: looked,
    })
}

/// What it opens, or the report it sends.
fn what(manual: &Manual, rules: &RecurrenceRules) -> String {
    let open = rules.def.open.as_ref();
    let kind = open
        .and_then(|kind| manual.kind(kind))
        .map(|r| r.kind.title.clone());
    let sent = rules.def.report.as_ref().and_then(|name| manual.report(name));
    kind.or_else(|| sent.map(|report| report.def.title.clone()))
        .unwrap_or_else(|| rules.def.title.clone())
}

fn receivers(manual: &Manual, to: &[Who]) -> String {
    let posts = to.iter().filter_map(|who| match who {
        Who::Post(name) => Some(
            manual
                .post(name)
                .map_or(name.as_str(), |post| post.title.as_str()),
        ),
        _ => None,
    });
    posts.collect::<Vec<_>>().join("、")
}

fn each_title(each: Each, report: bool) -> String {
    let whom = match each {
        Each::Company => "全公司",
        Each::Site => "每个项目",
        Each::Home => "每套房屋",
        Each::Staff => "每名员工",
    };
    format!("{whom}{}", if report { "一份" } else { "一件" })
}

/// What an anchor is called.
fn whom(each: Each, anchor: &Anchor) -> String {
    let fact = |path: &str| {
        anchor
            .facts
            .get(path)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
    };
    match each {
        Each::Company => "全公司".to_owned(),
        Each::Site => fact("site.title").to_owned(),
        Each::Home => format!("{} {}", fact("site.title"), fact("home.title")),
        Each::Staff => fact("staff.name").to_owned(),
    }
}

async fn coming(
    app: &App,
    manual: &Manual,
    rules: &RecurrenceRules,
    sites: Option<&BTreeSet<String>>,
) -> Result<(Vec<NextRun>, bool), Problem> {
    let each = rules.def.each;
    let mut anchors = anchors::after(app.db.read(), each, "", LOOKED_AT + 1).await?;
    let more = anchors.len() as i64 > LOOKED_AT;
    anchors.truncate(LOOKED_AT as usize);
    let now = Time(app.clock.now());
    let mut coming: Vec<NextRun> = anchors
        .iter()
        .filter(|anchor| sites.is_none_or(|sites| sites.contains(&anchor.site)))
        .filter_map(|anchor| {
            let at = rules.next(manual, anchor, now)?;
            // Whom its condition leaves out as things stand is not due.
            rules.takes(manual, anchor, at).then(|| NextRun {
                whom: whom(each, anchor),
                at: at.0,
            })
        })
        .collect();
    coming.sort_by(|a, b| (a.at, &a.whom).cmp(&(b.at, &b.whom)));
    let more = more || coming.len() > COMING;
    coming.truncate(COMING);
    Ok((coming, more))
}

#[derive(FromQueryResult)]
struct Run {
    anchor_id: String,
    whom: Option<String>,
    at: i64,
    case_id: Option<String>,
    refused: Option<String>,
}

async fn runs(
    app: &App,
    me: &Me,
    rules: &RecurrenceRules,
    sites: Option<&BTreeSet<String>>,
    query: &RunQuery,
) -> Result<(Vec<RecurrenceRun>, bool), Problem> {
    let each = rules.def.each;
    let mut filter = Filter {
        sql: String::new(),
        values: vals![recurrence::name(rules)],
    };
    let (name, join, site) = match each {
        Each::Company => ("'全公司'", "", None),
        Each::Site => (
            "s.name",
            "left join site s on s.id = r.anchor_id",
            Some("r.anchor_id"),
        ),
        Each::Home => (
            "s.name || ' ' || h.title",
            "left join home h on h.id = r.anchor_id left join site s on s.id = h.site_id",
            Some("h.site_id"),
        ),
        Each::Staff => ("f.name", "left join staff f on f.id = r.anchor_id", None),
    };
    let mut all = vec!["r.name = $1".to_owned()];
    if let Some((sites, column)) = sites.zip(site) {
        let marks: Vec<String> = sites.iter().map(|site| filter.bind(0, site.clone())).collect();
        all.push(format!("{column} in ({})", marks.join(", ")));
    }
    if let Some(before) = query.before {
        all.push(format!("r.at < {}", filter.bind(0, before)));
    }
    if query.refused == Some(true) {
        all.push("r.refused is not null".to_owned());
    }
    let text = format!(
        "select r.anchor_id, {name} as whom, r.at, r.case_id, r.refused from recurrence_run r {join} \
         where {} order by r.at desc, r.anchor_id limit {}",
        all.join(" and "),
        RUNS + 1
    );
    let mut found: Vec<Run> = app.db.read().rows(&text, filter.values).await?;
    let more = found.len() > RUNS;
    found.truncate(RUNS);
    // Whoever answers for some sites sees of the company's own, and of staff, what they see as cases.
    let everything = sites.is_none() || site.is_some();
    Ok((shown(app, me, found, everything).await?, more))
}

async fn shown(app: &App, me: &Me, found: Vec<Run>, everything: bool) -> Result<Vec<RecurrenceRun>, Problem> {
    let ids: Vec<String> = found.iter().filter_map(|run| run.case_id.clone()).collect();
    let cases = pick::by_ids(app, app.db.read(), me, &ids).await?;
    let mut cases: BTreeMap<String, CaseRow> = cases.into_iter().map(|c| (c.id.clone(), c)).collect();
    let views = found.into_iter().map(|run| RecurrenceRun {
        case: run.case_id.and_then(|id| cases.remove(&id)),
        whom: run.whom.unwrap_or(run.anchor_id),
        at: run.at,
        refused: run.refused,
    });
    Ok(views.filter(|run| everything || run.case.is_some()).collect())
}
