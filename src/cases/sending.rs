//! Reports that the manual sends round: whoever should read one finds it in the inbox when its period has ended.

use crate::channels::{About, notify};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::def::{Each, Who};
use engine::load::{Anchor, Manual, RecurrenceRules};
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde_json::json;

#[derive(FromQueryResult)]
struct Holder {
    staff_id: String,
}

/// Tells the holders of the posts where the report of the last whole period is to be read. A report that the manual does
/// not know any more is told to nobody.
///
/// # Errors
/// The database's.
pub(super) async fn send(
    app: &App,
    tx: &Tx,
    manual: &Manual,
    rules: &RecurrenceRules,
    anchor: &Anchor,
    at: Time,
) -> Result<(), Problem> {
    let Some(report) = rules.def.report.as_ref().and_then(|name| manual.report(name)) else {
        return Ok(());
    };
    let Some(every) = report.def.every.first() else {
        return Ok(());
    };
    let this = every.first(at.date(manual.offset()));
    let last = this.pred_opt().unwrap_or(this);
    let first = every.first(last);
    let at_site = rules.def.each == Each::Site;
    let site = if at_site {
        format!("&site={}", anchor.site)
    } else {
        String::new()
    };
    let page = format!(
        "/reports/{}?every={}&on={first}{site}",
        report.def.name,
        every.key()
    );
    let whose = anchor
        .facts
        .get("site.title")
        .and_then(|title| title.as_str())
        .unwrap_or_default();
    let text = format!("{whose}{}（{first} 至 {last}）出来了，请看。", report.def.title);
    let staff = holders(tx, rules, at_site.then_some(anchor.site.as_str())).await?;
    notify(tx, app, &staff, About::Page(&page), &text, at.0).await
}

/// Who holds one of its posts: at the site, or anywhere when the report is of the company.
async fn holders(tx: &Tx, rules: &RecurrenceRules, site: Option<&str>) -> Result<Vec<String>, Problem> {
    let posts = rules.def.to.iter().filter_map(|who| match who {
        Who::Post(post) => Some(post.as_str()),
        _ => None,
    });
    let posts: Vec<&str> = posts.collect();
    let mut values = vals![json!(posts)];
    let mut here = String::new();
    if let Some(site) = site {
        values.push(site.into());
        here = " and (site_id is null or site_id = $2)".to_owned();
    }
    let sql = format!(
        "select distinct staff_id from staff_post where post in {}{here} order by staff_id",
        tx.listed(1)
    );
    let rows: Vec<Holder> = tx.rows(&sql, values).await?;
    Ok(rows.into_iter().map(|row| row.staff_id).collect())
}
