//! Every sentence the compiler says to the person who writes the manual.

use super::Type;
use super::func::Quantifier;
use super::functions::Function;

pub(super) const EMPTY: &str = "这里还没有写内容";
pub(super) const UNREADABLE: &str = "这个式子读不懂，请换一种写法";
pub(super) const TOO_DEEP: &str = "括号套得太多层了，请拆成几条";
pub(super) const MODULO: &str = "不支持取余「%」，整除后取整写成 floor(x / 2)";
pub(super) const NO_MAPS: &str = "不支持用花括号";
pub(super) const NO_INDEX: &str = "方括号只能取表格的某一行，例如 plans[1].price（第一行是 1）";
pub(super) const MONTHS_ALONE: &str =
    "months(…) 和 years(…) 只能加到日期上，或从日期里减去，例如 today + months(3)";
pub(super) const DIGITS: &str = "小数位数要直接写 0 到 6；金额只能取整到元，不写位数";
pub(super) const NO_CALENDARS: &str = "这里不能按日历数工作日（填表时浏览器里没有日历），请用计算字段";
pub(super) const LIST_ALONE: &str = "[…] 只能写在 in 的右边，例如 x in ['甲', '乙']";
pub(super) const TEXT_ORDER: &str = "文字不能比大小，只能用 == 或 != 比较";
pub(super) const NULL_ARITHMETIC: &str = "null 不能参与计算";
pub(super) const NULL_ORDER: &str = "两边都是 null，没有大小可比";
pub(super) const TOO_MUCH_ARITHMETIC: &str = "连乘太多，结果会超出范围，请拆开写";
pub(super) const COLLECTION_ALONE: &str = "这是一组记录，后面要接 .all(…)、.exists(…)、.count(…)、.size()、.sum(…)、.average(…)、.min(…) 或 .max(…)";
pub(super) const ROW_NAME: &str = "第一项要写一个名字来代表每条记录，例如 .all(c, c.closed)";
pub(super) const COLLECTION_ARG: &str = "括号里只能写一段带引号的文字，例如 children('hot-work')";
pub(super) const BYTES: &str = "不支持这种写法，文字请写成 '…'";

/// Name of a type.
pub(super) fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "是否",
        Type::Num => "数字",
        Type::Money => "金额",
        Type::Text => "文字",
        Type::Date => "日期",
        Type::Time => "时间",
        Type::Span => "时长",
        Type::List => "多选或附件",
        Type::Rows => "表格",
    }
}

/// How a constant of a type is written, where people get it wrong.
fn how_to_write(ty: Type) -> &'static str {
    match ty {
        Type::Money => "；金额写成 yuan(5000)",
        Type::Date => "；日期写成 date('2026-01-31')",
        Type::Span => "；时长写成 minutes(30)、hours(2) 或 days(7)",
        Type::Text => "；文字要加引号，写成 '…'",
        _ => "",
    }
}

/// How a constant of one of the two types is written, if that may be what is missing.
fn hint(a: Type, b: Type) -> &'static str {
    let plain = |ty| matches!(ty, Type::Num | Type::Text);
    match (plain(a), plain(b)) {
        (true, false) => how_to_write(b),
        (false, true) => how_to_write(a),
        _ => "",
    }
}

pub(super) fn too_long(max: usize) -> String {
    format!("式子太长了，最多 {max} 个字节，请拆成几条")
}

pub(super) fn reserved(name: &str) -> String {
    format!("「{name}」是保留的词，不能用作名称")
}

pub(super) fn unfinished(bracket: bool) -> String {
    if bracket {
        "式子没有写完，少了右括号「)」".into()
    } else {
        "式子没有写完，后面还缺内容".into()
    }
}

pub(super) fn bad_character(rest: &str) -> String {
    match rest.chars().next() {
        Some('=') => "比较是否相等要写两个等号「==」".into(),
        Some('&') => "「并且」要写成 &&".into(),
        Some('|') => "「或者」要写成 ||".into(),
        Some('\'' | '"') => "引号没有成对，文字要写成 '…'".into(),
        Some('“' | '”' | '‘' | '’') => "请用英文引号，写成 '…'".into(),
        Some(c @ ('（' | '）' | '，' | '！' | '＝' | '＞' | '＜' | '：' | '？' | '。')) => {
            format!("「{c}」是中文标点，请改用英文标点")
        }
        Some(c) if !c.is_ascii() => format!("中文「{c}」只能写在引号里，名称请用字段的英文名"),
        Some(c) => format!("看不懂这里的「{c}」"),
        None => unfinished(false),
    }
}

pub(super) fn bad_literal(rest: &str) -> String {
    format!("「{}」写法不对，或者超出了范围", first_word(rest))
}

pub(super) fn unexpected(rest: &str) -> String {
    match first_word(rest) {
        "and" | "AND" => "「并且」要写成 &&".into(),
        "or" | "OR" => "「或者」要写成 ||".into(),
        "not" | "NOT" => "「不是」要写成 !".into(),
        word => format!("看不懂这里的「{word}」，前面或后面少了内容"),
    }
}

/// The word, number or sign that `rest` begins with.
fn first_word(rest: &str) -> &str {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let end = match rest.find(|c| !word(c)) {
        Some(0) => rest.chars().next().map_or(0, char::len_utf8),
        Some(end) => end,
        None => rest.len(),
    };
    &rest[..end]
}

pub(super) fn unknown_name(name: &str, known: &[String]) -> String {
    format!("没有叫「{name}」的字段{}", did_you_mean(name, known))
}

pub(super) fn bare_collection(name: &str) -> String {
    format!("「{name}」是一组记录，要带括号使用，例如 {name}().exists(c, …)")
}

pub(super) fn unknown_function(name: &str, known: &[String]) -> String {
    format!(
        "没有叫「{name}」的函数{}，可用的有：{}",
        did_you_mean(name, known),
        known.join("、")
    )
}

pub(super) fn unknown_calendar(name: Option<&str>, known: &[String]) -> String {
    let known = known.join("、");
    match name {
        Some(name) => format!("没有叫「{name}」的日历，可用的有：{known}"),
        None => format!(
            "最后一项要直接写日历的名称，如 '{}'，可用的有：{known}",
            known.split('、').next().unwrap_or_default()
        ),
    }
}

pub(super) fn same_row_name(name: &str) -> String {
    format!("这里请和 filter 里用同一个名字「{name}」")
}

pub(super) fn row_arguments(name: &str) -> String {
    let what = match name {
        "sum" | "average" | "min" | "max" => "c.amount",
        _ => "c.closed",
    };
    format!(".{name}() 的括号里应写 2 项：代表每一行的名字，和要看的内容，例如 .{name}(c, {what})")
}

pub(super) fn no_aggregate(want: Quantifier, got: Type) -> String {
    let (verb, of) = match want {
        Quantifier::Sum => ("求和", "数字、金额、时长"),
        Quantifier::Average => ("求平均", "数字、金额、时长"),
        _ => ("比大小", "数字、金额、日期、时间、时长"),
    };
    format!("{}不能{verb}，只有{of}可以", type_name(got))
}

pub(super) fn arguments(function: &Function) -> String {
    format!(
        "{}() 的括号里应写 {} 项：{}",
        function.name,
        function.count(),
        function.signature
    )
}

pub(super) fn unknown_collection(name: &str, arg: Option<&str>) -> String {
    match arg {
        Some(arg) => format!("没有「{name}('{arg}')」这组记录"),
        None => format!("「{name}()」的括号里要写明是哪一种，例如 {name}('…')"),
    }
}

pub(super) fn unknown_choice(choice: &str, known: &[String]) -> String {
    if choice.is_empty() {
        return "空的选项不是 ''，请写成 !has(…)".into();
    }
    let suggestion = did_you_mean(choice, known);
    if suggestion.is_empty() {
        format!("没有「{choice}」这个选项，可选的有：{}", known.join("、"))
    } else {
        format!("没有「{choice}」这个选项{suggestion}")
    }
}

/// A suggestion, when something known is close enough to be meant.
fn did_you_mean(name: &str, known: &[String]) -> String {
    let limit = (name.chars().count() / 3).max(1);
    known
        .iter()
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count())
        .min()
        .map_or_else(String::new, |(_, candidate)| format!("，是不是「{candidate}」？"))
}

pub(super) fn wanted(want: Type, got: Type) -> String {
    let (want_name, got_name) = (type_name(want), type_name(got));
    format!("这里要的是{want_name}，写的却是{got_name}{}", hint(want, got))
}

pub(super) fn cannot_compare(a: Type, b: Type) -> String {
    format!("{}不能和{}比较{}", type_name(a), type_name(b), hint(a, b))
}

pub(super) fn no_order(ty: Type) -> String {
    format!("{}不能比大小", type_name(ty))
}

pub(super) fn no_equality(ty: Type) -> String {
    match ty {
        Type::List => "多选或附件不能直接比较，请用 'x' in 字段、size(字段) 或 has(字段)".into(),
        _ => format!("{}不能直接比较，请用 size(字段) 或 has(字段)", type_name(ty)),
    }
}

pub(super) fn cannot_calculate(sign: char, a: Type, b: Type) -> String {
    let verb = match sign {
        '+' => "相加",
        '-' => "相减",
        '/' => "相除",
        _ => "相乘",
    };
    format!("{}和{}不能{verb}{}", type_name(a), type_name(b), hint(a, b))
}

pub(super) fn cannot_negate(ty: Type) -> String {
    format!("{}前面不能加负号", type_name(ty))
}

pub(super) fn branches_differ(a: Type, b: Type) -> String {
    format!(
        "「? :」两边要是同一种内容，一边是{}，另一边是{}{}",
        type_name(a),
        type_name(b),
        hint(a, b)
    )
}

pub(super) fn no_size(ty: Type) -> String {
    format!(
        "{}没有大小，size() 只能用于文字、多选、附件、表格和一组记录",
        type_name(ty)
    )
}

pub(super) fn not_a_list(ty: Type) -> String {
    format!("in 的右边要写 [ … ] 或多选、附件字段，写的却是{}", type_name(ty))
}

pub(super) fn not_a_checklist(name: &str) -> String {
    format!("{name}() 里要写一个检查单字段（有 items 的表格），例如 {name}(checks)")
}

pub(super) fn literal_wanted(name: &str) -> String {
    match name {
        "yuan" => "yuan() 里要写数字，最多两位小数，例如 yuan(5000) 或 yuan(数字字段)".into(),
        "date" => "date() 里要写一个存在的日期，例如 date('2026-01-31')，或一个时间，例如 date(now)".into(),
        _ => format!("{name}() 里要写一个数字，例如 {name}(2) 或 {name}(数字字段)"),
    }
}

pub(super) fn number_range(ty: Type) -> String {
    format!("这个{}超出了范围", type_name(ty))
}

pub(super) fn row_itself(name: &str) -> String {
    format!("「{name}」代表一条记录，要写明是哪个字段，例如 {name}.字段名")
}

pub(super) fn shadowed(name: &str) -> String {
    format!("「{name}」已经用过了，请换一个名字")
}

pub(super) fn not_a_collection(name: &str) -> String {
    format!(".{name}() 只能接在表格或一组记录后面，例如 items.{name}(…) 或 children('hot-work').{name}(…)")
}
