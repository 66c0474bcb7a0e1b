//! When a recurrence comes round next: pure, on local days.

use crate::calendar::{Calendar, Weekday};
use crate::def::{Every, NextMoment, Per};
use crate::time::{Span, Time};
use chrono::{Datelike, Days, NaiveDate, NaiveTime};

/// So many days ahead are looked at: the 29th of February comes within eight years, and a calendar may move it on.
const AHEAD: u64 = 366 * 9;
/// So many days running a calendar may be closed, at most, for what falls on them to be put off and not left out.
const PUT_OFF: u64 = 31;

/// What a recurrence is counted with.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm<'a> {
    /// How often.
    pub every: &'a Every,
    /// Times of day, `HH:MM`.
    pub at: &'a [String],
    /// Calendar whose closed days are passed over.
    pub calendar: Option<&'a Calendar>,
    /// Day from which `days` are counted; nothing falls on a day before it.
    pub anchor: NaiveDate,
    /// The zone, in minutes east of UTC.
    pub offset: i32,
}

/// The first instant after `after`; a run on a closed day goes to the next open one, at the same time of day.
pub fn next(rhythm: &Rhythm, after: Time) -> Option<Time> {
    let times: Vec<NaiveTime> = rhythm.at.iter().filter_map(|text| time_of_day(text)).collect();
    // What fell on closed days before may have been put off to after.
    let back = rhythm.calendar.map_or(0, |_| PUT_OFF);
    let first = after.date(rhythm.offset).checked_sub_days(Days::new(back))?;
    let first = first.max(rhythm.anchor);
    let mut soonest: Option<Time> = None;
    for ahead in 0..AHEAD {
        let day = first.checked_add_days(Days::new(ahead))?;
        let begins = Time::start_of(day, rhythm.offset);
        if soonest.is_some_and(|soonest| soonest < begins) {
            break;
        }
        if !falls_on(rhythm.every, day, rhythm.anchor) {
            continue;
        }
        let of_day = times
            .iter()
            .map(|time| Time::from_local(day.and_time(*time), rhythm.offset));
        let then = of_day.filter_map(|raw| moved_on(rhythm.calendar, raw));
        soonest = soonest.into_iter().chain(then.filter(|at| *at > after)).min();
    }
    soonest
}

/// The instant itself, or the same time on the next day that has hours.
fn moved_on(calendar: Option<&Calendar>, raw: Time) -> Option<Time> {
    let Some(calendar) = calendar else {
        return Some(raw);
    };
    let closed = |day: i64| {
        let at = raw + Span::days(day);
        calendar.day(at.date(calendar.offset())).0.is_empty()
    };
    (0..366)
        .find(|day| !closed(*day))
        .map(|day| raw + Span::days(day))
}

/// The next moment of a sort after a start.
pub fn next_moment(moment: &NextMoment, after: Time, offset: i32) -> Option<Time> {
    let daily = moment.weekdays.is_empty() && moment.month_days.is_empty();
    let every = Every {
        days: daily.then_some(1),
        weekdays: moment.weekdays.clone(),
        month_days: moment.month_days.clone(),
        ..Every::default()
    };
    let rhythm = Rhythm {
        every: &every,
        at: std::slice::from_ref(&moment.at),
        calendar: None,
        anchor: after.date(offset),
        offset,
    };
    next(&rhythm, after)
}

fn falls_on(every: &Every, day: NaiveDate, anchor: NaiveDate) -> bool {
    if !every.months.is_empty() && !every.months.iter().any(|m| u32::from(*m) == day.month()) {
        return false;
    }
    if let Some(days) = every.days {
        return day.signed_duration_since(anchor).num_days() % i64::from(days.max(1)) == 0;
    }
    if let Some(times) = every.times {
        let (nth, length) = match every.per {
            Some(Per::Month) => (day.day0(), length_of_month(day)),
            _ => (day.weekday().num_days_from_monday(), 7),
        };
        let times = u32::from(times).clamp(1, length);
        return (0..times).any(|i| i * length / times == nth);
    }
    let weekday = Weekday::ALL[day.weekday().num_days_from_monday() as usize];
    let in_week = every.weekdays.is_empty() || every.weekdays.contains(&weekday);
    let in_month = every.month_days.is_empty() || every.month_days.iter().any(|text| is_day(text, day));
    in_week && in_month
}

/// Whether the day is the one of its month that is written `"5"` or `"last"`.
fn is_day(text: &str, day: NaiveDate) -> bool {
    let last = length_of_month(day);
    match text.parse::<u32>() {
        Ok(wanted) => wanted.min(last) == day.day(),
        Err(_) => day.day() == last,
    }
}

fn length_of_month(day: NaiveDate) -> u32 {
    u32::from(day.num_days_in_month())
}

/// A time of day, `08:30`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let whole = text.len() == 5;
    NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| whole)
}
