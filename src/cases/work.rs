//! One's own work in order of deadline.

use super::lists::NEVER;
use super::pick;
use super::pool;
use super::projections::UNREAD;
use super::rows::CaseRow;
use crate::api::Json;
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// A case in one's own work.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkRow {
    /// The case.
    #[serde(flatten)]
    pub row: CaseRow,
    /// sign, pass, read, assignee, responsible
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
    /// Waits to be read by one.
    pub read: usize,
    /// In the pool.
    pub pool: usize,
}

#[derive(FromQueryResult)]
struct Why {
    id: String,
    why: String,
    title: String,
}

/// One's own work, in order of deadline: to sign, passed on to one, sent round to one, in one's hands, followed as first receiver.
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
    let mut items: Vec<WorkRow> = pick::by_ids(&app, read, &me, &ids)
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
        read: items.iter().filter(|w| w.why == "read").count(),
        pool: pool::rows(&app, &me, None).await?.len(),
    };
    Ok(Json(Work { items, counts }))
}

/// What weighs most comes first: a signature holds others up.
fn work_row(row: CaseRow, whys: &[Why]) -> WorkRow {
    const ORDER: [&str; 6] = ["sign", "pass", "read", "assignee", "responsible", "member"];
    let mine = whys.iter().filter(|w| w.id == row.id);
    let best = mine
        .min_by_key(|w| ORDER.iter().position(|o| *o == w.why))
        .map(|w| (w.why.clone(), w.title.clone()));
    let (why, title) = best.unwrap_or_default();
    let waiting_title = match why.as_str() {
        "sign" => title,
        "pass" => "转办给您，请接收".to_owned(),
        "read" if title.is_empty() => "传阅给您，请阅".to_owned(),
        "read" => title,
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
    // What was sent round is to be read even when the matter has ended meanwhile.
    whys.extend(
        app.db
            .read()
            .rows::<Why>(
                "select p.case_id as id, 'read' as why, coalesce((select e.body ->> 'text' from case_event e \
                 where e.case_id = p.case_id and e.type = 'circulated' order by e.seq desc limit 1), '') as title \
                 from case_person p where p.staff_id = $1 and p.relation = $2 limit 200",
                vals![me.id.clone(), UNREAD],
            )
            .await?,
    );
    Ok(whys)
}
