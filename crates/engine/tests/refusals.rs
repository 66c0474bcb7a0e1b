//! What a wrong manual is told: every case of `manuals/wrong.toml`, and that nothing makes loading panic.

use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use yizhan_engine::load::{
    CoverageRow, Manual, Means, Proof, Served, coverage, flow, json_schemas, limit_title, step_title,
};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Wrong>,
}

#[derive(Deserialize)]
struct Wrong {
    name: String,
    file: String,
    from: Option<String>,
    to: String,
    says: Vec<String>,
}

fn folder(path: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), "", &mut files);
    files
}

fn read(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, std::fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
}

fn right() -> BTreeMap<String, String> {
    folder("tests/manuals/right")
}

fn said(files: BTreeMap<String, String>) -> Vec<String> {
    let problems = Manual::from_files(files).map_or_else(|problems| problems, |manual| manual.warnings);
    problems
        .iter()
        .map(|p| p.to_string().replacen("manual/", "", 1))
        .collect()
}

#[test]
fn the_right_manual_is_not_complained_about() {
    assert_eq!(said(right()), Vec::<String>::new());
}

#[test]
fn each_wrong_manual_is_told_what_to_do() {
    let text = include_str!("manuals/wrong.toml");
    let cases: Cases = toml::from_str(text).expect("the table of cases is right");
    assert!(cases.case.len() >= 100);
    let mut failed = Vec::new();
    for case in cases.case {
        let mut files = right();
        match &case.from {
            Some(from) => {
                let text = files.get_mut(&case.file).expect("the file is there");
                assert!(text.contains(from), "{}: nothing to change", case.name);
                *text = text.replace(from, &case.to);
            }
            None => {
                files.insert(case.file.clone(), case.to.clone());
            }
        }
        let said = said(files);
        if said != case.says {
            failed.push(format!("{}:\n  {}", case.name, said.join("\n  ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_warning_in_a_story_keeps_nothing_from_running() {
    let mut files = right();
    let story = "[[example]]\ntitle = \"回访\"\nproves = [\"CARE-2/a\"]\nsteps = [{ at = \"+1h\" }]\n";
    files.insert("care/examples/visit.toml".to_owned(), story.to_owned());
    let manual = Manual::from_files(files).expect("a warning is no error");
    assert_eq!(manual.warnings.len(), 1, "{:?}", manual.warnings);
    let titles = manual.examples.iter().flat_map(|source| source.file.examples());
    assert!(
        titles.into_iter().any(|story| story.title == "回访"),
        "the story is there to be run"
    );
}

#[test]
fn the_column_of_an_expression_points_into_it() {
    let mut files = right();
    let text = files
        .get_mut("care/kinds/complaint.toml")
        .expect("the file is there");
    *text = text.replace("cost == null || cost <", "cost == null || kost <");
    let problems = Manual::from_files(files).expect_err("kost is no field");
    let line = "when = \"cost == null || kost";
    assert_eq!(problems[0].column, line.find("kost").expect("it is there") + 1);
}

#[test]
fn the_hash_names_the_files() {
    let hash = |files| Manual::from_files(files).expect("it loads").hash;
    let mut changed = right();
    changed
        .get_mut("posts.toml")
        .expect("the file is there")
        .push('\n');
    let mut beside = right();
    beside.insert("README.md".to_owned(), "not a definition".to_owned());
    assert_eq!(hash(right()), hash(beside));
    assert_ne!(hash(right()), hash(changed));
    assert_eq!(hash(right()).len(), 64);
}

#[test]
fn the_handbook_speaks() {
    let manual = Manual::from_files(right()).expect("it loads");
    let rules = manual.kind("complaint").expect("it is there");
    let title = |clock| limit_title(&manual, rules, rules.clock(clock).expect("it is there"));
    assert_eq!(title("response"), "2小时（全天候）");
    assert_eq!(
        title("repair"),
        "到“希望日期”；未定则按“维修时限”，由“部位”决定（全天候）"
    );
    let steps = &rules.clock("response").expect("it is there").steps;
    assert_eq!(
        step_title(&manual, rules, &steps[0]),
        "到期前30分钟：通知首问责任人"
    );
    assert_eq!(step_title(&manual, rules, &steps[1]), "到期时：通知经理，升为1级");
    let chart = flow(&manual, rules);
    assert_eq!(chart.nodes.len(), 4);
    let ways: Vec<String> = chart
        .edges
        .iter()
        .map(|e| format!("{} {} {}（{}）", e.from, e.title, e.to, e.by.join("、")))
        .collect();
    assert_eq!(
        ways,
        [
            "new 受理 handling（前台）",
            "handling 申请费用 approval（处理人）",
            "approval 批准 handling（系统）",
            "approval 驳回 handling（系统）",
            "handling 办结 closed（处理人）",
        ]
    );
    assert_eq!(json_schemas().len(), 15);
}

#[test]
fn a_demand_is_proven_by_what_enters_where_it_must_hold() {
    let manual = Manual::from_files(right()).expect("it loads");
    let proof = |demand: &str, interface, passed| Proof {
        demand: demand.to_owned(),
        proof: format!("{demand} {interface:?}"),
        interface,
        passed,
    };
    let beside = [(
        "CARE-1".to_owned(),
        Served {
            file: "—".to_owned(),
            title: "登记簿".to_owned(),
        },
    )];
    let of = |proofs: &[Proof]| coverage(&manual, &beside, proofs);
    let proven = |proofs: &[Proof]| (of(proofs).total.rows_proven, of(proofs).total.demands_proven);

    let before = of(&[]);
    let served = |row: &CoverageRow| row.demands.first().map_or(0, |d| d.served_by.len());
    let rows: Vec<(&str, usize, usize)> = before
        .rows
        .iter()
        .map(|r| (r.id.as_str(), r.demands.len(), served(r)))
        .collect();
    assert_eq!(rows, [("CARE-1", 2, 4), ("CARE-2", 1, 1), ("INTAKE-2", 0, 0)]);
    assert_eq!(
        (
            before.manuals.rows_total,
            before.practice.rows_total,
            before.total.demands_total
        ),
        (2, 1, 3)
    );

    let rule = proof("CARE-1/a", Means::Example, true);
    assert_eq!(proven(std::slice::from_ref(&rule)), (0, 1));
    assert_eq!(
        proven(&[rule.clone(), proof("CARE-1/b", Means::Program, true)]),
        (0, 1),
        "HTTP shows no screen"
    );
    assert_eq!(
        proven(&[rule.clone(), proof("CARE-1/b", Means::Browser, false)]),
        (0, 1),
        "it failed"
    );
    assert_eq!(proven(&[rule, proof("CARE-1/b", Means::Browser, true)]), (1, 2));
    assert_eq!(
        proven(&[proof("CARE-2/a", Means::Browser, true)]),
        (0, 0),
        "it waits for another row"
    );
    assert_eq!(
        proven(&[proof("CARE-9/a", Means::Browser, true)]),
        (0, 0),
        "nothing asks for it"
    );
}

#[test]
fn coverage_is_told_in_one_shape() {
    let manual = Manual::from_files(right()).expect("it loads");
    let told = serde_json::to_value(coverage(&manual, &[], &[])).expect("JSON");
    let keys = |value: &serde_json::Value| {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys(&told),
        [
            "demands_proven",
            "demands_total",
            "manuals",
            "practice",
            "rows",
            "rows_proven",
            "rows_total"
        ]
    );
    assert_eq!(
        keys(&told["manuals"]),
        ["demands_proven", "demands_total", "rows_proven", "rows_total"]
    );
    assert_eq!(keys(&told["rows"][0]), ["demands", "id", "title"]);
    assert_eq!(
        keys(&told["rows"][0]["demands"][0]),
        ["id", "proven_by", "served_by", "text"]
    );
}

/// The product's own manual: whatever is edited there must load.
#[test]
fn our_own_manual_loads() {
    let manual = Manual::from_files(folder("../../manual"));
    let manual = manual.unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    });
    for rules in manual.kinds.values() {
        assert!(flow(&manual, rules).nodes.iter().any(|n| n.begins));
        rules
            .kind
            .clocks
            .iter()
            .for_each(|clock| assert!(!limit_title(&manual, rules, clock).is_empty()));
    }
    assert!(coverage(&manual, &[], &[]).total.rows_total >= 275);
}

/// A piece of a text, between two characters.
fn piece(text: &str, from: usize, length: usize) -> std::ops::Range<usize> {
    let bounds: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let start = from % bounds.len();
    bounds[start]..bounds[(start + length).min(bounds.len() - 1)]
}

/// What writers do by accident: cut, paste elsewhere, type something.
#[derive(Debug, Clone)]
enum Slip {
    Cut {
        file: usize,
        at: usize,
        length: usize,
    },
    Paste {
        file: usize,
        at: usize,
        length: usize,
        to: usize,
    },
    Type {
        file: usize,
        at: usize,
        text: String,
    },
}

fn slip() -> impl Strategy<Value = Slip> {
    let typed = prop_oneof![
        "[ -~\n]{0,12}",
        ".{0,6}",
        prop::sample::select(vec![
            "\"",
            "[[action]]\n",
            "= 0\n",
            "{ }",
            "now",
            "system",
            "99999999999999999999",
            "'"
        ])
        .prop_map(str::to_owned),
    ];
    let n = any::<u16>().prop_map(usize::from);
    prop_oneof![
        (n.clone(), n.clone(), 1..60usize).prop_map(|(file, at, length)| Slip::Cut { file, at, length }),
        (n.clone(), n.clone(), 1..200usize, n.clone()).prop_map(|(file, at, length, to)| Slip::Paste {
            file,
            at,
            length,
            to
        }),
        (n.clone(), n, typed).prop_map(|(file, at, text)| Slip::Type { file, at, text }),
    ]
}

fn make(files: &mut BTreeMap<String, String>, slip: Slip) {
    let mut texts: Vec<&mut String> = files.values_mut().collect();
    let count = texts.len();
    match slip {
        Slip::Cut { file, at, length } => {
            let range = piece(texts[file % count], at, length);
            texts[file % count].replace_range(range, "");
        }
        Slip::Paste { file, at, length, to } => {
            let text = &mut texts[file % count];
            let copy = text[piece(text, at, length)].to_owned();
            let to = piece(text, to, 0).start;
            text.insert_str(to, &copy);
        }
        Slip::Type { file, at, text } => {
            let to = piece(texts[file % count], at, 0).start;
            texts[file % count].insert_str(to, &text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_slip_of_the_pen_makes_it_panic(slips in prop::collection::vec(slip(), 1..6)) {
        let mut files = right();
        slips.into_iter().for_each(|slip| make(&mut files, slip));
        match Manual::from_files(files) {
            Ok(manual) => manual.kinds.values().for_each(|rules| {
                flow(&manual, rules);
                rules.kind.clocks.iter().for_each(|clock| {
                    limit_title(&manual, rules, clock);
                });
            }),
            Err(problems) => prop_assert!(problems.iter().all(|p| p.line > 0 && !p.sentence.is_empty())),
        }
    }

    #[test]
    fn no_text_makes_it_panic(file in 0..20usize, text in "(?s).{0,200}") {
        let mut files = right();
        let path = files.keys().nth(file % files.len()).expect("there are files").clone();
        files.insert(path, text);
        let _ = Manual::from_files(files);
    }
}
