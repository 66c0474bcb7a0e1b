//! Periods that figures are counted in: their names, and when they begin and end.

use crate::def::Period;
use crate::time::Time;
use chrono::{Datelike, Days, Months, NaiveDate};

impl Period {
    /// The word for it in the manual and in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        }
    }

    /// Name of the period that an instant lies in, in local time: `2026-11-23`, `2026-W48`, `2026-11`, `2026-Q4`, `2026`.
    /// Names of one kind sort as time goes.
    pub fn name_at(self, at: i64, offset_minutes: i32) -> String {
        self.name(Time(at).date(offset_minutes))
    }

    /// Name of the period that a day lies in.
    pub fn name(self, day: NaiveDate) -> String {
        match self {
            Period::Day => day.format("%Y-%m-%d").to_string(),
            Period::Week => day.format("%G-W%V").to_string(),
            Period::Month => day.format("%Y-%m").to_string(),
            Period::Quarter => format!("{}-Q{}", day.year(), day.month0() / 3 + 1),
            Period::Year => day.format("%Y").to_string(),
        }
    }

    /// First day of the period of that name; none for what is no name of such a period.
    pub fn named(self, name: &str) -> Option<NaiveDate> {
        let (year, rest) = name.split_once('-').unwrap_or((name, ""));
        let year: i32 = year.parse().ok()?;
        let day = match self {
            Period::Day => name.parse().ok(),
            Period::Week => {
                let week = rest.strip_prefix('W')?.parse().ok()?;
                NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)
            }
            Period::Month => NaiveDate::from_ymd_opt(year, rest.parse().ok()?, 1),
            Period::Quarter => {
                let quarter: u32 = rest.strip_prefix('Q')?.parse().ok()?;
                NaiveDate::from_ymd_opt(year, quarter.checked_mul(3)?.checked_sub(2)?, 1)
            }
            Period::Year => NaiveDate::from_ymd_opt(year, 1, 1),
        };
        day.filter(|day| self.name(*day) == name)
    }

    /// First day of the period that a day lies in.
    pub fn first(self, day: NaiveDate) -> NaiveDate {
        let months = |back: u32| {
            day.with_day(1)
                .and_then(|first| first.checked_sub_months(Months::new(back)))
                .unwrap_or(day)
        };
        match self {
            Period::Day => day,
            Period::Week => day - Days::new(u64::from(day.weekday().num_days_from_monday())),
            Period::Month => months(0),
            Period::Quarter => months(day.month0() % 3),
            Period::Year => months(day.month0()),
        }
    }

    /// First day of the period after the one that a day lies in.
    pub fn next(self, day: NaiveDate) -> NaiveDate {
        let first = self.first(day);
        let months = |count| first.checked_add_months(Months::new(count)).unwrap_or(first);
        match self {
            Period::Day => first + Days::new(1),
            Period::Week => first + Days::new(7),
            Period::Month => months(1),
            Period::Quarter => months(3),
            Period::Year => months(12),
        }
    }

    /// Instant at which the period ends that an instant lies in.
    pub fn end_at(self, at: i64, offset_minutes: i32) -> i64 {
        Time::start_of(self.next(Time(at).date(offset_minutes)), offset_minutes).0
    }

    /// Names of the periods from one day to another, both included, oldest first.
    pub fn names(self, from: NaiveDate, to: NaiveDate) -> Vec<String> {
        let firsts = std::iter::successors(Some(self.first(from)), |day| Some(self.next(*day)));
        firsts
            .take_while(|day| *day <= to)
            .map(|day| self.name(day))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("day")
    }

    #[test]
    fn periods_have_names_and_ends() {
        let new_year = day("2027-01-01");
        let names = |period: Period| {
            (
                period.name(new_year),
                period.first(new_year),
                period.next(new_year),
            )
        };
        assert_eq!(
            names(Period::Week),
            ("2026-W53".to_owned(), day("2026-12-28"), day("2027-01-04"))
        );
        assert_eq!(
            names(Period::Quarter),
            ("2027-Q1".to_owned(), day("2027-01-01"), day("2027-04-01"))
        );
        assert_eq!(Period::Quarter.first(day("2026-11-30")), day("2026-10-01"));
        assert_eq!(Period::Year.first(day("2024-02-29")), day("2024-01-01"));
        assert_eq!(
            Period::Week.names(day("2026-11-30"), day("2026-12-07")),
            ["2026-W49", "2026-W50"]
        );
        for period in [
            Period::Day,
            Period::Week,
            Period::Month,
            Period::Quarter,
            Period::Year,
        ] {
            assert_eq!(period.named(&period.name(new_year)), Some(period.first(new_year)));
            assert_eq!(period.named("2026-99"), None);
            assert_eq!(period.named(""), None);
        }
        assert_eq!(Period::Month.names(day("2026-10-31"), day("2026-12-01")).len(), 3);
        assert_eq!(Period::Day.names(day("2026-11-28"), day("2026-12-01")).len(), 4);
    }
}
