//! The formats of the manual: an old folder is still read.

use std::collections::BTreeMap;
use std::path::Path;
use yizhan_engine::def::Effect;
use yizhan_engine::load::Manual;

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

#[test]
fn a_pinned_manual_is_read_whatever_later_checks_find() {
    let mut files = folder("tests/corpus/v1");
    let text = files.get_mut("intake/kinds/matter.toml").expect("it is there");
    *text = text.replacen("when = \"", "when = \"no_such_field == 1 || ", 1);
    assert!(
        Manual::from_files(files.clone()).is_err(),
        "it would not be published"
    );
    let pinned = Manual::pinned(files.clone()).expect("it is read");
    assert!(pinned.kind("matter").is_some() && !pinned.warnings.is_empty());
    files.insert("intake/kinds/matter.toml".to_owned(), "title = 1".to_owned());
    assert!(Manual::pinned(files).is_err(), "what says nothing cannot be run");
}

#[test]
fn what_is_wrong_in_a_template_is_told_where_it_is_used() {
    let mut files = folder("../../manual");
    files.retain(|path, _| !path.contains("/examples/"));
    let text = files.get_mut("templates/promise.toml").expect("it is there");
    *text = text.replace("ask = \"next_answer_at\"", "ask = \"next_answer\"");
    let problems = Manual::from_files(files).expect_err("no such field");
    let told = problems
        .iter()
        .find(|p| p.file == "complaint/kinds/complaint.toml" && p.sentence.contains("next_answer"))
        .expect("it is told in the kind");
    assert!(told.sentence.contains("模板 templates/promise.toml:"), "{told}");
}

#[test]
fn the_long_form_may_be_written_in_format_2() {
    let mut files = folder("tests/corpus/v1");
    files.insert("manual.toml".to_owned(), "format = 2".to_owned());
    assert!(Manual::from_files(files.clone()).is_ok());
    files.insert("manual.toml".to_owned(), "format = 3".to_owned());
    assert!(Manual::from_files(files).is_err());
}

/// `urge` is the one effect that is a word alone: its condition has nothing to stand in unless it is made.
#[test]
fn a_condition_beside_a_word_alone_is_kept() {
    let mut files = folder("../../manual");
    files.retain(|path, _| !path.contains("/examples/"));
    let text = files.get_mut("repair/kinds/repair.toml").expect("it is there");
    assert!(text.contains("\nurge = true\n"));
    *text = text.replace(
        "\nurge = true\n",
        "\ndo = [{ urge = true, when = \"has(content)\" }]\n",
    );
    let manual = Manual::from_files(files).expect("it is right");
    let effects = manual.kind("repair").expect("it is there").kind.actions.iter();
    let mut effects = effects.flat_map(|action| &action.effects);
    let kept = |e: &Effect| matches!(e, Effect::When { effect, .. } if **effect == Effect::Urge);
    assert!(effects.any(kept));
}
