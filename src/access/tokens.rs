//! Tokens of other systems. Each has an account of its own, which holds posts like a member of staff, never signs in
//! and is never given work; whatever it does stands under the name of the system.

use super::{administrator, log};
use crate::api::{Json, Path};
use crate::auth::scopes::SCOPES;
use crate::auth::{self, Me, session};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::people::checks::places_exist;
use crate::people::{NewStaff, PostAt, check_posts, insert_staff};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a token begins with, so that one in the wrong place is known for what it is.
const PREFIX: &str = "yzt_";
const DAY_MS: i64 = 86_400_000;
/// Longest life of a token.
const MOST_DAYS: i64 = 730;

/// Tokens, and the scopes there are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenList {
    /// Newest first.
    items: Vec<TokenRow>,
    /// Scopes a token may have.
    scopes: Vec<ScopeView>,
}

/// A scope.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ScopeView {
    name: String,
    title: String,
}

/// A token, without its secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenRow {
    id: String,
    /// Name of the other system.
    name: String,
    scopes: Vec<String>,
    /// Posts its account holds, in words.
    posts: Vec<String>,
    created_by: String,
    created_at: i64,
    expires_at: i64,
    /// Last use, to a minute.
    used_at: Option<i64>,
    revoked_at: Option<i64>,
    /// In force now.
    valid: bool,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    staff_id: String,
    name: String,
    scopes: String,
    created_by: String,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct PostRow {
    staff_id: String,
    post: String,
    site: Option<String>,
}

/// Tokens of other systems, for administrators of the whole company.
#[utoipa::path(get, path = "/tokens", tag = "access", responses((status = 200, body = TokenList)))]
pub async fn list_tokens(State(app): State<App>, me: Me) -> Result<Json<TokenList>, Problem> {
    administrator(&app, &me)?;
    let scopes = SCOPES.iter().map(|(name, title, _)| ScopeView {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
    });
    Ok(Json(TokenList {
        items: rows(&app, app.db.read(), None).await?,
        scopes: scopes.collect(),
    }))
}

async fn rows(app: &App, sql: &impl Sql, id: Option<&str>) -> Result<Vec<TokenRow>, Problem> {
    let raw: Vec<Raw> = sql
        .rows(
            "select t.id, t.staff_id, s.name, t.scopes, c.name as created_by, t.created_at, t.expires_at, t.used_at, \
             t.revoked_at from api_token t join staff s on s.id = t.staff_id join staff c on c.id = t.created_by \
             where t.id = coalesce($1, t.id) order by t.created_at desc, t.id desc",
            vals![id.map(str::to_owned)],
        )
        .await?;
    let posts: Vec<PostRow> = sql
        .rows(
            "select p.staff_id, p.post, t.name as site from staff_post p join staff s on s.id = p.staff_id \
             left join site t on t.id = p.site_id where s.service order by p.post, t.name",
            vals![],
        )
        .await?;
    let (manual, now) = (app.manuals.current(), app.clock.now());
    let title = |row: &PostRow| {
        let post = manual
            .post(&row.post)
            .map_or(row.post.as_str(), |p| p.title.as_str());
        format!("{post}（{}）", row.site.as_deref().unwrap_or("全部项目"))
    };
    let view = |raw: Raw| TokenRow {
        valid: raw.revoked_at.is_none() && raw.expires_at > now,
        posts: posts
            .iter()
            .filter(|p| p.staff_id == raw.staff_id)
            .map(title)
            .collect(),
        id: raw.id,
        name: raw.name,
        scopes: raw.scopes.split(' ').map(str::to_owned).collect(),
        created_by: raw.created_by,
        created_at: raw.created_at,
        expires_at: raw.expires_at,
        used_at: raw.used_at,
        revoked_at: raw.revoked_at,
    };
    Ok(raw.into_iter().map(view).collect())
}

/// A new token.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenInput {
    /// Name of the other system, up to 40 characters; what it does stands under it.
    name: String,
    /// Scopes.
    scopes: Vec<String>,
    /// Posts its account holds: which sites and cases it reaches, and which actions are its.
    posts: Vec<PostAt>,
    /// Days it is in force, 1 to 730.
    days: i64,
}

/// A token with its secret, which is shown this one time.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeToken {
    token: TokenRow,
    /// For `Authorization: Bearer …`.
    secret: String,
}

/// Makes a token. It takes no `Idempotency-Key`: a kept answer would keep the secret too. Recorded.
#[utoipa::path(post, path = "/tokens", tag = "access", request_body = TokenInput,
    responses((status = 201, body = MadeToken)))]
pub async fn create_token(
    State(app): State<App>,
    me: Me,
    Json(asked): Json<TokenInput>,
) -> Result<(StatusCode, Json<MadeToken>), Problem> {
    administrator(&app, &me)?;
    let scopes = checked(&asked)?;
    check_posts(&me, &app.manuals.current(), None, &asked.posts)?;
    let secret = format!("{PREFIX}{}", session::fresh_secret());
    let (own, digest) = (app.clone(), auth::digest(&secret));
    let token = app
        .db
        .write(move |tx| Box::pin(async move { make(&own, tx, &me, asked, scopes, digest).await }))
        .await?;
    Ok((StatusCode::CREATED, Json(MadeToken { token, secret })))
}

fn checked(asked: &TokenInput) -> Result<String, Problem> {
    if !(1..=40).contains(&asked.name.trim().chars().count()) {
        return Err(Problem::field("name", "请填写系统名称（40 字以内）"));
    }
    if !(1..=MOST_DAYS).contains(&asked.days) {
        return Err(Problem::field("days", "有效期为 1 到 730 天"));
    }
    if asked.posts.is_empty() {
        return Err(Problem::field("posts", "请选择至少一个岗位"));
    }
    let scopes: BTreeSet<&str> = asked.scopes.iter().map(String::as_str).collect();
    let known = |scope: &&str| SCOPES.iter().any(|(name, ..)| name == scope);
    if scopes.is_empty() || !scopes.iter().all(known) {
        return Err(Problem::field("scopes", "请选择权限"));
    }
    Ok(scopes.into_iter().collect::<Vec<_>>().join(" "))
}

async fn make(
    app: &App,
    tx: &Tx,
    me: &Me,
    asked: TokenInput,
    scopes: String,
    digest: String,
) -> Result<TokenRow, Problem> {
    places_exist(tx, &asked.posts, &[], None).await?;
    let (id, now, name) = (app.id(), app.clock.now(), asked.name.trim().to_owned());
    let account = NewStaff {
        name: name.clone(),
        login: format!("api-{}", id.to_lowercase()),
        // No password fits an empty hash: the account cannot sign in.
        password: String::new(),
        phone: None,
        email: None,
        posts: asked.posts,
        skills: Vec::new(),
        areas: Vec::new(),
    };
    let staff = insert_staff(tx, app, &account).await?;
    tx.run(
        "update staff set service = true where id = $1",
        vals![staff.clone()],
    )
    .await?;
    tx.run(
        "insert into api_token (id, staff_id, digest, scopes, created_by, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        vals![
            id.clone(),
            staff,
            digest,
            scopes.clone(),
            me.id.clone(),
            now,
            now + asked.days * DAY_MS
        ],
    )
    .await?;
    log::record(tx, app, &me.id, "token-made", &name, &scopes).await?;
    let made = rows(app, tx, Some(&id)).await?.pop();
    made.ok_or_else(|| Problem::internal("the token vanished"))
}

/// Revokes a token: its next request is refused. Recorded.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", params(("id" = String, Path)),
    responses((status = 204, description = "Revoked")))]
pub async fn revoke_token(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    administrator(&app, &me)?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let now = own.clock.now();
                let staff: Option<String> = tx
                    .scalar("select staff_id from api_token where id = $1", vals![id.clone()])
                    .await?;
                let staff = staff.ok_or_else(Problem::not_found)?;
                let sql = "update api_token set revoked_at = $1 where id = $2 and revoked_at is null";
                if tx.run(sql, vals![now, id]).await? > 0 {
                    // Nothing the account holds reaches anywhere any more.
                    tx.run(
                        "update staff set active = false where id = $1",
                        vals![staff.clone()],
                    )
                    .await?;
                    log::record(tx, &own, &me.id, "token-revoked", &staff, "").await?;
                }
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}
