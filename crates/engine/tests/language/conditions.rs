//! Conditions beside effects and rungs, reminders that are no breach, clocks that begin anew, and nobody to be found.

use crate::small::{Small, kind, problems};
use serde_json::json;
use yizhan_engine::case::RunEnd;
use yizhan_engine::def::Area;
use yizhan_engine::event::{Entry, Event};
use yizhan_engine::load::json_schemas;
use yizhan_engine::time::{DAY, HOUR};

const HEAD: &str = r#"
field = [
  { name = "what", title = "内容", type = "line" },
  { name = "big", title = "重大", type = "flag" },
  { name = "level", title = "等级", type = "line" },
]
stage = [ { name = "new", title = "办理中" }, { name = "done", title = "已办结", ends = true } ]
[open]
by = ["staff"]
ask = ["what", "big?"]
starts = ["promise"]
[[clock]]
name = "promise"
title = "承诺"
limit = "2h"
calendar = "always"
repeats = true
"#;
const FINISH: &str = r#"
[[action]]
name = "finish"
title = "办结"
to = "done"
by = ["staff"]
stops = ["promise"]
"#;

fn told(entries: &[Entry]) -> Vec<String> {
    let of = |e: &Entry| match &e.event {
        Event::Notified { to, text, .. } => Some(format!("{}：{text}", to.join("、"))),
        _ => None,
    };
    entries.iter().filter_map(of).collect()
}

#[test]
fn an_effect_happens_only_while_its_condition_is_true_of_what_was_entered() {
    let text = format!(
        r#"{HEAD}{FINISH}
[[action]]
name = "report"
title = "上报"
by = ["staff"]
ask = ["big"]
do = [
  {{ when = "big", set = {{ level = "'高'" }} }},
  {{ when = "big == false", set = {{ level = "'低'" }} }},
  {{ notify = {{ to = ["post:manager"], text = "重大事项" }}, when = "big" }},
  {{ when = "big", urge = true }},
]
"#
    );
    let mut small = Small::of(&kind(&text));
    small.open(json!({ "what": "a" })).unwrap();
    let entries = small.act("report", json!({ "big": false })).unwrap();
    assert_eq!(told(&entries), [] as [&str; 0]);
    assert_eq!(
        (small.case.data["level"].clone(), small.case.urgency),
        (json!("低"), 0)
    );
    let entries = small.act("report", json!({ "big": true })).unwrap();
    assert_eq!(told(&entries), ["m：重大事项"]);
    assert_eq!(
        (small.case.data["level"].clone(), small.case.urgency),
        (json!("高"), 1)
    );
    let written = serde_json::to_value(&small.manual.kind("matter").unwrap().kind).unwrap();
    let action = &written["action"][1];
    assert_eq!(action["do"][2]["when"], json!("big"));
    let read: yizhan_engine::def::Action = serde_json::from_value(action.clone()).unwrap();
    assert_eq!(read, small.manual.kind("matter").unwrap().kind.actions[1]);
}

#[test]
fn effects_that_are_wrong_are_told() {
    let with = |effect: &str| {
        let text = format!(
            "{HEAD}{FINISH}\n[[action]]\nname = \"report\"\ntitle = \"上报\"\nby = [\"staff\"]\nask = [\"level?\"]\ndo = [ {effect} ]"
        );
        problems(&kind(&text))
    };
    assert_eq!(
        with("{ when = \"bigg\", urge = true }"),
        ["没有叫“bigg”的字段，是不是“big”？"]
    );
    assert_eq!(
        with("{ when = \"big\" }"),
        ["只有条件，没有效果，请写上 notify、assign 等"]
    );
    assert_eq!(
        with("{ claim = \"a\", release = \"b\" }"),
        ["一个花括号里只能写一种效果，请把“release”另写一个"]
    );
    let unknown = with("{ notyfy = { to = [\"post:manager\"], text = \"a\" } }");
    assert_eq!(unknown, ["不认识“notyfy”，是不是“notify”？"]);
    let schema = serde_json::to_string(&json_schemas()["*/kinds/*.toml"]).unwrap();
    assert!(schema.contains("只在这个条件成立时。"));
}

#[test]
fn a_rung_may_have_a_condition_and_a_reminder_is_no_breach() {
    let text = format!(
        r#"{HEAD}{FINISH}
[[action]]
name = "watch"
title = "关注"
by = ["staff"]
starts = ["look"]
[[clock]]
name = "look"
title = "回头看"
limit = "1d"
calendar = "always"
reminder = true
stops_at_end = true
steps = [
  {{ at = "0", tell = ["post:manager"], when = "big" }},
  {{ at = "0", tell = ["post:desk"], when = "big != true" }},
]
"#
    );
    let mut small = Small::of(&kind(&text));
    small.open(json!({ "what": "a" })).unwrap();
    small.act("watch", json!({})).unwrap();
    let promised = small.case.next_due().unwrap().clock.clone();
    assert_eq!(promised, "promise", "a reminder is no deadline");
    let entries = small.wait(2 * DAY);
    assert_eq!(told(&entries), ["a：回头看：已到期"]);
    let breached: Vec<_> = entries
        .iter()
        .filter_map(|e| match e.event {
            Event::ClockBreached { run } => Some(run),
            _ => None,
        })
        .collect();
    assert_eq!(breached, [0], "only the promise is broken");
    assert_eq!(small.case.next_wake(), None);
    let entries = small.act("finish", json!({})).unwrap();
    let late = |e: &&Entry| {
        matches!(
            e.event,
            Event::ClockStopped {
                run: 1,
                late: true,
                ..
            }
        )
    };
    assert_eq!(entries.iter().filter(late).count(), 0);
}

#[test]
fn a_clock_that_begins_anew_says_how_the_old_run_ends() {
    for (how, end) in [("done", RunEnd::Done), ("dropped", RunEnd::Lapsed)] {
        let text = format!(
            r#"{HEAD}{FINISH}
[[action]]
name = "put-off"
title = "改期"
by = ["staff"]
restarts = [ {{ clock = "promise", as = "{how}" }} ]
"#
        );
        let mut small = Small::of(&kind(&text));
        small.open(json!({ "what": "a" })).unwrap();
        small.now += HOUR;
        small.act("put-off", json!({})).unwrap();
        let ends: Vec<_> = small
            .case
            .runs
            .iter()
            .map(|r| r.ended.map(|(_, end)| end))
            .collect();
        assert_eq!(ends, [Some(end), None]);
    }
}

const SEND: &str = r#"
[[action]]
name = "send"
title = "派工"
by = ["staff"]
do = [ { assign = { relation = "assignee", to = { dispatch = { post = "desk" } }, or = [ { duty = "manager" } ] } } ]
"#;

#[test]
fn nobody_to_be_sent_is_told_and_the_ladder_is_climbed_first() {
    let mut small = Small::of(&kind(&format!("{HEAD}{FINISH}{SEND}")));
    small.open(json!({ "what": "a" })).unwrap();
    small.roster[0].on_duty = false;
    small.act("send", json!({})).unwrap();
    let assignee = yizhan_engine::def::Relation::Assignee;
    assert!(small.case.is(assignee, "m"), "the ladder goes on");
    let mut small = Small::of(&kind(&format!("{HEAD}{FINISH}{SEND}")));
    small.manual.posts[1].may = vec![Area::Assign];
    small.open(json!({ "what": "a" })).unwrap();
    small.roster.iter_mut().for_each(|m| m.on_duty = false);
    let entries = small.act("send", json!({})).unwrap();
    assert_eq!(told(&entries), ["m：没有可派的处理人，请指派"]);
}

#[test]
fn a_signature_nobody_can_give_is_told_at_once() {
    let text = r#"
field = [ { name = "what", title = "内容", type = "line" } ]
stage = [ { name = "new", title = "待批" }, { name = "done", title = "已办结", ends = true } ]
action = [
  { name = "agreed", title = "批准", from = ["new"], to = "done", by = ["system"] },
  { name = "refused", title = "驳回", from = ["new"], to = "done", by = ["system"] },
]
[open]
by = ["staff"]
ask = ["what"]
[[signoff]]
name = "boss"
title = "审批"
stage = "new"
done = "agreed"
refused = "refused"
round = [ { title = "经理", slot = [ { name = "m", title = "经理签字", who = ["duty:manager"] } ] } ]
"#;
    let mut small = Small::of(&kind(text));
    small.manual.posts[0].may = vec![Area::People];
    small.roster.remove(1);
    let entries = small.open(json!({ "what": "a" })).unwrap();
    let said = "a：审批·经理：没有人能签“经理签字”，请安排人员或改签";
    assert!(told(&entries).contains(&said.to_owned()), "{:?}", told(&entries));
}
