//! The clauses that something broke in a period, the most broken first.

use super::Asked;
use super::shape::{Chart, Part, Row, Shown};
use super::tally::{share, text};
use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use crate::exchange::book::Cell;
use crate::measure::board::figures;
use crate::measure::reach::Asked as Facts;
use engine::def::PartDef;

/// The part of a report.
///
/// # Errors
/// The database's.
pub(super) async fn part(app: &App, me: &Me, asked: &Asked, def: &PartDef) -> Result<Part, Problem> {
    let heads = [
        ("条款", Shown::Text),
        ("要求", Shown::Text),
        ("计数", Shown::Count),
        ("未守住", Shown::Count),
        ("占比", Shown::Percent),
    ];
    let mut part = Part::new(&def.name, &def.title, Chart::Table, &heads);
    let manual = app.manuals.current();
    let facts = Facts {
        site: asked.site.clone(),
        ..Facts::default()
    };
    let days = (asked.period.first, asked.period.last());
    let mut all = figures(app, me, &manual.clauses, &facts, days).await?;
    all.retain(|clause| clause.broken > 0);
    all.sort_by(|a, b| (b.broken, &a.id).cmp(&(a.broken, &b.id)));
    let at = asked.site.as_ref();
    let at = at.map_or_else(String::new, |site| format!("&site={site}"));
    for clause in all {
        let period = match clause.periods.as_slice() {
            [one] => format!("?period={}{at}", one.period),
            _ => String::new(),
        };
        let cells = vec![
            Cell::Text(format!("{} {}", clause.id, clause.title)),
            text(&clause.threshold),
            Cell::Count(clause.total),
            Cell::Count(clause.broken),
            share(clause.broken as usize, clause.total as usize),
        ];
        part.rows.push(Row {
            cells,
            link: Some(format!("/clauses/{}{period}", clause.id)),
            ..Row::default()
        });
    }
    Ok(part)
}
