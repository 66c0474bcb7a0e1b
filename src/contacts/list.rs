//! Reading the register.

use super::feedback::{self, FeedbackView};
use super::register::site_of;
use super::rows::{self, ContactRow};
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::cases::sight::Sight;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate;
use crate::search::{Seek, find_contacts};
use crate::vals;
use axum::extract::State;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Rows of a page.
const PAGE: u32 = 50;

/// What is asked of the register.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactQuery {
    /// Site.
    pub site: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Home.
    pub home: Option<String>,
    /// Words.
    pub q: Option<String>,
    /// Not before this instant.
    pub from: Option<i64>,
    /// Before this instant.
    pub to: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A page of the register.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ContactPage {
    /// Rows, newest first.
    pub items: Vec<ContactRow>,
    /// Pass it as `cursor` for the next page.
    pub next: Option<String>,
}

/// The register.
#[utoipa::path(get, path = "/contacts", tag = "contacts", params(ContactQuery),
    responses((status = 200, body = ContactPage)))]
pub async fn list_contacts(
    State(app): State<App>,
    me: Me,
    Query(query): Query<ContactQuery>,
) -> Result<Json<ContactPage>, Problem> {
    me.must(Area::Desk)?;
    page(&app, &me, &query, PAGE).await.map(Json)
}

/// A page of the register, `size` rows at most; 200 when there are words.
///
/// # Errors
/// The database's.
pub async fn page(app: &App, me: &Me, query: &ContactQuery, size: u32) -> Result<ContactPage, Problem> {
    let read = app.db.read();
    if let Some(words) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        let seek = Seek {
            query: words,
            sites: me.sites_where(Area::Desk),
            unmask: me.sites_where(Area::Unmask),
            before: query.cursor.as_deref().and_then(|c| c.parse().ok()),
            limit: size as usize,
        };
        let seen = |used: usize| {
            let mut filter = rows::visible(me, used);
            let asked = conditions(query, used, &mut filter);
            filter.sql = format!("({} and {asked})", filter.sql);
            filter
        };
        let found = find_contacts(read, &seek, seen).await?;
        let items = rows::by_ids(app, read, me, &found.ids).await?;
        return Ok(ContactPage {
            items,
            next: found.next.map(|n| n.to_string()),
        });
    }
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut condition = conditions(query, 0, &mut filter);
    let sites = me.sites_where(Area::Desk);
    let here = estate::within(&mut filter, 0, "k.site_id", sites.as_ref());
    condition = format!("{condition} and {here}");
    let after = query.cursor.as_deref().and_then(|c| c.split_once('~'));
    if let Some((at, id)) = after.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id))) {
        let (at, id) = (filter.bind(0, at), filter.bind(0, id));
        condition = format!("{condition} and (k.happened_at, k.id) < ({at}, {id})");
    }
    let mut items = rows::pick(app, read, me, &condition, filter.values, size + 1).await?;
    let more = items.len() > size as usize;
    items.truncate(size as usize);
    let next = items
        .last()
        .filter(|_| more)
        .map(|row| format!("{}~{}", row.happened_at, row.id));
    Ok(ContactPage { items, next })
}

/// What the filters ask, beside words.
fn conditions(query: &ContactQuery, used: usize, filter: &mut Filter) -> String {
    let mut all = vec!["true".to_owned()];
    for (column, value) in [
        ("k.site_id", &query.site),
        ("k.channel", &query.channel),
        ("k.customer_id", &query.customer),
        ("k.home_id", &query.home),
    ] {
        if let Some(value) = value {
            all.push(format!("{column} = {}", filter.bind(used, value.clone())));
        }
    }
    for (test, value) in [(">=", query.from), ("<", query.to)] {
        if let Some(value) = value {
            all.push(format!("k.happened_at {test} {}", filter.bind(used, value)));
        }
    }
    all.join(" and ")
}

/// The whole of a contact.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ContactView {
    /// What lists show of it.
    #[serde(flatten)]
    pub row: ContactRow,
    /// Site.
    pub site: String,
    /// What was done at once.
    pub done_at_once: String,
    /// What must follow.
    pub follow_needed: String,
    /// What the customer answered, oldest first.
    pub feedback: Vec<FeedbackView>,
    /// It was read back and confirmed.
    pub read_back: bool,
    /// When it was recorded.
    pub recorded_at: i64,
    /// Cases it leads to, in full rows.
    pub case_rows: Vec<CaseRow>,
}

#[derive(FromQueryResult)]
struct Rest {
    site_id: String,
    done_at_once: String,
    follow_needed: String,
    read_back: bool,
    recorded_at: i64,
}

/// A contact.
#[utoipa::path(get, path = "/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = ContactView)))]
pub async fn get_contact(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<ContactView>, Problem> {
    view(&app, app.db.read(), &me, &id).await.map(Json)
}

/// The whole of a contact, for who may see it.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn view(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<ContactView, Problem> {
    site_of(sql, me, id).await?;
    let row = rows::by_ids(app, sql, me, &[id.to_owned()])
        .await?
        .pop()
        .ok_or_else(Problem::not_found)?;
    let rest: Option<Rest> = sql
        .row(
            "select site_id, done_at_once, follow_needed, read_back, recorded_at from contact where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    let rest = rest.ok_or_else(Problem::not_found)?;
    let sight = Sight::of(me, &rest.site_id);
    let condition = "c.id in (select x.case_id from contact_case x where x.contact_id = $1)";
    Ok(ContactView {
        row,
        site: rest.site_id,
        done_at_once: sight.text(rest.done_at_once),
        follow_needed: sight.text(rest.follow_needed),
        feedback: feedback::of_contact(sql, id, sight).await?,
        read_back: rest.read_back,
        recorded_at: rest.recorded_at,
        case_rows: pick::pick(app, sql, me, condition, vals![id.to_owned()], 50).await?,
    })
}
