//! The stories of the shipped manual hold, and stories notice what is wrong.

use std::collections::BTreeMap;
use std::path::Path;
use yizhan_engine::example;
use yizhan_engine::load::Manual;

fn read(folder: &Path, inside: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else if path.ends_with(".toml") {
            files.insert(path, std::fs::read_to_string(entry.path()).expect("it is text"));
        }
    }
}

fn folder(path: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), "", &mut files);
    files
}

fn loaded(files: BTreeMap<String, String>) -> Manual {
    Manual::from_files(files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn every_story_of_the_shipped_manual_holds() {
    let report = example::run(&loaded(folder("../../manual")));
    assert_eq!(report.failed, []);
    assert_eq!(report.passed, report.examples);
}

/// The right manual with one story, and what is wrong with it: lines and sentences.
fn told(story: &str) -> Vec<String> {
    let mut files = folder("tests/manuals/right");
    files.insert("care/examples/other.toml".to_owned(), story.to_owned());
    let report = example::run(&loaded(files));
    let failed = report
        .failed
        .into_iter()
        .map(|f| format!("{}: {}", f.line, f.sentence));
    failed.collect()
}

#[test]
fn what_does_not_hold_is_told_with_its_line() {
    let story = |steps: &str| {
        told(&format!(
            "[[example]]\ntitle = \"漏水\"\nsteps = [\n  {{ by = \"前台\", open = \"投诉\", with = {{ what = \"漏水\", part = \"屋面\" }} }},\n{steps}\n]"
        ))
    };
    assert_eq!(story(""), Vec::<String>::new());
    let expected = [
        (
            "  { stage = \"处理中\" },",
            "5: 漏水：应在阶段“处理中”，实际在“待受理”",
        ),
        (
            "  { due = { \"首次答复\" = \"+3h\" } },",
            "5: 漏水：时限“首次答复”应为 +3h，实际为 11-23 11:00",
        ),
        (
            "  { at = \"+2h\" },\n  { level = 2 },",
            "6: 漏水：督办级别应为 2，实际为 1",
        ),
        (
            "  { at = \"+2h\", late = [] },",
            "5: 漏水：超时的应当是：没有；实际：首次答复",
        ),
        (
            "  { told = [\"经理：漏水\"] },",
            "5: 漏水：应当通知经理“漏水”，实际通知了：没有",
        ),
        ("  { may = [\"经理：受理\"] },", "5: 漏水：经理应当能“受理”"),
        (
            "  { by = \"经理\", do = \"受理\" },",
            "5: 漏水：应当办成，却被拒绝：“受理”不由您办理",
        ),
        (
            "  { by = \"前台\", do = \"受理\", with = { valid = true, handler = \"前台\" }, refused = \"不由您\" },",
            "5: 漏水：应当被拒绝（“不由您”），却办成了",
        ),
        (
            "  { at = \"+1h\" },\n  { at = \"11-23 09:30\" },",
            "6: 漏水：时间不能倒退：现在已是 11-23 10:00，“11-23 09:30”在它之前",
        ),
        (
            "  { fields = { what = \"漏电\" }, under = { \"回访\" = 1 } },",
            "5: 漏水：字段“内容”应为 \"漏电\"，实际为 \"漏水\"",
        ),
    ];
    for (steps, sentence) in expected {
        assert_eq!(
            story(steps).first().map(String::as_str),
            Some(sentence),
            "{steps}"
        );
    }
}

#[test]
fn a_refused_deed_leaves_nothing_behind() {
    let steps = "[[example]]\ntitle = \"一\"\nsteps = [\n\
        { by = \"经理\", open = \"投诉\", with = { what = \"漏水\", part = \"屋面\" }, refused = \"不由您登记\" },\n\
        { by = \"前台\", open = \"投诉\", with = { what = \"漏水\", part = \"屋面\" }, number = \"TS-A-2026-00001\" },\n]";
    assert_eq!(told(steps), Vec::<String>::new());
}

#[test]
fn changed_manuals_are_noticed_or_told() {
    let manual = loaded(folder("../../manual"));
    let tried = example::mutate::mutate(&manual, |kind| kind.name == "rectification").expect("stories hold");
    assert!(tried.mutants >= 8, "{tried:?}");
    assert_eq!(
        tried.killed + tried.accepted + tried.survived.len(),
        tried.mutants
    );
    assert_eq!(tried.survived, []);
}
