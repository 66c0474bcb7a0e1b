//! The stories that prove something on a page, done there: whoever acts in them sits before their own page in a real
//! browser, and after every step each case stands as the engine alone says it must.
//!
//! It needs the built pages, node and Chromium, and is left out of the default run (`make stage`).

use crate::browser::Browser;
use crate::replay;
use crate::support::TestDb;
use engine::def::Interface;
use engine::example::story::Example;
use engine::example::trace::trace;
use engine::load::Manual;
use serde_json::json;
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

async fn staged(part: usize, parts: usize) {
    let Some(mut browser) = Browser::start().await else {
        println!("SKIPPED: no node or no Chromium");
        return;
    };
    let manual = Manual::from_files(yizhan::manual::built_in()).expect("the manual reads");
    let only = std::env::var("STAGE_ONLY").unwrap_or_default();
    let stories = manual
        .examples
        .iter()
        .flat_map(|source| source.file.examples().map(move |story| (source, story)));
    let stories = stories.filter(|(source, story)| {
        if only.is_empty() {
            on_a_page(&manual, story)
        } else {
            source.path.contains(&only) || story.title.contains(&only)
        }
    });
    let (mut told, mut wrong) = (Vec::new(), Vec::new());
    for (source, story) in stories.skip(part).step_by(parts) {
        let played = trace(&manual, &source.file, story);
        let played = played.unwrap_or_else(|sentence| panic!("{}: {sentence}", story.title));
        let mut why = String::new();
        for _ in 0..TRIES {
            let db = TestDb::sqlite().await;
            why = match replay::replay(&db, &played, Some(&mut browser)).await {
                Ok(replay::End::Whole) => String::new(),
                Ok(replay::End::Left(left)) => format!("there is no door: {left}"),
                Err(sentence) => sentence,
            };
            if why.is_empty() {
                break;
            }
        }
        told.push(
            json!({"proof": format!("manual/{} · {}", source.path, story.title), "passed": why.is_empty()}),
        );
        if !why.is_empty() {
            wrong.push(format!("{}「{}」{why}", source.path, story.title));
        }
    }
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/reports");
    std::fs::create_dir_all(&reports).expect("a folder for reports");
    std::fs::write(
        reports.join(format!("stage-{part}.json")),
        json!(told).to_string(),
    )
    .expect("report");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! parts {
    ($all:literal: $($name:ident $part:literal),+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            staged($part, $all).await;
        }
    )+};
}

parts!(3: part_1 0, part_2 1, part_3 2);
