//! What a contact must hold before it is registered.

use super::channel;
use super::request::ContactRequest;
use crate::cases::pen::Pen;
use crate::db::Sql;
use crate::error::Problem;
use crate::{estate, vals};
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;

/// Most characters of what was said.
const MOST_SAID: usize = 10_000;

/// Whether the request can be registered: everything is there, short enough, and names what exists.
///
/// # Errors
/// [`crate::error::Code::Invalid`] with the field.
pub async fn check(pen: &Pen<'_>, request: &ContactRequest) -> Result<(), Problem> {
    if channel::title(&request.channel).is_none() {
        return Err(Problem::field("channel", "请选择渠道"));
    }
    let long = |text: &str, most: usize| text.chars().count() > most || text.contains('\0');
    if request.said.trim().is_empty() {
        return Err(Problem::field("said", "请填写客户说了什么"));
    }
    if long(&request.said, MOST_SAID) {
        return Err(Problem::field("said", "内容过长，最多10000字"));
    }
    for (field, text, most) in [
        ("done_at_once", &request.done_at_once, 4000),
        ("follow_needed", &request.follow_needed, 4000),
        ("caller_name", &request.caller_name, 60),
        ("caller_phone", &request.caller_phone, 30),
    ] {
        if long(text, most) {
            return Err(Problem::field(field, &format!("文字过长，最多{most}字")));
        }
    }
    let phone = request.caller_phone.trim();
    if !phone.is_empty() && estate::normal_phone(phone).is_none() {
        return Err(Problem::field(
            "caller_phone",
            "来电号码只能写数字（5 到 16 位），可以有 +、-、空格和括号",
        ));
    }
    let distinct: BTreeSet<_> = request.judgements.iter().map(|j| &j.judgement).collect();
    if distinct.len() != request.judgements.len() {
        return Err(Problem::field("judgements", "同一种判断只能选一次"));
    }
    exist(pen, request).await
}

#[derive(FromQueryResult)]
struct Known {
    home: i64,
    customer: i64,
}

async fn exist(pen: &Pen<'_>, request: &ContactRequest) -> Result<(), Problem> {
    if request.home.is_none() && request.customer.is_none() {
        return Ok(());
    }
    let known: Option<Known> = pen
        .tx
        .row(
            "select (select count(*) from home where id = $1 and site_id = $2) as home, \
             (select count(*) from customer where id = $3) as customer",
            vals![
                request.home.clone(),
                request.site.clone(),
                request.customer.clone()
            ],
        )
        .await?;
    let known = known.ok_or_else(|| Problem::internal("no answer"))?;
    if request.home.is_some() && known.home == 0 {
        return Err(Problem::field("home", "房屋不存在，或不属于本项目"));
    }
    if request.customer.is_some() && known.customer == 0 {
        return Err(Problem::field("customer", "客户不存在"));
    }
    Ok(())
}
