//! Which facts a reader may count, and which they ask for.

use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
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

/// The condition on facts of these clauses in these months: what is asked for, of the sites whose figures `me` may
/// read. Months are listed, so that the index leads to the site within each.
///
/// # Errors
/// [`Problem::forbidden`] without the right; [`Problem::not_found`] for a site beyond it.
pub fn facts(
    app: &App,
    me: &Me,
    asked: &Asked,
    clauses: &[&str],
    months: &[String],
) -> Result<Filter, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let clauses = one_of(&mut filter, clauses.iter().copied());
    let months = one_of(&mut filter, months.iter().map(String::as_str));
    let reach = narrow(app, me, asked, &mut filter)?;
    filter.sql = format!("clause in ({clauses}) and month in ({months}) and {reach}");
    Ok(filter)
}

/// Whether `me` may read all the facts there are, and asks for no site alone.
///
/// # Errors
/// [`Problem::forbidden`] without the right.
pub fn whole(app: &App, me: &Me, asked: &Asked) -> Result<bool, Problem> {
    Ok(asked.site.is_none() && sites(app, me)?.is_none())
}

/// The same for one clause, by the instants at which the months (oldest first) begin and end, in whose order what
/// broke it is kept.
///
/// # Errors
/// As [`facts`]; [`crate::error::Code::Invalid`] for what is no month.
pub fn span(app: &App, me: &Me, asked: &Asked, clause: &str, months: &[String]) -> Result<Filter, Problem> {
    let wrong = || Problem::field("month", "月份应写成 2026-11 这样");
    let offset = app.manuals.current().offset();
    let first = |month: &String| format!("{month}-01").parse::<NaiveDate>().ok();
    let begin = months.first().and_then(first).ok_or_else(wrong)?;
    let end = months
        .last()
        .and_then(first)
        .and_then(|day| day.checked_add_months(Months::new(1)));
    let (begin, end) = (
        Time::start_of(begin, offset),
        Time::start_of(end.ok_or_else(wrong)?, offset),
    );
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let clause = filter.bind(0, clause.to_owned());
    let (begin, end) = (filter.bind(0, begin.0), filter.bind(0, end.0));
    let reach = narrow(app, me, asked, &mut filter)?;
    filter.sql = format!("clause = {clause} and at >= {begin} and at < {end} and {reach}");
    Ok(filter)
}

fn one_of<'a>(filter: &mut Filter, texts: impl Iterator<Item = &'a str>) -> String {
    let marks: Vec<String> = texts.map(|text| filter.bind(0, text.to_owned())).collect();
    marks.join(", ")
}

/// What is asked for within what may be read.
fn narrow(app: &App, me: &Me, asked: &Asked, filter: &mut Filter) -> Result<String, Problem> {
    let mut all = Vec::new();
    match (&asked.site, sites(app, me)?) {
        (Some(site), Some(sites)) if !sites.contains(site) => return Err(Problem::not_found()),
        (Some(site), _) => all.push(format!("site_id = {}", filter.bind(0, site.clone()))),
        (None, Some(sites)) => {
            let sites = one_of(filter, sites.iter().map(String::as_str));
            all.push(format!("site_id in ({sites})"));
        }
        (None, None) => {}
    }
    if let Some(department) = &asked.department {
        all.push(format!("department = {}", filter.bind(0, department.clone())));
    }
    if let Some(person) = &asked.person {
        all.push(format!("staff_id = {}", filter.bind(0, person.clone())));
    }
    Ok(if all.is_empty() {
        "true".to_owned()
    } else {
        all.join(" and ")
    })
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
