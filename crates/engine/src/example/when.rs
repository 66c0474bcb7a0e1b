//! The words for instants in a story.

use crate::calendar::offset;
use crate::time::{Span, Time};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

const DAYS: [(&str, Weekday); 7] = [
    ("周一", Weekday::Mon),
    ("周二", Weekday::Tue),
    ("周三", Weekday::Wed),
    ("周四", Weekday::Thu),
    ("周五", Weekday::Fri),
    ("周六", Weekday::Sat),
    ("周日", Weekday::Sun),
];

/// The instant that is meant: `+30m`, `-1h`, `10:00` (the next time it is ten), `周二 10:00`, `+1d 10:00`, `11-24 10:00`,
/// `2026-11-24 10:00`.
pub fn instant(text: &str, now: Time, zone: i32) -> Option<Time> {
    let text = text.trim();
    if text.starts_with(['+', '-']) && !text.contains(' ') {
        return offset(text).map(|ms| now + Span(ms));
    }
    let local = now.local(zone);
    if let Some(time) = clock(text) {
        let today = local.date().and_time(time);
        let day = if today >= local {
            today
        } else {
            today + Days::new(1)
        };
        return Some(Time::from_local(day, zone));
    }
    let (day_of, time) = text.split_once(' ')?;
    let time = clock(time)?;
    let day = match day_of.starts_with(['+', '-']) {
        true => day(day_of, now, zone)?,
        false => date(day_of, time, local)?,
    };
    Some(Time::from_local(day.and_time(time), zone))
}

/// A day: `2026-11-24`, `11-24`, `周二`, `+3d`, `-1d`, `今天`.
pub fn day(text: &str, now: Time, zone: i32) -> Option<NaiveDate> {
    let text = text.trim();
    if text == "今天" {
        return Some(now.date(zone));
    }
    if text.starts_with(['+', '-']) {
        return offset(text).map(|ms| (now + Span(ms)).date(zone));
    }
    date(text, NaiveTime::MIN, now.local(zone))
}

fn date(text: &str, time: NaiveTime, local: NaiveDateTime) -> Option<NaiveDate> {
    if let Some((_, weekday)) = DAYS.iter().find(|(name, _)| *name == text) {
        let ahead = weekday.num_days_from_monday() + 7 - local.weekday().num_days_from_monday();
        let ahead = u64::from(ahead % 7);
        let found = local.date() + Days::new(ahead);
        let over = found.and_time(time) < local && ahead == 0;
        return Some(if over { found + Days::new(7) } else { found });
    }
    let whole = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    whole.or_else(|| NaiveDate::parse_from_str(&format!("{}-{text}", local.year()), "%Y-%m-%d").ok())
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}

/// How an instant is said back.
pub fn said(at: Time, zone: i32) -> String {
    at.local(zone).format("%m-%d %H:%M").to_string()
}
