//! How far a right reaches: it holds at the sites of the posts that carry it, not at all of a person's sites.

use crate::auth::Me;
use crate::db::Filter;
use crate::error::Problem;
use engine::def::Area;
use engine::load::Manual;
use std::collections::BTreeSet;

/// Sites at which one holds any of the rights; none: all of them.
///
/// # Errors
/// [`crate::error::Code::Forbidden`] when one holds none of them anywhere.
pub fn reach(me: &Me, manual: &Manual, rights: &[Area]) -> Result<Option<BTreeSet<String>>, Problem> {
    let carries = |post: &str| {
        manual
            .post(post)
            .is_some_and(|p| rights.iter().any(|right| p.may.contains(right)))
    };
    let sites: Vec<_> = me
        .posts
        .iter()
        .filter(|held| carries(&held.post))
        .map(|held| held.site.clone())
        .collect();
    if sites.is_empty() {
        return Err(Problem::forbidden());
    }
    // One `None` among them, all sites, makes the whole `None`.
    Ok(sites.into_iter().collect())
}

/// The condition that `column` is one of the sites.
pub fn within(filter: &mut Filter, used: usize, column: &str, sites: Option<&BTreeSet<String>>) -> String {
    match sites {
        None => "true".to_owned(),
        Some(sites) if sites.is_empty() => "false".to_owned(),
        Some(sites) => {
            let marks: Vec<String> = sites.iter().map(|site| filter.bind(used, site.clone())).collect();
            format!("{column} in ({})", marks.join(", "))
        }
    }
}
