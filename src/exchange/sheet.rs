//! Reading a sheet without trusting it: sizes are bounded before anything is kept in memory.

use super::{Bad, MOST_BYTES};
use crate::error::{Code, Problem};
use calamine::{DataRef, Reader, Xlsx};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Rows of a file.
const MOST_ROWS: usize = 20_000;
/// Bytes of a file once unpacked.
const MOST_UNPACKED: u64 = 100 << 20;
/// Parts of a file: a workbook has a dozen.
const MOST_PARTS: usize = 500;
/// Columns that are looked at.
const MOST_COLUMNS: u32 = 60;
/// Characters of a cell.
const LONGEST: usize = 300;

/// A column of a template.
#[derive(Debug)]
pub struct Column {
    /// Heading.
    pub title: &'static str,
    /// Every row must have it.
    pub required: bool,
    /// What stands in the example.
    pub example: &'static str,
    /// What to write there.
    pub note: &'static str,
}

/// Heading of the column nobody reads, but for the mark of the example.
pub const REMARK: &str = "备注";
/// What the remark of the example begins with.
pub const EXAMPLE: &str = "示例";

/// What was read.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Rows with something in them.
    pub rows: Vec<Row>,
    /// What is wrong already.
    pub bad: Vec<Bad>,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// As Excel counts.
    pub number: u32,
    cells: BTreeMap<&'static str, String>,
}

impl Row {
    /// What stands under a heading; nothing is "".
    pub fn get(&self, title: &str) -> &str {
        self.cells.get(title).map_or("", String::as_str)
    }

    /// That something is wrong under a heading.
    pub fn bad(&self, title: &str, reason: impl Into<String>) -> Bad {
        Bad {
            row: self.number,
            column: title.to_owned(),
            value: self.get(title).to_owned(),
            reason: reason.into(),
        }
    }
}

/// It is no workbook.
pub fn unreadable() -> Problem {
    Problem::new(
        Code::BadRequest,
        "无法读取这个文件：请用模板填写，并保存为 .xlsx 文件",
    )
}

fn too_large(detail: &str) -> Problem {
    Problem::new(Code::TooLarge, detail)
}

/// Reads the first sheet. Slow: not on the runtime's threads.
///
/// # Errors
/// When it is no workbook, or too large.
pub fn read(bytes: &[u8], columns: &'static [Column]) -> Result<Sheet, Problem> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large("文件过大（最大 10 MB）"));
    }
    bounded(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let first = book.sheet_names().first().cloned().ok_or_else(unreadable)?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(|_| unreadable())?;
    let mut reading = Reading {
        columns,
        heads: BTreeMap::new(),
        sheet: Sheet::default(),
        row: None,
    };
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let (row, column) = cell.get_position();
        if column >= MOST_COLUMNS {
            continue;
        }
        let value = text(cell.get_value());
        if value.as_ref().is_ok_and(String::is_empty) {
            continue;
        }
        reading.cell(row + 1, column, value)?;
    }
    reading.end()
}

/// Unpacks everything to nowhere: what a file says of its own size is not to be trusted.
fn bounded(bytes: &[u8]) -> Result<(), Problem> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > MOST_PARTS {
        return Err(unreadable());
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| unreadable())?;
        let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| unreadable())?;
        left = left
            .checked_sub(size)
            .ok_or_else(|| too_large("文件解开后过大，请分成几个文件导入"))?;
    }
    Ok(())
}

/// The words of a cell; an error is one Excel shows in its place.
fn text(value: &DataRef<'_>) -> Result<String, ()> {
    let words = match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        // Excel keeps phones and rooms as numbers.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(words) => short(words),
        DataRef::SharedString(words) => short(words),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(words) => words.chars().take(10).collect(),
        DataRef::DurationIso(words) => short(words),
        DataRef::Error(_) => return Err(()),
    };
    Ok(words.replace('\0', "").trim().to_owned())
}

/// One more than is allowed, so that too long a cell is seen to be.
fn short(words: &str) -> String {
    words.trim().chars().take(LONGEST + 1).collect()
}

struct Reading {
    columns: &'static [Column],
    /// Column number → heading.
    heads: BTreeMap<u32, &'static str>,
    sheet: Sheet,
    row: Option<Row>,
}

impl Reading {
    fn cell(&mut self, row: u32, column: u32, value: Result<String, ()>) -> Result<(), Problem> {
        if row == 1 {
            self.head(column, value.unwrap_or_default());
            return Ok(());
        }
        let Some(title) = self.heads.get(&column).copied() else {
            return Ok(());
        };
        if self.row.as_ref().is_none_or(|open| open.number != row) {
            self.close()?;
            self.row = Some(Row {
                number: row,
                cells: BTreeMap::new(),
            });
        }
        let bad = |value: &str, reason: &str| Bad {
            row,
            column: title.to_owned(),
            value: value.to_owned(),
            reason: reason.to_owned(),
        };
        match value {
            Err(()) => self.sheet.bad.push(bad("", "单元格里是公式错误")),
            Ok(words) if words.chars().count() > LONGEST => {
                self.sheet.bad.push(bad(
                    &words[..words.floor_char_boundary(60)],
                    "内容过长（最多 300 字）",
                ));
            }
            Ok(words) => {
                if let Some(open) = &mut self.row {
                    open.cells.insert(title, words);
                }
            }
        }
        Ok(())
    }

    fn head(&mut self, column: u32, title: String) {
        let plain = title.trim_end_matches(['*', ' ']).to_owned();
        match self
            .columns
            .iter()
            .map(|c| c.title)
            .chain([REMARK])
            .find(|known| *known == plain)
        {
            Some(known) if !self.heads.values().any(|head| *head == known) => {
                self.heads.insert(column, known);
            }
            Some(known) => self.sheet.bad.push(head_problem(known, "这一列出现了两次")),
            None => self
                .sheet
                .bad
                .push(head_problem(&plain, "不认识这一列，请按模板的表头填写")),
        }
    }

    fn close(&mut self) -> Result<(), Problem> {
        if let Some(row) = self
            .row
            .take()
            .filter(|row| !row.get(REMARK).starts_with(EXAMPLE))
        {
            if row.cells.keys().all(|title| *title == REMARK) {
                return Ok(());
            }
            self.sheet.rows.push(row);
        }
        if self.sheet.rows.len() > MOST_ROWS {
            return Err(too_large("一次最多导入 20000 行，请分成几个文件"));
        }
        Ok(())
    }

    fn end(mut self) -> Result<Sheet, Problem> {
        self.close()?;
        let present: BTreeSet<&str> = self.heads.values().copied().collect();
        for column in self.columns.iter().filter(|c| c.required) {
            if !present.contains(column.title) {
                self.sheet.bad.push(head_problem(column.title, "缺少这一列"));
                continue;
            }
            let empty = self
                .sheet
                .rows
                .iter()
                .filter(|row| row.get(column.title).is_empty());
            let empty: Vec<Bad> = empty.map(|row| row.bad(column.title, "必填")).collect();
            self.sheet.bad.extend(empty);
        }
        Ok(self.sheet)
    }
}

fn head_problem(column: &str, reason: &str) -> Bad {
    Bad {
        row: 1,
        column: column.to_owned(),
        value: column.to_owned(),
        reason: reason.to_owned(),
    }
}
