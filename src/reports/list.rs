//! The list of a report: a row a case, or a row a contact with the first of its cases that is open.

use super::parts::leading_to;
use super::query::{Asking, Which};
use super::shape::{Chart, Part, Row, Shown};
use super::tally::text;
use crate::cases::columns::{self, Column};
use crate::cases::export::cell;
use crate::cases::pick;
use crate::cases::rows::CaseRow;
use crate::contacts::rows::{self as contacts, ContactRow};
use crate::error::Problem;
use crate::exchange::book::Cell;
use engine::load::Base;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a list: beyond them the figures tell enough.
const MOST: u64 = 200;
/// Cases read at a time.
const PAGE: usize = 200;

/// The part of a report.
///
/// # Errors
/// The database's.
pub(super) async fn part(asking: &Asking<'_>) -> Result<Part, Problem> {
    let def = &asking.part.def;
    let heads: Vec<(&str, Shown)> = def
        .columns
        .iter()
        .map(|column| (column.title.as_str(), shown(asking, &column.name)))
        .collect();
    let mut part = Part::new(&def.name, &def.title, Chart::Table, &heads);
    let (ids, total) = asking.ids(&Which::All, 0, MOST).await?;
    if asking.part.of == Base::Contacts {
        let contacts = contacts::by_ids(asking.app, asking.app.db.read(), asking.me, &ids).await?;
        let open: Vec<String> = contacts.iter().filter_map(first_open).collect();
        let cases = cases(asking, &open).await?;
        for contact in &contacts {
            let case = first_open(contact).and_then(|id| cases.get(&id));
            part.rows.push(row(case, cells(asking, case, Some(contact))));
        }
    } else {
        let cases = cases(asking, &ids).await?;
        let rows = ids.iter().filter_map(|id| cases.get(id));
        let rows: Vec<Row> = rows
            .map(|case| leading_to(&case.id, cells(asking, Some(case), None)))
            .collect();
        part.rows = rows;
    }
    let left = total - i64::try_from(MOST).unwrap_or(total);
    if left > 0 {
        part = part.noted(&format!("只列出最近的 {MOST} 条，还有 {left} 条。"));
    }
    Ok(part)
}

/// A contact's row leads to its case, if one is open.
fn row(case: Option<&CaseRow>, cells: Vec<Cell>) -> Row {
    match case {
        Some(case) => leading_to(&case.id, cells),
        None => Row {
            cells,
            ..Row::default()
        },
    }
}

fn first_open(contact: &ContactRow) -> Option<String> {
    contact
        .cases
        .iter()
        .find(|case| !case.closed)
        .map(|case| case.id.clone())
}

async fn cases(asking: &Asking<'_>, ids: &[String]) -> Result<BTreeMap<String, CaseRow>, Problem> {
    let columns = asking.part.def.columns.iter();
    let names: BTreeSet<String> = columns
        .flat_map(|column| std::iter::once(&column.name).chain(&column.or))
        .filter(|name| !name.contains('.'))
        .cloned()
        .collect();
    let fields: Vec<String> = names.into_iter().collect();
    let mut found = BTreeMap::new();
    for some in ids.chunks(PAGE) {
        let rows =
            pick::by_ids_with(asking.app, asking.app.db.read(), asking.me, some, Some(&fields)).await?;
        found.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }
    Ok(found)
}

fn cells(asking: &Asking, case: Option<&CaseRow>, contact: Option<&ContactRow>) -> Vec<Cell> {
    let manual = asking.app.manuals.current();
    let known: Vec<Column> = case.map_or_else(Vec::new, |case| columns::all(&manual, Some(&case.kind)));
    let one = |name: &str| -> Cell {
        if let Some(contact) = contact.filter(|_| name.starts_with("contact.")) {
            return match name {
                "contact.number" => text(&contact.number),
                "contact.happened_at" => Cell::Moment(contact.happened_at),
                "contact.site" => text(&contact.site_name),
                _ => text(&contact.said),
            };
        }
        let column = known.iter().find(|column| column.name == name);
        case.zip(column)
            .map_or(Cell::Empty, |(case, column)| cell(column, case))
    };
    let columns = asking.part.def.columns.iter();
    columns
        .map(|column| match (one(&column.name), &column.or) {
            (Cell::Empty, Some(other)) => one(other),
            (said, _) => said,
        })
        .collect()
}

/// How a column is shown: as the first kind that has it says.
fn shown(asking: &Asking, name: &str) -> Shown {
    if name.ends_with("_at") && name.contains('.') {
        return Shown::Moment;
    }
    let manual = asking.app.manuals.current();
    let kinds: Vec<&str> = match &asking.part.of {
        Base::Cases(kinds) if !kinds.is_empty() => kinds.iter().map(String::as_str).collect(),
        _ => manual.kinds.keys().map(String::as_str).collect(),
    };
    let mut found = kinds.into_iter().flat_map(|kind| {
        let columns = columns::all(&manual, Some(kind)).into_iter();
        columns.filter(|column| column.name == name).collect::<Vec<_>>()
    });
    found
        .next()
        .map_or(Shown::Text, |column| Shown::of(&column.r#type))
}
