//! Recurrences in words, for the handbook.

use crate::calendar::Weekday;
use crate::def::{Every, NextMoment, Per};

/// `下一个周二10:00`.
pub(super) fn next_title(moment: &NextMoment) -> String {
    let days = [weekdays(&moment.weekdays), month_days(&moment.month_days)].concat();
    let next = if days.is_empty() { "" } else { "下一个" };
    format!("到{next}{days}{}", moment.at)
}

/// How often, in words: `每2天`, `每周一、周四`, `每月1日、月末`, `每周3次`.
pub fn every_title(every: &Every) -> String {
    let months: Vec<String> = every.months.iter().map(|m| format!("{m}月")).collect();
    let months = months.join("、");
    if let Some(1) = every.days {
        return format!("{months}每天");
    }
    if let Some(days) = every.days {
        return format!("{months}每{days}天");
    }
    if let Some(times) = every.times {
        let per = match every.per {
            Some(Per::Month) => "月",
            _ => "周",
        };
        return format!("{months}每{per}{times}次");
    }
    let monthly = match (every.month_days.is_empty(), months.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "每月".to_owned(),
        (false, false) => String::new(),
    };
    let weekly = match every.weekdays.is_empty() {
        true => String::new(),
        false => format!("每{}", weekdays(&every.weekdays)),
    };
    [months, monthly, month_days(&every.month_days), weekly].concat()
}

fn weekdays(days: &[Weekday]) -> String {
    days.iter().map(|d| d.title()).collect::<Vec<_>>().join("、")
}

fn month_days(days: &[String]) -> String {
    let word = |text: &String| match text.as_str() {
        "last" => "月末".to_owned(),
        day => format!("{day}日"),
    };
    days.iter().map(word).collect::<Vec<_>>().join("、")
}
