//! Calendars of open time and the deadlines reckoned on them.
//!
//! A calendar knows several windows a day, public holidays and make-up workdays 调休. Every question is answered from
//! one running count, *open milliseconds and open days before a given day*: a closed form for the weeks plus a table
//! of the special days. Nothing walks through time, so a deadline years ahead costs what one tomorrow costs.
//!
//! Windows are half-open: at 12:00 the window 09:00–12:00 is closed. Zones are fixed offsets, so there is no daylight
//! saving to trip over.

mod build;
mod days;
mod def;
mod due;
mod holidays;
mod limit;
mod load;
mod rung;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use def::Hours;
pub use def::{CalendarDef, WeekDef, Weekday};
pub use due::{Due, DueState, Pause, due};
pub use holidays::{ClosedDef, HolidayDef, HolidayTable, SpecialDay, YearDef};
pub use limit::{Limit, NotALimit};
pub use load::{CalendarProblem, Calendars};
pub use rung::{offset, wall, when_said};

use crate::time::{DAY, MINUTE, Span, Time, day_of, join_day, split_day, year_of_day};

/// Days from the Monday before 1970-01-01 (a Thursday) to it.
const EPOCH_WEEKDAY: i64 = 3;
/// Bound of the search for a day, so that no sum of days overflows.
const LAST_DAY: i64 = i64::MAX / DAY / 4;

/// A compiled calendar. Made by [`Calendars::load`].
#[derive(Debug, Clone)]
pub struct Calendar {
    name: String,
    title: String,
    offset_minutes: i32,
    /// Open at every instant: all questions are plain arithmetic.
    always: bool,
    /// Monday first.
    week: [Hours; 7],
    /// Count at the start of each weekday since Monday; the eighth is the whole week.
    week_counts: [Count; 8],
    /// Days whose hours differ from their weekday's, in order.
    special: Vec<Special>,
    /// The observed table, for its names and years.
    holidays: Option<HolidayTable>,
}

/// Open time and open days in a stretch of days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    open: i64,
    days: i64,
}

impl Count {
    fn of(hours: &Hours) -> Count {
        Count {
            open: hours.open(),
            days: i64::from(!hours.windows.is_empty()),
        }
    }

    fn plus(self, other: Count, times: i64) -> Count {
        Count {
            open: self.open + other.open * times,
            days: self.days + other.days * times,
        }
    }
}

#[derive(Debug, Clone)]
struct Special {
    day: i64,
    hours: Hours,
    /// By how much this day and all special days before it differ from their weekdays.
    difference: Count,
}

/// Years of a stretch of time whose holidays are not certain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Years {
    /// The table has nothing: only the weekly windows were used.
    pub missing: BTreeSet<i32>,
    /// The table has the statutory days, but the year is not announced.
    pub provisional: BTreeSet<i32>,
}

impl Years {
    /// Whether all years are announced.
    #[must_use]
    pub fn certain(&self) -> bool {
        self.missing.is_empty() && self.provisional.is_empty()
    }
}

impl Calendar {
    /// Its name in the manual, such as `office`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What users see, such as 行政班.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The zone it counts in, in minutes east of UTC.
    #[must_use]
    pub fn offset(&self) -> i32 {
        self.offset_minutes
    }

    /// Whether this instant lies in a window (opening included, closing excluded).
    #[must_use]
    pub fn is_open(&self, t: Time) -> bool {
        self.next_open(t) == t
    }

    /// Open time in the half-open interval from `a` to `b`; none if `b` is not after `a`.
    #[must_use]
    pub fn open_between(&self, a: Time, b: Time) -> Span {
        if b <= a {
            Span::ZERO
        } else if self.always {
            b - a
        } else {
            Span(self.open_before(b).saturating_sub(self.open_before(a)))
        }
    }

    /// The first instant by which `span` of open time has passed since `start`. When it is used up exactly at a
    /// closing, that is the closing instant, not the next opening. `start` itself for a span of zero or less.
    #[must_use]
    pub fn add_open(&self, start: Time, span: Span) -> Time {
        if span <= Span::ZERO {
            return start;
        }
        if self.always {
            return start + span;
        }
        let wanted = self.open_before(start).saturating_add(span.0);
        let (from, _) = self.split(start);
        let day = self.first_day(from, |count| count.open >= wanted);
        join_day(
            day,
            self.hours(day).at_open(wanted - self.count(day).open),
            self.offset_minutes,
        )
    }

    /// `t` if it is open, otherwise the next opening after it.
    #[must_use]
    pub fn next_open(&self, t: Time) -> Time {
        if self.always {
            return t;
        }
        let (today, ms) = self.split(t);
        if let Some((from, _)) = self.hours(today).windows.iter().find(|(_, to)| *to > ms) {
            return join_day(today, ms.max(*from), self.offset_minutes);
        }
        let day = self.open_day_after(today, 1);
        join_day(day, self.hours(day).clip(0), self.offset_minutes)
    }

    /// The deadline of a limit of `n` days.
    ///
    /// Around the clock: exactly n × 24 hours. On any other calendar `start` is first moved to the next opening if it
    /// is not open; the deadline is the same local clock time on the n-th following day that has a window. There, a
    /// clock time inside a window or on its closing instant stands; one in a break or after close becomes the end of
    /// the last window before it; one before the first opening becomes that opening.
    #[must_use]
    pub fn add_days(&self, start: Time, n: u32) -> Time {
        if self.always {
            return start + Span::days(n.into());
        }
        let (today, ms) = self.split(self.next_open(start));
        let day = self.open_day_after(today, n.into());
        join_day(day, self.hours(day).clip(ms), self.offset_minutes)
    }

    /// Which years between `a` and `b` (that of `a` at least) have holidays that are not certain. Empty for a
    /// calendar that observes none.
    #[must_use]
    pub fn uncertain_years(&self, a: Time, b: Time) -> Years {
        let mut years = Years::default();
        if let Some(table) = &self.holidays {
            let (first, _) = self.split(a);
            let (last, _) = self.split(b);
            for year in year_of_day(first)..=year_of_day(last.max(first)) {
                match table.provisional(year) {
                    None => years.missing.insert(year),
                    Some(true) => years.provisional.insert(year),
                    Some(false) => false,
                };
            }
        }
        years
    }

    /// The windows of a date, in minutes since midnight, and what is special about it if holidays are observed.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> (Vec<(i64, i64)>, Option<&SpecialDay>) {
        let minutes = |ms: i64| ms / MINUTE;
        let windows = self
            .hours(day_of(date))
            .windows
            .iter()
            .map(|(from, to)| (minutes(*from), minutes(*to)));
        (
            windows.collect(),
            self.holidays.as_ref().and_then(|table| table.on(date)),
        )
    }

    fn split(&self, t: Time) -> (i64, i64) {
        split_day(t, self.offset_minutes)
    }

    fn hours(&self, day: i64) -> &Hours {
        match self.special.binary_search_by_key(&day, |special| special.day) {
            Ok(index) => &self.special[index].hours,
            Err(_) => &self.week[weekday(day)],
        }
    }

    /// Open time and open days from a fixed Monday to the start of `day` (negative before that Monday).
    fn count(&self, day: i64) -> Count {
        let weeks = (day + EPOCH_WEEKDAY).div_euclid(7);
        let before = self.special.partition_point(|special| special.day < day);
        let difference = before
            .checked_sub(1)
            .map_or_else(Count::default, |last| self.special[last].difference);
        self.week_counts[weekday(day)]
            .plus(self.week_counts[7], weeks)
            .plus(difference, 1)
    }

    /// Open time from the fixed Monday to `t`.
    fn open_before(&self, t: Time) -> i64 {
        let (day, ms) = self.split(t);
        self.count(day).open + self.hours(day).open_before(ms)
    }

    /// The n-th day after `day` that has a window; `day` itself for n = 0.
    fn open_day_after(&self, day: i64, n: i64) -> i64 {
        if n == 0 {
            return day;
        }
        let wanted = self.count(day + 1).days + n;
        self.first_day(day, |count| count.days >= wanted)
    }

    /// The first day, not before `from`, by whose end the count is enough. Counts never fall, so the search may double
    /// its stride and then halve it.
    fn first_day(&self, from: i64, enough: impl Fn(Count) -> bool) -> i64 {
        let mut low = from;
        let mut stride = 1;
        while low < LAST_DAY && !enough(self.count(low + stride)) {
            low += stride;
            stride = (stride * 2).min(LAST_DAY);
        }
        // The day lies in low ..= low + stride - 1.
        let mut high = low + stride - 1;
        while low < high {
            let middle = low + (high - low) / 2;
            if enough(self.count(middle + 1)) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        low
    }
}

/// Index of a day number in the week, Monday = 0.
fn weekday(day: i64) -> usize {
    // rem_euclid(7) lies in 0..7.
    (day + EPOCH_WEEKDAY).rem_euclid(7) as usize
}
