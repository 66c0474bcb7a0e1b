//! Which facts a reader may count, and which they ask for.

use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::error::Problem;
use chrono::{Months, NaiveDate};
use engine::def::{Area, Clause, Period};
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

/// The condition on facts of these clauses in these periods: what is asked for, of the sites whose figures `me` may
/// read. Periods are listed, so that the index leads to the site within each.
///
/// # Errors
/// [`Problem::forbidden`] without the right; [`Problem::not_found`] for a site beyond it.
pub fn facts(
    app: &App,
    me: &Me,
    asked: &Asked,
    clauses: &[&str],
    periods: &[String],
) -> Result<Filter, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let clauses = one_of(&mut filter, clauses.iter().copied());
    let periods = one_of(&mut filter, periods.iter().map(String::as_str));
    let reach = narrow(app, me, asked, &mut filter)?;
    filter.sql = format!("clause in ({clauses}) and period in ({periods}) and {reach}");
    Ok(filter)
}

/// Whether `me` may read all the facts there are, and asks for no site alone.
///
/// # Errors
/// [`Problem::forbidden`] without the right.
pub fn whole(app: &App, me: &Me, asked: &Asked) -> Result<bool, Problem> {
    Ok(asked.site.is_none() && sites(app, me)?.is_none())
}

/// The same for one clause, by the instants at which its periods (oldest first) begin and end, in whose order what
/// broke it is kept.
///
/// # Errors
/// As [`facts`]; [`crate::error::Code::Invalid`] for what is no period of the clause.
pub fn span(
    app: &App,
    me: &Me,
    asked: &Asked,
    clause: &Clause,
    periods: &[String],
) -> Result<Filter, Problem> {
    let wrong = || {
        let like = clause
            .per
            .name(Time(app.clock.now()).date(app.manuals.current().offset()));
        Problem::field("period", &format!("应写成 {like} 这样"))
    };
    let offset = app.manuals.current().offset();
    let first = |name: Option<&String>| name.and_then(|name| clause.per.named(name)).ok_or_else(wrong);
    let (begin, last) = (first(periods.first())?, first(periods.last())?);
    let (begin, end) = (
        Time::start_of(begin, offset),
        Time::start_of(clause.per.next(last), offset),
    );
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let clause = filter.bind(0, clause.id.clone());
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

/// First day of the last `count` months, and today.
pub fn last_months(app: &App, count: Option<u32>) -> (NaiveDate, NaiveDate) {
    let today = Time(app.clock.now()).date(app.manuals.current().offset());
    let count = count.unwrap_or(MONTHS).clamp(1, MOST_MONTHS);
    let first = Period::Month.first(today);
    (
        first.checked_sub_months(Months::new(count - 1)).unwrap_or(first),
        today,
    )
}

/// The periods of these clauses between two days, each once.
pub fn periods<'a>(
    clauses: impl Iterator<Item = &'a Clause>,
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<String> {
    let mut all: Vec<String> = clauses.flat_map(|clause| clause.per.names(from, to)).collect();
    all.sort();
    all.dedup();
    all
}

/// What was asked for, where something was.
pub fn said(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.is_empty())
}
