//! What the compiler refuses, where it points, and what it says.

use yizhan_engine::expr::{Expr, Type};

use super::world::MATTERS;

/// Text with `^` before the place that is meant, and a part of the sentence.
const REFUSED: &[(&str, &str)] = &[
    ("^", "还没有写"),
    ("^  ", "还没有写"),
    ("^vaild == '有效'", "是不是「valid」"),
    ("case.closed && ^case.stge == 'x'", "是不是「case.stage」"),
    ("^nothing_like_it", "没有叫「nothing_like_it」的字段"),
    ("valid == ^'有郊'", "是不是「有效」"),
    ("^'别的' == valid", "可选的有：有效、无效"),
    ("valid in ['有效', ^'无']", "没有「无」"),
    ("valid == ^''", "!has"),
    ("case.stage ^< 'b'", "文字不能比大小"),
    ("case.amount ^> 5000", "yuan(5000)"),
    ("visit_date ^>= '2026-01-01'", "date('2026-01-31')"),
    ("case.wait ^> 30", "minutes(30)"),
    ("case.amount ^+ 5 > yuan(1)", "金额和数字不能相加"),
    ("case.amount ^* case.amount > yuan(1)", "不能相乘"),
    ("reason ^+ reason == ''", "文字和文字不能相加"),
    ("urgent ^< true", "是否不能比大小"),
    ("score ^% 2 == 1", "floor"),
    ("score ^/ cost > 1.0", "不能相除"),
    ("visit_date ^+ 3 > today_is", "^"),
    ("visit_date == ^months(3)", "加到日期上"),
    (
        "workdays(visit_date, 3, ^'ofice') == visit_date",
        "可用的有：office、around",
    ),
    ("workdays(visit_date, 3, ^reason) == visit_date", "'office'"),
    (
        "children('patrol').all(c, c.fee > yuan(1)) && items.exists(i, ^i.prise > yuan(1))",
        "是不是「price」",
    ),
    ("items.sum(i, ^i.what) > 1", "文字不能求和"),
    ("missing(^items) > 1", "要写一个检查单字段"),
    ("complete(^score)", "要写一个检查单字段"),
    ("items.^sum(i) > yuan(1)", "应写 2 项"),
    (
        "items.filter(i, i.ok).sum(^j, j.price) > yuan(1)",
        "同一个名字「i」",
    ),
    ("photos.^sum(i, i) > 1", "表格"),
    ("items[^reason].price > yuan(1)", "写的却是文字"),
    ("items[1]^.prise > yuan(1)", "是不是「price」"),
    ("round(^cost, 2) > yuan(1)", "取整到元"),
    ("^weekday() == 1", "weekday(日期)"),
    ("min(^reason, reason) == reason", "文字不能比大小"),
    ("^summ(score) > 1", "可用的有：has、size"),
    ("null ^+ 1 > 2", "null 不能参与计算"),
    ("null ^< null", "null"),
    ("photos ^== null", "size(字段)"),
    ("items ^== items", "表格不能直接比较"),
    ("^photos", "不能直接比较"),
    ("^score", "这里要的是是否，写的却是数字"),
    ("^score && urgent", "写的却是数字"),
    ("!^score", "写的却是数字"),
    ("urgent ? ^score : 1", "^"),
    ("urgent ^? score : cost", "同一种内容"),
    ("size(^score) > 1", "数字没有大小"),
    ("^sizee(reason) > 1", "是不是「size」"),
    ("^childen('patrol').all(c, c.closed)", "是不是「children」"),
    ("reason.^contain('x')", "是不是「contains」"),
    ("reason.^contains() ", "应写 1 项"),
    ("^has()", "应写 1 项"),
    ("cost > yuan(^1.234)", "两位小数"),
    ("cost > yuan(^cost)", "yuan(5000)"),
    ("cost > yuan(^1e20)", "超出了范围"),
    ("visit_date > date(^'2026-02-30')", "存在的日期"),
    ("case.wait > days(^'7')", "days(2)"),
    ("score > ^1e999", "超出"),
    ("score > ^99999999999999999999", "写法不对"),
    (
        "score ^* score * score * score * score * score * score * score * score * score * score * score * score > 1.0",
        "^",
    ),
    ("^children", "要带括号"),
    ("^children('patrol')", ".all(…)"),
    ("^children()", ".all(…)"),
    (
        "^children('patroll').exists(c, c.closed)",
        "没有「children('patroll')」",
    ),
    ("^children().exists(c, c.closed)", "要写明是哪一种"),
    ("children(^reason).exists(c, c.closed)", "带引号"),
    ("children('patrol').all(c, ^c.close)", "是不是「closed」"),
    ("children('patrol').all(c, ^c)", "c.字段名"),
    ("children('patrol').all(c, ^c.fee)", "写的却是金额"),
    ("children('patrol').all(^1, true)", "一个名字"),
    ("children('patrol').all(^score, true)", "已经用过"),
    ("children('patrol').all(c, c.steps().all(^c, c.done))", "已经用过"),
    ("children('patrol').^all(c)", "应写 2 项"),
    ("reason.^all(c, true)", "一组记录"),
    ("c.closed && children('patrol').all(c, c.closed)", "^"),
    ("'x' in ^reason", "多选"),
    ("^['a'] == 'a'", "in 的右边"),
    ("score in [1, ^'a']", "不能和文字比较"),
    ("photos^[0] == 'a'", "方括号"),
    ("^{'a': 1} == null", "花括号"),
    ("score > ^5u", "写法"),
    ("valid ^= '有效'", "两个等号"),
    ("valid == ^“有效”", "英文引号"),
    ("^是否有效 == '有效'", "引号里"),
    ("reason == '中文' && ^vaild == '有效'", "是不是「valid」"),
    ("reason.contains('x')^.size > 1", "看不懂"),
    ("urgent ^and case.closed", "&&"),
    ("urgent && (case.closed^", "右括号"),
    ("urgent && ^", "没有写完"),
    ("reason == ^'x", "引号没有成对"),
    ("urgent ^)", "看不懂"),
    ("^package == 'x'", "保留"),
    ("urgent^，", "中文标点"),
    ("'中文' == reason &&\n  ^甲", "引号里"),
];

#[test]
fn refusals_point_and_explain() {
    for (marked, part) in REFUSED {
        let text = marked.replacen('^', "", 1);
        let at = marked.find('^');
        let problems = Expr::compile(&text, &MATTERS, Type::Bool).expect_err(&text);
        if *part != "^" {
            assert_eq!(Some(problems[0].offset), at, "{marked}: {problems:?}");
            assert!(problems[0].sentence.contains(part), "{marked}: {problems:?}");
        }
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let problems = Expr::compile("vaild == 'x' && score > yuan(1)", &MATTERS, Type::Bool).unwrap_err();
    assert_eq!(problems.iter().map(|p| p.offset).collect::<Vec<_>>(), [0, 22]);
}

#[test]
fn depth_and_length_are_bounded() {
    for (open, close) in [
        ("(", ")"),
        ("!", ""),
        ("-", ""),
        ("[", "]"),
        ("has(", ")"),
        ("urgent ? 1 : (", ")"),
    ] {
        let text = format!("{}urgent{}", open.repeat(280), close.repeat(280));
        assert!(Expr::compile(&text, &MATTERS, Type::Num).is_err(), "{open}");
    }
    let long = format!("score{} > 1.0", " + score".repeat(480));
    assert!(Expr::compile(&long, &MATTERS, Type::Bool).is_err());
    assert!(Expr::compile(&" ".repeat(5000), &MATTERS, Type::Bool).is_err());
    let chain = vec!["urgent"; 200].join(" && ");
    assert!(Expr::compile(&chain, &MATTERS, Type::Bool).is_ok());
}

#[test]
fn names_and_collections_are_listed() {
    let text =
        "case.amount > cost && children('patrol').exists(c, c.closed && urgent) && size(followups()) > 0";
    let expr = Expr::compile(text, &MATTERS, Type::Bool).unwrap();
    assert_eq!(
        expr.names().into_iter().collect::<Vec<_>>(),
        ["case.amount", "cost", "urgent"]
    );
    let found: Vec<_> = expr.collections().into_iter().collect();
    assert_eq!(
        found,
        [
            ("children".into(), Some("patrol".into())),
            ("followups".into(), None)
        ]
    );
}

#[test]
fn every_function_is_shown_by_an_example_that_compiles() {
    for function in yizhan_engine::expr::functions() {
        let types = [
            Type::Bool,
            Type::Num,
            Type::Money,
            Type::Date,
            Type::Time,
            Type::Span,
        ];
        let fits = |ty| Expr::compile(function.example, &MATTERS, ty).is_ok();
        let call = format!("{}(", function.name);
        assert!(function.example.contains(&call), "{function:?}");
        assert!(types.into_iter().any(fits), "{function:?}");
    }
}
