//! Files that people wrote or that came from elsewhere, damaged in every way: they are read or refused, and nothing
//! panics, hangs or is half done. proptest makes the damage and shortens what fails.

use crate::support::TestDb;
use engine::expr::{Expr, Schema, Type};
use engine::load::Manual;
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan::app::{self, App};
use yizhan::clock::{Clock, Ids};
use yizhan::exchange::{self, What};
use yizhan::{manual, messages};

/// One stroke of damage: where (in thousandths), how many bytes go, what comes in their place.
type Stroke = (u16, usize, Vec<u8>);

fn strokes() -> impl Strategy<Value = Vec<Stroke>> {
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..12),
        "[\\[\\]{}\"'=.,()&|!<>0-9a-z\\n灯]{0,12}".prop_map(String::into_bytes),
        Just(b"\"\"\"".to_vec()),
        Just("(".repeat(300).into_bytes()),
        Just(b"9".repeat(40)),
    ];
    proptest::collection::vec((0..1000u16, 0..20usize, bytes), 1..4)
}

fn damaged(whole: &[u8], strokes: &[Stroke]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for (place, gone, come) in strokes {
        let from = bytes.len() * usize::from(*place) / 1000;
        let to = (from + gone).min(bytes.len());
        bytes.splice(from..to, come.iter().copied());
    }
    bytes
}

fn settings(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 50,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(settings(150))]

    #[test]
    fn a_damaged_manual_is_read_or_refused(which in any::<prop::sample::Index>(), strokes in strokes()) {
        let whole = manual::read_folder(Path::new("tests/measure/manual")).expect("manual");
        let names: Vec<&String> = whole.keys().collect();
        let name = (*which.get(&names)).clone();
        let mut files: BTreeMap<String, String> = whole.clone();
        let text = String::from_utf8_lossy(&damaged(whole[&name].as_bytes(), &strokes)).into_owned();
        files.insert(name, text);
        if let Err(problems) = Manual::from_files(files) {
            prop_assert!(!problems.is_empty(), "refused without a reason");
        }
    }
}

/// Knows a few names of every type.
struct Names;

impl Schema for Names {
    fn var(&self, path: &str) -> Option<Type> {
        match path {
            "a" => Some(Type::Num),
            "b" => Some(Type::Bool),
            "t" => Some(Type::Text),
            _ => None,
        }
    }

    fn collection(&self, name: &str, _: Option<&str>) -> Option<&dyn Schema> {
        (name == "children").then_some(self)
    }

    fn names(&self) -> Vec<String> {
        ["a", "b", "t", "children"].map(str::to_owned).to_vec()
    }
}

fn compiles(text: &str) -> Result<(), TestCaseError> {
    if let Err(problems) = Expr::compile(text, &Names, Type::Bool) {
        prop_assert!(!problems.is_empty());
        for problem in problems {
            prop_assert!(problem.offset <= text.len(), "{problem:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(settings(2000))]

    #[test]
    fn any_text_is_an_expression_or_refused(text in any::<String>()) {
        compiles(&text)?;
    }

    #[test]
    fn any_words_of_the_language_are_an_expression_or_refused(words in proptest::collection::vec(
        prop_oneof![
            Just("a"), Just("b"), Just("t"), Just("children('x')"), Just("children"), Just("."), Just("("), Just(")"),
            Just("["), Just("]"), Just("{"), Just("}"), Just("&&"), Just("||"), Just("!"), Just("-"), Just("=="),
            Just("<"), Just("+"), Just("?"), Just(":"), Just(","), Just("'"), Just("\""), Just("in"), Just("true"),
            Just("null"), Just("9223372036854775808"), Just("1e999"), Just("exists"), Just("all"), Just("size"),
            Just("x, x.b"), Just("灯"), Just("\\"), Just("r'"), Just("b'"), Just("\n"),
        ],
        0..40,
    )) {
        compiles(&words.join(" "))?;
        compiles(&words.concat())?;
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        ("b?", ":b"),
        ("children('x').all(x,", ")"),
        ("{'a':", "}"),
    ] {
        for depth in [10, 63, 64, 65, 100, 500, 1900, 100_000] {
            let text = format!("{}b{}", open.repeat(depth), close.repeat(depth));
            let half = format!("{}b", open.repeat(depth));
            for text in [text, half] {
                let _ = Expr::compile(&text, &Names, Type::Bool);
            }
        }
    }
    for link in ["b && ", "b || ", "a + ", "b ? b : ", "t.", "t[0]"] {
        let _ = Expr::compile(&link.repeat(3999 / link.len()), &Names, Type::Bool);
    }
}

async fn open(db: &TestDb, files: &Path) -> App {
    let config = app::Config {
        database: db.url().to_owned(),
        files: files.to_owned(),
        ..app::Config::default()
    };
    let clock = Clock::virtual_at(crate::support::server::START);
    yizhan::app::open(config, clock, Ids::system())
        .await
        .expect("open")
}

/// Runs a property whose body waits.
fn property<S: Strategy>(cases: u32, strategy: S, each: impl AsyncFn(S::Value)) {
    let runtime = tokio::runtime::Handle::current();
    let mut runner = proptest::test_runner::TestRunner::new(settings(cases));
    let ran = runner.run(&strategy, |value| {
        tokio::task::block_in_place(|| runtime.block_on(each(value)));
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_workbook_is_read_or_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let db = TestDb::sqlite().await;
    let app = open(&db, folder.path()).await;
    for what in [What::Homes, What::Customers, What::Staff] {
        let whole = exchange::template(what).expect("template");
        property(60, strokes(), async |strokes| {
            let report = exchange::import(&app, what, damaged(&whole, &strokes), false).await;
            if let Err(problem) = report {
                assert!(problem.code.pair().1.as_u16() < 500, "{problem:?}");
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_table_is_read_or_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let db = TestDb::sqlite().await;
    let app = open(&db, folder.path()).await;
    let whole = "留言编号,留言时间,留言详情,答复时间,答复内容\n\
                 1,2019-01-02 08:00:00,请问怎么缴费,2019-01-03 08:00:00,请到服务中心\n\
                 2,2019-02-02 08:00:00,\"楼道灯,坏了\",,\n";
    property(60, strokes(), async |strokes| {
        let table = damaged(whole.as_bytes(), &strokes);
        // Refused or imported; rows that cannot be read are named.
        let _ = messages::import(&app, table.as_slice(), messages::SITE).await;
    });
}
