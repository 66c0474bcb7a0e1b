//! Lists of cases: all that one sees, filtered, by deadline or by beginning.

use super::columns;
use super::pick;
use super::rows::{self, COLUMNS, CaseRow, Raw};
use super::scope;
use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::search::{Seek, find_cases};
use axum::extract::State;
use engine::def::Area;
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
    /// The case above them.
    pub parent: Option<String>,
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
    let items = rows::render(app, read, me, raw, fields.as_deref()).await?;
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
        items: pick::by_ids_with(app, read, me, &found.ids, fields).await?,
        next: found.next.map(|n| n.to_string()),
    })
}

/// A deadline that never comes, for cases without one.
pub(super) const NEVER: i64 = 9_007_199_254_740_991;

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
        ("c.parent_id", &query.parent),
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
