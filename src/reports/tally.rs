//! Counting.

use super::shape::{Chart, Part, Shown};
use crate::exchange::book::Cell;
use std::collections::BTreeMap;

/// What is counted under no name.
const UNSAID: &str = "未填写";
/// Bars of a chart; what is rarer stands together under the last.
const BARS: usize = 15;

/// Percent of `all`, rounded half up to one decimal; none of nothing.
pub fn share(part: usize, all: usize) -> Cell {
    if all == 0 {
        return Cell::Empty;
    }
    Cell::Percent(((part * 2000 + all) / (all * 2)) as f64 / 10.0)
}

/// So many for each hundred, rounded half up to one decimal; none of nothing.
pub fn per_hundred(count: usize, of: i64) -> Cell {
    match usize::try_from(of) {
        Ok(of) if of > 0 => Cell::Number(((count * 2000 + of) / (of * 2)) as f64 / 10.0),
        _ => Cell::Empty,
    }
}

/// The mean of lengths of time in hours, rounded half up to one decimal; none of nothing.
pub fn mean_hours(spans: &[i64]) -> Cell {
    const TENTH: i64 = 360_000;
    let count = spans.len() as i64;
    if count == 0 {
        return Cell::Empty;
    }
    let sum: i64 = spans.iter().sum();
    Cell::Number(((sum * 2 + count * TENTH) / (count * TENTH * 2)) as f64 / 10.0)
}

/// A count.
pub fn count(number: usize) -> Cell {
    Cell::Count(number as i64)
}

/// Words.
pub fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

/// Rows in groups, the largest first, then by name; what has no name comes last.
pub fn groups<'a, T>(rows: &[&'a T], name: impl Fn(&'a T) -> Option<&'a str>) -> Vec<(String, Vec<&'a T>)> {
    let mut by_name: BTreeMap<Option<&str>, Vec<&T>> = BTreeMap::new();
    for row in rows {
        let said = name(row).map(str::trim).filter(|n| !n.is_empty());
        by_name.entry(said).or_default().push(row);
    }
    let unsaid = by_name.remove(&None);
    let mut groups: Vec<(String, Vec<&T>)> = by_name
        .into_iter()
        .map(|(name, rows)| (name.unwrap_or_default().to_owned(), rows))
        .collect();
    // By name they are already; the sort is stable.
    groups.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    groups.extend(unsaid.map(|rows| (UNSAID.to_owned(), rows)));
    groups
}

/// Rows by something, from the most frequent down, with their running share 帕累托.
pub fn pareto<'a, T>(
    name: &str,
    title: &str,
    rows: &[&'a T],
    group: impl Fn(&'a T) -> Option<&'a str>,
    id: impl Fn(&T) -> &str,
) -> Part {
    let heads = [
        (title, Shown::Text),
        ("件数", Shown::Count),
        ("占比", Shown::Percent),
        ("累计", Shown::Percent),
    ];
    let mut part = Part::new(name, title, Chart::Pareto, &heads);
    let mut groups = groups(rows, group);
    if groups.len() > BARS {
        let rest: Vec<&T> = groups.split_off(BARS - 1).into_iter().flat_map(|g| g.1).collect();
        groups.push(("其余".to_owned(), rest));
    }
    let mut sum = 0;
    for (title, members) in groups {
        sum += members.len();
        let cells = vec![
            Cell::Text(title),
            count(members.len()),
            share(members.len(), rows.len()),
            share(sum, rows.len()),
        ];
        part.counts(cells, ids(&members, &id));
    }
    part
}

/// Ids, in the order of the rows.
pub fn ids<T>(rows: &[&T], id: impl Fn(&T) -> &str) -> Vec<String> {
    rows.iter().map(|row| id(row).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_means_are_rounded_half_up() {
        assert_eq!(share(1, 3), Cell::Percent(33.3));
        assert_eq!(share(2, 3), Cell::Percent(66.7));
        assert_eq!(share(1, 2000), Cell::Percent(0.1));
        assert_eq!(share(0, 0), Cell::Empty);
        assert_eq!(per_hundred(3, 240), Cell::Number(1.3));
        assert_eq!(per_hundred(3, 0), Cell::Empty);
        assert_eq!(mean_hours(&[3_600_000, 7_200_000]), Cell::Number(1.5));
        assert_eq!(mean_hours(&[]), Cell::Empty);
    }

    #[test]
    fn the_most_frequent_comes_first_and_the_unsaid_last() {
        let rows = [Some("乙"), None, Some("甲"), Some("乙"), Some(" "), None];
        let all: Vec<&Option<&str>> = rows.iter().collect();
        let part = pareto("x", "原因", &all, |r| *r, |_| "id");
        let titles: Vec<Cell> = part.rows.iter().map(|r| r.cells[0].clone()).collect();
        assert_eq!(titles, [text("乙"), text("甲"), text("未填写")]);
        let last = &part.rows[2].cells;
        assert_eq!((&last[1], &last[3]), (&Cell::Count(3), &Cell::Percent(100.0)));
    }
}
