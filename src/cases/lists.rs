//! Lists of cases: all that one sees, one's own work in order of deadline, the pool.

use super::columns;
use super::rows::{self, COLUMNS, CaseRow, Raw};
use super::scope::{self, Filter, Pool};
use crate::api::{Json, Query};
use crate::app::App;
use crate::auth::Me;
use crate::db::Sql;
use crate::error::Problem;
use crate::search::{Seek, find_cases};
use crate::vals;
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Rows of a page.
const PAGE: u32 = 50;

/// What is asked of the list.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// Kind.
    pub kind: Option<String>,
    /// Stage.
    pub stage: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// open (default), closed, all; with words all of them by default
    pub state: Option<String>,
    /// Only those whose deadline has passed.
    pub late: Option<bool>,
    /// Only those one works on.
    pub mine: Option<bool>,
    /// Customer.
    pub customer: Option<String>,
    /// Home.
    pub home: Option<String>,
    /// Begun not before this instant.
    pub from: Option<i64>,
    /// Begun before this instant.
    pub to: Option<i64>,
    /// Words.
    pub q: Option<String>,
    /// due: by deadline (default for open ones); newest: by beginning. Found by words they are the newest first.
    pub sort: Option<String>,
    /// Columns, names joined by commas: see `/cases/columns`. None: those the kind shows in lists.
    pub columns: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
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
    page(&app, &me, &query, PAGE).await.map(Json)
}

/// A page of the list, `size` rows at most; 200 when there are words.
///
/// # Errors
/// The database's.
pub async fn page(app: &App, me: &Me, query: &CaseQuery, size: u32) -> Result<CasePage, Problem> {
    let fields = columns::fields(query.columns.as_deref());
    if let Some(words) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        return with_words(app, me, query, words, size, fields.as_deref()).await;
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut all = conditions(app, me, query, "open", &mut filter, 0);
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
    let scope = scope::visible(me, &app.manuals.current(), filter.values.len());
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
        size + 1
    );
    let read = app.db.read();
    let mut raw: Vec<Raw> = read.rows(&sql, filter.values).await?;
    let more = raw.len() > size as usize;
    raw.truncate(size as usize);
    let last_due = raw.last().and_then(|r| r.next_due_at);
    let items = rows::render_with(app, read, me, raw, fields.as_deref()).await?;
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
    Ok(CasePage { items, next })
}

/// Those with all the words among those the filters leave.
async fn with_words(
    app: &App,
    me: &Me,
    query: &CaseQuery,
    words: &str,
    size: u32,
    fields: Option<&[String]>,
) -> Result<CasePage, Problem> {
    let manual = app.manuals.current();
    let seek = Seek {
        query: words,
        sites: me.sites(),
        unmask: me.sites_where(Area::Unmask),
        before: query.cursor.as_deref().and_then(|c| c.parse().ok()),
        limit: size as usize,
    };
    let seen = |used: usize| {
        let mut filter = Filter {
            sql: String::new(),
            values: Vec::new(),
        };
        let mut all = conditions(app, me, query, "all", &mut filter, used);
        let scope = scope::visible(me, &manual, used + filter.values.len());
        all.push(scope.sql);
        filter.values.extend(scope.values);
        filter.sql = format!("({})", all.join(" and "));
        filter
    };
    let read = app.db.read();
    let found = find_cases(read, &seek, seen).await?;
    Ok(CasePage {
        items: rows::by_ids_with(app, read, me, &found.ids, fields).await?,
        next: found.next.map(|n| n.to_string()),
    })
}

/// A deadline that never comes, for cases without one.
const NEVER: i64 = 9_007_199_254_740_991;

fn cursor(text: &str) -> Option<(i64, String)> {
    let (key, id) = text.split_once('~')?;
    Some((key.parse().ok()?, id.to_owned()))
}

/// What the filters ask, beside words. `state`: which ones, when nothing is said.
fn conditions(
    app: &App,
    me: &Me,
    query: &CaseQuery,
    state: &str,
    filter: &mut Filter,
    used: usize,
) -> Vec<String> {
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
            all.push(format!("{column} = {}", filter.bind(used, value.clone())));
        }
    }
    for (test, at) in [(">=", query.from), ("<", query.to)] {
        if let Some(at) = at {
            all.push(format!("c.opened_at {test} {}", filter.bind(used, at)));
        }
    }
    match query.state.as_deref().unwrap_or(state) {
        "all" => {}
        "closed" => all.push("c.closed_at is not null".to_owned()),
        _ => all.push("c.closed_at is null".to_owned()),
    }
    if query.late == Some(true) {
        all.push(format!("c.next_due_at < {}", filter.bind(used, app.clock.now())));
    }
    if query.mine == Some(true) {
        let id = filter.bind(used, me.id.clone());
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
             where p.staff_id = $1 and p.open and p.relation in ('assignee', 'responsible', 'member') \
             and c.closed_at is null \
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
#[into_params(parameter_in = Query)]
pub struct PoolQuery {
    /// Site.
    site: Option<String>,
}

/// The pool 抢单池: cases nobody works on yet, which one may take, or give to somebody.
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
    let ways = scope::pool(me, &app.manuals.current(), &mut filter, 0, Pool::TakeOrGive);
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let mut condition = format!("({})", ways.join(" or "));
    if let Some(site) = site {
        condition = format!("{condition} and c.site_id = {}", filter.bind(0, site));
    }
    rows::pick(app, app.db.read(), me, &condition, filter.values, 100).await
}
