//! What the databases do without us: the rows of real registrations written again, with other keys, by pgbench and by
//! the sqlite3 shell; one transaction a contact.

use crate::place::{Kind, Place, sqlite, told};
use crate::rows::Rows;
use anyhow::Context;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Rows and counters of one registration.
pub struct Registration {
    pub rows: Vec<Rows>,
    pub counters: Vec<String>,
}

/// How rows are put into statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One insert a row: what a script writes.
    Row,
    /// One insert a table: fewer statements than most would write by hand.
    Table,
}

/// A part of a value: as it is, or the number of the run in it.
enum Piece {
    Text(String),
    Number,
}

impl Registration {
    /// What must differ from run to run: ids, numbers for people, keys.
    fn marks(&self) -> Vec<(String, String)> {
        let mut marks = Vec::new();
        for rows in &self.rows {
            for (index, (column, _)) in rows.columns.iter().enumerate() {
                for cell in rows.rows.iter().filter_map(|row| row[index].clone()) {
                    match (column.as_str(), rows.table.as_str()) {
                        // The end of an id makes room for the number.
                        ("id", _) => {
                            marks.push((cell.clone(), format!("{}{:02}", &cell[..12], marks.len() % 100)))
                        }
                        ("number", "contact" | "case_record") => {
                            marks.push((cell.clone(), format!("{cell}-")))
                        }
                        ("key", "idempotency") => marks.push((cell, "K".to_owned())),
                        _ => {}
                    }
                }
            }
        }
        marks
    }

    /// The transaction. `number`: how the number of a run is written, and what a cell becomes.
    fn script(
        &self,
        form: Form,
        value: &dyn Fn(Vec<Piece>, &str) -> String,
        seat: &dyn Fn(&str) -> String,
        words: bool,
    ) -> String {
        let marks = self.marks();
        let mut text = String::from("begin;\n");
        for name in &self.counters {
            let _ = writeln!(
                text,
                "insert into counter (name, next) values ('{name}', 2) on conflict (name) do update \
                 set next = counter.next + 1 returning next - 1;"
            );
        }
        for rows in &self.rows {
            let names: Vec<&str> = rows.columns.iter().map(|c| c.0.as_str()).collect();
            let into = format!("insert into {} ({}) values", rows.table, names.join(", "));
            let tuple = |row: &Vec<Option<String>>| {
                let cells = row
                    .iter()
                    .zip(&rows.columns)
                    .map(|(cell, (name, kind))| match cell {
                        None => "null".to_owned(),
                        Some(cell) if name == "seat" => seat(cell),
                        Some(cell) => value(cut(cell, &marks), kind),
                    });
                format!("({})", cells.collect::<Vec<_>>().join(", "))
            };
            let tuples: Vec<String> = rows.rows.iter().map(tuple).collect();
            match form {
                Form::Row => tuples.iter().for_each(|tuple| {
                    let _ = writeln!(text, "{into} {tuple};");
                }),
                Form::Table => {
                    let _ = writeln!(text, "{into} {};", tuples.join(", "));
                }
            }
            if words && let Some(index) = rows.table.strip_suffix("_text") {
                for row in &rows.rows {
                    let (Some(number), Some(body)) = (&row[0], &row[2]) else {
                        continue;
                    };
                    let mut tokens: Vec<String> = yizhan::search::analyse(body).into_iter().collect();
                    // The site and the month, as the product marks them.
                    tokens.extend(["项01jbench".to_owned(), "月680".to_owned()]);
                    let _ = writeln!(
                        text,
                        "insert or replace into {index}_word (rowid, words) values ({}, '{}');",
                        seat(number),
                        tokens.join(" ")
                    );
                }
            }
        }
        text.push_str("commit;\n");
        text
    }
}

fn cut(cell: &str, marks: &[(String, String)]) -> Vec<Piece> {
    let mut pieces = vec![Piece::Text(cell.to_owned())];
    for (mark, stem) in marks {
        pieces = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Text(text) if text.contains(mark.as_str()) => {
                    let mut parts = Vec::new();
                    let mut rest = text.split(mark.as_str()).peekable();
                    while let Some(part) = rest.next() {
                        if rest.peek().is_some() {
                            parts.push(Piece::Text(format!("{part}{stem}")));
                            parts.push(Piece::Number);
                        } else {
                            parts.push(Piece::Text(part.to_owned()));
                        }
                    }
                    parts
                }
                other => vec![other],
            })
            .collect();
    }
    pieces
}

/// Registrations a second by pgbench with so many clients.
pub fn pgbench(
    place: &Place,
    all: &[Registration],
    form: Form,
    clients: usize,
    seconds: u64,
) -> anyhow::Result<f64> {
    // A colon before a letter or digit would be a variable.
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''").replace(':', "' || chr(58) || '"));
    let value = |pieces: Vec<Piece>, kind: &str| {
        let numbered = pieces.iter().any(|p| matches!(p, Piece::Number));
        let parts: Vec<String> = pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => quoted(&text),
                Piece::Number => "(:n)::text".to_owned(),
            })
            .collect();
        let joined = parts.join(" || ");
        if numbered || joined.contains("||") || kind != "text" {
            format!("({joined})::{kind}")
        } else {
            joined
        }
    };
    let seat = |cell: &str| format!("(:n)::bigint + {cell}");
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-D", "i=0", "-j", "2"]);
    command.args(["-c", &clients.to_string(), "-T", &seconds.to_string()]);
    let salt = yizhan::clock::Clock::system().now() / 1000 % 1000;
    for (index, registration) in all.iter().enumerate() {
        let path = place.folder.join(format!("site-{index}.sql"));
        let head =
            format!("\\set i :i + 1\n\\set n {salt}00000000 + :client_id * 1000000 + :i + 100000000000\n");
        std::fs::write(&path, head + &registration.script(form, &value, &seat, false))?;
        command.arg("-f").arg(&path);
    }
    let output = told(command.arg(&place.url))?;
    let line = output.lines().find(|line| line.starts_with("tps = "));
    let rate = line.and_then(|line| line.split_whitespace().nth(2)?.parse().ok());
    rate.with_context(|| format!("pgbench said: {output}"))
}

/// Registrations a second by the sqlite3 shell.
pub fn shell(
    place: &Place,
    all: &[Registration],
    form: Form,
    count: usize,
    preload: Option<&Path>,
) -> anyhow::Result<f64> {
    let mut text =
        String::from("pragma journal_mode = wal;\npragma synchronous = full;\npragma foreign_keys = on;\n");
    let salt = yizhan::clock::Clock::system().now() / 1000 % 1000;
    for run in 0..count {
        let number = 100_000_000_000 + salt as u64 * 100_000_000 + run as u64;
        let value = |pieces: Vec<Piece>, kind: &str| {
            let cell: String = pieces
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text,
                    Piece::Number => number.to_string(),
                })
                .collect();
            if matches!(kind, "bigint" | "boolean" | "double precision") {
                cell
            } else {
                format!("'{}'", cell.replace('\'', "''"))
            }
        };
        let seat = |cell: &str| (cell.parse::<u64>().unwrap_or(0) + number).to_string();
        text.push_str(&all[run % all.len()].script(form, &value, &seat, true));
    }
    let path: PathBuf = place.folder.join("shell.sql");
    std::fs::write(&path, text)?;
    let begin = Instant::now();
    sqlite(&place.file(), &path, preload)?;
    Ok(count as f64 / begin.elapsed().as_secs_f64())
}

/// Tables and rows of a registration, for the record.
pub fn described(registration: &Registration, kind: Kind) -> String {
    let parts: Vec<String> = registration
        .rows
        .iter()
        .map(|rows| format!("{} {}", rows.rows.len(), rows.table))
        .collect();
    let count: usize = registration.rows.iter().map(|rows| rows.rows.len()).sum();
    format!(
        "{kind:?}: {count} rows and {} counters: {}",
        registration.counters.len(),
        parts.join(", ")
    )
}
