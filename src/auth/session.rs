//! Signing in and out, and who is signed in.

use super::address::Caller;
use super::entry::load;
use super::view::{SessionView, view};
use super::{COOKIE, IDLE_MS, LIFE_MS, Me, digest, guesses, password, second};
use crate::api::Json;
use crate::base::hex;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use rand::RngCore;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What one signs in with. Not `Debug`: it must not reach a log.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Login.
    login: String,
    /// Password.
    password: String,
    /// Code of the second step, when the answer `second-step` asked for it.
    #[serde(default)]
    code: Option<String>,
}

/// The session, with the cookie it is kept by.
pub struct Signed {
    cookie: String,
    view: SessionView,
}

impl IntoResponse for Signed {
    fn into_response(self) -> Response {
        (
            AppendHeaders([(header::SET_COOKIE, self.cookie)]),
            Json(self.view),
        )
            .into_response()
    }
}

#[derive(FromQueryResult)]
struct Known {
    id: String,
    password: String,
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionView)))]
pub async fn get_session(State(app): State<App>, headers: HeaderMap) -> Result<Json<SessionView>, Problem> {
    let found = match secret_of(&headers) {
        Some(secret) => load(&app, &digest(&secret)).await,
        None => Err(super::not_signed_in()),
    };
    match found {
        Ok(me) => view(&app, &me).await.map(Json),
        Err(mut problem) if problem.code == Code::NotSignedIn => {
            let anybody: Option<String> = app
                .db
                .read()
                .scalar("select id from staff where password <> '' limit 1", vals![])
                .await?;
            problem.setup_needed = anybody.is_none();
            Err(problem)
        }
        Err(problem) => Err(problem),
    }
}

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView)))]
pub async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Json(asked): Json<SignIn>,
) -> Result<Signed, Problem> {
    let login = asked.login.trim().to_owned();
    let now = app.clock.now();
    let sql = "select id, password from staff where login = $1 and active";
    let known: Option<Known> = app.db.read().row(sql, vals![login.clone()]).await?;
    match &known {
        Some(known) => {
            let id = known.id.clone();
            app.db
                .write(move |tx| Box::pin(async move { guesses::attempt(tx, &id, now).await }))
                .await?;
        }
        None => app.own::<guesses::Guesses>().attempt(&login, now)?,
    }
    let (staff, kept) = known.map(|k| (k.id, k.password)).unzip();
    let right = password::verify(asked.password, kept).await?;
    let Some(staff) = staff.filter(|_| right) else {
        return Err(password::wrong());
    };
    second::check(&app, &staff, asked.code.as_deref()).await?;
    let secret = begin(&app, staff, caller, secret_of(&headers)).await?;
    let me = load(&app, &digest(&secret)).await?;
    Ok(Signed {
        cookie: cookie(&app, &secret, LIFE_MS / 1000),
        view: view(&app, &me).await?,
    })
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    app.db
        .write(move |tx| {
            Box::pin(async move {
                tx.run("delete from session where digest = $1", vals![me.session])
                    .await
                    .map_err(Problem::from)
            })
        })
        .await?;
    Ok((
        StatusCode::NO_CONTENT,
        AppendHeaders([(header::SET_COOKIE, cookie(&app, "", 0))]),
    )
        .into_response())
}

/// Accounts of the demonstration company.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DemoAccounts {
    /// Accounts, one a card on the page for signing in.
    #[serde(rename(serialize = "items", deserialize = "accounts"))]
    items: Vec<DemoAccount>,
    /// An owner's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<DemoOwner>,
}

#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
struct DemoAccount {
    login: String,
    name: String,
    post: String,
    password: String,
}

#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
struct DemoOwner {
    url: String,
}

/// Accounts of the demonstration company; not found elsewhere.
#[utoipa::path(get, path = "/session/demo", tag = "session", responses((status = 200, body = DemoAccounts)))]
pub async fn demo_accounts(State(app): State<App>) -> Result<Json<DemoAccounts>, Problem> {
    if !app.config.demo {
        return Err(Problem::not_found());
    }
    let kept: Option<Value> = app
        .db
        .read()
        .scalar("select value from setting where name = 'demo'", vals![])
        .await?;
    Ok(Json(serde_json::from_value(
        kept.ok_or_else(Problem::not_found)?,
    )?))
}

fn secret_of(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(COOKIE)
        .map(|c| c.value().to_owned())
}

/// 256 bits that nobody can guess, in hexadecimal.
pub(crate) fn fresh_secret() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

fn cookie(app: &App, secret: &str, seconds: i64) -> String {
    let secure = if app.config.secure_cookies { "; Secure" } else { "" };
    format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// A new session, always with a new secret; the one this browser had before ends. Gives the secret.
async fn begin(app: &App, staff: String, caller: Caller, before: Option<String>) -> Result<String, Problem> {
    let (secret, csrf, now) = (fresh_secret(), fresh_secret(), app.clock.now());
    let (fresh, before) = (digest(&secret), before.map(|b| digest(&b)).unwrap_or_default());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                guesses::forgive(tx, &staff).await?;
                let ended = "delete from session where digest = $1 or expires_at <= $2";
                tx.run(ended, vals![before, now]).await?;
                tx.run(
                    "insert into session (digest, staff_id, csrf, created_at, seen_at, expires_at, agent, address) \
                     values ($1, $2, $3, $4, $4, $5, $6, $7)",
                    vals![fresh, staff, csrf, now, now + IDLE_MS, caller.agent, caller.address],
                )
                .await?;
                Ok::<_, Problem>(())
            })
        })
        .await?;
    Ok(secret)
}
