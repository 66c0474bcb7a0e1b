//! What a browser is told of its session.

use super::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::def::Area;
use sea_orm::{DbErr, FromQueryResult};
use serde::Serialize;
use serde_json::Value;

/// Who is signed in, and what they may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// The person.
    staff: StaffView,
    /// Posts, with their words from the manual.
    posts: Vec<PostView>,
    /// Rights beside the actions of cases, kebab-case.
    #[schema(schema_with = crate::described::engine::<Vec<Area>>)]
    may: Vec<Area>,
    /// Sites a post is held at.
    sites: Vec<SiteView>,
    /// Goes into `X-CSRF-Token` with every write.
    csrf: String,
    /// The company.
    company: CompanyView,
    /// Whether this is a demonstration.
    demo: bool,
    /// The server's time (epoch ms).
    now: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StaffView {
    id: String,
    name: String,
    login: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone_masked: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OwnPost)]
struct PostView {
    name: String,
    title: String,
    department: String,
    /// Absent: at all sites.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    site: Option<SessionSite>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SessionSite {
    id: String,
    name: String,
}

#[derive(Debug, Clone, Serialize, FromQueryResult, utoipa::ToSchema)]
struct SiteView {
    id: String,
    name: String,
    code: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CompanyView {
    name: String,
}

/// The company's name.
///
/// # Errors
/// The database's.
pub async fn company(app: &App) -> Result<String, DbErr> {
    let sql = "select value from setting where name = 'company'";
    let kept: Option<Value> = app.db.read().scalar(sql, vals![]).await?;
    let name = kept.and_then(|kept| kept["name"].as_str().map(str::to_owned));
    Ok(name.unwrap_or_else(|| "一站".to_owned()))
}

/// The session as it is now.
pub(super) async fn view(app: &App, me: &Me) -> Result<SessionView, Problem> {
    let read = app.db.read();
    let mut sites: Vec<SiteView> = read
        .rows("select id, name, code from site order by code", vals![])
        .await?;
    let phone: Option<Option<String>> = read
        .scalar("select phone from staff where id = $1", vals![me.id.clone()])
        .await?;
    if let Some(mine) = me.sites() {
        sites.retain(|site| mine.contains(&site.id));
    }
    let manual = app.manuals.current();
    let posts = me.posts.iter().map(|held| {
        let post = manual.post(&held.post);
        let site = held
            .site
            .as_ref()
            .and_then(|id| sites.iter().find(|s| s.id == *id));
        PostView {
            name: held.post.clone(),
            title: post.map_or(held.post.as_str(), |p| p.title.as_str()).to_owned(),
            department: post.map(|p| p.department.clone()).unwrap_or_default(),
            site: site.map(|s| SessionSite {
                id: s.id.clone(),
                name: s.name.clone(),
            }),
        }
    });
    Ok(SessionView {
        staff: StaffView {
            id: me.id.clone(),
            name: me.name.clone(),
            login: me.login.clone(),
            phone_masked: phone.flatten().map(|p| crate::base::mask_phone(&p)),
        },
        posts: posts.collect(),
        may: me.may.iter().copied().collect(),
        sites,
        csrf: me.csrf.clone(),
        company: CompanyView {
            name: company(app).await?,
        },
        demo: app.config.demo,
        now: app.clock.now(),
    })
}
