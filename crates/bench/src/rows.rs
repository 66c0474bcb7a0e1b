//! The rows that one registration writes, seen from outside: what is in the tables after it that was not there before.

use crate::place::{Kind, Place, psql, told};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// A column's value as a literal holds it; none: null.
pub type Cell = Option<String>;

/// One table's part in it.
#[derive(Debug, Clone)]
pub struct Rows {
    pub table: String,
    /// Name and type.
    pub columns: Vec<(String, String)>,
    pub rows: Vec<Vec<Cell>>,
}

/// All rows of all tables, as text.
pub struct Snapshot(BTreeMap<String, Table>);

/// Columns (name, type) and rows of a table.
type Table = (Vec<(String, String)>, Vec<String>);

/// Rows that are no part of a registration, or that triggers write.
const ASIDE: [&str; 5] = [
    "session",
    "_sqlx_migrations",
    "counter",
    "fact_change",
    "fact_month",
];
/// What others refer to comes first.
const FIRST: [&str; 3] = ["contact", "case_record", "access_link"];

impl Snapshot {
    pub fn take(place: &Place) -> anyhow::Result<Snapshot> {
        let mut all = BTreeMap::new();
        for (table, columns) in tables(place)? {
            let names: Vec<&str> = columns.iter().map(|c| c.0.as_str()).collect();
            let lines = match place.kind {
                Kind::Sqlite => {
                    let cells: Vec<String> = names.iter().map(|n| format!("quote({n})")).collect();
                    ask(
                        place,
                        &format!("select json_array({}) from {table}", cells.join(", ")),
                    )?
                }
                Kind::Postgres => {
                    let cells: Vec<String> = names.iter().map(|n| format!("{n}::text")).collect();
                    ask(
                        place,
                        &format!("select json_build_array({}) from {table}", cells.join(", ")),
                    )?
                }
            };
            all.insert(table, (columns, lines.lines().map(str::to_owned).collect()));
        }
        Ok(Snapshot(all))
    }

    /// What `later` has and this has not, in an order that foreign keys allow; and the counters that went on.
    pub fn until(&self, later: &Snapshot, kind: Kind) -> anyhow::Result<(Vec<Rows>, Vec<String>)> {
        let mut found = Vec::new();
        let mut counters = Vec::new();
        for (table, (columns, lines)) in &later.0 {
            let known: BTreeSet<&String> = self
                .0
                .get(table)
                .map(|t| t.1.iter().collect())
                .unwrap_or_default();
            let mut rows = Vec::new();
            for line in lines.iter().filter(|line| !known.contains(line)) {
                let cells: Vec<Option<String>> = serde_json::from_str(line)?;
                rows.push(
                    cells
                        .into_iter()
                        .map(|cell| plain(cell, kind))
                        .collect::<Vec<Cell>>(),
                );
            }
            if table == "counter" {
                counters.extend(
                    rows.into_iter()
                        .filter_map(|row| row.into_iter().next().flatten()),
                );
            } else if !rows.is_empty() && !ASIDE.contains(&table.as_str()) {
                found.push(Rows {
                    table: table.clone(),
                    columns: columns.clone(),
                    rows,
                });
            }
        }
        let rank = |table: &str| FIRST.iter().position(|t| *t == table).unwrap_or(FIRST.len());
        found.sort_by_key(|rows| rank(&rows.table));
        Ok((found, counters))
    }
}

fn plain(cell: Option<String>, kind: Kind) -> Cell {
    match (kind, cell?) {
        (Kind::Sqlite, text) if text == "NULL" => None,
        (Kind::Sqlite, text) => Some(match text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
            Some(inner) => inner.replace("''", "'"),
            None => text,
        }),
        (Kind::Postgres, text) => Some(text),
    }
}

fn ask(place: &Place, sql: &str) -> anyhow::Result<String> {
    match place.kind {
        Kind::Sqlite => told(Command::new("sqlite3").arg(place.file()).arg(sql)),
        Kind::Postgres => psql(&place.url, sql),
    }
}

type Columns = Vec<(String, String)>;

fn tables(place: &Place) -> anyhow::Result<Vec<(String, Columns)>> {
    let sql = match place.kind {
        // The shadows of the search index hold what no statement writes.
        Kind::Sqlite => {
            "select m.name || '|' || p.name || '|' || lower(p.type) from sqlite_schema m join pragma_table_info(m.name) p \
             where m.type = 'table' and m.name not like '%\\_word%' escape '\\' and m.name not like 'sqlite%' \
             order by m.name, p.cid"
        }
        Kind::Postgres => {
            "select table_name || '|' || column_name || '|' || udt_name from information_schema.columns \
             where table_schema = 'public' order by table_name, ordinal_position"
        }
    };
    let mut all: Vec<(String, Columns)> = Vec::new();
    for line in ask(place, sql)?.lines() {
        let mut parts = line.split('|').map(str::to_owned);
        let (Some(table), Some(column), Some(kind)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        match all.last_mut() {
            Some((last, columns)) if *last == table => columns.push((column, kind)),
            _ => all.push((table, vec![(column, kind)])),
        }
    }
    Ok(all)
}
