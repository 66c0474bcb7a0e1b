//! Words: filling placeholders, and a sentence for every event.

use crate::case::{Case, Outcome, RunEnd, Told, Verdict};
use crate::def::FieldType;
use crate::event::Event;
use crate::load::Rules;
use crate::time::{DEFAULT_OFFSET_MINUTES, Time};
use crate::world::{HomeFacts, Member};
use chrono::Datelike;
use serde_json::Value;

/// What texts may name beside fields.
pub const WORDS: [&str; 9] = [
    "case.number",
    "case.title",
    "home.title",
    "home.building",
    "home.unit",
    "home.room",
    "home.site",
    "home.area",
    "home.delivered_on",
];

/// Fills `{field}` and what [`WORDS`] lists. The number of a case that has none yet stays as it is:
/// it is given last before the commit.
pub fn fill(text: &str, rules: &Rules, case: &Case, home: &HomeFacts, roster: &[Member]) -> String {
    filled(text, rules, case, (home, roster), None)
}

/// The same on a paper: what is not known yet is a line to be written on by hand.
pub fn fill_paper(text: &str, rules: &Rules, case: &Case, home: &HomeFacts, roster: &[Member]) -> String {
    filled(text, rules, case, (home, roster), Some("＿＿＿＿＿＿"))
}

fn filled(
    text: &str,
    rules: &Rules,
    case: &Case,
    (home, roster): (&HomeFacts, &[Member]),
    blank: Option<&str>,
) -> String {
    // A paper is read years later; in a notice the year goes without saying unless it is another one.
    let year = |at: Time| at.local(DEFAULT_OFFSET_MINUTES).year();
    let with_year = |at: Time| blank.is_some() || year(at) != year(case.opened_at);
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|c| open + c) else {
            break;
        };
        out.push_str(&rest[..open]);
        let said = match &rest[open + 1..close] {
            "case.number" if case.number.is_empty() => "{case.number}".to_owned(),
            "case.number" => case.number.clone(),
            "case.title" => heading(rules, case),
            word if word.starts_with("home.") => shown(Some(&home.get(&word["home.".len()..]))),
            field => field_text(rules, field, case.data.get(field), roster, &with_year),
        };
        out.push_str(if said.is_empty() {
            blank.unwrap_or_default()
        } else {
            &said
        });
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

/// The case's title in lists: its heading field, else its kind.
pub fn heading(rules: &Rules, case: &Case) -> String {
    let text = shown(case.data.get(&rules.kind.heading));
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        rules.kind.title.clone()
    } else {
        line.chars().take(60).collect()
    }
}

/// A field's value for people who read a notice: instants on the clock, fen as yuan, colleagues by name.
fn field_text(
    rules: &Rules,
    name: &str,
    value: Option<&Value>,
    roster: &[Member],
    with_year: &dyn Fn(Time) -> bool,
) -> String {
    let kind = rules.field(name).map(|f| f.of.unwrap_or(f.kind));
    if kind == Some(FieldType::Person) {
        let id = value.and_then(Value::as_str).unwrap_or_default();
        let member = roster.iter().find(|member| member.id == id);
        return member.map(|member| member.name.clone()).unwrap_or_default();
    }
    match (kind, value.and_then(Value::as_i64)) {
        (Some(FieldType::Time), Some(at)) => Time(at)
            .local(DEFAULT_OFFSET_MINUTES)
            .format(if with_year(Time(at)) {
                "%Y年%m月%d日 %H:%M"
            } else {
                "%m月%d日 %H:%M"
            })
            .to_string(),
        (Some(FieldType::Money), Some(fen)) => format!("{}.{:02}元", fen / 100, fen % 100),
        _ => shown(value),
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("、"),
        _ => String::new(),
    }
}

/// What happened, in a few words, and the words people left with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// A few words.
    pub title: String,
    /// What was said, if anything.
    pub text: String,
}

/// The sentence of an event. `person` turns an id into a name.
pub fn sentence(event: &Event, rules: &Rules, case: &Case, person: &dyn Fn(&str) -> String) -> Sentence {
    let (title, text) = match event {
        Event::Opened(_) => (format!("登记{}", rules.kind.title), String::new()),
        Event::Acted { action, to, from, .. } => {
            let title = rules.action(action).map_or(action.as_str(), |a| a.title.as_str());
            let stage = rules.stage(to).map_or(to.as_str(), |s| s.title.as_str());
            (
                title.to_owned(),
                if from == to {
                    String::new()
                } else {
                    format!("进入“{stage}”")
                },
            )
        }
        Event::ClockStarted {
            clock, missing_years, ..
        } => {
            let years: Vec<String> = missing_years.iter().map(|y| format!("{y}年")).collect();
            let note = match years.is_empty() {
                true => String::new(),
                false => format!("日历缺少{}的节假日数据，按每周作息计算", years.join("、")),
            };
            (format!("开始计时：{}", clock_title(rules, clock)), note)
        }
        Event::ClockPaused { run } => (
            format!("暂停计时：{}", run_title(rules, case, *run)),
            String::new(),
        ),
        Event::ClockResumed { run, .. } => (
            format!("恢复计时：{}", run_title(rules, case, *run)),
            String::new(),
        ),
        Event::ClockMoved { run, limit, .. } => {
            let why = match limit {
                Some(_) => "情况更正",
                None => "日历调整",
            };
            let title = format!("{why}，重算时限：{}", run_title(rules, case, *run));
            (title, String::new())
        }
        Event::ClockStopped { run, end, late } => {
            let how = match (end, late) {
                (RunEnd::Done, false) => "按时完成",
                (RunEnd::Done, true) => "超时完成",
                (RunEnd::Lapsed, false) => "不再计时",
                (RunEnd::Lapsed, true) => "超时未完成",
            };
            (format!("{how}：{}", run_title(rules, case, *run)), String::new())
        }
        Event::ClockFired { run, step } => (fired(rules, case, *run, *step), String::new()),
        Event::ClockBreached { run } => (
            format!("超过时限：{}", run_title(rules, case, *run)),
            String::new(),
        ),
        Event::Joined { relation, staff } => {
            (format!("{}：{}", relation.title(), person(staff)), String::new())
        }
        Event::Left { relation, staff } => (
            format!("{}不再是{}", person(staff), relation.title()),
            String::new(),
        ),
        Event::Urged { urgency } => (
            if *urgency >= 2 {
                "提为特急"
            } else {
                "提为紧急"
            }
            .to_owned(),
            String::new(),
        ),
        Event::Raised { level } => (format!("升级到第{level}级督办"), String::new()),
        Event::Reminded { words, .. } => ("客户催办".to_owned(), words.clone()),
        Event::Noted { words, .. } => ("备注".to_owned(), words.clone()),
        Event::Printed { paper } => {
            let found = rules.kind.papers.iter().find(|p| p.name == *paper);
            let title = found.map_or(paper.as_str(), |p| p.title.as_str());
            (format!("打印{title}"), String::new())
        }
        Event::PassedOn(p) => {
            let told = match &p.told {
                Some(Told::By(how)) => format!("，已告知客户（{how}）"),
                Some(Told::NotYet) => "，尚未告知客户".to_owned(),
                None => String::new(),
            };
            (format!("转办给{}{told}", person(&p.to)), p.reason.clone())
        }
        Event::CustomerTold { how, words } => {
            (format!("已告知客户（{how}）"), words.clone().unwrap_or_default())
        }
        Event::PassAccepted => ("接收转办".to_owned(), String::new()),
        Event::PassRefused { reason } => ("未接收转办".to_owned(), reason.clone()),
        Event::SignoffOpened(s) => (format!("提交{}", signoff_title(rules, &s.signoff)), String::new()),
        Event::Signed { slot, signature, .. } => {
            let verdict = match signature.verdict {
                Verdict::Agree => "同意",
                Verdict::Refuse => "不同意",
            };
            let entrusted = if signature.entrusted {
                "（受托签署）"
            } else {
                ""
            };
            (
                format!("{}：{verdict}{entrusted}", slot_title(case, slot)),
                signature.note.clone().unwrap_or_default(),
            )
        }
        Event::RoundOpened { round } => (format!("进入{}", round_title(case, *round)), String::new()),
        Event::SentBack { round, note } => (format!("退回{}", round_title(case, *round)), note.clone()),
        Event::SlotGiven { to, keep, .. } => (
            format!("{}{}签署", if *keep { "委托" } else { "转由" }, person(to)),
            String::new(),
        ),
        Event::SignerAdded { slot } => {
            let names: Vec<String> = slot.people.iter().map(|p| person(p)).collect();
            (format!("加签：{}", names.join("、")), String::new())
        }
        Event::SignoffClosed { outcome } => {
            let how = match outcome {
                Outcome::Done => "全部签署通过",
                Outcome::Refused => "未获通过",
                Outcome::Withdrawn => "签署已撤回",
            };
            (how.to_owned(), String::new())
        }
        Event::ChildOpened { kind, .. } => (format!("开出{}", child_title(rules, kind)), String::new()),
        Event::ParentAsked { .. } => ("通知上级事项".to_owned(), String::new()),
        Event::Asked { at, .. } => (format!("通知{}", address_title(rules, at)), String::new()),
        Event::AskRefused { sentence, .. } => ("关联事项未能办理".to_owned(), sentence.clone()),
        Event::ChildrenClosed { kind } => {
            (format!("结束未完成的{}", child_title(rules, kind)), String::new())
        }
        Event::ClosedByParent { .. } => ("随上级事项结束".to_owned(), String::new()),
        Event::PlanSet {
            plan, opened, missed, ..
        } => (plan_said(rules, plan, opened.is_some(), *missed), String::new()),
        Event::PlanEnded { plan } => (format!("计划结束：{}", plan_title(rules, plan)), String::new()),
        Event::Claimed(_) => ("已占用".to_owned(), String::new()),
        Event::Released { .. } => ("已释放".to_owned(), String::new()),
        Event::Notified { to, links, text, .. } => {
            let mut names: Vec<String> = to.iter().map(|p| person(p)).collect();
            names.extend(links.iter().map(|l| rules.link_title(l).to_owned()));
            let who = if names.is_empty() {
                "无人在岗".to_owned()
            } else {
                names.join("、")
            };
            (format!("通知{who}"), text.clone())
        }
        Event::Circulated { to, text } => {
            let names: Vec<String> = to.iter().map(|p| person(p)).collect();
            (format!("传阅{}", names.join("、")), text.clone())
        }
        Event::Acknowledged { .. } => ("已阅".to_owned(), String::new()),
        Event::LinkGiven { link, to } => (
            format!("准备好{}的链接", rules.link_title(link)),
            to.clone().unwrap_or_default(),
        ),
        Event::LinkTaken { link } => (format!("收回{}的链接", rules.link_title(link)), String::new()),
        Event::LinkHanded { link, way } => (
            format!("把链接交给{}", rules.link_title(link)),
            way.title().to_owned(),
        ),
        Event::MergedInto { why, .. } => ("并入其他事项".to_owned(), why.clone()),
        Event::MergedFrom { number, why, .. } => (format!("{number}并入本事项"), why.clone()),
        Event::Linked {
            number, why, repeat, ..
        } => (
            format!("{}{number}", if *repeat { "重复事项：" } else { "关联" }),
            why.clone(),
        ),
        Event::HomeChanged { delivered_on, .. } => (format!("房屋交付日期记为{delivered_on}"), String::new()),
        Event::HomeJoined { .. } => ("确认房屋".to_owned(), String::new()),
        Event::CustomerJoined { .. } => ("确认客户".to_owned(), String::new()),
    };
    Sentence { title, text }
}

fn clock_title<'a>(rules: &'a Rules, clock: &'a str) -> &'a str {
    rules.clock(clock).map_or(clock, |c| c.title.as_str())
}

fn run_title(rules: &Rules, case: &Case, run: u32) -> String {
    let clock = case
        .runs
        .iter()
        .find(|r| r.run == run)
        .map_or("", |r| r.clock.as_str());
    clock_title(rules, clock).to_owned()
}

fn fired(rules: &Rules, case: &Case, run: u32, step: usize) -> String {
    let clock = case
        .runs
        .iter()
        .find(|r| r.run == run)
        .and_then(|r| rules.clock(&r.clock));
    match clock.and_then(|c| Some((c, c.steps.get(step)?))) {
        Some((clock, step)) => format!("{}：{}", clock.title, crate::calendar::when_said(&step.at)),
        None => "时限提醒".to_owned(),
    }
}

fn signoff_title(rules: &Rules, name: &str) -> String {
    rules
        .signoff(name)
        .map_or_else(|| "签署".to_owned(), |s| s.title.clone())
}

fn round_title(case: &Case, round: usize) -> String {
    let found = case.signing.as_ref().and_then(|s| s.rounds.get(round));
    found.map_or_else(|| "下一环节".to_owned(), |r| format!("“{}”", r.title))
}

fn slot_title(case: &Case, slot: &str) -> String {
    let all = case
        .signing
        .iter()
        .chain(&case.signed)
        .flat_map(|s| &s.rounds)
        .flat_map(|r| &r.slots);
    all.into_iter()
        .find(|s| s.name == slot)
        .map_or_else(|| "签署".to_owned(), |s| s.title.clone())
}

fn child_title(rules: &Rules, kind: &str) -> String {
    rules
        .kind
        .children
        .iter()
        .find(|c| c.kind == kind)
        .map_or_else(|| kind.to_owned(), |c| c.title.clone())
}

fn address_title<'a>(rules: &'a Rules, name: &'a str) -> &'a str {
    let found = rules.kind.addresses.iter().find(|a| a.name == name);
    found.map_or(name, |a| a.title.as_str())
}

fn plan_title(rules: &Rules, plan: &str) -> String {
    rules
        .kind
        .plans
        .iter()
        .find(|p| p.name == plan)
        .map_or_else(|| plan.to_owned(), |p| p.title.clone())
}

fn plan_said(rules: &Rules, plan: &str, opened: bool, missed: bool) -> String {
    let title = plan_title(rules, plan);
    match (opened, missed) {
        (true, true) => format!("{title}：上一次未完成，已记漏；新任务已生成"),
        (true, false) => format!("{title}：任务已生成"),
        (false, _) => format!("计划开始：{title}"),
    }
}
