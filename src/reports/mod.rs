//! Reports 报表 (COMPLAINT-9, INTAKE-14, QUALITY-3, QUALITY-4): figures of a period, on screen, as Excel and in print.
//!
//! What a report shows is written in the manual (`PACK/reports.toml`); its expressions are asked of the database, of what
//! the reader may see. What lies behind a figure is found by the same conditions.

mod clauses;
mod excel;
pub mod handlers;
mod ledger;
mod list;
mod parts;
mod period;
mod query;
mod shape;
mod source;
mod tally;

pub use period::{Every, Period};
pub use shape::{Chart, Head, Part, Report, Row, Shown};

use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use engine::def::Area;
use engine::load::{Manual, ReportRules};
use std::sync::Arc;

/// A report there is.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Name in addresses.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// Periods it is made for, the usual one first.
    pub every: Vec<Every>,
    /// As the manual writes it; none: the ledger of a kind.
    pub rules: Option<Arc<ReportRules>>,
}

/// Every report, in the order of the page: those of the manual, and the ledger 台账 of any kind.
pub fn all(manual: &Manual) -> Vec<Definition> {
    let written = manual.reports.iter().map(|rules| Definition {
        name: rules.def.name.clone(),
        title: rules.def.title.clone(),
        about: rules.def.about.clone(),
        source: rules.def.source.clone(),
        every: rules.def.every.iter().map(|every| Every::from(*every)).collect(),
        rules: Some(Arc::clone(rules)),
    });
    let ledger = Definition {
        name: "ledger".to_owned(),
        title: "台账".to_owned(),
        about: "任何一类事项的台账：一期之内登记的逐条列出，可打印、可导出。".to_owned(),
        source: vec!["QUALITY-4".to_owned(), "QUALITY-1".to_owned()],
        every: vec![Every::Month, Every::Year, Every::Week, Every::Day],
        rules: None,
    };
    written.chain([ledger]).collect()
}

/// What is asked of a report.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub definition: Definition,
    /// Of which time.
    pub period: Period,
    /// Only this site.
    pub site: Option<String>,
    /// Only this kind, for ledgers.
    pub kind: Option<String>,
    /// Most rows of a ledger.
    pub most: u32,
}

/// Makes the parts of a report for its reader.
///
/// # Errors
/// [`Problem::forbidden`] without the right to read figures; a ledger needs none beyond seeing the cases.
pub async fn parts(app: &App, me: &Me, asked: &Asked) -> Result<Vec<Part>, Problem> {
    match &asked.definition.rules {
        None => ledger::parts(app, me, asked).await,
        Some(report) => {
            me.must(Area::Measure)?;
            parts::parts(app, me, asked, report).await
        }
    }
}

/// What lies behind a row of a part.
#[derive(Debug)]
pub struct Behind {
    /// A page of ids, newest first.
    pub ids: Vec<String>,
    /// How many there are.
    pub total: i64,
    /// They are contacts, not cases.
    pub contacts: bool,
}

/// The cases or contacts that a row of a part counts, `limit` of them after `start`.
///
/// # Errors
/// As [`parts`]; [`Problem::not_found`] for a row that counts none.
pub async fn behind(
    app: &App,
    me: &Me,
    asked: &Asked,
    (part, key): (&str, &str),
    (start, limit): (u64, u64),
) -> Result<Behind, Problem> {
    me.must(Area::Measure)?;
    let rules = asked.definition.rules.as_ref();
    let mut rules = rules.into_iter().flat_map(|report| &report.parts);
    let rules = rules
        .find(|known| known.def.name == part)
        .ok_or_else(Problem::not_found)?;
    let (ids, total) = parts::behind(app, me, asked, (rules, key), (start, limit)).await?;
    Ok(Behind {
        ids,
        total,
        contacts: rules.of == engine::load::Base::Contacts,
    })
}
