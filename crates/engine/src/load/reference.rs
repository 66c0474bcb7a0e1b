//! The language reference for authors, made from the schemas, so that it cannot leave a word out.

use super::editor::json_schemas;
use crate::def::Builtin;
use crate::schema;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Where a sort of file is described: its pattern, and the heading of its section.
const FILES: [(&str, &str); 15] = [
    ("*/kinds/*.toml", "事项类型"),
    ("*/examples/*.toml", "示例"),
    ("mutants.toml", "不必由示例发现的改动"),
    ("*/clauses.toml", "条款"),
    ("*/recurrences.toml", "周期事项"),
    ("*/reports.toml", "报表"),
    ("*/pack.toml", "制度包"),
    ("posts.toml", "岗位"),
    ("judgements.toml", "来访判断"),
    ("phases.toml", "房屋各阶段由谁服务"),
    ("tables/*.toml", "表"),
    ("calendars/*.toml", "日历"),
    ("calendars/holidays.*.toml", "节假日"),
    ("classify.toml", "来信判断"),
    ("catalogue.toml", "要求清单"),
];

/// The reference as Markdown, in Chinese.
pub fn reference() -> String {
    let mut text = String::from(
        "# 制度文件的写法\n\n本页由程序生成（`make reference`），与程序认识的写法一字不差。怎么用，看[写法说明](README.md)。\n",
    );
    let schemas = json_schemas();
    let mut told = BTreeSet::new();
    for (pattern, title) in FILES {
        let Some(schema) = schemas.get(pattern) else {
            continue;
        };
        let value = schema.clone().to_value();
        let _ = writeln!(text, "\n## {title} `{pattern}`\n");
        section(&mut text, &value);
        let parts = value["$defs"].as_object().cloned().unwrap_or_default();
        for (name, part) in parts {
            if told.insert(name.clone()) {
                let _ = writeln!(text, "\n### {name}\n");
                section(&mut text, &part);
            }
        }
    }
    builtins(&mut text);
    names(&mut text);
    functions(&mut text);
    text
}

/// What a part is, and its keys or the ways it may be written.
fn section(text: &mut String, part: &Value) {
    if let Some(about) = words(part) {
        let _ = writeln!(text, "{about}\n");
    }
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    let needed: Vec<&str> = part["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    keys(&mut rows, part, "", &needed);
    for way in ["oneOf", "anyOf"] {
        for one in part[way].as_array().into_iter().flatten() {
            if let Some(name) = one["const"].as_str() {
                rows.insert(format!("`\"{name}\"`"), words(one).unwrap_or_default());
            }
            for (name, inner) in one["properties"].as_object().into_iter().flatten() {
                let about = words(one).or_else(|| words(inner)).unwrap_or_default();
                if name != "when" {
                    rows.insert(format!("`{name} = …`"), about);
                    keys(&mut rows, inner, name, &[]);
                }
            }
        }
    }
    if rows.is_empty() {
        return;
    }
    text.push_str("| 写法 | 意思 |\n|---|---|\n");
    for (name, about) in rows {
        let _ = writeln!(text, "| {name} | {} |", about.replace('|', "\\|"));
    }
}

fn keys(rows: &mut BTreeMap<String, String>, part: &Value, head: &str, needed: &[&str]) {
    for (name, inner) in part["properties"].as_object().into_iter().flatten() {
        let mark = if needed.contains(&name.as_str()) {
            "（必填）"
        } else {
            ""
        };
        let path = if head.is_empty() {
            name.clone()
        } else {
            format!("{head}.{name}")
        };
        rows.insert(format!("`{path}`{mark}"), words(inner).unwrap_or_default());
        effects(rows, inner);
    }
}

/// Effects have no section of their own: they are listed where they are written.
fn effects(rows: &mut BTreeMap<String, String>, part: &Value) {
    for one in part["items"]["oneOf"].as_array().into_iter().flatten() {
        if let Some(name) = one["const"].as_str() {
            rows.insert(format!("`do` · `\"{name}\"`"), words(one).unwrap_or_default());
        }
        for (name, inner) in one["properties"].as_object().into_iter().flatten() {
            if name != "when" {
                rows.insert(format!("`do` · `{name}`"), words(one).unwrap_or_default());
                for (key, value) in inner["properties"].as_object().into_iter().flatten() {
                    rows.insert(format!("`do` · `{name}.{key}`"), words(value).unwrap_or_default());
                }
            }
        }
    }
}

fn words(part: &Value) -> Option<String> {
    part["description"].as_str().map(str::to_owned)
}

fn builtins(text: &mut String) {
    text.push_str("\n## 系统自带的动作\n\n每类事项都有，不必写；这些名称不能用作自己动作的名称。\n\n| 名称 | 按钮 |\n|---|---|\n");
    for builtin in Builtin::ALL {
        let _ = writeln!(text, "| `{}` | {} |", builtin.name(), builtin.title());
    }
}

fn names(text: &mut String) {
    text.push_str("\n## 条件和算式里能用的名字\n\n自己的字段直接写名字；下面的是系统给的。\n\n`me` 是正在办的这个员工，系统自己办的、外部人员办的没有；`case.creator` 是登记的人，`case.responsible` 是首问责任人。检查（check）里 `before.字段` 是这次填写之前的值，登记时没有。周期事项里按房屋的，还有 `home.occupied`：房屋名下有人。\n\n| 名字 | 类型 |\n|---|---|\n");
    for (name, ty) in schema::all_names() {
        let _ = writeln!(text, "| `{name}` | {} |", ty.title());
    }
}

/// What holds for every calculation, whatever the function.
const RULES: &str = "
没填的不算数：加减乘除里有一个没填，结果就是没有；比大小时有一个没填，就不成立；`x == null` 是没填。除以零没有结果。金额算到分，四舍五入。
算出来的字段里用 `today`、`now` 的，在表单每次改动时重算，不会自己走。

表格按字段名、下级和时限按 `children('类型')`、`clocks('时限')`、`signoffs('签批')` 来数；里面先给一行起个名字，再写那一行的列。
`plans[2].price` 是第二行的单价，没有那一行就没有结果。

日期加减：`visit_date + days(3)`、`today - months(1)`；两个日期相减是时长，`(due - today) / days(1)` 是几天。日期和时间放在一起，按天比。

填表时（`show`）和查询里不能用日历，查询里也不能用日期、取整的函数：请用计算字段先算好。

| 写法 | 叫什么 | 意思 | 例子 |
|---|---|---|---|
";

fn functions(text: &mut String) {
    text.push_str("\n## 条件和算式里能用的函数\n");
    text.push_str(RULES);
    for f in crate::expr::functions() {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | `{}` |",
            f.signature, f.title, f.about, f.example
        );
    }
}
