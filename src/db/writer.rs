//! The one writer of SQLite: a task that owns the only writing connection and groups commits.
//!
//! A commit with `synchronous=FULL` waits for the disk; verbs that were waiting meanwhile share the next commit.
//! Each runs in a savepoint of its own, so a refused one leaves no trace, and hears back only after that commit.

use futures::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

use super::tx::{Tx, attempt};

/// Verbs that share a commit at most: bounds how long the first of them waits.
const BATCH: usize = 64;
/// A commit that takes less is not worth waiting for others.
const SLOW: Duration = Duration::from_millis(2);
/// Waited at most, in one batch, for those who are about to write again.
const MOST_WAIT: Duration = Duration::from_millis(20);
/// Verbs that wait at most; more of them wait in their own tasks.
const WAITING: usize = 1024;

/// A verb that waits, with its type erased. Given an error in place of the transaction it only passes it on.
type Job = Box<dyn for<'a> FnOnce(Result<&'a Tx, DbErr>) -> BoxFuture<'a, Done> + Send>;

/// A verb that ran.
struct Done {
    /// Whether its savepoint is kept.
    keep: bool,
    /// Tells the caller, given the outcome of the shared commit.
    reply: Box<dyn FnOnce(Result<(), DbErr>) + Send>,
}

/// The door to the writer task, which ends when the last door is dropped.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) async fn start(options: SqliteConnectOptions) -> Result<Self, DbErr> {
        let pool = connect(&options);
        // Fails now rather than at the first write, and makes the file before the readers look for it.
        pool.acquire().await.map_err(super::conn_err)?;
        let (queue, jobs) = mpsc::channel(WAITING);
        tokio::spawn(serve(options, pool, jobs));
        Ok(Self { queue })
    }

    pub(super) async fn write<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let span = tracing::Span::current();
        let job: Job = Box::new(move |tx| {
            let ran = async move {
                let result = match tx {
                    Ok(tx) => attempt(tx, verb).await,
                    Err(error) => Err(error.into()),
                };
                let keep = result.is_ok();
                // A caller that has gone away (a closed browser) does not want the answer: nothing to do.
                let reply = move |commit: Result<(), DbErr>| {
                    drop(reply.send(commit.map_err(E::from).and(result)));
                };
                Done {
                    keep,
                    reply: Box::new(reply),
                }
            };
            Box::pin(tracing::Instrument::instrument(ran, span))
        });
        let gone = || E::from(DbErr::Custom("the writer has stopped".to_owned()));
        self.queue.send(job).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn connect(options: &SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options.clone())
}

async fn serve(options: SqliteConnectOptions, mut pool: SqlitePool, mut jobs: mpsc::Receiver<Job>) {
    let mut crowd = Crowd::default();
    while let Some(first) = jobs.recv().await {
        let mut done = Vec::new();
        let outcome = batch(&pool.clone().into(), first, &mut jobs, &mut done, &mut crowd).await;
        if let Err(error) = &outcome {
            tracing::error!(%error, verbs = done.len(), "the shared commit failed");
            // SQLite may have ended the transaction by itself (disk full): only a new connection is surely clean.
            pool.close().await;
            pool = connect(&options);
        }
        for Done { reply, .. } in done {
            reply(outcome.clone());
        }
    }
    pool.close().await;
}

/// Runs `first` and all that wait behind it in one transaction. Verbs that ran are in `done`, whatever the outcome.
async fn batch(
    connection: &DatabaseConnection,
    first: Job,
    jobs: &mut mpsc::Receiver<Job>,
    done: &mut Vec<Done>,
    crowd: &mut Crowd,
) -> Result<(), DbErr> {
    // Immediate: a deferred transaction that reads first fails when another process wrote meanwhile.
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let whole = match connection.begin_with_options(immediate).await {
        Ok(transaction) => Tx::new(transaction),
        Err(error) => {
            done.push(first(Err(error.clone())).await);
            return Err(error);
        }
    };
    let (mut next, mut until) = (Some(first), None);
    while let Some(job) = next {
        run(&whole, job, done).await?;
        next = match done.len() {
            BATCH => None,
            count => match jobs.try_recv() {
                Ok(job) => Some(job),
                Err(_) => crowd.next(jobs, count, &mut until).await,
            },
        };
    }
    let begin = Instant::now();
    let committed = whole.commit().await;
    crowd.committed(done.len(), begin.elapsed());
    committed
}

/// Who writes at the same time. On a slow disk it pays to wait a moment for those who are about to write again, rather
/// than to commit for the quickest of them alone and let the others wait for that.
#[derive(Default)]
struct Crowd {
    /// How many shared the last commits.
    shared: [usize; 2],
    /// How long the last one took.
    took: Duration,
}

impl Crowd {
    /// The next of them, if more are expected and one comes before a commit would be done. `until`: how long the batch
    /// waits, set when it first does.
    async fn next(
        &self,
        jobs: &mut mpsc::Receiver<Job>,
        count: usize,
        until: &mut Option<tokio::time::Instant>,
    ) -> Option<Job> {
        let expected = self.shared.iter().max().copied().unwrap_or(0);
        if count >= expected || self.took < SLOW {
            return None;
        }
        let now = tokio::time::Instant::now();
        let until = *until.get_or_insert(now + self.took.min(MOST_WAIT));
        timeout_at(until, jobs.recv()).await.ok().flatten()
    }

    fn committed(&mut self, count: usize, took: Duration) {
        self.shared = [self.shared[1], count];
        self.took = took;
    }
}

async fn run(whole: &Tx, job: Job, done: &mut Vec<Done>) -> Result<(), DbErr> {
    let part = match whole.savepoint().await {
        Ok(part) => part,
        Err(error) => {
            done.push(job(Err(error.clone())).await);
            return Err(error);
        }
    };
    let ran = job(Ok(&part)).await;
    let keep = ran.keep;
    done.push(ran);
    if keep {
        part.keep().await
    } else {
        part.undo().await
    }
}
