//! What the loader refuses, where, and in which words.

use chrono::{Datelike, NaiveDate};
use yizhan_engine::calendar::{Calendars, Limit, NotALimit, SpecialDay};
use yizhan_engine::time::Span;

use crate::published;

const GOOD: &str = "title = \"行政班\"\nsource = []\nholidays = \"cn\"\n[week]\nmon = [\"09:00-12:00\"]\n";
const TABLE: &str = "title = \"节假日\"\n[year.2026]\nsource = \"通知\"\nclosed = [\n  { name = \"元旦\", from = \"2026-01-01\" },\n]\n";

#[track_caller]
fn refused(calendar: &str, table: &str, file: &str, line: usize, words: &str) {
    let files = [("c/office.toml", calendar), ("c/holidays.cn.toml", table)];
    let problems = Calendars::load(&files).expect_err("must be refused");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].sentence.contains(words), "{}", problems[0]);
    assert_eq!(
        (problems[0].file.as_str(), problems[0].line),
        (file, line),
        "{}",
        problems[0]
    );
}

#[track_caller]
fn refused_calendar(from: &str, to: &str, line: usize, words: &str) {
    refused(&GOOD.replace(from, to), TABLE, "c/office.toml", line, words);
}

#[track_caller]
fn refused_table(from: &str, to: &str, line: usize, words: &str) {
    refused(GOOD, &TABLE.replace(from, to), "c/holidays.cn.toml", line, words);
}

#[test]
fn slips_in_a_calendar() {
    refused_calendar("09:00-12:00", "9点-12点", 5, "看不懂时段「9点-12点」");
    refused_calendar("09:00-12:00", "09:00-24:30", 5, "看不懂时段");
    refused_calendar("09:00-12:00", "22:00-06:00", 5, "跨夜请拆成");
    refused_calendar("09:00-12:00", "09:00-09:00", 5, "开始和结束相同");
    refused_calendar(
        "\"09:00-12:00\"",
        "\n\"09:00-12:00\",\n\"11:00-13:00\"",
        7,
        "重叠",
    );
    refused_calendar("[\"09:00-12:00\"]", "[]", 4, "没有任何开放时段");
    refused_calendar("\"cn\"", "\"hk\"", 3, "没有叫「hk」的节假日表，现有：cn");
    refused_calendar("[week]", "makeup_as = \"tue\"\n[week]", 4, "周二没有时段");
    refused_calendar("holidays = \"cn\"", "makeup_as = \"mon\"", 3, "没有写 holidays");
    refused_calendar("holidays", "holiday", 3, "不认识「holiday」，这里只能写：title");
    refused_calendar("title = \"行政班\"\n", "", 1, "缺少「title」");
    refused_calendar("行政班", "", 1, "日历要有名称");
    refused_calendar("mon = [", "mon = ", 5, "请检查这一行");
    refused_calendar("source = []", "source = 5", 2, "应是方括号里的列表");
}

#[test]
fn slips_in_a_holiday_table() {
    refused_table("\"2026-01-01\"", "\"2026-13-01\"", 5, "不是日期");
    refused_table("\"2026-01-01\"", "\"2025-01-01\"", 5, "不属于 2026 年");
    refused_table(
        "\"2026-01-01\"",
        "\"2026-01-03\", to = \"2026-01-01\"",
        5,
        "早于第一天",
    );
    refused_table(
        "},\n]",
        "},\n]\nmakeup = [\n  \"2026-02-14\",\n  \"2026-01-01\"]",
        9,
        "2026-01-01 写了两次",
    );
    refused_table("source = \"通知\"\n", "", 2, "缺少「source」");
    refused_table("source", "closed = []\nsource", 5, "同一个名字写了两次");
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let files = [
        ("a.toml", GOOD.replace("09:00-12:00", "x")),
        ("b/a.toml", GOOD.replace("行政班", "").replace("\"cn\"", "\"hk\"")),
        ("holidays.cn.toml", TABLE.replace("2026]", "二〇二六]")),
    ];
    let problems = Calendars::load(&files).expect_err("must be refused");
    assert_eq!(problems.len(), 4, "{problems:#?}");
}

#[test]
fn windows_that_touch_are_one() {
    let text = GOOD.replace("\"09:00-12:00\"", "\"09:00-12:00\", \"12:00-18:00\"");
    let all = Calendars::load(&[("office.toml", text.as_str()), ("holidays.cn.toml", TABLE)]).unwrap();
    let monday = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    assert_eq!(all.get("office").unwrap().day(monday), (vec![(540, 1080)], None));
}

#[test]
fn the_published_years_have_the_announced_number_of_working_days() {
    let all = published();
    let office = all.get("office").unwrap();
    for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let days = first.iter_days().take_while(|date| date.year() == year);
        assert_eq!(
            days.filter(|date| !office.day(*date).0.is_empty()).count(),
            expected,
            "{year}"
        );
    }
    let eve = NaiveDate::from_ymd_opt(2026, 2, 16).unwrap();
    assert_eq!(office.day(eve).1, Some(&SpecialDay::Closed("春节".into())));
    let table = all.holidays("cn").unwrap();
    assert_eq!(
        (table.provisional(2026), table.provisional(2027)),
        (Some(false), Some(true))
    );
    assert_eq!(Vec::from_iter(table.years()), [2024, 2025, 2026, 2027]);
}

#[test]
fn limits() {
    let read = |text: &str| text.parse::<Limit>();
    assert_eq!(read("30m"), Ok(Limit::Open(Span::minutes(30))));
    assert_eq!(read("1h30m"), Ok(Limit::Open(Span::minutes(90))));
    assert_eq!(read("2d"), Ok(Limit::Days(2)));
    assert_eq!(read("1w"), Ok(Limit::Days(7)));
    assert_eq!(read("1w2d").unwrap().to_string(), "9d");
    assert_eq!(read("90m").unwrap().to_string(), "1h30m");
    for text in ["", "2", "h", "2 h", "2小时", "-2h", "30m1h", "1h1h"] {
        assert_eq!(read(text), Err(NotALimit::Form(text.into())), "{text}");
    }
    assert_eq!(read("1d2h"), Err(NotALimit::Mixed("1d2h".into())));
    assert_eq!(read("0m"), Err(NotALimit::Zero("0m".into())));
    assert_eq!(
        read("99999999999999999999h"),
        Err(NotALimit::Huge("99999999999999999999h".into()))
    );
}
