//! From a deed to what is written: the engine decides for all cases a deed touches, then all of it is written, or none.
//! One deed is a batch of one.

use super::commit;
use super::load;
use super::look::Look;
use super::observe::{self, Done};
use super::pen::Pen;
use super::world::Around;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::{Case, Data};
use engine::family::{Family, Stop, Written};
use sea_orm::FromQueryResult;

/// How often the engine may ask for more before a deed is decided: every case it reaches costs a few.
const ASKS: usize = 2_000;

/// Decides a deed; what the look does not hold is read when it is asked for. The look then knows what was decided.
///
/// # Errors
/// The engine's refusal; the database's.
pub async fn decide<F>(pen: &Pen<'_>, look: &mut Look, deed: F) -> Result<Vec<Written>, Problem>
where
    F: Fn(Family) -> Result<Vec<Written>, Stop> + Send,
{
    decide_until(pen, look, pen.now().max(pen.at), deed).await
}

/// The same where time stands at `now` and no later, whatever the clock says.
pub(super) async fn decide_until<F>(
    pen: &Pen<'_>,
    look: &mut Look,
    now: i64,
    deed: F,
) -> Result<Vec<Written>, Problem>
where
    F: Fn(Family) -> Result<Vec<Written>, Stop> + Send,
{
    let app = pen.app.clone();
    let ids = move || app.id();
    for _ in 0..ASKS {
        let decided = deed(Family::new(look, look.scene(pen, now, &ids)));
        match decided {
            Ok(written) => {
                look.apply(&written);
                return Ok(written);
            }
            Err(Stop::Refused(refusal)) => return Err(refusal.into()),
            Err(Stop::Missing(missing)) => look.fetch(pen, missing).await?,
        }
    }
    Err(Problem::internal("a deed asks without end"))
}

/// Writes what was decided, case by case in its order, and then what is made of it.
///
/// # Errors
/// What [`commit::write`] refuses.
pub async fn write_all(
    pen: &Pen<'_>,
    look: &mut Look,
    written: Vec<Written>,
) -> Result<Vec<Written>, Problem> {
    let mut done = Vec::with_capacity(written.len());
    write_group(pen, look, written, &mut done).await?;
    observe::settled(pen, &done, true).await?;
    Ok(done.into_iter().map(|one| one.written).collect())
}

/// Writes without measuring: what a batch writes is measured at its end.
pub(super) async fn write_group(
    pen: &Pen<'_>,
    look: &mut Look,
    written: Vec<Written>,
    done: &mut Vec<Done>,
) -> Result<(), Problem> {
    for mut one in written {
        let pen = match one.by == pen.actor {
            true => pen.clone(),
            false => pen.system(),
        };
        look.number(&mut one);
        let around = look.around(&one.outcome.case)?;
        let one = commit::write(&pen, around, one).await?;
        look.numbered(&one.written.outcome.case);
        done.push(one);
    }
    Ok(())
}

/// Decides and writes a deed that begins in the case; gives the case as it is then, and all that was written.
///
/// # Errors
/// As [`decide`] and [`write_all`].
pub async fn perform<F>(pen: &Pen<'_>, case: &Case, deed: F) -> Result<(Case, Vec<Written>), Problem>
where
    F: Fn(Family) -> Result<Vec<Written>, Stop> + Send,
{
    perform_until(pen, case, pen.now().max(pen.at), deed).await
}

/// The same where time stands at `now`.
pub(super) async fn perform_until<F>(
    pen: &Pen<'_>,
    case: &Case,
    now: i64,
    deed: F,
) -> Result<(Case, Vec<Written>), Problem>
where
    F: Fn(Family) -> Result<Vec<Written>, Stop> + Send,
{
    let mut look = Look::of(pen.app, pen.tx, case).await?;
    let written = decide_until(pen, &mut look, now, deed).await?;
    let written = write_all(pen, &mut look, written).await?;
    let after = written.iter().rfind(|w| w.outcome.case.id == case.id);
    let after = after.map_or_else(|| case.clone(), |w| w.outcome.case.clone());
    Ok((after, written))
}

/// How often a deed is tried whose cases somebody else takes meanwhile.
const TRIES: u32 = 20;

/// Does it again while [`Code::Moved`] says that it may go through then: each time in a transaction of its own.
///
/// # Errors
/// Those of `attempt`.
pub async fn again<T, A, F>(mut attempt: A) -> Result<T, Problem>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, Problem>>,
{
    for nth in 1..TRIES {
        match attempt().await {
            Err(problem) if problem.code == Code::Moved => {
                let rest = rand::random_range(1..=5 * u64::from(nth));
                tokio::time::sleep(std::time::Duration::from_millis(rest)).await;
            }
            done => return done,
        }
    }
    attempt().await
}

#[derive(FromQueryResult)]
struct Pinned {
    kind: String,
    manual: String,
}

/// The cases that an action on this one reaches by its addresses, as far as can be seen before anything is locked.
///
/// # Errors
/// The database's; an unknown manual.
pub async fn reached(app: &App, sql: &impl Sql, case: &str, entered: &Data) -> Result<Vec<String>, Problem> {
    let text = "select kind, manual from case_record where id = $1";
    let Some(pinned) = sql.row::<Pinned>(text, vals![case.to_owned()]).await? else {
        return Ok(Vec::new());
    };
    let manual = app.manuals.get(&pinned.manual).await?;
    let addresses = manual.kind(&pinned.kind).map(|rules| &rules.kind.addresses);
    if addresses.is_none_or(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let mut seen = load::any(sql, case).await?;
    seen.data.extend(entered.clone());
    Ok(Around::shown(app, sql, &seen).await?.reached_ids())
}
