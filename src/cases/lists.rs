//! Lists of cases: all that one sees, one's own work in order of deadline, the pool.

use super::rows::{self, COLUMNS, CaseRow, Raw};
use super::scope::{self, Filter};
use crate::api::{Json, Query};
use crate::app::App;
use crate::auth::Me;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Rows of a page.
const PAGE: u32 = 50;

/// What is asked of the list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CaseQuery {
    /// Kind.
    kind: Option<String>,
    /// Stage.
    stage: Option<String>,
    /// Site.
    site: Option<String>,
    /// open (default), closed, all
    state: Option<String>,
    /// Only those whose deadline has passed.
    late: Option<bool>,
    /// Only those one works on.
    mine: Option<bool>,
    /// Customer.
    customer: Option<String>,
    /// Home.
    home: Option<String>,
    /// Words.
    q: Option<String>,
    /// due: by deadline (default for open ones); newest: by beginning
    sort: Option<String>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A page of cases.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CasePage {
    /// Rows.
    pub items: Vec<CaseRow>,
    /// Pass it as `cursor` for the next page.
    pub next: Option<String>,
}

/// Cases, filtered.
#[utoipa::path(get, path = "/cases", tag = "cases", params(CaseQuery), responses((status = 200, body = CasePage)))]
pub async fn list_cases(
    State(app): State<App>,
    me: Me,
    Query(query): Query<CaseQuery>,
) -> Result<Json<CasePage>, Problem> {
    if let Some(words) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        let before = query.cursor.as_deref().and_then(|c| c.parse().ok());
        let (items, next) = rows::with_words(&app, app.db.read(), &me, words, before, PAGE as usize).await?;
        return Ok(Json(CasePage {
            items,
            next: next.map(|n| n.to_string()),
        }));
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut all = conditions(&app, &me, &query, &mut filter);
    let by_due = match query.sort.as_deref() {
        Some("newest") => false,
        Some("due") => true,
        _ => query.state.as_deref().unwrap_or("open") == "open",
    };
    if let Some((key, id)) = query.cursor.as_deref().and_then(cursor) {
        let (key, id) = (filter.bind(0, key), filter.bind(0, id));
        all.push(if by_due {
            format!("(coalesce(c.next_due_at, {NEVER}), c.id) > ({key}, {id})")
        } else {
            format!("(c.opened_at, c.id) < ({key}, {id})")
        });
    }
    let scope = scope::visible(&me, &app.manuals.current(), filter.values.len());
    all.push(scope.sql);
    filter.values.extend(scope.values);
    let order = if by_due {
        format!("coalesce(c.next_due_at, {NEVER}), c.id")
    } else {
        "c.opened_at desc, c.id desc".to_owned()
    };
    let sql = format!(
        "{COLUMNS} where {} order by {order} limit {}",
        all.join(" and "),
        PAGE + 1
    );
    let read = app.db.read();
    let mut raw: Vec<Raw> = read.rows(&sql, filter.values).await?;
    let more = raw.len() > PAGE as usize;
    raw.truncate(PAGE as usize);
    let last_due = raw.last().and_then(|r| r.next_due_at);
    let items = rows::render(&app, read, raw).await?;
    let key = |row: &CaseRow| {
        if by_due {
            last_due.unwrap_or(NEVER)
        } else {
            row.opened_at
        }
    };
    let next = items
        .last()
        .filter(|_| more)
        .map(|row| format!("{}~{}", key(row), row.id));
    Ok(Json(CasePage { items, next }))
}

/// A deadline that never comes, for cases without one.
const NEVER: i64 = 9_007_199_254_740_991;

fn cursor(text: &str) -> Option<(i64, String)> {
    let (key, id) = text.split_once('~')?;
    Some((key.parse().ok()?, id.to_owned()))
}

fn conditions(app: &App, me: &Me, query: &CaseQuery, filter: &mut Filter) -> Vec<String> {
    let mut all = Vec::new();
    let equal = [
        ("c.kind", &query.kind),
        ("c.stage", &query.stage),
        ("c.site_id", &query.site),
        ("c.customer_id", &query.customer),
        ("c.home_id", &query.home),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            all.push(format!("{column} = {}", filter.bind(0, value.clone())));
        }
    }
    match query.state.as_deref() {
        Some("all") => {}
        Some("closed") => all.push("c.closed_at is not null".to_owned()),
        _ => all.push("c.closed_at is null".to_owned()),
    }
    if query.late == Some(true) {
        all.push(format!("c.next_due_at < {}", filter.bind(0, app.clock.now())));
    }
    if query.mine == Some(true) {
        let id = filter.bind(0, me.id.clone());
        all.push(format!(
            "exists (select 1 from case_person p where p.case_id = c.id and p.staff_id = {id} \
             and p.relation in ('assignee', 'responsible'))"
        ));
    }
    all
}

/// A case in one's own work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkRow {
    /// The case.
    #[serde(flatten)]
    pub row: CaseRow,
    /// sign, pass, assignee, responsible
    pub why: String,
    /// What is waited for, in words.
    pub waiting_title: String,
}

/// One's own work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Work {
    /// In order of deadline.
    pub items: Vec<WorkRow>,
    /// Figures for the heads of the tabs.
    pub counts: WorkCounts,
}

/// Figures over one's own work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkCounts {
    /// Due within 24 hours.
    pub due_today: usize,
    /// Deadline passed.
    pub late: usize,
    /// Waits for one's signature.
    pub sign: usize,
    /// In the pool.
    pub pool: usize,
}

#[derive(FromQueryResult)]
struct Why {
    id: String,
    why: String,
    title: String,
}

/// One's own work, in order of deadline: to sign, passed on to one, in one's hands, followed as first receiver.
#[utoipa::path(get, path = "/work", tag = "cases", responses((status = 200, body = Work)))]
pub async fn list_work(State(app): State<App>, me: Me) -> Result<Json<Work>, Problem> {
    let read = app.db.read();
    let mut whys = waiting(&app, &me).await?;
    whys.extend(
        read.rows::<Why>(
            "select c.id, p.relation as why, '' as title from case_person p join case_record c on c.id = p.case_id \
             where p.staff_id = $1 and p.relation in ('assignee', 'responsible', 'member') and c.closed_at is null \
             order by coalesce(c.next_due_at, 9007199254740991) limit 300",
            vals![me.id.clone()],
        )
        .await?,
    );
    let mut ids: Vec<String> = whys.iter().map(|w| w.id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids.truncate(400);
    let mut items: Vec<WorkRow> = rows::by_ids(&app, read, &me, &ids)
        .await?
        .into_iter()
        .map(|row| work_row(row, &whys))
        .collect();
    let due = |row: &CaseRow| row.next_due.as_ref().and_then(|d| d.due_at).unwrap_or(NEVER);
    items.sort_by_key(|w| (due(&w.row), std::cmp::Reverse(w.row.urgency)));
    let now = app.clock.now();
    let counts = WorkCounts {
        due_today: items
            .iter()
            .filter(|w| (now..now + 86_400_000).contains(&due(&w.row)))
            .count(),
        late: items.iter().filter(|w| due(&w.row) < now).count(),
        sign: items.iter().filter(|w| w.why == "sign").count(),
        pool: pool_rows(&app, &me, None).await?.len(),
    };
    Ok(Json(Work { items, counts }))
}

/// What weighs most comes first: a signature holds others up.
fn work_row(row: CaseRow, whys: &[Why]) -> WorkRow {
    const ORDER: [&str; 5] = ["sign", "pass", "assignee", "responsible", "member"];
    let mine = whys.iter().filter(|w| w.id == row.id);
    let best = mine
        .min_by_key(|w| ORDER.iter().position(|o| *o == w.why))
        .map(|w| (w.why.clone(), w.title.clone()));
    let (why, title) = best.unwrap_or_default();
    let waiting_title = match why.as_str() {
        "sign" => title,
        "pass" => "转办给您，请接收".to_owned(),
        _ => row.next_due.as_ref().map(|d| d.title.clone()).unwrap_or_default(),
    };
    WorkRow {
        row,
        why,
        waiting_title,
    }
}

async fn waiting(app: &App, me: &Me) -> Result<Vec<Why>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let id = filter.bind(0, me.id.clone());
    let mut ways = vec![format!("w.staff_id = {id}")];
    for held in &me.posts {
        let post = filter.bind(0, held.post.clone());
        ways.push(match &held.site {
            Some(site) => format!(
                "(w.post = {post} and c.site_id = {})",
                filter.bind(0, site.clone())
            ),
            None => format!("w.post = {post}"),
        });
    }
    let sql = format!(
        "select c.id, 'sign' as why, w.title from sign_wait w join case_record c on c.id = w.case_id \
         where c.closed_at is null and ({}) limit 200",
        ways.join(" or ")
    );
    let mut whys: Vec<Why> = app.db.read().rows(&sql, filter.values).await?;
    whys.extend(
        app.db
            .read()
            .rows::<Why>(
                "select id, 'pass' as why, '' as title from case_record where passing_to = $1 and closed_at is null",
                vals![me.id.clone()],
            )
            .await?,
    );
    Ok(whys)
}

/// What is asked of the pool.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PoolQuery {
    /// Site.
    site: Option<String>,
}

/// Cases nobody works on yet, which one may take 抢单.
#[utoipa::path(get, path = "/pool", tag = "cases", params(PoolQuery), responses((status = 200, body = CasePage)))]
pub async fn list_pool(
    State(app): State<App>,
    me: Me,
    Query(query): Query<PoolQuery>,
) -> Result<Json<CasePage>, Problem> {
    Ok(Json(CasePage {
        items: pool_rows(&app, &me, query.site).await?,
        next: None,
    }))
}

async fn pool_rows(app: &App, me: &Me, site: Option<String>) -> Result<Vec<CaseRow>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let ways = scope::pool(me, &app.manuals.current(), &mut filter, 0);
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let mut condition = format!("({})", ways.join(" or "));
    if let Some(site) = site {
        condition = format!("{condition} and c.site_id = {}", filter.bind(0, site));
    }
    rows::pick(app, app.db.read(), me, &condition, filter.values, 100).await
}
