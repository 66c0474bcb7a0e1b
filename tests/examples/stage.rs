//! The stories that prove something on a page, done there: whoever acts in them sits before their own page in a real
//! browser, and after every step each case stands as the engine alone says it must.
//!
//! It needs the built pages, node and Chromium, and is left out of the default run (`make stage`).

use crate::browser::{Browser, Stage};
use crate::replay;
use crate::share::{PAGES, drawn, in_ci};
use crate::support::TestDb;
use engine::def::Interface;
use engine::example::story::Example;
use engine::example::trace::trace;
use engine::load::{ExampleSource, Manual};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::Path;

/// A busy browser may run out of time once.
const TRIES: usize = 2;

/// Whether some demand it proves must hold on a page.
fn on_a_page(manual: &Manual, story: &Example) -> bool {
    let on = |demand: &String| {
        let (row, letter) = demand.split_once('/')?;
        let demands = &manual.catalogue.get(row)?.demands;
        Some(demands.iter().find(|d| d.id == letter)?.on)
    };
    story.proves.iter().filter_map(on).any(Interface::is_page)
}

/// What a story is called in `docs/proofs.json`.
fn name(source: &ExampleSource, story: &Example) -> String {
    format!("manual/{} · {}", source.path, story.title)
}

/// Stories that are counted now as done on a page. The product is held to these; what is marked beside them was never
/// done there, or failed, and is tried where the list is written anew. A story may also prove what needs no page: that
/// alone does not send it to one.
fn claimed() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/proofs.json");
    let text = std::fs::read_to_string(path).expect("the list of proofs");
    let all: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let counted = all
        .iter()
        .filter(|proof| proof["passed"] == true && proof["interface"] == "browser");
    counted
        .filter_map(|proof| proof["proof"].as_str().map(str::to_owned))
        .collect()
}

/// Stories dealt out to parts of about the same length. Those of a file stay together: they do the same things, which
/// are done on a page once.
fn dealt<'m>(
    mut files: Vec<(&'m ExampleSource, Vec<&'m Example>)>,
    parts: usize,
) -> Vec<Vec<(&'m ExampleSource, &'m Example)>> {
    let length = |stories: &[&Example]| stories.iter().map(|story| story.steps.len()).sum::<usize>();
    files.sort_by_key(|(source, stories)| (Reverse(length(stories)), &source.path));
    let mut dealt = vec![(0, Vec::new()); parts];
    for (source, stories) in files {
        let least = dealt.iter_mut().min_by_key(|(length, _)| *length);
        let (sum, part) = least.expect("there are parts");
        *sum += length(&stories);
        part.extend(stories.into_iter().map(|story| (source, story)));
    }
    dealt.into_iter().map(|(_, part)| part).collect()
}

async fn staged(part: usize, parts: usize) {
    let Some(browser) = Browser::start().await else {
        println!("SKIPPED: no node or no Chromium");
        return;
    };
    let mut stage = Stage {
        browser,
        seen: BTreeSet::new(),
    };
    let manual = Manual::from_files(yizhan::manual::built_in()).expect("the manual reads");
    let only = std::env::var("STAGE_ONLY").unwrap_or_default();
    let claimed = claimed();
    let stories = manual.examples.iter().enumerate().map(|(file, source)| {
        let stories = source.file.examples().filter(|story| {
            if !only.is_empty() {
                return source.path.contains(&only) || story.title.contains(&only);
            }
            let held = claimed.contains(&name(source, story)) && drawn(&manual, file, PAGES);
            on_a_page(&manual, story) && (held || !in_ci())
        });
        (source, stories.collect::<Vec<_>>())
    });
    let (mut told, mut wrong) = (Vec::new(), Vec::new());
    for (source, story) in dealt(stories.collect(), parts).swap_remove(part) {
        let played = trace(&manual, &source.file, story);
        let played = played.unwrap_or_else(|sentence| panic!("{}: {sentence}", story.title));
        let mut why = String::new();
        for _ in 0..TRIES {
            let db = TestDb::sqlite().await;
            why = match replay::replay(&db, &played, Some(&mut stage)).await {
                Ok(replay::End::Whole) => String::new(),
                Ok(replay::End::Left(left)) => format!("there is no door: {left}"),
                Err(sentence) => sentence,
            };
            if why.is_empty() {
                break;
            }
        }
        told.push(json!({"proof": name(source, story), "passed": why.is_empty(), "why": why}));
        kept(part, &told);
        let sentence = format!("{}「{}」{why}", source.path, story.title);
        match why.is_empty() {
            true => {}
            false if claimed.contains(&name(source, story)) => wrong.push(sentence),
            false => println!("NOT PROVEN: {sentence}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Written after each story: what was done counts, whatever becomes of the next.
fn kept(part: usize, told: &[Value]) {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/reports");
    std::fs::create_dir_all(&reports).expect("a folder for reports");
    let path = reports.join(format!("stage-{part}.json"));
    std::fs::write(path, json!(told).to_string()).expect("report");
}

macro_rules! parts {
    ($all:literal: $($name:ident $part:literal),+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            staged($part, $all).await;
        }
    )+};
}

parts!(6: part_1 0, part_2 1, part_3 2, part_4 3, part_5 4, part_6 5);
