//! Which facts a reader may count, and which they ask for.

use crate::app::App;
use crate::auth::Me;
use crate::cases::scope::Filter;
use crate::error::Problem;
use chrono::{Datelike, Months, NaiveDate};
use engine::def::Area;
use engine::time::Time;
use std::collections::BTreeSet;

/// Months of a board unless told otherwise, and at most.
const MONTHS: u32 = 12;
const MOST_MONTHS: u32 = 60;

/// What of the facts is asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// Site.
    pub site: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Person, by id.
    pub person: Option<String>,
}

/// The condition on rows of `fact`, after `used` placeholders: what is asked for, of the sites whose figures `me`
/// may read.
///
/// # Errors
/// [`Problem::forbidden`] without the right; [`Problem::not_found`] for a site beyond it.
pub fn condition(app: &App, me: &Me, asked: &Asked, used: usize) -> Result<Filter, Problem> {
    let sites = sites(app, me)?;
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut all = Vec::new();
    match (&asked.site, &sites) {
        (Some(site), Some(sites)) if !sites.contains(site) => return Err(Problem::not_found()),
        (Some(site), _) => all.push(format!("site_id = {}", filter.bind(used, site.clone()))),
        (None, Some(sites)) => {
            let marks: Vec<String> = sites.iter().map(|s| filter.bind(used, s.clone())).collect();
            all.push(format!("site_id in ({})", marks.join(", ")));
        }
        (None, None) => {}
    }
    if let Some(department) = &asked.department {
        all.push(format!("department = {}", filter.bind(used, department.clone())));
    }
    if let Some(person) = &asked.person {
        all.push(format!("staff_id = {}", filter.bind(used, person.clone())));
    }
    filter.sql = if all.is_empty() {
        "true".to_owned()
    } else {
        all.join(" and ")
    };
    Ok(filter)
}

/// Sites where a post with the right is held, not merely any post; `None`: all of them.
fn sites(app: &App, me: &Me) -> Result<Option<BTreeSet<String>>, Problem> {
    me.must(Area::Measure)?;
    let manual = app.manuals.current();
    let may = |post: &str| manual.post(post).is_some_and(|p| p.may.contains(&Area::Measure));
    let held: Vec<&Option<String>> = me
        .posts
        .iter()
        .filter(|h| may(&h.post))
        .map(|h| &h.site)
        .collect();
    if held.is_empty() {
        return Err(Problem::forbidden());
    }
    let all = held.iter().any(|site| site.is_none());
    Ok((!all).then(|| held.into_iter().flatten().cloned().collect()))
}

/// The last `count` months up to the present one, oldest first: `2026-11`.
pub fn last_months(app: &App, count: Option<u32>) -> Vec<String> {
    let today = Time(app.clock.now()).date(app.manuals.current().offset());
    let first = NaiveDate::from_ymd_opt(today.year(), today.month(), 1).unwrap_or(today);
    let count = count.unwrap_or(MONTHS).clamp(1, MOST_MONTHS);
    let back = (0..count)
        .rev()
        .filter_map(|n| first.checked_sub_months(Months::new(n)));
    back.map(|day| day.format("%Y-%m").to_string()).collect()
}

/// What was asked for, where something was.
pub fn said(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.is_empty())
}
