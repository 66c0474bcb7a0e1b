//! Saved views 视图: filters and columns of a list under a name, one's own or shared with the holders of a post.

use crate::api::{Answer, Json, Once, Path, Query};
use crate::auth::Me;
use crate::base::Named;
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use engine::load::Manual;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Views of one person in one list.
const MOST: i64 = 50;
/// Characters of a name.
const LONGEST: usize = 40;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListName {
    /// Cases.
    Cases,
    /// The register of contacts.
    Contacts,
}

impl ListName {
    fn name(self) -> &'static str {
        match self {
            ListName::Cases => "cases",
            ListName::Contacts => "contacts",
        }
    }
}

/// A saved view.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SavedView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Filters as they stand in the address of the page; `columns` among them.
    pub query: BTreeMap<String, String>,
    /// Who made it.
    pub owner: Named,
    /// Post it is shared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub post: Option<String>,
    /// What people call the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub post_title: Option<String>,
    /// The reader's own, to be changed and deleted.
    pub mine: bool,
}

/// Views of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SavedViews {
    /// One's own first, then by name.
    pub items: Vec<SavedView>,
}

/// Views of which list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ViewQuery {
    /// List.
    list: ListName,
}

/// What is saved.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// List.
    list: ListName,
    /// Name; a view of one's own with the same name is replaced.
    name: String,
    /// Filters as they stand in the address of the page.
    query: BTreeMap<String, String>,
    /// Shares it with the holders of a post: one that the writer holds, or any for who reads the clause board.
    #[serde(default)]
    post: Option<String>,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    name: String,
    query: Value,
    owner_id: String,
    owner_name: String,
    post: Option<String>,
}

/// Views one made, and those shared with a post one holds.
#[utoipa::path(get, path = "/views", tag = "cases", params(ViewQuery), responses((status = 200, body = SavedViews)))]
pub async fn list_views(
    State(app): State<App>,
    me: Me,
    Query(query): Query<ViewQuery>,
) -> Result<Json<SavedViews>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![query.list.name()],
    };
    let id = filter.bind(0, me.id.clone());
    let mut ways = vec![format!("v.owner_id = {id}")];
    for held in &me.posts {
        ways.push(format!("v.post = {}", filter.bind(0, held.post.clone())));
    }
    let sql = format!(
        "select v.id, v.name, v.query, v.owner_id, s.name as owner_name, v.post from list_view v \
         join staff s on s.id = v.owner_id where v.list = $1 and ({}) order by v.name, v.id limit 200",
        ways.join(" or ")
    );
    let rows: Vec<Raw> = app.db.read().rows(&sql, filter.values).await?;
    let manual = app.manuals.current();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(&manual, &me, row)?);
    }
    items.sort_by_key(|v: &SavedView| !v.mine);
    Ok(Json(SavedViews { items }))
}

fn view(manual: &Manual, me: &Me, row: Raw) -> Result<SavedView, Problem> {
    let title = row.post.as_deref().and_then(|post| manual.post(post));
    Ok(SavedView {
        id: row.id,
        name: row.name,
        query: serde_json::from_value(row.query)?,
        mine: row.owner_id == me.id,
        owner: Named {
            id: row.owner_id,
            name: row.owner_name,
        },
        post_title: title.map(|post| post.title.clone()),
        post: row.post,
    })
}

/// Saves a view.
#[utoipa::path(post, path = "/views", tag = "cases", request_body = NewView,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = SavedView)))]
pub async fn save_view(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(mut new): Json<NewView>,
) -> Result<Answer, Problem> {
    new.name = new.name.trim().to_owned();
    check(&app.manuals.current(), &me, &new)?;
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move { save(&shared, tx, &by, new).await })
    })
    .await
}

fn check(manual: &Manual, me: &Me, new: &NewView) -> Result<(), Problem> {
    if new.name.is_empty() || new.name.chars().count() > LONGEST {
        return Err(Problem::field("name", "请填写名称，最多 40 个字"));
    }
    let size: usize = new
        .query
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > 4_000 {
        return Err(Problem::field("query", "筛选条件太长"));
    }
    let Some(post) = &new.post else { return Ok(()) };
    if manual.post(post).is_none() {
        return Err(Problem::field("post", "没有这个岗位"));
    }
    if !me.posts.iter().any(|held| &held.post == post) && !me.may.contains(&Area::Measure) {
        return Err(Problem::field("post", "只能共享给自己所在的岗位"));
    }
    Ok(())
}

async fn save(app: &App, tx: &Tx, me: &Me, new: NewView) -> Result<SavedView, Problem> {
    let list = new.list.name();
    let own = vals![me.id.clone(), list];
    let count: Option<i64> = tx
        .scalar(
            "select count(*) from list_view where owner_id = $1 and list = $2",
            own,
        )
        .await?;
    let gone = tx
        .run(
            "delete from list_view where owner_id = $1 and list = $2 and name = $3",
            vals![me.id.clone(), list, new.name.clone()],
        )
        .await?;
    if gone == 0 && count.unwrap_or(0) >= MOST {
        return Err(Problem::new(Code::Refused, "视图已有 50 个，请先删除不用的"));
    }
    let (id, query) = (app.id(), serde_json::to_value(&new.query)?);
    tx.run(
        "insert into list_view (id, list, name, owner_id, post, query, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        vals![
            id.clone(),
            list,
            new.name.clone(),
            me.id.clone(),
            new.post.clone(),
            query.clone(),
            app.clock.now()
        ],
    )
    .await?;
    let row = Raw {
        id,
        name: new.name,
        query,
        owner_id: me.id.clone(),
        owner_name: me.name.clone(),
        post: new.post,
    };
    view(&app.manuals.current(), me, row)
}

/// Deletes a view of one's own.
#[utoipa::path(delete, path = "/views/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete_view(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let values = vals![id, me.id];
    let gone = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "delete from list_view where id = $1 and owner_id = $2";
                tx.run(sql, values).await.map_err(Problem::from)
            })
        })
        .await?;
    if gone == 0 {
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}
