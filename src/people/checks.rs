//! Whom an actor may touch, and what may be written of them.

use super::keep::{self, PostAt};
use crate::auth::Me;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::estate::normal_phone;
use crate::vals;
use engine::load::Manual;
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;

#[derive(FromQueryResult)]
struct Held {
    post: String,
    site_id: Option<String>,
}

/// Refuses to touch a person the actor could not have made: who holds posts elsewhere, or posts not theirs to give.
///
/// # Errors
/// [`crate::error::Code::NotFound`], [`crate::error::Code::Forbidden`].
pub(crate) async fn is_mine(
    tx: &impl Sql,
    me: &Me,
    manual: &Manual,
    reach: Option<&BTreeSet<String>>,
    staff: &str,
) -> Result<(), Problem> {
    let active: Option<bool> = tx
        .scalar(
            "select active from staff where id = $1 and not service",
            vals![staff.to_owned()],
        )
        .await?;
    if active != Some(true) {
        return Err(Problem::not_found());
    }
    let held: Vec<Held> = tx
        .rows(
            "select post, site_id from staff_post where staff_id = $1",
            vals![staff.to_owned()],
        )
        .await?;
    // Somebody of other sites alone does not exist for the actor.
    if !held
        .iter()
        .any(|h| h.site_id.as_ref().is_none_or(|site| me.sees_site(site)))
        && me.sites().is_some()
    {
        return Err(Problem::not_found());
    }
    for Held { post, site_id } in held {
        let within = reach.is_none_or(|sites| site_id.as_ref().is_some_and(|site| sites.contains(site)));
        let mine = manual
            .post(&post)
            .is_none_or(|post| keep::is_mine_to_give(me, &post.may));
        if !within || !mine {
            return Err(Problem::forbidden());
        }
    }
    Ok(())
}

/// Sites and areas must exist, and areas be within reach.
///
/// # Errors
/// [`crate::error::Code::Invalid`].
pub(crate) async fn places_exist(
    tx: &Tx,
    posts: &[PostAt],
    areas: &[String],
    reach: Option<&BTreeSet<String>>,
) -> Result<(), Problem> {
    for site in posts
        .iter()
        .filter_map(|held| held.site.as_ref())
        .collect::<BTreeSet<_>>()
    {
        let found: Option<String> = tx
            .scalar("select id from site where id = $1", vals![site.clone()])
            .await?;
        found.ok_or_else(|| Problem::field("posts", "所选项目不存在"))?;
    }
    for area in areas {
        let site: Option<String> = tx
            .scalar("select site_id from area where id = $1", vals![area.clone()])
            .await?;
        let within = |site: &String| reach.is_none_or(|sites| sites.contains(site));
        site.filter(within)
            .ok_or_else(|| Problem::field("areas", "所选片区不存在"))?;
    }
    Ok(())
}

pub(super) fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.trim().to_owned();
    let good = (1..=40).contains(&name.chars().count()) && !name.contains('\0');
    if good {
        Ok(name)
    } else {
        Err(Problem::field("name", "请填写姓名（40 字以内）"))
    }
}

pub(super) fn checked_phone(phone: Option<String>) -> Result<Option<Option<String>>, Problem> {
    let Some(phone) = phone else { return Ok(None) };
    if phone.trim().is_empty() {
        return Ok(Some(None));
    }
    let read =
        normal_phone(&phone).ok_or_else(|| Problem::field("phone", "电话不对：请填写 5 到 16 位数字"))?;
    Ok(Some(Some(read)))
}

pub(super) fn checked_email(email: Option<String>) -> Result<Option<Option<String>>, Problem> {
    let Some(email) = email.map(|email| email.trim().to_owned()) else {
        return Ok(None);
    };
    if email.is_empty() {
        return Ok(Some(None));
    }
    if email.len() > 120 || email.parse::<lettre::Address>().is_err() {
        return Err(Problem::field("email", "邮箱地址不对"));
    }
    Ok(Some(Some(email)))
}
