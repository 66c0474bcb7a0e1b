//! The words of the handbook: limits, people and ladders as sentences.

use super::rhythm_words::next_title;
use super::{Manual, Rules};
use crate::def::{ClockDef, LimitBy, LimitDef, StepDef, Who};

/// A limit with its calendar: `2小时（全天候）`.
pub fn limit_title(manual: &Manual, rules: &Rules, clock: &ClockDef) -> String {
    let calendar = manual
        .calendar(&clock.calendar)
        .map_or(clock.calendar.as_str(), |c| c.title());
    format!("{}（{calendar}）", limit(manual, rules, &clock.limit))
}

fn limit(manual: &Manual, rules: &Rules, def: &LimitDef) -> String {
    let field = |name: &str| format!("“{}”", rules.field(name).map_or(name, |f| f.title.as_str()));
    let several = |limits: &[LimitDef], joint: &str| {
        limits
            .iter()
            .map(|l| limit(manual, rules, l))
            .collect::<Vec<_>>()
            .join(joint)
    };
    let by = match def {
        LimitDef::Span(text) => return span_title(text),
        LimitDef::By(by) => by,
    };
    match by {
        LimitBy::Until(name) => format!("到{}", field(name)),
        LimitBy::After { field: name, by } => format!("{}之后{}", field(name), span_title(by)),
        LimitBy::Before { field: name, by } => format!("{}之前{}", field(name), span_title(by)),
        LimitBy::SinceOpening(by) => format!("从登记或重新受理起{}", span_title(by)),
        LimitBy::Next(moment) => next_title(moment),
        LimitBy::Table { table, key } => {
            let title = manual.table(table).map_or(table.as_str(), |t| t.title.as_str());
            format!("按“{title}”，由{}决定", field(key))
        }
        LimitBy::FirstKnown(limits) => several(limits, "；未定则"),
        LimitBy::Earlier(limits) => format!("{}，取早者", several(limits, "、")),
        LimitBy::Later(limits) => format!("{}，取晚者", several(limits, "、")),
    }
}

/// A length of time in words: `1h30m` → `1小时30分钟`.
pub fn span_title(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    // Months are written `mo`, so they go before minutes.
    let units = [
        ("mo", "个月"),
        ("y", "年"),
        ("w", "周"),
        ("d", "天"),
        ("h", "小时"),
        ("m", "分钟"),
        ("s", "秒"),
    ];
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit()) {
        let (number, unit) = rest.split_at(end);
        let Some((sign, title)) = units.iter().find(|(sign, _)| unit.starts_with(sign)) else {
            break;
        };
        words.push_str(number);
        words.push_str(title);
        rest = &unit[sign.len()..];
    }
    words + rest
}

/// Who, in words: `前台客服`, `处理人`, `业主`.
pub fn who_title(manual: &Manual, rules: &Rules, who: &Who) -> String {
    match who {
        Who::Post(name) => manual
            .post(name)
            .map_or(name.as_str(), |p| p.title.as_str())
            .to_owned(),
        Who::Duty(name) => {
            let post = manual.post(name).map_or(name.as_str(), |p| p.title.as_str());
            format!("当班的{post}")
        }
        Who::Relation(relation) => relation.title().to_owned(),
        Who::Field(name) => rules
            .field(name)
            .map_or(name.as_str(), |f| f.title.as_str())
            .to_owned(),
        Who::Link(link) => rules.link_title(link).to_owned(),
        Who::Staff => "员工".to_owned(),
        Who::System => "系统".to_owned(),
        Who::Unread => "尚未阅的人".to_owned(),
    }
}

/// Several of them.
pub fn whos_title(manual: &Manual, rules: &Rules, whos: &[Who]) -> Vec<String> {
    whos.iter().map(|who| who_title(manual, rules, who)).collect()
}

/// One rung of a ladder: `到期前30分钟：通知处理人`, `超时2小时：通知经理，升为2级`.
pub fn step_title(manual: &Manual, rules: &Rules, step: &StepDef) -> String {
    let when = match (step.at.strip_prefix('-'), step.at.trim_start_matches('+')) {
        (_, "0") | (Some("0"), _) => "到期时".to_owned(),
        (Some(before), _) => format!("到期前{}", span_title(before)),
        (None, after) => format!("超时{}", span_title(after)),
    };
    let mut what = Vec::new();
    if !step.tell.is_empty() {
        what.push(format!(
            "通知{}",
            whos_title(manual, rules, &step.tell).join("、")
        ));
    }
    what.extend(step.raise.map(|level| format!("升为{level}级")));
    if let Some(name) = &step.act {
        let title = rules.action(name).map_or(name.as_str(), |a| a.title.as_str());
        what.push(format!("自动“{title}”"));
    }
    format!("{when}：{}", what.join("，"))
}
