//! A transaction as a verb sees it.

use std::any::Any;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use futures::{FutureExt, future::BoxFuture};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, TransactionTrait, Value};

use super::aside::{self, Aside, EVERYTHING};

type Hook = Box<dyn FnOnce() + Send>;

tokio::task_local! {
    /// Set while a verb runs: a second write from inside it would wait for itself.
    static WRITING: ();
}

/// An open transaction. Verbs take `&Tx`; only [`Db::write`](super::Db::write) makes and ends one.
pub struct Tx {
    pub(super) conn: DatabaseTransaction,
    hooks: Mutex<Vec<Hook>>,
    aside: Mutex<Aside>,
}

impl Tx {
    pub(super) fn new(conn: DatabaseTransaction) -> Self {
        Self {
            conn,
            hooks: Mutex::default(),
            aside: Mutex::default(),
        }
    }

    /// Puts a row aside that this transaction need not see yet: all such rows are written together, when another
    /// statement writes or reads one of their tables, and at the latest before the end. `into`: table and columns,
    /// `home (id, room)`; `rest`: what follows the rows, such as `on conflict do nothing`. What it refers to must be
    /// written, or put aside before it.
    pub fn later(&self, into: &'static str, rest: &'static str, row: Vec<Value>) {
        self.lock_aside().put(into, rest, row);
    }

    /// Puts the change of a row aside as [`Tx::later`] does a new row. `set`: table and columns, the first of which is
    /// the key and the second the row's version: `case_record (id, seq, stage)`. What it refers to
    /// must be written already. The caller holds the row's lock; that it has no newer version is checked when it is
    /// written.
    ///
    /// # Errors
    /// On SQLite, where it is changed at once.
    pub async fn change_later(&self, set: &'static str, row: Vec<Value>) -> Result<(), DbErr> {
        if self.conn.get_database_backend() == DbBackend::Postgres {
            self.lock_aside().change(set, row);
            return Ok(());
        }
        aside::change(&self.conn, set, row).await
    }

    /// Writes what was put aside, if `sql` needs it to be there.
    pub(super) async fn settle(&self, sql: &str) -> Result<(), DbErr> {
        let aside = {
            let mut aside = self.lock_aside();
            if !aside.concerns(sql) {
                return Ok(());
            }
            std::mem::take(&mut *aside)
        };
        aside.write(&self.conn).await
    }

    fn lock_aside(&self) -> std::sync::MutexGuard<'_, Aside> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `hook` once the transaction is durable; never, when it is rolled back. For wake-ups only: what must
    /// not be lost is a row of the outbox. A hook must not block.
    pub fn after_commit(&self, hook: impl FnOnce() + Send + 'static) {
        self.lock_hooks().push(Box::new(hook));
    }

    /// Opens a part of the transaction that can be given up alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn savepoint(&self) -> Result<Savepoint<'_>, DbErr> {
        self.settle(EVERYTHING).await?;
        Ok(Savepoint {
            part: Self::new(self.conn.begin().await?),
            whole: self,
        })
    }

    /// Commits and then runs the hooks.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.settle(EVERYTHING).await?;
        self.conn.commit().await?;
        for hook in self.hooks.into_inner().unwrap_or_else(PoisonError::into_inner) {
            if let Err(panic) = std::panic::catch_unwind(AssertUnwindSafe(hook)) {
                tracing::error!(panic = message(&*panic), "a hook after the commit panicked");
            }
        }
        Ok(())
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.conn.rollback().await
    }

    fn lock_hooks(&self) -> std::sync::MutexGuard<'_, Vec<Hook>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of a transaction, used like the [`Tx`] it is. Dropped without [`Savepoint::keep`], it is undone.
pub struct Savepoint<'whole> {
    part: Tx,
    whole: &'whole Tx,
}

impl Savepoint<'_> {
    /// Makes the part belong to the whole, hooks included.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep(self) -> Result<(), DbErr> {
        self.part.settle(EVERYTHING).await?;
        self.part.conn.commit().await?;
        let hooks = self
            .part
            .hooks
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        self.whole.lock_hooks().extend(hooks);
        Ok(())
    }

    /// Takes back all that was done since the savepoint.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn undo(self) -> Result<(), DbErr> {
        self.part.rollback().await
    }
}

impl Deref for Savepoint<'_> {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.part
    }
}

/// True inside a verb.
pub(super) fn writing() -> bool {
    WRITING.try_with(|()| ()).is_ok()
}

/// Runs a verb to its end; a panic becomes an error, so that it cannot end the task that runs it.
pub(super) async fn attempt<T, E, F>(tx: &Tx, verb: F) -> Result<T, E>
where
    E: From<DbErr>,
    F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, E>>,
{
    let guarded = AssertUnwindSafe(async { verb(tx).await }).catch_unwind();
    WRITING.scope((), guarded).await.unwrap_or_else(|panic| {
        let panic = message(&*panic);
        tracing::error!(panic, "a verb panicked");
        Err(DbErr::Custom(format!("the verb panicked: {panic}")).into())
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
