//! The first administrator of a new installation.

use super::password;
use crate::api::Json;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// The post the first administrator gets, at all sites.
const POST: &str = "admin";

/// The first administrator. Not `Debug`: it must not reach a log.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Name of the company.
    company: String,
    /// Login: letters, digits, `.`, `-`, `_`, `@`.
    login: String,
    /// Name of the person.
    name: String,
    /// Password, 8 to 128 characters.
    password: String,
}

/// Makes the first administrator, when nobody can sign in yet; of several at once exactly one wins.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetUp,
    responses((status = 204, description = "Made; sign in")))]
pub async fn set_up(State(app): State<App>, Json(asked): Json<SetUp>) -> Result<StatusCode, Problem> {
    let [company, login, name] =
        [&asked.company, &asked.login, &asked.name].map(|text| text.trim().to_owned());
    check(&company, &login, &name)?;
    password::check_new("password", &login, &asked.password)?;
    if app.manuals.current().post(POST).is_none() {
        return Err(Problem::new(
            Code::Refused,
            "制度里没有系统管理员岗位（admin），请先补上",
        ));
    }
    // Hashing is slow: nobody gets that far once there is staff.
    let anybody: Option<String> = app
        .db
        .read()
        .scalar("select id from staff where password <> '' limit 1", vals![])
        .await?;
    if anybody.is_some() {
        return Err(done());
    }
    let hash = password::hash(asked.password).await?;
    let (id, now) = (app.id(), app.clock.now());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                // Of two at once the second waits at this row for the first, and then finds it.
                let first = "insert into setting (name, value) values ('setup', $1) on conflict do nothing";
                let fresh = tx.run(first, vals![json!({ "at": now })]).await?;
                let anybody: Option<String> = tx
                    .scalar("select id from staff where password <> '' limit 1", vals![])
                    .await?;
                if fresh == 0 || anybody.is_some() {
                    return Err(done());
                }
                tx.run(
                    "insert into setting (name, value) values ('company', $1) \
                     on conflict (name) do update set value = excluded.value",
                    vals![json!({ "name": company })],
                )
                .await?;
                tx.run(
                    "insert into staff (id, name, login, password, created_at) values ($1, $2, $3, $4, $5)",
                    vals![id.clone(), name, login, hash, now],
                )
                .await?;
                tx.run(
                    "insert into staff_post (staff_id, post) values ($1, $2)",
                    vals![id, POST],
                )
                .await?;
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

fn done() -> Problem {
    Problem::new(Code::Refused, "系统已经设置过，请直接登录")
}

fn check(company: &str, login: &str, name: &str) -> Result<(), Problem> {
    let long = |text: &str, most: usize| text.is_empty() || text.chars().count() > most;
    if long(company, 60) {
        return Err(Problem::field("company", "请填写公司名称（60 字以内）"));
    }
    if long(name, 40) {
        return Err(Problem::field("name", "请填写姓名（40 字以内）"));
    }
    let plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-_@".contains(c));
    if long(login, 60) || !plain {
        return Err(Problem::field(
            "login",
            "账号请用字母、数字和 . - _ @（60 个字符以内）",
        ));
    }
    Ok(())
}
