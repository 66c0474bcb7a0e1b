//! Retention 保存期限 (QUALITY-2): what was kept long enough is listed, and erased once somebody approved it.
//!
//! Erased are the bodies of the ledger, form values, words, files and whom it was about. Numbers, dates, stages, the
//! hash chain (which holds digests, not bodies) and the figures of clauses stay.

mod erase;
mod periods;

pub use periods::{Keep, built_in, read};

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use chrono::Months;
use engine::load::Manual;
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Cases or contacts of one transaction.
const BATCH: usize = 50;
/// The register, among the names of kinds.
const CONTACTS: &str = "contacts";

/// What of one sort is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Kind, or `contacts`.
    pub of: String,
    /// What people call it.
    pub title: String,
    /// Years it is kept.
    pub years: u32,
    /// Ended, or registered, before this instant.
    pub before: i64,
    /// Numbers of what is due, oldest first.
    pub numbers: Vec<String>,
    #[serde(skip)]
    ids: Vec<String>,
}

/// On whose approval something is erased.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Who approved, by name and post.
    pub by: String,
    /// Number or words of the approval.
    pub paper: String,
}

#[derive(FromQueryResult)]
struct Found {
    id: String,
    number: String,
}

/// What is due now. A case counts when it and all below it have ended; those below go with it. A contact counts when
/// nothing it led to is left.
///
/// # Errors
/// The database's.
pub async fn due(app: &App, keeps: &[Keep]) -> Result<Vec<Due>, Problem> {
    let manual = app.manuals.current();
    let now = app.clock.now();
    let mut all = Vec::new();
    for keep in keeps {
        let before = years_before(now, keep.years, &manual);
        let sql = if keep.of == CONTACTS {
            "select k.id, k.number from contact k where k.happened_at < $1 and k.said <> '' and $2 <> '' \
             and not exists (select 1 from contact_case x where x.contact_id = k.id \
             and not exists (select 1 from erased_case e where e.case_id = x.case_id)) order by k.happened_at, k.id"
        } else {
            "select c.id, c.number from case_record c where c.closed_at < $1 and c.kind = $2 and c.parent_id is null \
             and not exists (select 1 from erased_case e where e.case_id = c.id) \
             and not exists (with recursive below (id, closed_at) as \
             (select b.id, b.closed_at from case_record b where b.parent_id = c.id union all \
             select b.id, b.closed_at from case_record b join below on b.parent_id = below.id) \
             select 1 from below where closed_at is null or closed_at >= $1) order by c.closed_at, c.id"
        };
        let found: Vec<Found> = app.db.read().rows(sql, vals![before, keep.of.clone()]).await?;
        let (ids, numbers) = found.into_iter().map(|f| (f.id, f.number)).unzip();
        all.push(Due {
            of: keep.of.clone(),
            title: title(&manual, &keep.of),
            years: keep.years,
            before,
            numbers,
            ids,
        });
    }
    Ok(all)
}

fn title(manual: &Manual, of: &str) -> String {
    match manual.kind(of) {
        Some(rules) => rules.kind.title.clone(),
        None => "来电来访".to_owned(),
    }
}

fn years_before(now: i64, years: u32, manual: &Manual) -> i64 {
    let local = Time(now).local(manual.offset());
    let back = local.checked_sub_months(Months::new(years * 12));
    back.map_or(0, |then| Time::from_local(then, manual.offset()).0)
}

/// Erases what is due, and records who approved it. Gives how many of each sort. Cases come before contacts, so that
/// a contact whose last case goes now goes too.
///
/// # Errors
/// The database's; files that cannot be deleted are named in the log and do not hold up the rest.
pub async fn apply(
    app: &App,
    keeps: &[Keep],
    approval: &Approval,
) -> Result<BTreeMap<String, usize>, Problem> {
    let run = app.id();
    let mut counts = BTreeMap::new();
    record(app, &run, approval, &counts).await?;
    let (contacts, kinds): (Vec<Keep>, Vec<Keep>) = keeps.iter().cloned().partition(|k| k.of == CONTACTS);
    for some in [kinds, contacts] {
        for due in due(app, &some).await? {
            for ids in due.ids.chunks(BATCH) {
                erase_batch(app, &run, &due.of, ids.to_vec()).await?;
            }
            counts.insert(due.of, due.ids.len());
            record(app, &run, approval, &counts).await?;
        }
    }
    Ok(counts)
}

/// The record is written before anything is erased and kept up with it: a crash leaves no erasure without it.
async fn record(
    app: &App,
    run: &str,
    approval: &Approval,
    counts: &BTreeMap<String, usize>,
) -> Result<(), Problem> {
    let values = vals![
        run.to_owned(),
        app.clock.now(),
        approval.by.clone(),
        approval.paper.clone(),
        json!(counts)
    ];
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "insert into retention_run (id, at, approved_by, approval, counts) \
                           values ($1, $2, $3, $4, $5) on conflict (id) do update set counts = excluded.counts";
                tx.run(sql, values).await.map_err(Problem::from)
            })
        })
        .await?;
    Ok(())
}

async fn erase_batch(app: &App, run: &str, of: &str, ids: Vec<String>) -> Result<(), Problem> {
    let (run, now, contacts) = (run.to_owned(), app.clock.now(), of == CONTACTS);
    let digests: Vec<String> = app
        .db
        .write(move |tx: &Tx| {
            Box::pin(async move {
                let mut digests = Vec::new();
                for id in ids {
                    if contacts {
                        erase::contact(tx, &id, &mut digests).await?;
                    } else {
                        erase::case(tx, &run, &id, now, &mut digests).await?;
                    }
                }
                Ok::<_, Problem>(digests)
            })
        })
        .await?;
    // Bytes go once it is committed that nothing refers to them.
    for path in unused(app, digests).await? {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "an erased file stays on the disk");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where bytes are that no file refers to any more, with their small pictures.
async fn unused(app: &App, digests: Vec<String>) -> Result<Vec<PathBuf>, Problem> {
    let mut paths = Vec::new();
    for digest in digests {
        let used: Option<String> = app
            .db
            .read()
            .scalar(
                "select id from file where digest = $1 limit 1",
                vals![digest.clone()],
            )
            .await?;
        if used.is_none() {
            paths.extend(crate::files::places(&app.config.files, &digest));
        }
    }
    Ok(paths)
}
