//! Counting.

use crate::exchange::book::Cell;

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

/// The mean of so many, rounded half up to one decimal; none of nothing.
pub fn mean(sum: f64, count: i64) -> Cell {
    if count <= 0 {
        return Cell::Empty;
    }
    Cell::Number((sum / count as f64 * 10.0).round() / 10.0)
}

/// A count.
pub fn count(number: usize) -> Cell {
    Cell::Count(number as i64)
}

/// Words.
pub fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
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
        assert_eq!(mean(3.0, 2), Cell::Number(1.5));
        assert_eq!(mean(0.0, 0), Cell::Empty);
    }
}
