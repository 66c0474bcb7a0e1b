//! Random expressions over random, often broken, data: every interpreter gives the same.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use yizhan_engine::expr::{Expr, Type};

use super::data::matters;
use super::database::{databases, runtime};
use super::grammar::Dice;
use super::world::{MATTERS, Record};

fn shown(expr: &Expr, matter: &Json) -> Json {
    // Adding zero turns a negative zero, which is equal but shown differently, into zero.
    match expr.eval(&Record(matter)) {
        yizhan_engine::expr::Value::Num(x) => json!(x + 0.0),
        value => json!(value),
    }
}

/// How many expressions; more on demand.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(400)
}

#[test]
fn memory_and_sql_agree() {
    let runtime = runtime();
    let matters = matters();
    let mut databases = runtime.block_on(async {
        let mut databases = databases().await;
        for database in &mut databases {
            for (id, matter) in matters.iter().enumerate() {
                database.store(id as i64, matter).await;
            }
        }
        databases
    });
    let mut config = ProptestConfig::with_cases(cases());
    config.failure_persistence = None;
    let types = [
        Type::Bool,
        Type::Bool,
        Type::Bool,
        Type::Num,
        Type::Money,
        Type::Time,
        Type::Span,
    ];
    let bytes = prop::collection::vec(any::<u8>(), 0..250);
    let databases = std::cell::RefCell::new(&mut databases);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&(bytes, 0..types.len()), |(bytes, at)| {
        let text = Dice(bytes.iter()).expr(types[at], 5, &[("", &MATTERS)]);
        let expr = match Expr::compile(&text, &MATTERS, types[at]) {
            Ok(expr) => expr,
            Err(problems) => {
                // Only what is refused for its size may be; the generator knows types.
                let size = ["连乘", "太长", "选项"];
                let sized = problems
                    .iter()
                    .all(|p| size.iter().any(|word| p.sentence.contains(word)));
                prop_assert!(sized, "{text}: {problems:?}");
                return Err(TestCaseError::reject("too large"));
            }
        };
        prop_assert_eq!(expr.beyond_sql(), None, "{}", text);
        for database in databases.borrow_mut().iter_mut() {
            let answers = runtime
                .block_on(database.ask(&expr))
                .map_err(|error| TestCaseError::fail(format!("{:?}: {text}: {error}", database.dialect())))?;
            for ((_, value, found), matter) in answers.iter().zip(&matters) {
                let value = match value {
                    yizhan_engine::expr::Value::Num(x) => json!(x + 0.0),
                    value => json!(value),
                };
                prop_assert_eq!(
                    &value,
                    &shown(&expr, matter),
                    "{:?}: {} with {}",
                    database.dialect(),
                    text,
                    matter
                );
                if types[at] == Type::Bool {
                    prop_assert_eq!(
                        *found,
                        expr.test(&Record(matter)),
                        "filter: {} with {}",
                        text,
                        matter
                    );
                }
            }
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    /// Nothing that is typed makes the compiler panic, and every complaint points into the text.
    #[test]
    fn any_text_is_answered(text in ".{0,60}", want in 0..2) {
        answered(&text, want)?;
    }

    /// The same with the words and signs of the language in any order.
    #[test]
    fn any_words_are_answered(words in prop::collection::vec(prop::sample::select(WORDS), 0..14), want in 0..2) {
        answered(&words.join(" "), want)?;
    }
}

const WORDS: &[&str] = &[
    "case.stage",
    "score",
    "cost",
    "photos",
    "items",
    "children",
    "followups",
    "('hot-work')",
    "()",
    ".all",
    ".count",
    ".filter",
    "(c,",
    ")",
    "(",
    "c.closed",
    "c",
    "size(",
    "has(",
    "yuan(",
    "date(",
    "months(",
    "weekday(",
    "workdays(",
    "round(",
    "min(",
    ".sum",
    ".average(i, i.price)",
    "items[1].price",
    "%",
    "days(",
    "1",
    "2.5",
    "'有效'",
    "'",
    "null",
    "true",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "?",
    ":",
    "in",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "中",
    "1e999",
    "5u",
    "b'x'",
    "\\",
    "\n",
];

fn answered(text: &str, want: i32) -> Result<(), TestCaseError> {
    let want = if want == 0 { Type::Bool } else { Type::Num };
    if let Err(problems) = Expr::compile(text, &MATTERS, want) {
        prop_assert!(!problems.is_empty());
        for problem in problems {
            prop_assert!(
                problem.offset <= text.len() && !problem.sentence.is_empty(),
                "{problem:?}"
            );
        }
    }
    Ok(())
}
