//! Instants and spans as whole milliseconds. Nothing here reads a clock: `now` is always an argument.

use std::fmt;
use std::ops::{Add, Sub};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Milliseconds in a second.
pub const SECOND: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day (zones are fixed offsets: no day is longer or shorter).
pub const DAY: i64 = 24 * HOUR;

/// Offset of the company's zone when none is set: +08:00, in minutes east of UTC.
pub const DEFAULT_OFFSET_MINUTES: i32 = 8 * 60;

/// `NaiveDate::num_days_from_ce` of 1970-01-01.
const EPOCH_FROM_CE: i64 = 719_163;

/// An instant: Unix epoch milliseconds, UTC. Arithmetic saturates, so that no figure in the manual can panic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time in milliseconds; may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Span(pub i64);

/// A text that is no local date and time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("「{0}」不是日期和时间，应写成 2026-02-14 09:00")]
pub struct NotATime(pub String);

impl Time {
    /// Reads a local date and time, `2026-02-14 09:00` or with seconds, `T` instead of the blank allowed.
    pub fn parse_local(text: &str, offset_minutes: i32) -> Result<Time, NotATime> {
        let blank = text.trim().replacen('T', " ", 1);
        ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(&blank, form).ok())
            .map(|local| Time::from_local(local, offset_minutes))
            .ok_or_else(|| NotATime(text.to_owned()))
    }

    /// The instant at which clocks `offset_minutes` east of UTC show `local`.
    #[must_use]
    pub fn from_local(local: NaiveDateTime, offset_minutes: i32) -> Time {
        Time(local.and_utc().timestamp_millis() - i64::from(offset_minutes) * MINUTE)
    }

    /// Midnight at the start of a local day.
    #[must_use]
    pub fn start_of(date: NaiveDate, offset_minutes: i32) -> Time {
        Time::from_local(date.and_time(NaiveTime::MIN), offset_minutes)
    }

    /// What clocks `offset_minutes` east of UTC show, to the millisecond; `.date()` and `.time()` split it.
    #[must_use]
    pub fn local(self, offset_minutes: i32) -> NaiveDateTime {
        (self + Span::minutes(offset_minutes.into()))
            .to_chrono()
            .naive_utc()
    }

    /// The local date.
    #[must_use]
    pub fn date(self, offset_minutes: i32) -> NaiveDate {
        self.local(offset_minutes).date()
    }

    /// For SeaORM and formatting. Instants beyond chrono's 262,000 years become its first or last.
    #[must_use]
    pub fn to_chrono(self) -> DateTime<Utc> {
        let edge = if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        };
        DateTime::from_timestamp_millis(self.0).unwrap_or(edge)
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(at: DateTime<Utc>) -> Time {
        Time(at.timestamp_millis())
    }
}

/// Local day number (days since 1970-01-01) and millisecond within that day.
pub(crate) fn split_day(at: Time, offset_minutes: i32) -> (i64, i64) {
    let local = at.0.saturating_add(i64::from(offset_minutes) * MINUTE);
    (local.div_euclid(DAY), local.rem_euclid(DAY))
}

/// The instant `ms` milliseconds into a local day; the inverse of [`split_day`].
pub(crate) fn join_day(day: i64, ms: i64, offset_minutes: i32) -> Time {
    Time(
        day.saturating_mul(DAY)
            .saturating_add(ms - i64::from(offset_minutes) * MINUTE),
    )
}

/// Day number of a date.
pub(crate) fn day_of(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE
}

/// Calendar year of a day number; days beyond chrono's range fall in its first or last year.
pub(crate) fn year_of_day(day: i64) -> i32 {
    let edge = if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    i32::try_from(day.saturating_add(EPOCH_FROM_CE))
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .unwrap_or(edge)
        .year()
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// Whole minutes.
    #[must_use]
    pub fn minutes(n: i64) -> Span {
        Span(n.saturating_mul(MINUTE))
    }

    /// Whole hours.
    #[must_use]
    pub fn hours(n: i64) -> Span {
        Span(n.saturating_mul(HOUR))
    }

    /// Stretches of 24 hours.
    #[must_use]
    pub fn days(n: i64) -> Span {
        Span(n.saturating_mul(DAY))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Time;
    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Span;
    fn sub(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

/// Local RFC 3339 in the default zone: `2026-02-14T09:00:00+08:00`, with milliseconds only where there are any.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // chrono's `Debug` of a local time is ISO 8601.
        write!(f, "{:?}+08:00", self.local(DEFAULT_OFFSET_MINUTES))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self})")
    }
}

/// `1h30m`, `45s`, `-2h`, `0m`; a remainder below a second is written in `ms`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0m");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, name) in [(HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (1, "ms")] {
            let unit = unit.unsigned_abs();
            if rest >= unit {
                write!(f, "{}{name}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({self})")
    }
}

/// A day, and a length of time such as `5y`, `6mo`, `90d`.
pub fn add_length(day: NaiveDate, length: &str) -> Option<NaiveDate> {
    let digits = length.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = length.split_at(digits);
    let count: u32 = count.parse().ok()?;
    match unit {
        "y" => day.checked_add_months(Months::new(count.checked_mul(12)?)),
        "mo" => day.checked_add_months(Months::new(count)),
        "d" => day.checked_add_days(Days::new(u64::from(count))),
        _ => None,
    }
}
