//! Writing: what is kept, what is taken back, and who hears when.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use sea_orm::DbErr;
use tokio::sync::oneshot;
use yizhan::db::{Db, Sql, Tx};
use yizhan::vals;

async fn table(db: &Db) {
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            tx.run("create table z_parent (id bigint primary key)", vals![])
                .await?;
            tx.run(
                "create table z_entry (id bigint primary key, parent bigint references z_parent (id) \
                 deferrable initially deferred)",
                vals![],
            )
            .await?;
            tx.run(
                "create table z_counter (id bigint primary key, n bigint not null)",
                vals![],
            )
            .await?;
            tx.run("insert into z_counter (id, n) values (1, 0)", vals![])
                .await
        })
    })
    .await
    .expect("tables");
}

async fn insert(tx: &Tx, id: i64) -> Result<u64, DbErr> {
    tx.run("insert into z_entry (id) values ($1)", vals![id]).await
}

async fn ids(db: &Db) -> Vec<i64> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        id: i64,
    }
    let rows: Vec<Row> = db
        .read()
        .rows("select id from z_entry order by id", vals![])
        .await
        .expect("entries");
    rows.into_iter().map(|row| row.id).collect()
}

/// Holds a verb open inside its transaction, so that what is queued meanwhile shares its commit on SQLite.
struct Held {
    open: oneshot::Sender<()>,
    verb: tokio::task::JoinHandle<Result<u64, DbErr>>,
}

async fn hold(db: &Db, id: i64) -> Held {
    let (entered, begun) = oneshot::channel();
    let (open, gate) = oneshot::channel();
    let db = db.clone();
    let verb = tokio::spawn(async move {
        db.write(move |tx| {
            Box::pin(async move {
                let _ = entered.send(());
                let _ = gate.await;
                insert(tx, id).await
            })
        })
        .await
    });
    begun.await.expect("the verb began");
    Held { open, verb }
}

type Waiting = tokio::task::JoinHandle<Result<u64, DbErr>>;

/// Starts a verb and gives it time to reach the queue, so that verbs wait in the order of the test.
async fn queue<F>(db: &Db, verb: F) -> Waiting
where
    F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<u64, DbErr>> + Send + 'static,
{
    let db = db.clone();
    let waiting = tokio::spawn(async move { db.write(verb).await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    waiting
}

/// A hook that adds to a count.
fn adding(count: &Arc<AtomicUsize>, by: usize) -> impl FnOnce() + Send + 'static {
    let count = count.clone();
    move || {
        count.fetch_add(by, Ordering::SeqCst);
    }
}

both! {
    async fn a_refused_verb_leaves_no_trace_and_its_neighbours_stay(db: TestDb) {
        table(&db).await;
        let hooks = Arc::new(AtomicUsize::new(0));
        let held = hold(&db, 1).await;
        let (hook, second, lost) = (adding(&hooks, 1), adding(&hooks, 1), adding(&hooks, 100));
        let good = queue(&db, |tx| Box::pin(async move { tx.after_commit(hook); insert(tx, 2).await })).await;
        let bad = queue(&db, |tx| Box::pin(async move {
            tx.after_commit(lost);
            insert(tx, 3).await?;
            Err(DbErr::Custom("refused".to_owned()))
        })).await;
        let twice = queue(&db, |tx| Box::pin(async move { insert(tx, 4).await?; insert(tx, 4).await })).await;
        let panics = queue(&db, |tx| Box::pin(async move {
            insert(tx, 5).await?;
            panic!("on purpose")
        })).await;
        let last = queue(&db, |tx| Box::pin(async move { tx.after_commit(second); insert(tx, 6).await })).await;
        held.open.send(()).expect("release");

        assert_eq!(held.verb.await.expect("task").expect("first"), 1);
        assert_eq!(good.await.expect("task").expect("good"), 1);
        assert_eq!(bad.await.expect("task").expect_err("bad"), DbErr::Custom("refused".to_owned()));
        twice.await.expect("task").expect_err("the same id twice");
        let panicked = panics.await.expect("task").expect_err("panic");
        assert!(panicked.to_string().contains("on purpose"), "{panicked}");
        assert_eq!(last.await.expect("task").expect("last"), 1);
        assert_eq!(ids(&db).await, [1, 2, 6]);
        assert_eq!(hooks.load(Ordering::SeqCst), 2, "hooks of what was kept, and no other");
    }

    async fn a_panic_does_not_end_the_writer(db: TestDb) {
        table(&db).await;
        for _ in 0..3 {
            db.write::<(), DbErr, _>(|_| Box::pin(async { panic!("on purpose") })).await.expect_err("panic");
        }
        db.write(|tx| Box::pin(async move { insert(tx, 1).await })).await.expect("still writes");
        assert_eq!(ids(&db).await, [1]);
    }

    async fn a_failed_commit_is_told_and_runs_no_hook(db: TestDb) {
        table(&db).await;
        let hooks = Arc::new(AtomicUsize::new(0));
        let hook = adding(&hooks, 1);
        let orphan = db.write::<_, DbErr, _>(move |tx| Box::pin(async move {
            tx.after_commit(hook);
            // Checked at the commit, since the reference is deferred.
            tx.run("insert into z_entry (id, parent) values (1, 99)", vals![]).await
        })).await;
        orphan.expect_err("a reference to nothing");
        assert_eq!(hooks.load(Ordering::SeqCst), 0);
        db.write(|tx| Box::pin(async move { insert(tx, 2).await })).await.expect("the writer recovers");
        assert_eq!(ids(&db).await, [2]);
    }

    async fn a_savepoint_can_be_given_up_alone(db: TestDb) {
        table(&db).await;
        let hooks = Arc::new(AtomicUsize::new(0));
        let (kept, undone) = (adding(&hooks, 1), adding(&hooks, 100));
        db.write::<_, DbErr, _>(move |tx| Box::pin(async move {
            insert(tx, 1).await?;
            let part = tx.savepoint().await?;
            insert(&part, 2).await?;
            part.after_commit(undone);
            insert(&part, 1).await.expect_err("the same id twice");
            part.undo().await?;
            let part = tx.savepoint().await?;
            insert(&part, 3).await?;
            part.after_commit(kept);
            part.keep().await?;
            let dropped = tx.savepoint().await?;
            insert(&dropped, 4).await?;
            drop(dropped);
            insert(tx, 5).await
        })).await.expect("the whole is kept");
        assert_eq!(ids(&db).await, [1, 3, 5]);
        assert_eq!(hooks.load(Ordering::SeqCst), 1);
    }

    async fn no_increment_is_lost(db: TestDb) {
        table(&db).await;
        let all = (0..200).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                db.write::<_, DbErr, _>(|tx| Box::pin(async move {
                    tx.run("update z_counter set n = n + 1 where id = 1", vals![]).await?;
                    tx.scalar::<i64>("select n from z_counter where id = 1", vals![]).await
                })).await
            })
        });
        let mut seen: Vec<i64> = Vec::new();
        for task in futures::future::join_all(all).await {
            seen.extend(task.expect("task").expect("increment"));
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=200).collect::<Vec<i64>>(), "every value is seen by exactly one");
        let n: Option<i64> = db.read().scalar("select n from z_counter where id = 1", vals![]).await.expect("read");
        assert_eq!(n, Some(200));
    }

    async fn what_was_answered_can_be_read_at_once(db: TestDb) {
        table(&db).await;
        for id in 0..20 {
            db.write(move |tx| Box::pin(async move { insert(tx, id).await })).await.expect("insert");
            let count: Option<i64> = db.read().scalar("select count(*) from z_entry", vals![]).await.expect("count");
            assert_eq!(count, Some(id + 1));
        }
    }

    async fn a_write_inside_a_write_is_refused_and_does_not_hang(db: TestDb) {
        let inner = db.clone();
        let refused = db.write::<(), DbErr, _>(move |_| Box::pin(async move {
            inner.write::<(), DbErr, _>(|_| Box::pin(async { Ok(()) })).await
        })).await;
        assert!(refused.expect_err("nested").to_string().contains("may not begin another write"));
    }

    async fn a_verb_is_finished_even_when_its_caller_has_gone(db: TestDb) {
        table(&db).await;
        let held = hold(&db, 1).await;
        held.verb.abort();
        held.open.send(()).expect("release");
        db.write(|tx| Box::pin(async move { insert(tx, 2).await })).await.expect("insert");
        for _ in 0..100 {
            if ids(&db).await == [1, 2] { return; }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the first verb was lost: {:?}", ids(&db).await);
    }

    async fn an_open_database_can_be_opened_again(db: TestDb) {
        table(&db).await;
        let second = Db::open(db.url()).await.expect("migrations are already there");
        second.write(|tx| Box::pin(async move { insert(tx, 7).await })).await.expect("insert");
        assert_eq!(ids(&db).await, [7]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verbs_that_wait_share_one_commit_on_sqlite() {
    let db = crate::support::TestDb::sqlite().await;
    table(&db).await;
    let hooks = Arc::new(AtomicUsize::new(0));
    let held = hold(&db, 1).await;
    let hook = adding(&hooks, 1);
    let good = queue(&db, |tx| {
        Box::pin(async move {
            tx.after_commit(hook);
            insert(tx, 2).await
        })
    })
    .await;
    let orphan = queue(&db, |tx| {
        Box::pin(async move {
            tx.run("insert into z_entry (id, parent) values (3, 99)", vals![])
                .await
        })
    })
    .await;
    held.open.send(()).expect("release");
    for verb in [held.verb, good, orphan] {
        verb.await
            .expect("task")
            .expect_err("the commit they share failed");
    }
    assert_eq!(hooks.load(Ordering::SeqCst), 0);
    assert!(ids(&db).await.is_empty());
}

#[tokio::test]
async fn the_reader_of_sqlite_cannot_write() {
    let db = crate::support::TestDb::sqlite().await;
    table(&db).await;
    let refused = db
        .read()
        .run("insert into z_entry (id) values (1)", vals![])
        .await;
    assert!(refused.expect_err("read only").to_string().contains("readonly"));
}

#[tokio::test]
async fn sqlite_waits_for_the_disk_and_checks_references() {
    let db = crate::support::TestDb::sqlite().await;
    let (journal, synchronous, references) = db
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                Ok((
                    tx.scalar::<String>("pragma journal_mode", vals![]).await?,
                    tx.scalar::<i64>("pragma synchronous", vals![]).await?,
                    tx.scalar::<i64>("pragma foreign_keys", vals![]).await?,
                ))
            })
        })
        .await
        .expect("pragmas");
    assert_eq!(
        (journal.as_deref(), synchronous, references),
        (Some("wal"), Some(2), Some(1))
    );
}

#[tokio::test]
async fn addresses_that_cannot_work_are_refused() {
    for url in ["sqlite::memory:", "mysql://localhost/x", "somewhere"] {
        Db::open(url).await.expect_err(url);
    }
}
