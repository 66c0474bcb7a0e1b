//! The stories of the manual over HTTP on both databases: whoever acts in them signs in and does the same, and after
//! every step each case stands as the engine alone says it must.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

#[path = "examples/browser.rs"]
mod browser;
#[path = "examples/company.rs"]
mod company;
#[path = "examples/replay.rs"]
mod replay;
#[path = "examples/share.rs"]
mod share;
#[path = "examples/stage.rs"]
mod stage;

use engine::example::trace::trace;
use engine::load::Manual;
use support::TestDb;

/// The stories are dealt out, so that they run side by side.
const PARTS: usize = 40;

/// `turn` is the database's own in CI, where a story is done on one of them or left to another run.
async fn told(db: impl AsyncFn() -> Option<TestDb>, part: usize, turn: impl Fn(&Manual, usize) -> bool) {
    let manual = Manual::from_files(yizhan::manual::built_in()).expect("the manual reads");
    let stories = manual.examples.iter().flat_map(|source| {
        let named = move |story| (source, story);
        source.file.examples().map(named)
    });
    let mut wrong = Vec::new();
    for (nth, (source, story)) in stories.enumerate().skip(part).step_by(PARTS) {
        if share::in_ci() && !turn(&manual, nth) {
            continue;
        }
        let played = trace(&manual, &source.file, story);
        let played = played.unwrap_or_else(|sentence| panic!("{}: {sentence}", story.title));
        let Some(db) = db().await else {
            println!("SKIPPED: no TEST_POSTGRES_URL");
            return;
        };
        match replay::replay(&db, &played, None).await {
            Ok(replay::End::Whole) => {}
            Ok(replay::End::Left(why)) => println!("SKIPPED: {}「{}」{why}", source.path, story.title),
            Err(sentence) => wrong.push(format!("{}「{}」{sentence}", source.path, story.title)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn on_postgres(manual: &Manual, nth: usize) -> bool {
    share::drawn(manual, nth, share::POSTGRES)
}

fn on_sqlite(manual: &Manual, nth: usize) -> bool {
    share::drawn(manual, nth + 1, share::SQLITE)
}

macro_rules! parts {
    ($($name:ident $part:literal),+) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let fresh = async || Some(crate::support::TestDb::sqlite().await);
                super::told(fresh, $part, super::on_sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::told(crate::support::TestDb::postgres, $part, super::on_postgres).await;
            }
        }
    )+};
}

parts!(
    stories_1 0, stories_2 1, stories_3 2, stories_4 3, stories_5 4, stories_6 5, stories_7 6, stories_8 7, stories_9 8, stories_10 9, stories_11 10, stories_12 11, stories_13 12, stories_14 13, stories_15 14, stories_16 15, stories_17 16, stories_18 17, stories_19 18, stories_20 19, stories_21 20, stories_22 21, stories_23 22, stories_24 23, stories_25 24, stories_26 25, stories_27 26, stories_28 27, stories_29 28, stories_30 29, stories_31 30, stories_32 31, stories_33 32, stories_34 33, stories_35 34, stories_36 35, stories_37 36, stories_38 37, stories_39 38, stories_40 39
);
