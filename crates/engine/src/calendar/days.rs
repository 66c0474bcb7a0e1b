//! Counting whole days on a calendar.

use super::Calendar;
use crate::time::day_of;
use chrono::NaiveDate;

impl Calendar {
    /// How many open days come after `a`, up to and including `b`; negative when `b` is before `a`.
    #[must_use]
    pub fn open_days(&self, a: NaiveDate, b: NaiveDate) -> i64 {
        let (a, b) = (day_of(a) + 1, day_of(b) + 1);
        if self.always {
            b - a
        } else {
            self.count(b).days - self.count(a).days
        }
    }

    /// The n-th open day after `date`, before it for a negative n, `date` itself for zero. None beyond all years.
    #[must_use]
    pub fn open_day_from(&self, date: NaiveDate, n: i64) -> Option<NaiveDate> {
        let day = day_of(date);
        let found = match n {
            0 => day,
            n if self.always => day + n,
            1.. => self.open_day_after(day, n),
            _ => self.open_day_before(day, -n),
        };
        let found = i32::try_from(found - day_of(NaiveDate::default())).ok()?;
        NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(found.into()))
    }

    /// The n-th day before `day` that has a window: the last by whose start there were n fewer.
    fn open_day_before(&self, day: i64, n: i64) -> i64 {
        let wanted = self.count(day).days - n;
        let mut low = day - n;
        let mut stride = n;
        while self.count(low).days > wanted && stride < (1 << 40) {
            stride *= 2;
            low -= stride;
        }
        self.first_day(low, |count| count.days > wanted)
    }
}
