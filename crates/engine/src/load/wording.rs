//! What the readers of TOML and of the vocabulary say, in the words of those who write manuals.

use super::names::suggest;

/// The names between back-ticks: the wrong one, then those that are known.
pub(super) fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

const UNREADABLE: &str = "看不懂这里的写法，请对照写法说明，参照别的文件";

/// The messages of the grammar of TOML, in the words of those who write manuals.
pub(super) fn grammar(message: &str) -> String {
    let cause = match message {
        m if m.contains("duplicate key") => "同一个名称写了两次，请删去一个",
        m if m.contains("string") || m.contains("quote") => {
            "引号不成对，或引号里有不能直接写的字符，请检查引号"
        }
        m if m.contains("array") || m.contains("`]`") => "方括号或列表没有写完，请检查方括号和逗号",
        m if m.contains("inline table") || m.contains("`}`") => "花括号没有写完，请检查花括号和逗号",
        m if m.contains("header") || m.contains("table") => "方括号里的段名写得不对，或重复了，请检查段名",
        m if m.contains("key") => {
            "等号左边的名称写得不对，只能用小写英文字母、数字、“-”和“_”，其他的要加引号"
        }
        m if m.contains("number") || m.contains("integer") || m.contains("float") => {
            "数字写得不对；文字要加引号"
        }
        m if m.contains("date") || m.contains("time") => "日期或时间写得不对；文字要加引号",
        m if m.contains("value") => "等号右边没有写对：文字要加引号，是与否写 true、false",
        _ => "请检查引号、括号和等号",
    };
    format!("文件格式有误：{cause}")
}

/// The messages of `toml` and `serde` are for programmers; those that writers of manuals meet are put into their words.
pub(super) fn in_chinese(message: &str) -> String {
    match (message, quoted(message).as_slice()) {
        (m, [key, known @ ..]) if m.starts_with("unknown field") => {
            format!("不认识“{key}”{}", suggest(key, known.iter().copied()))
        }
        (m, [value, known @ ..]) if m.starts_with("unknown variant") => {
            format!("不认识“{value}”{}", suggest(value, known.iter().copied()))
        }
        (m, [key, ..]) if m.starts_with("missing field") => format!("缺少“{key}”，请补上"),
        (m, [key, ..]) if m.starts_with("duplicate field") => format!("“{key}”写了两次，请删去一个"),
        (m, _) if m.contains("enum LimitDef") => {
            "看不懂这个时限，应写成 \"2h\"，或 { until = \"字段\" }、{ after = { field = \"字段\", by = \"2d\" } }、\
             { table = { table = \"表\", key = \"字段\" } }、{ first-known = [ … ] } 等"
                .to_owned()
        }
        (m, _) if m.contains("enum Person") => {
            "看不懂这个人，应写成岗位 \"前台客服\"、几个岗位 [ \"…\" ]，或 { posts = [ \"…\" ], areas = [ … ], skills = [ … ], off = true }"
                .to_owned()
        }
        (m, _) if m.contains("enum Under") => {
            "看不懂下面有什么，应写成件数，如 2，或每件的阶段，如 [ \"已完成\", \"待接单\" ]".to_owned()
        }
        (m, _) if m.contains("enum Written") => {
            "看不懂这一项，应写成项目的名称，如 \"燃气阀?\"，或 { item = \"栏杆\", show = \"条件\" }".to_owned()
        }
        (m, _) if m.contains("enum Compute") => {
            "看不懂这个算法，应写成一个表达式，或 { table = \"表\", key = \"字段\", after = \"日期\" }".to_owned()
        }
        (m, _) if m.starts_with("invalid type") => match m.rsplit_once("expected ") {
            Some((_, wanted)) => format!("这里应写{}", form(wanted)),
            None => UNREADABLE.to_owned(),
        },
        (m, _) if m.starts_with("invalid value") => match m.rsplit_once("expected ") {
            Some((_, wanted)) => format!("这个值不合适，这里应写{}", form(wanted)),
            None => UNREADABLE.to_owned(),
        },
        // The vocabulary's own messages are Chinese already.
        (m, _) if !m.is_ascii() => m.to_owned(),
        _ => UNREADABLE.to_owned(),
    }
}

/// What serde expected, for people who do not program.
fn form(wanted: &str) -> String {
    match wanted {
        "a boolean" => "true 或 false，不加引号".to_owned(),
        "a string" | "string" => "加引号的文字".to_owned(),
        "a sequence" => "方括号里的列表，如 [ \"…\" ]".to_owned(),
        "a map" | "map" => "花括号里的一组，如 { 名 = \"…\" }".to_owned(),
        "f64" => "数字，不加引号".to_owned(),
        _ if wanted.trim_start_matches(['u', 'i']).parse::<u8>().is_ok() => "整数，不加引号".to_owned(),
        _ if wanted.starts_with("struct ") => "花括号里的一组，如 { 名 = \"…\" }".to_owned(),
        _ => "写法说明里的形式，请参照别的文件".to_owned(),
    }
}
