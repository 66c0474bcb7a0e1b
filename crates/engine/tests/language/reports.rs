//! Reports: what is written wrongly is told where it stands.

use crate::small::{files, said};
use std::collections::BTreeMap;

const MATTER: &str = r#"title = "事项"
source = []
number = "SX-{yyyy}-{seq:4}"
heading = "what"
field = [
  { name = "what", title = "内容", type = "line" },
  { name = "phone", title = "电话", type = "line", personal = true },
  { name = "cost", title = "费用", type = "money" },
]
stage = [ { name = "new", title = "待办" }, { name = "done", title = "已办", ends = true } ]
action = [ { name = "finish", title = "完成", to = "done", by = ["staff"] } ]
clock = [ { name = "settle", title = "办完", limit = "1d", stops_at_end = true, calendar = "office" } ]
[open]
by = ["staff"]
ask = ["what", "phone", "cost"]
starts = ["settle"]
"#;

const MONTHLY: &str = r#"[[report]]
name = "monthly"
title = "月报"
about = "每月看一遍"
every = ["month"]
of = ["matter"]
measure = [
  { name = "all", title = "登记" },
  { name = "late", title = "超时", where = "clocks('settle').exists(r, r.breached)" },
  { name = "cost", title = "费用", sum = "cost" },
]
part = [
  { name = "figures", title = "概况", as = "figures", measures = ["all", "late", "cost"] },
  { name = "what", title = "内容", as = "pareto", by = "what", where = "case.opened_at < period.until" },
  { name = "rows", title = "清单", as = "list", column = [ { name = "case.number", title = "编号" }, { name = "what", title = "内容" } ] },
]
"#;

fn told(from: &str, to: &str) -> Vec<String> {
    assert!(MONTHLY.contains(from), "{from}");
    let mut all: BTreeMap<String, String> = files(&[("matter", MATTER)]);
    all.insert("pack/reports.toml".to_owned(), MONTHLY.replacen(from, to, 1));
    said(all)
}

#[test]
fn wrong_reports_are_told() {
    assert_eq!(told("", ""), [] as [&str; 0]);
    for (from, to, sentence) in [
        (
            "of = [\"matter\"]",
            "of = [\"mater\"]",
            "事项类型“mater”不存在，是不是“matter”？，也可以写 cases（所有事项）、contacts（来访登记）",
        ),
        (
            "by = \"what\"",
            "by = \"phone\"",
            "“电话”是个人信息，报表里不能用",
        ),
        (
            "by = \"what\"",
            "by = \"waht\"",
            "对“事项”来说，没有叫“waht”的字段，是不是“what”？",
        ),
        (
            "measures = [\"all\", \"late\", \"cost\"]",
            "measures = [\"all\", \"lates\", \"cost\", \"late\"]",
            "“概况”要的数字“lates”不存在，是不是“late”？",
        ),
        ("by = \"what\", where", "where", "“内容”没有写 by，请补上"),
        (
            "sum = \"cost\"",
            "sum = \"cost\", mean = \"case.level\"",
            "数字“费用”在 mean、sum、homes 里只能写一个",
        ),
        (
            "sum = \"cost\"",
            "homes = \"count\"",
            "数字“费用”是按项目的房屋数算的，只能写在 as = \"table\"、by = \"case.site\" 的部分里",
        ),
        (
            "name = \"case.number\"",
            "name = \"case.numbr\"",
            "“清单”的列“case.numbr”不存在，是不是“case.number”？",
        ),
        (
            "where = \"case.opened_at < period.until\"",
            "where = \"date(case.opened_at) == case.opened_on\"",
            "查询里不能用日期、取整、大小的函数，请用计算字段先算好",
        ),
    ] {
        let told = told(from, to);
        assert!(told.iter().any(|said| said == sentence), "{sentence}: {told:#?}");
    }
}
