//! What can be asked of rows, and the functions of values: closed lists, each with its arm in every interpreter.

use serde::Serialize;

/// What is asked of the rows of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// Whether the condition holds for every row; true without rows.
    All,
    /// Whether it holds for some row.
    Exists,
    /// For how many rows it holds.
    Count,
    /// The total of a value; what is null does not count, and no rows make zero.
    Sum,
    /// The mean of the values that are not null; null without any.
    Average,
    /// The smallest of them.
    Min,
    /// The largest.
    Max,
}

impl Quantifier {
    /// Asks for a value of each row, not whether something holds.
    pub(super) fn is_aggregate(self) -> bool {
        !matches!(self, Self::All | Self::Exists | Self::Count)
    }
}

/// A function of values. Each gives null when one of its operands is null or the answer is out of range; none has SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Func {
    /// The day a span after a day; parts of a day do not count.
    Later,
    /// The day so many months after a day; the last of a month that is shorter.
    AddMonths,
    /// The span from the second day to the first.
    Apart,
    /// The local day of an instant.
    DateOf,
    /// The instant at which a local day begins.
    StartOf,
    /// Year of a day.
    Year,
    /// Month, 1 to 12.
    Month,
    /// Day of the month.
    Day,
    /// Day of the week, Monday 1 to Sunday 7.
    Weekday,
    /// Hour of a local time, 0 to 23.
    Hour,
    /// The n-th open day of a calendar after a day, before it for a negative n.
    Workdays,
    /// How many open days of a calendar come after the first day, up to the second.
    WorkdaysBetween,
    /// Rounds half away from zero to so many decimals.
    Round,
    /// Rounds down.
    Floor,
    /// Rounds up.
    Ceil,
    /// The smaller of two.
    Min,
    /// The larger.
    Max,
}
