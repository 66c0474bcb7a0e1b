//! Recurrences: by the calendar, from a day, until a day, and moments that limits name.

use crate::small::{MONDAY, Small, files, kind, problems};
use chrono::NaiveDate;
use serde_json::json;
use yizhan_engine::def::Every;
use yizhan_engine::event::Event;
use yizhan_engine::load::{Anchor, every_title};
use yizhan_engine::recur::{self, Rhythm};
use yizhan_engine::step::{self, Actor, Start};
use yizhan_engine::time::{DAY, DEFAULT_OFFSET_MINUTES, HOUR, Time};

fn every(text: &str) -> Every {
    toml::from_str(text).unwrap()
}

/// The next few instants, as people read them.
fn runs(text: &str, at: &[&str], calendar: Option<&str>, count: usize) -> Vec<String> {
    let every = every(text);
    let small = Small::with(files(&[]));
    let at: Vec<String> = at.iter().map(|t| (*t).to_owned()).collect();
    let rhythm = Rhythm {
        every: &every,
        at: &at,
        calendar: calendar.map(|name| small.manual.calendar(name).unwrap()),
        anchor: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        offset: DEFAULT_OFFSET_MINUTES,
    };
    let mut now = Time(MONDAY);
    (0..count)
        .map(|_| {
            now = recur::next(&rhythm, now).unwrap();
            now.local(DEFAULT_OFFSET_MINUTES)
                .format("%m-%d %a %H:%M")
                .to_string()
        })
        .collect()
}

#[test]
fn by_days_weekdays_days_of_the_month_and_times() {
    assert_eq!(
        runs("days = 2", &["08:30", "14:00"], None, 3),
        ["11-23 Mon 14:00", "11-25 Wed 08:30", "11-25 Wed 14:00"]
    );
    assert_eq!(
        runs("weekdays = [\"mon\", \"thu\"]", &["08:30"], None, 3),
        ["11-26 Thu 08:30", "11-30 Mon 08:30", "12-03 Thu 08:30"]
    );
    assert_eq!(
        runs("month_days = [\"1\", \"last\"]", &["08:30"], None, 3),
        ["11-30 Mon 08:30", "12-01 Tue 08:30", "12-31 Thu 08:30"]
    );
    assert_eq!(
        runs("month_days = [\"31\"]\nmonths = [2, 4]", &["08:30"], None, 2),
        ["02-28 Sun 08:30", "04-30 Fri 08:30"]
    );
    assert_eq!(
        runs("times = 3\nper = \"week\"", &["10:00"], None, 4),
        [
            "11-23 Mon 10:00",
            "11-25 Wed 10:00",
            "11-27 Fri 10:00",
            "11-30 Mon 10:00"
        ]
    );
    assert_eq!(
        runs("times = 2\nper = \"month\"", &["10:00"], None, 2),
        ["12-01 Tue 10:00", "12-16 Wed 10:00"]
    );
    let first_monday = "weekdays = [\"mon\"]\nmonth_days = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\"]";
    assert_eq!(
        runs(first_monday, &["09:00"], None, 2),
        ["12-07 Mon 09:00", "01-04 Mon 09:00"]
    );
}

#[test]
fn a_closed_day_gives_way_to_the_next_open_one_once() {
    assert_eq!(
        runs("days = 1", &["08:30"], Some("office"), 6),
        [
            "11-24 Tue 08:30",
            "11-25 Wed 08:30",
            "11-26 Thu 08:30",
            "11-27 Fri 08:30",
            "11-30 Mon 08:30",
            "12-01 Tue 08:30"
        ]
    );
    // Both times of a Saturday are on the Monday, whatever comes between.
    assert_eq!(
        runs("weekdays = [\"sat\"]", &["08:30", "14:00"], Some("office"), 3),
        ["11-30 Mon 08:30", "11-30 Mon 14:00", "12-07 Mon 08:30"]
    );
}

const VISIT: &str = r#"title = "巡查"
source = []
number = "XC-{yyyy}-{seq:3}"
heading = "what"
field = [ { name = "what", title = "内容", type = "line" } ]
stage = [ { name = "new", title = "待办" }, { name = "done", title = "已办", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"] } ]
[open]
by = ["system"]
ask = ["what?"]
"#;

fn parent(plan: &str) -> String {
    kind(&format!(
        r#"
field = [
  {{ name = "what", title = "内容", type = "line" }},
  {{ name = "begin", title = "开始", type = "date" }},
  {{ name = "finish", title = "结束", type = "date" }},
]
stage = [ {{ name = "new", title = "进行中" }}, {{ name = "done", title = "已办结", ends = true }} ]
action = [ {{ name = "finish", title = "完成", to = "done", by = ["staff"] }} ]
child = [ {{ kind = "visit", title = "巡查" }} ]
[open]
by = ["staff"]
ask = ["what", "begin?", "finish?"]
[[plan]]
name = "rounds"
title = "巡查"
child = "visit"
stages = ["new"]
{plan}
"#
    ))
}

fn small(plan: &str) -> Small {
    Small::with(files(&[("matter", &parent(plan)), ("visit", VISIT)]))
}

fn days(small: &mut Small, from: serde_json::Value, wait: i64) -> Vec<String> {
    small.open(from).unwrap();
    let entries = small.wait(wait);
    let opened = |e: &&yizhan_engine::event::Entry| matches!(e.event, Event::ChildOpened { .. });
    let day = |at: Time| at.local(DEFAULT_OFFSET_MINUTES).format("%m-%d %H:%M").to_string();
    entries
        .iter()
        .filter(opened)
        .map(|e| day(e.happened_at))
        .collect()
}

#[test]
fn a_plan_begins_after_an_interval_at_once_or_from_a_day_and_ends_with_a_day() {
    let mut after = small("every = [ { days = 2 } ]\nat = \"08:30\"");
    assert_eq!(
        days(&mut after, json!({ "what": "a" }), 5 * DAY),
        ["11-25 08:30", "11-27 08:30"]
    );
    let mut now = small("every = [ { days = 2 } ]\nat = \"08:30\"\nfirst = \"now\"");
    assert_eq!(
        days(&mut now, json!({ "what": "a" }), 3 * DAY),
        ["11-23 09:30", "11-25 08:30"]
    );
    let text = "every = [ { days = 2 } ]\nat = \"08:30\"\nstart = \"begin\"\nuntil = \"finish\"";
    let mut from = small(text);
    let data = json!({ "what": "a", "begin": "2026-11-26", "finish": "2026-11-30" });
    assert_eq!(
        days(&mut from, data, 20 * DAY),
        ["11-26 08:30", "11-28 08:30", "11-30 08:30"]
    );
    assert!(from.case.plans.is_empty(), "it is over");
    let mut past = small(text);
    let data = json!({ "what": "a", "begin": "2026-11-20" });
    assert_eq!(days(&mut past, data, 3 * DAY), ["11-24 08:30", "11-26 08:30"]);
}

#[test]
fn a_limit_may_be_the_next_tuesday() {
    let text = r#"
field = [ { name = "what", title = "内容", type = "line" } ]
stage = [ { name = "new", title = "进行中" }, { name = "done", title = "已办结", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"], stops = ["report"] } ]
[open]
by = ["staff"]
ask = ["what"]
starts = ["report"]
[[clock]]
name = "report"
title = "例会前"
limit = { next = { weekdays = ["tue"], at = "10:00" } }
calendar = "office"
"#;
    let mut small = Small::of(&kind(text));
    small.open(json!({ "what": "a" })).unwrap();
    let due = small.case.running("report").unwrap().due_at;
    assert_eq!(due, Some(Time(MONDAY + DAY + HOUR / 2)));
}

#[test]
fn wrong_recurrences_are_told() {
    let said = |plan: &str| crate::small::said(files(&[("matter", &parent(plan)), ("visit", VISIT)]));
    let one = "计划“巡查”的频率要写而且只写一种：days = 2（每两天）、weekdays = [\"mon\"]（星期几）、\
               month_days = [\"1\", \"last\"]（每月几号）、times = 3 加 per = \"week\"（每周三次）";
    assert_eq!(said("every = [ {} ]\nat = \"08:30\""), [one]);
    assert_eq!(
        said("every = [ { days = 1, times = 2, per = \"week\" } ]\nat = \"08:30\""),
        [one]
    );
    assert_eq!(
        said("every = [ { times = 2 } ]\nat = [\"8:30\"]\ncalendar = \"offise\"\nstart = \"what\""),
        [
            "计划“巡查”的 times 和 per 要一起写，如 times = 3、per = \"week\"",
            "看不懂计划“巡查”的时刻“8:30”，应写成 08:30",
            "计划“巡查”的日历“offise”不存在，是不是“office”？",
            "计划“巡查”的起止要看时间或日期，字段“内容”不是，请换一个",
        ]
    );
    assert_eq!(
        said("every = [ { month_days = [\"32\"], months = [13] } ]\nat = \"08:30\""),
        [
            "看不懂计划“巡查”的日子“32”，应写 \"1\" 到 \"31\"，或 \"last\"（月末）",
            "计划“巡查”没有 13 月，只能写 1 到 12",
        ]
    );
    assert!(problems(&parent("every = [ { days = 1 } ]\nat = \"08:30\"")).len() == 1);
}

#[test]
fn recurrences_have_words() {
    let words = |text: &str| every_title(&every(text));
    assert_eq!(words("days = 2"), "每2天");
    assert_eq!(words("weekdays = [\"mon\", \"thu\"]"), "每周一、周四");
    assert_eq!(words("month_days = [\"1\", \"last\"]"), "每月1日、月末");
    assert_eq!(words("month_days = [\"15\"]\nmonths = [3, 9]"), "3月、9月15日");
    assert_eq!(words("times = 3\nper = \"week\""), "每周3次");
}

const CHECK: &str = r#"title = "交付后回访"
source = []
number = "HF-{yyyy}{mm}{dd}-{seq:3}"
heading = "what"
field = [
  { name = "what", title = "内容", type = "line" },
  { name = "on", title = "日期", type = "date" },
]
stage = [ { name = "new", title = "待办" }, { name = "done", title = "已办", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"] } ]
[open]
by = ["system"]
home = true
ask = ["what", "on"]
"#;

fn with_recurrence(text: &str) -> std::collections::BTreeMap<String, String> {
    let mut all = files(&[("matter", CHECK)]);
    all.insert("pack/recurrences.toml".to_owned(), text.to_owned());
    all
}

const QUARTERLY: &str = r#"[[recurrence]]
name = "after-handover"
title = "交付后每季回访"
each = "home"
where = "home.kind == 'home'"
open = "matter"
set = { what = "home.title", on = "today" }
every = [ { month_days = ["1"], months = [1, 4, 7, 10] } ]
at = "09:00"
calendar = "office"
start = "home.delivered_on"
until = "2027-06-30"
"#;

/// A home that was handed over is asked after each quarter.
#[test]
fn a_recurrence_hangs_on_homes() {
    let small = Small::with(with_recurrence(QUARTERLY));
    let rules = &small.manual.recurrences[0];
    let mut home = Anchor {
        id: "h1".to_owned(),
        site: "s".to_owned(),
        facts: json!({ "home.title": "1-101", "home.kind": "home" })
            .as_object()
            .unwrap()
            .clone(),
    };
    let next = |home: &Anchor, after| rules.next(&small.manual, home, after);
    assert_eq!(next(&home, Time(MONDAY)), None, "not handed over yet");
    home.facts
        .insert("home.delivered_on".to_owned(), json!("2026-12-20"));
    let first = next(&home, Time(MONDAY)).unwrap();
    assert_eq!(first, Time::parse_local("2027-01-01 09:00", 480).unwrap());
    let second = next(&home, first).unwrap();
    assert_eq!(second, Time::parse_local("2027-04-01 09:00", 480).unwrap());
    assert_eq!(next(&home, second), None, "it ends in June");
    let start = rules.opening(&small.manual, &home, first).unwrap();
    assert_eq!(start.home.as_deref(), Some("h1"));
    assert_eq!(
        serde_json::Value::from(start.data.clone()),
        json!({ "what": "1-101", "on": "2027-01-01" })
    );
    assert_eq!(rules.soonest(&small.manual, Time(MONDAY)), Some(first));
    let opened = small.world(|world| {
        let start = Start {
            id: "c".to_owned(),
            ..start.clone()
        };
        step::open(world, start, &Actor::System)
    });
    assert!(opened.is_ok(), "{opened:?}");
    home.facts.insert("home.kind".to_owned(), json!("shop"));
    assert_eq!(
        rules.opening(&small.manual, &home, first).map(|start| start.kind),
        None
    );
}

#[test]
fn wrong_recurrences_of_a_pack_are_told() {
    let said = |from: &str, to: &str| crate::small::said(with_recurrence(&QUARTERLY.replace(from, to)));
    assert_eq!(said("", ""), [] as [&str; 0]);
    assert_eq!(
        said("open = \"matter\"", "open = \"mater\""),
        [
            "只有 system 能登记，却没有上级事项的动作（open）、计划或周期事项（recurrences.toml）开出它，\
             请补上，或写上能登记的岗位",
            "周期事项“交付后每季回访”要开的事项类型“mater”不存在，是不是“matter”？",
        ]
    );
    assert_eq!(
        said(
            "each = \"home\"\nwhere = \"home.kind == 'home'\"",
            "each = \"site\""
        ),
        [
            "“交付后回访”登记时要有房屋，按项目周期开不出来，请写 each = \"home\"",
            "没有叫“home.title”的字段，是不是“site.title”？",
            "没有叫“home.delivered_on”的字段",
        ]
    );
    let sending = |text: &str| {
        said(
            "open = \"matter\"\nset = { what = \"home.title\", on = \"today\" }",
            text,
        )
    };
    assert_eq!(
        sending("report = \"monthly\"\nto = [\"relation:creator\"]"),
        [
            "只有 system 能登记，却没有上级事项的动作（open）、计划或周期事项（recurrences.toml）开出它，\
             请补上，或写上能登记的岗位",
            "周期事项“交付后每季回访”送的报表按公司或每个项目，请写 each = \"company\" 或 each = \"site\"",
            "周期事项“交付后每季回访”要送的报表“monthly”不存在，请先写出它，或改掉这里",
            "周期事项“交付后每季回访”只能送给岗位，请写岗位的名称",
        ]
    );
}
