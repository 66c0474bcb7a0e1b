//! Every function of the language, as data: what the compiler knows, what it answers to a wrong name, and what
//! authors read in `docs/manual/reference.md` come from this one table, which is why it is long.

use serde::Serialize;

/// A function of the language, described for authors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Function {
    /// Name.
    pub name: &'static str,
    /// Stands behind a dot, as in `rows.sum(…)`.
    pub method: bool,
    /// What it is called, in Chinese.
    pub title: &'static str,
    /// How it is written.
    pub signature: &'static str,
    /// What it gives, in Chinese.
    pub about: &'static str,
    /// An expression that holds it.
    pub example: &'static str,
    /// Fewest and most operands.
    #[serde(skip)]
    takes: (usize, usize),
}

impl Function {
    /// Whether it takes so many operands.
    pub(super) fn takes(&self, count: usize) -> bool {
        (self.takes.0..=self.takes.1).contains(&count)
    }

    /// How many operands it takes, in words.
    pub(super) fn count(&self) -> String {
        match self.takes {
            (fewest, most) if fewest == most => most.to_string(),
            (fewest, most) => format!("{fewest} 到 {most}"),
        }
    }
}

/// All functions, in the order in which authors read of them.
pub fn functions() -> &'static [Function] {
    &FUNCTIONS
}

const fn plain(
    name: &'static str,
    takes: (usize, usize),
    [title, signature, about, example]: [&'static str; 4],
) -> Function {
    let method = false;
    Function {
        name,
        method,
        title,
        signature,
        about,
        example,
        takes,
    }
}

const fn method(name: &'static str, takes: (usize, usize), words: [&'static str; 4]) -> Function {
    Function {
        method: true,
        ..plain(name, takes, words)
    }
}

static FUNCTIONS: [Function; 35] = [
    plain(
        "has",
        (1, 1),
        [
            "填了没有",
            "has(内容)",
            "填了、不为空时为真；空文字、没有一项的多选、附件、表格都算没填。",
            "has(reason)",
        ],
    ),
    plain(
        "size",
        (1, 1),
        [
            "几个",
            "size(内容)",
            "文字的字数，多选、附件的个数，表格、一组记录的行数；没填是 0。",
            "size(photos) >= 2",
        ],
    ),
    plain(
        "yuan",
        (1, 1),
        [
            "金额",
            "yuan(数字)",
            "把数字当作元，成为金额；直接写的数最多两位小数，算出来的四舍五入到分。",
            "cost > yuan(5000)",
        ],
    ),
    plain(
        "minutes",
        (1, 1),
        [
            "几分钟",
            "minutes(数字)",
            "时长：几分钟。",
            "now - met_at > minutes(30)",
        ],
    ),
    plain(
        "hours",
        (1, 1),
        [
            "几小时",
            "hours(数字)",
            "时长：几小时。",
            "now - met_at > hours(2)",
        ],
    ),
    plain(
        "days",
        (1, 1),
        [
            "几天",
            "days(数字)",
            "时长：几天，可以加到日期、时间上。",
            "visit_date + days(7)",
        ],
    ),
    plain(
        "months",
        (1, 1),
        [
            "几个月",
            "日期 + months(数字)",
            "只能加到日期上或从日期减去；那个月没有这一天就取月末。",
            "visit_date + months(3)",
        ],
    ),
    plain(
        "years",
        (1, 1),
        [
            "几年",
            "日期 + years(数字)",
            "只能加到日期上或从日期减去；平年没有 2 月 29 日就取 28 日。",
            "visit_date - years(1)",
        ],
    ),
    plain(
        "date",
        (1, 1),
        [
            "日期",
            "date('2026-01-31') 或 date(时间)",
            "写一个日期，或取一个时间的当地日期。",
            "date(case.opened_at) == visit_date",
        ],
    ),
    plain(
        "time",
        (1, 1),
        [
            "一天的开始",
            "time(日期)",
            "那一天当地零点的时间。",
            "time(visit_date) + hours(9)",
        ],
    ),
    plain(
        "year",
        (1, 1),
        [
            "年",
            "year(日期)",
            "日期（或时间）的年份。",
            "year(visit_date) == 2026",
        ],
    ),
    plain(
        "month",
        (1, 1),
        [
            "月",
            "month(日期)",
            "日期（或时间）的月份，1 到 12。",
            "month(visit_date) in [7, 8]",
        ],
    ),
    plain(
        "day",
        (1, 1),
        [
            "日",
            "day(日期)",
            "日期（或时间）是几号，1 到 31。",
            "day(visit_date) == 1",
        ],
    ),
    plain(
        "weekday",
        (1, 1),
        [
            "星期几",
            "weekday(日期)",
            "星期一是 1，星期日是 7。",
            "weekday(visit_date) <= 5",
        ],
    ),
    plain(
        "hour",
        (1, 1),
        [
            "几点",
            "hour(时间)",
            "时间的当地钟点，0 到 23。",
            "hour(now) < 18",
        ],
    ),
    plain(
        "workdays",
        (3, 3),
        [
            "第几个工作日",
            "workdays(日期, 数字, '日历')",
            "从那天起往后第几个工作日（当天不算）；负数往前数，0 是当天。",
            "visit_date >= workdays(case.opened_at, 3, 'office')",
        ],
    ),
    plain(
        "workdays_between",
        (3, 3),
        [
            "相隔几个工作日",
            "workdays_between(日期, 日期, '日历')",
            "第一天之后、到第二天为止有几个工作日；第二天在前时是负数。",
            "workdays_between(now, visit_date, 'office') >= 3",
        ],
    ),
    plain(
        "round",
        (1, 2),
        [
            "四舍五入",
            "round(数字) 或 round(数字, 位数)",
            "四舍五入到整数或几位小数（最多 6 位）；金额取整到元。",
            "round(score, 1)",
        ],
    ),
    plain(
        "floor",
        (1, 2),
        [
            "向下取整",
            "floor(数字) 或 floor(数字, 位数)",
            "舍去零头；金额取整到元。",
            "floor(score)",
        ],
    ),
    plain(
        "ceil",
        (1, 2),
        [
            "向上取整",
            "ceil(数字) 或 ceil(数字, 位数)",
            "有零头就进一；金额取整到元。",
            "ceil(score)",
        ],
    ),
    plain(
        "min",
        (2, 2),
        [
            "较小的",
            "min(甲, 乙)",
            "两个里较小（较早）的；有一个没填就没有结果。",
            "min(cost, yuan(1000))",
        ],
    ),
    plain(
        "max",
        (2, 2),
        [
            "较大的",
            "max(甲, 乙)",
            "两个里较大（较晚）的；有一个没填就没有结果。",
            "max(visit_date, date(now))",
        ],
    ),
    plain(
        "missing",
        (1, 1),
        [
            "还差几项",
            "missing(检查单)",
            "检查单里必填而没有填结果的有几项；没有要看的是 0。",
            "missing(checks) == 0",
        ],
    ),
    plain(
        "complete",
        (1, 1),
        [
            "填全了",
            "complete(检查单)",
            "检查单里必填的每一项都有了结果；没有要看的也算填全。",
            "complete(checks)",
        ],
    ),
    plain(
        "failed",
        (1, 1),
        [
            "几项不合格",
            "failed(检查单)",
            "检查单里结果算不合格的有几项。",
            "failed(checks) > 0",
        ],
    ),
    method(
        "contains",
        (1, 1),
        [
            "含有",
            "文字.contains('…')",
            "文字里有这几个字；多选里有这一项。",
            "reason.contains('漏水')",
        ],
    ),
    method(
        "size",
        (0, 0),
        ["几个", "内容.size()", "同 size(内容)。", "items.size() > 0"],
    ),
    method(
        "all",
        (2, 2),
        [
            "每一行都",
            "表格或一组记录.all(i, 条件)",
            "每一行都符合时为真；一行也没有也为真。",
            "items.all(i, i.price > yuan(0))",
        ],
    ),
    method(
        "exists",
        (2, 2),
        [
            "有一行",
            "表格或一组记录.exists(i, 条件)",
            "有一行符合时为真。",
            "items.exists(i, i.price > yuan(100))",
        ],
    ),
    method(
        "count",
        (0, 2),
        [
            "几行",
            "表格或一组记录.count(i, 条件)",
            "有几行符合；不写条件就数全部。",
            "items.count(i, has(i.price)) >= 1",
        ],
    ),
    method(
        "filter",
        (2, 2),
        [
            "只看",
            "表格或一组记录.filter(i, 条件)",
            "只看符合的行，后面再接别的；两处用同一个名字。",
            "items.filter(i, i.quantity > 1).sum(i, i.price) > yuan(10)",
        ],
    ),
    method(
        "sum",
        (2, 2),
        [
            "合计",
            "表格或一组记录.sum(i, 内容)",
            "各行相加，没填的不算；一行也没有是 0。",
            "items.sum(i, i.price * i.quantity)",
        ],
    ),
    method(
        "average",
        (2, 2),
        [
            "平均",
            "表格或一组记录.average(i, 内容)",
            "填了的各行的平均；都没填就没有结果。",
            "items.average(i, i.quantity) > 2",
        ],
    ),
    method(
        "min",
        (2, 2),
        [
            "最小",
            "表格或一组记录.min(i, 内容)",
            "填了的各行里最小（最早）的。",
            "items.min(i, i.price) > yuan(1)",
        ],
    ),
    method(
        "max",
        (2, 2),
        [
            "最大",
            "表格或一组记录.max(i, 内容)",
            "填了的各行里最大（最晚）的。",
            "items.max(i, i.price) < yuan(1000)",
        ],
    ),
];
