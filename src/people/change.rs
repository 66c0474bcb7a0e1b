//! Making and changing staff. These take no `Idempotency-Key`: its record holds a digest of the request, and so of a
//! password, that is quicker to guess from than the form passwords are kept in. A login can be taken once anyway.

use super::administrators;
use super::checks::{checked_email, checked_name, checked_phone, is_mine, places_exist};
use super::keep::{self, NewStaff, PostAt, check_login, check_posts, insert_staff};
use super::list::{StaffRow, staff_by_id};
use crate::api::{Json, Path};
use crate::auth::{Me, password};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate;
use crate::search::names;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use engine::load::Manual;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A new member of staff. Not `Debug`: it must not reach a log.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffInput {
    /// Name, up to 40 characters.
    name: String,
    /// Login: letters, digits, `.`, `-`, `_`, `@`.
    login: String,
    /// Phone.
    phone: Option<String>,
    /// E-mail.
    email: Option<String>,
    /// First password, 8 to 128 characters.
    password: String,
    /// Posts.
    posts: Vec<PostAt>,
    /// Skills.
    #[serde(default)]
    skills: Vec<String>,
    /// Areas 片区 they look after, by id.
    #[serde(default)]
    areas: Vec<String>,
}

/// A member of staff as they shall be. Not `Debug`: it must not reach a log.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffChange {
    /// Name, up to 40 characters.
    name: String,
    /// Login; absent: as it is.
    login: Option<String>,
    /// Phone; absent: as it is, empty: none.
    phone: Option<String>,
    /// E-mail; absent: as it is, empty: none.
    email: Option<String>,
    /// New password; absent: as it is. With a new one all sessions end.
    password: Option<String>,
    /// All posts.
    posts: Vec<PostAt>,
    /// All skills.
    #[serde(default)]
    skills: Vec<String>,
    /// All areas; absent: as they are.
    areas: Option<Vec<String>>,
}

/// Makes a member of staff, who can sign in at once.
#[utoipa::path(post, path = "/staff", tag = "people", request_body = StaffInput,
    responses((status = 201, body = StaffRow)))]
pub async fn create_staff(
    State(app): State<App>,
    me: Me,
    Json(asked): Json<StaffInput>,
) -> Result<(StatusCode, Json<StaffRow>), Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    check_posts(&me, &manual, reach.as_ref(), &asked.posts)?;
    let login = asked.login.trim().to_owned();
    check_login(&login)?;
    password::check_new("password", &login, &asked.password)?;
    let new = NewStaff {
        name: checked_name(&asked.name)?,
        phone: checked_phone(asked.phone)?.flatten(),
        email: checked_email(asked.email)?.flatten(),
        skills: keep::check_skills(&asked.skills)?,
        password: password::hash(asked.password).await?,
        posts: asked.posts,
        areas: asked.areas,
        login,
    };
    let own = app.clone();
    let id = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                places_exist(tx, &new.posts, &new.areas, reach.as_ref()).await?;
                insert_staff(tx, &own, &new).await
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(staff_by_id(&app, &me, &id).await?)))
}

/// Changes a member of staff; what they may do changes with their next request.
#[utoipa::path(put, path = "/staff/{id}", tag = "people", request_body = StaffChange,
    params(("id" = String, Path, description = "Member of staff")), responses((status = 200, body = StaffRow)))]
pub async fn change_staff(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Json(asked): Json<StaffChange>,
) -> Result<Json<StaffRow>, Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    check_posts(&me, &manual, reach.as_ref(), &asked.posts)?;
    let login = asked.login.as_deref().map(|login| login.trim().to_owned());
    login.as_deref().map(check_login).transpose()?;
    if let Some(password) = &asked.password {
        password::check_new("password", login.as_deref().unwrap_or_default(), password)?;
    }
    let wanted = Wanted {
        name: checked_name(&asked.name)?,
        phone: checked_phone(asked.phone)?,
        email: checked_email(asked.email)?,
        skills: keep::check_skills(&asked.skills)?,
        password: match asked.password {
            Some(password) => Some(password::hash(password).await?),
            None => None,
        },
        posts: asked.posts,
        areas: asked.areas,
        login,
    };
    let (actor, staff) = (me.clone(), id.clone());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                is_mine(tx, &actor, &manual, reach.as_ref(), &staff).await?;
                wanted.write(tx, &manual, reach.as_ref(), &staff).await
            })
        })
        .await?;
    Ok(Json(staff_by_id(&app, &me, &id).await?))
}

struct Wanted {
    name: String,
    login: Option<String>,
    /// Outer: whether it changes; inner: to what.
    phone: Option<Option<String>>,
    email: Option<Option<String>>,
    password: Option<String>,
    posts: Vec<PostAt>,
    skills: Vec<String>,
    areas: Option<Vec<String>>,
}

#[derive(FromQueryResult)]
struct AreaId {
    area_id: String,
}

impl Wanted {
    async fn write(
        self,
        tx: &Tx,
        manual: &Manual,
        reach: Option<&BTreeSet<String>>,
        staff: &str,
    ) -> Result<(), Problem> {
        let was = administrators::is_one(tx, manual, staff).await?;
        let id = || staff.to_owned();
        if let Some(login) = self.login {
            let other: Option<String> = tx
                .scalar(
                    "select id from staff where login = $1 and id <> $2",
                    vals![login.clone(), id()],
                )
                .await?;
            if other.is_some() {
                return Err(keep::login_taken());
            }
            tx.run("update staff set login = $1 where id = $2", vals![login, id()])
                .await?;
        }
        let (pinyin, initials) = names::pinyin(&self.name);
        tx.run(
            "update staff set name = $1, pinyin = $2, initials = $3 where id = $4",
            vals![self.name, pinyin, initials, id()],
        )
        .await?;
        if let Some(phone) = self.phone {
            tx.run("update staff set phone = $1 where id = $2", vals![phone, id()])
                .await?;
        }
        if let Some(email) = self.email {
            tx.run("update staff set email = $1 where id = $2", vals![email, id()])
                .await?;
        }
        if let Some(password) = self.password {
            let sql = "update staff set password = $1, failures = 0, locked_until = null where id = $2";
            tx.run(sql, vals![password, id()]).await?;
            tx.run("delete from session where staff_id = $1", vals![id()])
                .await?;
        }
        let kept: Vec<AreaId> = tx
            .rows("select area_id from staff_area where staff_id = $1", vals![id()])
            .await?;
        let kept: Vec<String> = kept.into_iter().map(|row| row.area_id).collect();
        let areas = self.areas.unwrap_or_else(|| kept.clone());
        let fresh: Vec<String> = areas
            .iter()
            .filter(|area| !kept.contains(area))
            .cloned()
            .collect();
        places_exist(tx, &self.posts, &fresh, reach).await?;
        keep::put_lists(tx, staff, &self.posts, &self.skills, &areas).await?;
        if was {
            administrators::one_is_left(tx, manual).await
        } else {
            Ok(())
        }
    }
}
