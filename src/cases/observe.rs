//! Who is told of what was written. Observers work in the transaction that writes, in the order in which `src/app.rs`
//! names them: either all of it is there or nothing. Only what wakes and sends waits for the commit, and loses nothing by
//! being lost.

use super::pen::Pen;
use super::world::Around;
use crate::error::Problem;
use engine::case::Case;
use engine::event::Entry;
use engine::family::Written;
use engine::load::Rules;
use futures::future::{BoxFuture, FutureExt, ready};
use std::sync::{Arc, OnceLock};

/// What observers do.
pub type Observed<'a> = BoxFuture<'a, Result<(), Problem>>;

/// How a case changed; its events, row and projections are written.
pub struct Change<'a> {
    /// Rules of its kind.
    pub rules: &'a Rules,
    /// The case as it was; none: it is new.
    pub before: Option<&'a Case>,
    /// The case as it is.
    pub case: &'a Case,
    /// What happened.
    pub entries: &'a [Entry],
    /// Files that were named.
    pub files: &'a [String],
}

/// A case that was written.
pub struct Done {
    /// What surrounded it.
    pub around: Around,
    /// What was decided, with its number.
    pub written: Written,
    /// Hash of the manual in force, asked while it was written.
    pub manual: String,
}

/// Somebody who makes something of what was written.
pub trait Observer: Send + Sync {
    /// Reads at once what it will need of many cases that are about to be written; they are locked.
    fn prefetch<'a>(&'a self, _pen: &'a Pen<'a>, _coming: &'a [&'a Written]) -> Observed<'a> {
        nothing()
    }

    /// Refuses what may not be written: `files` are named for the case.
    fn admit<'a>(&'a self, _pen: &'a Pen<'a>, _case: &'a Case, _files: &'a [String]) -> Observed<'a> {
        nothing()
    }

    /// A case was written.
    fn written<'a>(&'a self, _pen: &'a Pen<'a>, _change: &'a Change<'a>) -> Observed<'a> {
        nothing()
    }

    /// All cases of a deed or a batch were written. `complete`: all that was decided, so that what was known of the
    /// cases below is as it stands.
    fn settled<'a>(&'a self, _pen: &'a Pen<'a>, _done: &'a [Done], _complete: bool) -> Observed<'a> {
        nothing()
    }
}

fn nothing<'a>() -> Observed<'a> {
    ready(Ok(())).boxed()
}

/// The observers of this process.
#[derive(Default)]
pub struct Observers(OnceLock<Vec<Box<dyn Observer>>>);

impl Observers {
    /// Says who they are, once.
    pub fn register(&self, all: Vec<Box<dyn Observer>>) {
        let _ = self.0.set(all);
    }

    /// Nothing is written where nobody was registered: facts would be lost without a word.
    fn all(&self) -> Result<&[Box<dyn Observer>], Problem> {
        let all = self
            .0
            .get()
            .ok_or_else(|| Problem::internal("no observers are registered"))?;
        Ok(all)
    }
}

fn of(pen: &Pen<'_>) -> Arc<Observers> {
    pen.app.own()
}

/// [`Observer::prefetch`] of each.
pub(super) async fn prefetch(pen: &Pen<'_>, coming: &[&Written]) -> Result<(), Problem> {
    for one in of(pen).all()? {
        one.prefetch(pen, coming).await?;
    }
    Ok(())
}

/// [`Observer::admit`] of each.
pub(super) async fn admit(pen: &Pen<'_>, case: &Case, files: &[String]) -> Result<(), Problem> {
    for one in of(pen).all()? {
        one.admit(pen, case, files).await?;
    }
    Ok(())
}

/// [`Observer::written`] of each.
pub(super) async fn written(pen: &Pen<'_>, change: &Change<'_>) -> Result<(), Problem> {
    for one in of(pen).all()? {
        one.written(pen, change).await?;
    }
    Ok(())
}

/// [`Observer::settled`] of each.
pub(super) async fn settled(pen: &Pen<'_>, done: &[Done], complete: bool) -> Result<(), Problem> {
    for one in of(pen).all()? {
        one.settled(pen, done, complete).await?;
    }
    Ok(())
}
