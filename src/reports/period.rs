//! The time a report is about.

use crate::error::Problem;
use chrono::{Datelike, Days, Months, NaiveDate};
use engine::time::Time;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// A day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl From<engine::def::Period> for Every {
    fn from(period: engine::def::Period) -> Every {
        match period {
            engine::def::Period::Day => Every::Day,
            engine::def::Period::Week => Every::Week,
            engine::def::Period::Month => Every::Month,
            engine::def::Period::Quarter => Every::Quarter,
            engine::def::Period::Year => Every::Year,
        }
    }
}

/// A period on the company's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How long.
    pub every: Every,
    /// First day.
    pub first: NaiveDate,
    offset: i32,
}

impl Period {
    /// The period that a day lies in.
    pub fn of(every: Every, day: NaiveDate, offset: i32) -> Period {
        let back = match every {
            Every::Day => 0,
            Every::Week => day.weekday().num_days_from_monday(),
            Every::Month => day.day0(),
            Every::Quarter => {
                let first = engine::def::Period::Quarter.first(day);
                day.signed_duration_since(first).num_days().unsigned_abs() as u32
            }
            Every::Year => day.ordinal0(),
        };
        let first = day.checked_sub_days(Days::new(u64::from(back))).unwrap_or(day);
        Period { every, first, offset }
    }

    /// The one so many periods before.
    pub fn before(&self, count: u32) -> Period {
        let first = match self.every {
            Every::Day => self.first.checked_sub_days(Days::new(count.into())),
            Every::Week => self.first.checked_sub_days(Days::new(u64::from(count) * 7)),
            Every::Month => self.first.checked_sub_months(Months::new(count)),
            Every::Quarter => self.first.checked_sub_months(Months::new(count * 3)),
            Every::Year => self.first.checked_sub_months(Months::new(count * 12)),
        };
        Period {
            first: first.unwrap_or(self.first),
            ..*self
        }
    }

    /// Instant at which it begins.
    pub fn from(&self) -> i64 {
        Time::start_of(self.first, self.offset).0
    }

    /// Instant at which it has ended.
    pub fn to(&self) -> i64 {
        Time::start_of(self.next_day(), self.offset).0
    }

    fn next_day(&self) -> NaiveDate {
        let next = match self.every {
            Every::Day => self.first.checked_add_days(Days::new(1)),
            Every::Week => self.first.checked_add_days(Days::new(7)),
            Every::Month => self.first.checked_add_months(Months::new(1)),
            Every::Quarter => self.first.checked_add_months(Months::new(3)),
            Every::Year => self.first.checked_add_months(Months::new(12)),
        };
        next.unwrap_or(self.first)
    }

    /// Last day.
    pub fn last(&self) -> NaiveDate {
        self.next_day().pred_opt().unwrap_or(self.first)
    }

    /// What people call it.
    pub fn title(&self) -> String {
        let first = self.first;
        match self.every {
            Every::Day => first.format("%Y年%-m月%-d日").to_string(),
            Every::Week => format!(
                "{}—{}",
                first.format("%Y年%-m月%-d日"),
                self.last().format("%-m月%-d日")
            ),
            Every::Month => first.format("%Y年%-m月").to_string(),
            Every::Quarter => format!("{}第{}季度", first.format("%Y年"), first.month0() / 3 + 1),
            Every::Year => first.format("%Y年").to_string(),
        }
    }

    /// In short, below a chart.
    pub fn short(&self) -> String {
        match self.every {
            Every::Day | Every::Week => self.first.format("%m-%d").to_string(),
            Every::Month => self.first.format("%Y-%m").to_string(),
            Every::Quarter => engine::def::Period::Quarter.name(self.first),
            Every::Year => self.first.format("%Y").to_string(),
        }
    }

    /// Its trend, oldest first: the last periods of its length, this one included; of a year its months.
    pub fn trend(&self) -> Vec<Period> {
        if self.every == Every::Year {
            let month = |n: u32| self.first.checked_add_months(Months::new(n));
            let months = (0..12).filter_map(month);
            return months.map(|m| Period::of(Every::Month, m, self.offset)).collect();
        }
        let count = if self.every == Every::Day { 14 } else { 12 };
        (0..count).rev().map(|n| self.before(n)).collect()
    }
}

/// Reads a day, `2026-11-16`.
///
/// # Errors
/// [`crate::error::Code::Invalid`].
pub fn day(text: &str) -> Result<NaiveDate, Problem> {
    let known = |day: &NaiveDate| (1990..=2200).contains(&day.year());
    let day: Option<NaiveDate> = text.parse().ok().filter(known);
    day.ok_or_else(|| Problem::field("on", "日期应写成 2026-11-16 这样，在 1990 到 2200 年之间"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(every: Every, text: &str) -> Period {
        Period::of(every, day(text).expect("day"), 480)
    }

    #[test]
    fn a_period_holds_its_day() {
        // 2026-11-22 is a Sunday.
        let week = period(Every::Week, "2026-11-22");
        assert_eq!(
            (week.first.to_string(), week.last().to_string()),
            ("2026-11-16".into(), "2026-11-22".into())
        );
        assert_eq!(week.title(), "2026年11月16日—11月22日");
        assert_eq!(week.to() - week.from(), 7 * 86_400_000);
        let month = period(Every::Month, "2026-02-14");
        assert_eq!(
            (month.first.to_string(), month.last().to_string()),
            ("2026-02-01".into(), "2026-02-28".into())
        );
        assert_eq!(period(Every::Year, "2026-05-05").last().to_string(), "2026-12-31");
    }

    #[test]
    fn a_trend_ends_with_the_period_itself() {
        let month = period(Every::Month, "2026-11-22");
        let trend = month.trend();
        assert_eq!(trend.len(), 12);
        assert_eq!(
            (trend[0].short(), trend[11].short()),
            ("2025-12".into(), "2026-11".into())
        );
        let year = period(Every::Year, "2026-11-22");
        assert_eq!(year.trend()[0].short(), "2026-01");
    }
}
