//! A report as Excel: what it is on the first sheet, each part on a sheet of its own with its chart.

use super::shape::{Chart, Part, Report, Shown};
use crate::cases::values::moment;
use crate::error::Problem;
use crate::exchange::book::{Book, Plot};

/// Writes a report.
///
/// # Errors
/// When Excel would refuse it, which would be our fault.
pub fn write(report: &Report, offset: i32) -> Result<Book, Problem> {
    let mut book = Book::new(offset);
    let (first, rest) = match report.parts.split_first() {
        Some((first, rest)) if matches!(first.chart, Chart::Figures) => (Some(first), rest),
        _ => (None, report.parts.as_slice()),
    };
    book.sheet("说明", &[28.0, 16.0, 16.0])?;
    book.line(
        &format!(
            "{} {}",
            report.title,
            report.kind_title.as_deref().unwrap_or_default()
        ),
        true,
    )?;
    book.line(&report.company, false)?;
    book.line(
        &format!("期间：{}（{} 至 {}）", report.period, report.first, report.last),
        false,
    )?;
    let site = report.site.as_ref().map_or("可见的全部项目", |s| s.name.as_str());
    book.line(&format!("项目：{site}"), false)?;
    book.line(
        &format!("制表：{}，{}", report.made_by, moment(report.made_at, offset)),
        false,
    )?;
    if let Some(part) = first {
        book.gap();
        table(&mut book, part, false)?;
    }
    for part in rest {
        let widths: Vec<f64> = part.heads.iter().map(|h| width(h.shown)).collect();
        book.sheet(&part.title, &widths)?;
        table(&mut book, part, true)?;
    }
    Ok(book)
}

fn table(book: &mut Book, part: &Part, own_sheet: bool) -> Result<(), Problem> {
    book.heads(part.heads.iter().map(|h| h.title.as_str()), own_sheet)?;
    for row in &part.rows {
        book.row(&row.cells)?;
    }
    let counts = part.heads.iter().filter(|h| h.shown == Shown::Count).count();
    match part.chart {
        Chart::Pareto => book.plot(Plot::Pareto, part.rows.len(), &part.title)?,
        Chart::Trend => book.plot(Plot::Lines(counts), part.rows.len(), &part.title)?,
        Chart::Figures | Chart::Table => {}
    }
    if let Some(note) = &part.note {
        book.gap();
        book.line(note, false)?;
    }
    Ok(())
}

fn width(shown: Shown) -> f64 {
    match shown {
        Shown::Text => 24.0,
        Shown::Moment => 17.0,
        _ => 12.0,
    }
}
