//! What if: the same past twice, side by side, the same each time.

use std::path::Path;
use yizhan::manual;
use yizhan::simulate::Plan;
use yizhan::simulate::whatif::{Change, Comparison, compare};

/// 2026-11-20 08:00 in Beijing.
const NOW: i64 = 1_795_132_800_000;

async fn tried(folder: &Path, change: &Change) -> Comparison {
    let plan = Plan {
        seed: 5,
        homes: 120,
        days: 8,
        now: NOW,
    };
    compare(folder, plan, manual::built_in(), change)
        .await
        .expect("compare")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_limit_is_broken_less_and_the_past_is_the_same() {
    let folder = tempfile::tempdir().expect("folder");
    let change = Change {
        engineers: 0,
        limits: vec!["complaint.first-answer=48h".parse().expect("limit")],
    };
    let compared = tried(&folder.path().join("1"), &change).await;
    assert_eq!(
        compared.before.contacts, compared.after.contacts,
        "the same people call"
    );
    let clause = |of: &Comparison, id: &str| of.clauses.iter().find(|l| l.id == id).cloned().expect("clause");
    let answered = clause(&compared, "C-04");
    assert!(answered.before.broken > 0, "{answered:?}");
    assert!(answered.after.broken < answered.before.broken, "{answered:?}");
    assert!(compared.html().contains("complaint.first-answer 改为 48h"));
    let again = tried(&folder.path().join("2"), &change).await;
    assert_eq!(again.clauses, compared.clauses, "tried again it is the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_engineers_work_through_the_same_past() {
    let folder = tempfile::tempdir().expect("folder");
    let change = Change {
        engineers: 2,
        limits: Vec::new(),
    };
    let compared = tried(folder.path(), &change).await;
    assert_eq!(compared.before.contacts, compared.after.contacts);
    assert_eq!(compared.after.staff, compared.before.staff + 2);
    let wrong = Change {
        engineers: 99,
        limits: Vec::new(),
    };
    let plan = Plan {
        seed: 5,
        homes: 10,
        days: 1,
        now: NOW,
    };
    assert!(
        compare(folder.path(), plan, manual::built_in(), &wrong)
            .await
            .is_err()
    );
}
