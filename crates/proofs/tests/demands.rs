//! The catalogue against the rows it splits, and the marks against the catalogue and the kept list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use yizhan_engine::def::{Interface, Requirement};
use yizhan_engine::load::{Manual, Means, Proof};
use yizhan_proofs::marks::{self, Mark, Runner};
use yizhan_proofs::record::{record, text};
use yizhan_proofs::report::Ran;
use yizhan_proofs::{folder, with_figure};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manual() -> Manual {
    Manual::from_files(folder(&root().join("manual")).expect("the folder")).expect("it loads")
}

#[test]
fn every_mark_names_a_demand_and_the_kept_list_names_every_mark() {
    let kept = std::fs::read_to_string(root().join("docs/proofs.json")).expect("docs/proofs.json");
    let kept: Vec<Proof> = serde_json::from_str(&kept).expect("the list");
    let marks = marks::scan(&root()).expect("marks");
    let found = record(&manual(), &marks, &BTreeMap::new(), None, &kept);
    assert_eq!(found.unknown, Vec::<String>::new(), "no such demand");
    let names = |all: &[Proof]| {
        all.iter()
            .map(|p| (p.demand.clone(), p.proof.clone()))
            .collect::<BTreeSet<_>>()
    };
    let (found, kept) = (names(&found.proofs), names(&kept));
    let apart: Vec<_> = found.symmetric_difference(&kept).collect();
    assert!(
        apart.is_empty(),
        "docs/proofs.json is out of date, run make test: {apart:#?}"
    );
}

#[test]
fn only_what_ran_and_held_is_proven() {
    let marks = [mark("tests/cases/shop.rs", "sold", Means::Program)];
    let ran = |name: &str, passed| Ran {
        suite: "yizhan::cases".to_owned(),
        name: name.to_owned(),
        passed,
    };
    let passed = |ran: Vec<Ran>| {
        let all = record(
            &manual(),
            &marks,
            &BTreeMap::from([(Runner::Rust, ran)]),
            None,
            &[],
        )
        .proofs;
        all.iter()
            .find(|p| p.proof.starts_with("tests/"))
            .expect("the proof")
            .passed
    };
    assert!(passed(vec![
        ran("shop::sold::sqlite", true),
        ran("shop::sold::postgres", true)
    ]));
    assert!(!passed(vec![
        ran("shop::sold::sqlite", true),
        ran("shop::sold::postgres", false)
    ]));
    assert!(!passed(vec![ran("shop::other::sqlite", true)]), "it did not run");
}

#[test]
fn a_story_proves_a_demand_of_a_page_only_when_it_was_done_there() {
    let mut manual = manual();
    for row in manual.catalogue.values_mut() {
        row.demands
            .iter_mut()
            .for_each(|demand| demand.on = Interface::Desk);
    }
    let passed = |staged: Option<&BTreeMap<String, bool>>, kept: &[Proof]| -> BTreeSet<String> {
        let all = record(&manual, &[], &BTreeMap::new(), staged, kept).proofs;
        let passed = all.into_iter().filter(|proof| proof.passed);
        passed.map(|proof| proof.proof).collect()
    };
    let nothing = BTreeMap::new();
    assert_eq!(
        passed(Some(&nothing), &[]),
        BTreeSet::new(),
        "none was done in a browser"
    );
    let all = record(&manual, &[], &BTreeMap::new(), Some(&nothing), &[]).proofs;
    let (one, other) = (&all[0].proof, &all[all.len() - 1].proof);
    let done = BTreeMap::from([(one.clone(), true), (other.clone(), false)]);
    assert_eq!(passed(Some(&done), &[]), BTreeSet::from([one.clone()]));
    let kept = record(&manual, &[], &BTreeMap::new(), Some(&done), &[]).proofs;
    assert_eq!(
        passed(None, &kept),
        BTreeSet::from([one.clone()]),
        "what cannot be tried here is kept"
    );
    assert_eq!(
        passed(Some(&BTreeMap::from([(other.clone(), true)])), &kept),
        BTreeSet::from([one.clone(), other.clone()]),
        "what was not tried this time stands as it stood"
    );
    assert_eq!(
        passed(Some(&BTreeMap::from([(one.clone(), false)])), &kept),
        BTreeSet::new(),
        "what failed this time does not"
    );
    let mut compared = record(
        &manual,
        &[],
        &BTreeMap::new(),
        Some(&BTreeMap::from([(other.clone(), true), (one.clone(), false)])),
        &kept,
    );
    compared.without_gains_on_pages(&kept);
    assert!(
        compared.proofs.iter().all(|proof| !proof.passed),
        "a run that only compares adds nothing, and takes away what failed"
    );
}

#[test]
fn what_a_runner_that_is_missing_proves_is_kept() {
    let manual = manual();
    let marks = [mark("web/e2e/a.test.mjs", "a", Means::Browser)];
    let ran = Ran {
        suite: String::new(),
        name: "a".to_owned(),
        passed: true,
    };
    let with = record(
        &manual,
        &marks,
        &BTreeMap::from([(Runner::Browser, vec![ran])]),
        None,
        &[],
    )
    .proofs;
    let without = record(&manual, &marks, &BTreeMap::new(), None, &with).proofs;
    assert_eq!(with, without);
    assert_eq!(
        serde_json::from_str::<Vec<Proof>>(&text(&with).expect("text")).expect("a list"),
        with
    );
    let never = record(&manual, &marks, &BTreeMap::new(), None, &[]).proofs;
    assert!(!never.iter().any(|p| p.passed && p.interface == Means::Browser));
}

#[test]
fn the_figure_stands_between_its_marks() {
    let readme = "a <!-- coverage -->old<!-- /coverage --> b";
    assert_eq!(
        with_figure(readme, "new").as_deref(),
        Some("a <!-- coverage -->new<!-- /coverage --> b")
    );
    assert_eq!(with_figure("a", "new"), None);
}

fn mark(file: &str, test: &str, means: Means) -> Mark {
    let demands = vec!["COMPLAINT-3/a".to_owned()];
    Mark {
        file: file.to_owned(),
        test: test.to_owned(),
        demands,
        means,
    }
}

/// The quotes of a row, together, are all of its words; each is found in it.
#[test]
fn the_quotes_cover_the_rows() {
    let source = root().join("../shared/catalogue");
    if !source.is_dir() {
        println!("SKIPPED: no ../shared/catalogue");
        return;
    }
    let (rows, practice) = written(&source);
    let catalogue = manual().catalogue;
    let ids = |ids: Vec<&String>| ids.into_iter().cloned().collect::<BTreeSet<String>>();
    assert_eq!(ids(catalogue.keys().collect()), ids(rows.keys().collect()));
    let mut faults = Vec::new();
    for (id, row) in &catalogue {
        if row.practice != practice.contains(id) {
            faults.push(format!("{id}: practice"));
        }
        faults.extend(
            uncovered(&rows[id], row)
                .into_iter()
                .map(|fault| format!("{id}: {fault}")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Words of the row that no quote holds, and quotes that are not in the row. Marks of its kind (`[print]`) need none.
fn uncovered(text: &str, row: &Requirement) -> Vec<String> {
    let mut faults = Vec::new();
    let mut covered = vec![false; text.len()];
    for (at, _) in text.match_indices('[') {
        let end = text[at..].find(']').map_or(at, |end| at + end + 1);
        let word = &text[at..end];
        if [
            "[kind]",
            "[register]",
            "[clock]",
            "[clause]",
            "[print]",
            "[report]",
            "[role]",
        ]
        .contains(&word)
        {
            covered[at..end].fill(true);
        }
    }
    for (at, word) in text.match_indices("*(title only)*") {
        covered[at..at + word.len()].fill(true);
    }
    for quote in row.demands.iter().flat_map(|d| &d.quote) {
        let whole = text
            .match_indices(quote.as_str())
            .find(|(at, _)| whole_words(text, *at, quote));
        match whole {
            Some((at, _)) => covered[at..at + quote.len()].fill(true),
            None => faults.push(format!("not in the row: {quote}")),
        }
    }
    let bare = |(at, c): &(usize, char)| !covered[*at] && (c.is_alphanumeric() || "≥≤<>%+".contains(*c));
    if let Some((at, _)) = text.char_indices().find(bare) {
        faults.push(format!(
            "not covered from: {}",
            text[at..].chars().take(40).collect::<String>()
        ));
    }
    faults
}

/// Whether the quote begins and ends at the border of a word.
fn whole_words(text: &str, at: usize, quote: &str) -> bool {
    let cut = |a: Option<char>, b: Option<char>| {
        [a, b]
            .iter()
            .all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
    };
    let end = at + quote.len();
    !cut(text[..at].chars().next_back(), quote.chars().next())
        && !cut(quote.chars().next_back(), text[end..].chars().next())
}

/// The rows as they were written, lines joined and bold taken off, and which of them are practice.
fn written(folder: &Path) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let (mut rows, mut practice) = (BTreeMap::new(), BTreeSet::new());
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|e| e.expect("entry").path())
        .collect();
    files.sort();
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with(|c: char| c.is_ascii_digit()) || !name.ends_with(".md") {
            continue;
        }
        let mut last: Option<String> = None;
        for line in std::fs::read_to_string(&path).expect("text").lines() {
            let begun = beginnings(line);
            if let Some((id, _)) = begun.last() {
                last = (!line.starts_with('|')).then(|| id.clone());
                if name.contains("8-practice") {
                    practice.extend(begun.iter().map(|(id, _)| id.clone()));
                }
                rows.extend(begun);
            } else if let Some(row) = last
                .as_ref()
                .filter(|_| line.starts_with(char::is_whitespace) && !line.trim().is_empty())
            {
                let text: &mut String = rows.get_mut(row).expect("it began");
                text.push(' ');
                text.push_str(line.trim());
            } else {
                last = None;
            }
        }
    }
    for text in rows.values_mut() {
        *text = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("**", "");
    }
    (rows, practice)
}

/// The rows that begin on a line: a point of a list, several short ones on one, or a line of a table.
fn beginnings(line: &str) -> Vec<(String, String)> {
    if let Some(rest) = line.strip_prefix("| ") {
        let Some((id, cells)) = rest.split_once(" |").filter(|(id, _)| is_id(id)) else {
            return Vec::new();
        };
        let cells = cells.trim().trim_end_matches('|').trim();
        let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
        return vec![(id.to_owned(), cells.join(" | "))];
    }
    let Some(rest) = line.strip_prefix("- ") else {
        return Vec::new();
    };
    let one = |text: &str| {
        let (id, text) = text.trim().split_once(char::is_whitespace)?;
        is_id(id).then(|| (id.to_owned(), text.trim().to_owned()))
    };
    let parts: Option<Vec<_>> = rest.split('·').map(one).collect();
    parts
        .filter(|p| p.len() > 1)
        .or_else(|| one(rest).map(|row| vec![row]))
        .unwrap_or_default()
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(pack, number)| {
        !pack.is_empty()
            && pack.bytes().all(|b| b.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}
