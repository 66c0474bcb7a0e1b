//! The authors' tutorial is carried out: its files, as printed, load beside the shipped manual, and its examples hold and
//! reach everything of the new kind.

use std::collections::BTreeMap;
use std::path::Path;
use yizhan_engine::example;
use yizhan_engine::load::Manual;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn gather(folder: &Path, head: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = format!("{head}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{path}/"), files);
        } else if path.ends_with(".toml") {
            files.insert(path, std::fs::read_to_string(entry.path()).expect("a text"));
        }
    }
}

/// Code blocks that say which file they are.
fn blocks(text: &str) -> Vec<(String, String)> {
    let parts = text.split("```toml file=").skip(1);
    let block = |part: &str| {
        let (name, rest) = part.split_once('\n')?;
        Some((name.trim().to_owned(), rest.split("```").next()?.to_owned()))
    };
    parts.filter_map(block).collect()
}

#[test]
fn the_tutorial_works_as_printed() {
    let mut files = BTreeMap::new();
    gather(&root().join("manual"), "", &mut files);
    files.retain(|path, _| !path.contains("/examples/"));
    let text = std::fs::read_to_string(root().join("docs/manual/tutorial.md")).expect("the tutorial");
    let steps = blocks(&text);
    assert_eq!(steps.len(), 3);
    files.extend(steps);
    let manual = Manual::from_files(files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let report = example::run(&manual);
    assert_eq!(report.failed, []);
    assert_eq!(report.examples, 2);
    let reach = report.reached.of(&manual);
    let missing: Vec<_> = reach
        .missing
        .iter()
        .filter(|line| line.starts_with("借用钥匙"))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let changed = example::mutate::mutate(&manual, |kind| kind.pack == "keys");
    assert_eq!(changed.map(|changed| changed.survived), Ok(Vec::new()));
}
