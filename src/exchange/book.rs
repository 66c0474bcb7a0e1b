//! A workbook written row by row, so that a long list needs no more memory than a short one.

use crate::error::Problem;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::time::Time;
use rust_xlsxwriter::{
    Chart, ChartSeries, ChartType, Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use serde::Serialize;

/// Most rows of a list in one file; what is beyond is said in the last row.
pub const MOST_ROWS: u32 = 20_000;
/// Most characters Excel keeps in a cell.
const MOST_CHARS: usize = 32_000;
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A cell, with the type Excel sorts and sums it by.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words; never read as a formula.
    Text(String),
    /// How many.
    Count(i64),
    /// A number.
    Number(f64),
    /// Percent, 12.5 for 12.5 %.
    Percent(f64),
    /// Fen 分, shown as yuan.
    Money(i64),
    /// Unix epoch milliseconds, shown on the company's clock.
    Moment(i64),
}

/// A chart over the rows below the headings of a sheet; their first column names them.
#[derive(Debug, Clone, Copy)]
pub enum Plot {
    /// Bars of the second column, and a line of the fourth in percent.
    Pareto,
    /// A line for each of so many columns.
    Lines(usize),
}

/// A workbook with one sheet after the other.
pub struct Book {
    book: Workbook,
    sheet: usize,
    row: u32,
    offset: i32,
    head: Format,
    title: Format,
    wrap: Format,
    money: Format,
    percent: Format,
    moment: Format,
}

impl Book {
    /// An empty one. `offset`: minutes east of UTC of the company's clock.
    pub fn new(offset: i32) -> Book {
        Book {
            book: Workbook::new(),
            sheet: 0,
            row: 0,
            offset,
            head: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00DC_E6F1)),
            title: Format::new().set_bold().set_font_size(14),
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            money: Format::new().set_num_format("#,##0.00"),
            percent: Format::new().set_num_format("0.0\"%\""),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
        }
    }

    /// Begins a sheet with columns of these widths, in characters. Excel takes 31 characters of a name, and not all.
    ///
    /// # Errors
    /// When Excel would refuse it, which would be our fault; so with the others.
    pub fn sheet(&mut self, name: &str, widths: &[f64]) -> Result<(), Problem> {
        let name: String = name
            .chars()
            .filter(|c| !"[]:*?/\\'".contains(*c))
            .take(31)
            .collect();
        let set = || -> Result<(), XlsxError> {
            let sheet = self.book.add_worksheet_with_constant_memory()?;
            sheet.set_name(name)?;
            for (column, width) in (0..).zip(widths) {
                sheet.set_column_width(column, *width)?;
            }
            Ok(())
        };
        set().map_err(Problem::internal)?;
        self.sheet = self.book.worksheets().len() - 1;
        self.row = 0;
        Ok(())
    }

    /// A line of words across the columns; large when it is a title.
    pub fn line(&mut self, words: &str, title: bool) -> Result<(), Problem> {
        let format = if title {
            self.title.clone()
        } else {
            Format::default()
        };
        let row = self.row;
        self.here()?
            .write_string_with_format(row, 0, words, &format)
            .map_err(Problem::internal)?;
        self.row += 1;
        Ok(())
    }

    /// A row of headings; the rows above and this one stay when one scrolls, if asked.
    pub fn heads<'a>(&mut self, heads: impl Iterator<Item = &'a str>, freeze: bool) -> Result<(), Problem> {
        let (row, format) = (self.row, self.head.clone());
        let sheet = self.here()?;
        for (column, head) in (0..).zip(heads) {
            sheet
                .write_string_with_format(row, column, head, &format)
                .map_err(Problem::internal)?;
        }
        if freeze {
            sheet.set_freeze_panes(row + 1, 0).map_err(Problem::internal)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Problem> {
        for (column, cell) in (0..).zip(cells) {
            self.cell(column, cell).map_err(Problem::internal)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Draws the sheet, whose headings stand in its first row, beside its table.
    pub fn plot(&mut self, plot: Plot, rows: usize, title: &str) -> Result<(), Problem> {
        let Some(last) = u32::try_from(rows).ok().filter(|last| *last > 0) else {
            return Ok(());
        };
        let sheet = self.here()?;
        let name = sheet.name();
        let column = |series: &mut ChartSeries, column: u16| {
            series
                .set_categories((name.as_str(), 1, 0, last, 0))
                .set_values((name.as_str(), 1, column, last, column))
                .set_name((name.as_str(), 0, column));
        };
        let (mut chart, beside) = match plot {
            Plot::Pareto => {
                let mut bars = Chart::new(ChartType::Column);
                column(bars.add_series(), 1);
                let mut line = Chart::new(ChartType::Line);
                column(line.add_series().set_secondary_axis(true), 3);
                bars.combine(&line);
                (bars, 5)
            }
            Plot::Lines(count) => {
                let mut lines = Chart::new(ChartType::Line);
                for number in (1..).take(count) {
                    column(lines.add_series(), number);
                }
                (lines, count as u16 + 2)
            }
        };
        chart.title().set_name(title);
        sheet.insert_chart(1, beside, &chart).map_err(Problem::internal)?;
        Ok(())
    }

    /// An empty row.
    pub fn gap(&mut self) {
        self.row += 1;
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let row = self.row;
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                let text: String = text.chars().take(MOST_CHARS).collect();
                sheet.write_string_with_format(row, column, text, &self.wrap)?
            }
            Cell::Count(number) => sheet.write_number(row, column, *number as f64)?,
            Cell::Number(number) => sheet.write_number(row, column, *number)?,
            Cell::Percent(number) => sheet.write_number_with_format(row, column, *number, &self.percent)?,
            Cell::Money(fen) => {
                sheet.write_number_with_format(row, column, *fen as f64 / 100.0, &self.money)?
            }
            Cell::Moment(at) => {
                let text = Time(*at)
                    .local(self.offset)
                    .format("%Y-%m-%dT%H:%M:%S")
                    .to_string();
                let at = ExcelDateTime::parse_from_str(&text)?;
                sheet.write_datetime_with_format(row, column, &at, &self.moment)?
            }
        };
        Ok(())
    }

    fn here(&mut self) -> Result<&mut Worksheet, Problem> {
        self.book
            .worksheet_from_index(self.sheet)
            .map_err(Problem::internal)
    }

    /// The file, as a download of that name.
    pub async fn answer(mut self, name: &str) -> Result<Response, Problem> {
        let made = tokio::task::spawn_blocking(move || self.book.save_to_buffer());
        let bytes = made
            .await
            .map_err(Problem::internal)?
            .map_err(Problem::internal)?;
        Ok(download(name, bytes))
    }
}

/// A workbook as a download; `name` without its ending.
pub(super) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let saved = format!("attachment; filename=\"yizhan.xlsx\"; filename*=UTF-8''{name}.xlsx");
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, saved),
    ];
    (headers, Body::from(bytes)).into_response()
}
