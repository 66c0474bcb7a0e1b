//! Recurrences: how often, at what time of day, on which calendar.

use super::super::layout::Draft;
use super::super::names::suggest;
use super::super::place::{Pen, Place};
use super::kind::KindCheck;
use crate::def::{ClockDef, Every, NextMoment};
use crate::recur::time_of_day;

/// Verifies when something comes round; conditions are the caller's.
pub(super) fn rhythm(
    draft: &Draft,
    pen: &mut Pen,
    place: &Place,
    what: &str,
    every: &[Every],
    at: &[String],
    calendar: Option<&String>,
) {
    let times = place.at("at");
    if at.is_empty() {
        pen.error(&times, format!("{what}没有写几点，请写 at = \"08:30\""));
    }
    for (i, text) in at.iter().enumerate() {
        let here = if at.len() > 1 { times.at(i) } else { times.clone() };
        if time_of_day(text).is_none() {
            pen.error(&here, format!("看不懂{what}的时刻“{text}”，应写成 08:30"));
        } else if at[..i].contains(text) {
            pen.error(&here, format!("{what}的时刻“{text}”写了两次，请删去一个"));
        }
    }
    if let Some(name) = calendar.filter(|name| !draft.calendar_names.contains(*name)) {
        let known = draft.calendar_names.iter().map(String::as_str);
        let known = suggest(name, known.filter(|name| !name.starts_with("holidays.")));
        pen.error(
            &place.at("calendar"),
            format!("{what}的日历“{name}”不存在{known}"),
        );
    }
    let place = place.at("every");
    if every.is_empty() {
        pen.error(
            &place,
            format!("{what}没有写多久一次，请写 every = [ {{ days = 2 }} ]"),
        );
    }
    for (i, row) in every.iter().enumerate() {
        let here = place.at(i);
        often(pen, &here, what, row);
        if every[..i].iter().any(|e| e.when.is_none()) {
            pen.error(
                &here,
                format!("{what}的这一行用不上：前面的一行没有条件，总是先用它，请调换次序"),
            );
        }
    }
}

fn often(pen: &mut Pen, place: &Place, what: &str, every: &Every) {
    let on_days = !every.weekdays.is_empty() || !every.month_days.is_empty();
    let ways = [every.days.is_some(), on_days, every.times.is_some()];
    if ways.iter().filter(|way| **way).count() != 1 {
        let sentence = format!(
            "{what}的频率要写而且只写一种：days = 2（每两天）、weekdays = [\"mon\"]（星期几）、\
             month_days = [\"1\", \"last\"]（每月几号）、times = 3 加 per = \"week\"（每周三次）"
        );
        pen.error(place, sentence);
    }
    if every.days == Some(0) {
        pen.error(&place.at("days"), format!("{what}的间隔要在一天以上"));
    }
    if every.times == Some(0) {
        pen.error(&place.at("times"), format!("{what}的次数要在一次以上"));
    }
    if every.times.is_some() != every.per.is_some() {
        let sentence = format!("{what}的 times 和 per 要一起写，如 times = 3、per = \"week\"");
        pen.error(place, sentence);
    }
    month_days(pen, &place.at("month_days"), what, &every.month_days);
    for (i, month) in every.months.iter().enumerate() {
        if !(1..=12).contains(month) {
            pen.error(
                &place.at("months").at(i),
                format!("{what}没有 {month} 月，只能写 1 到 12"),
            );
        }
    }
}

fn month_days(pen: &mut Pen, place: &Place, what: &str, days: &[String]) {
    for (i, text) in days.iter().enumerate() {
        let day = text.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
        if !day && text != "last" {
            let sentence = format!("看不懂{what}的日子“{text}”，应写 \"1\" 到 \"31\"，或 \"last\"（月末）");
            pen.error(&place.at(i), sentence);
        }
    }
}

impl KindCheck<'_> {
    pub(super) fn moment(&mut self, place: &Place, clock: &ClockDef, moment: &NextMoment) {
        let what = format!("时限“{}”", clock.title);
        month_days(&mut self.pen, &place.at("month_days"), &what, &moment.month_days);
        if time_of_day(&moment.at).is_none() {
            let sentence = format!("看不懂{what}的时刻“{}”，应写成 08:30", moment.at);
            self.pen.error(&place.at("at"), sentence);
        }
    }
}
