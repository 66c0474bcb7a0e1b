//! What if: the same past with more engineers or another limit, clause boards side by side.

use super::cast::MOST_MORE;
pub use super::compared::{Comparison, Line, Means, Side};
use super::rehearsal::Rehearsal;
use super::{Plan, Summary, live};
use crate::clock::{Clock, Ids};
use crate::context::{App, Config};
use crate::db::{Db, Sql};
use crate::manual;
use crate::measure::figure::{OF_FACT, SUMMED, Summed};
use crate::vals;
use anyhow::{Context, bail};
use engine::figure::{Counts, met_over, sum};
use engine::load::Manual;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use std::path::Path;

/// A limit of the manual that is tried: `repair.response=4h`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Kind.
    pub kind: String,
    /// Clock.
    pub clock: String,
    /// Length of time, as the manual writes it.
    pub limit: String,
}

impl std::str::FromStr for Limit {
    type Err = String;
    fn from_str(text: &str) -> Result<Limit, String> {
        let parts = text
            .split_once('=')
            .and_then(|(of, limit)| Some((of.split_once('.')?, limit)));
        let ((kind, clock), limit) = parts.ok_or("写成 事项类型.时限=时长，如 repair.response=4h")?;
        Ok(Limit {
            kind: kind.to_owned(),
            clock: clock.to_owned(),
            limit: limit.to_owned(),
        })
    }
}

/// What is tried.
#[derive(Debug, Clone)]
pub struct Change {
    /// Engineers beside those there are.
    pub engineers: usize,
    /// Limits.
    pub limits: Vec<Limit>,
}

struct Ran {
    summary: Summary,
    means: Means,
    sides: Vec<Side>,
}

#[derive(FromQueryResult)]
struct Counted {
    clause: String,
    #[sea_orm(nested)]
    counts: Summed,
}

#[derive(FromQueryResult)]
struct Mean {
    kind: String,
    ended: i64,
    spent: i64,
}

/// Lives the plan twice, as things are and changed, in databases of their own below `folder`.
///
/// # Errors
/// When the change does not pass the manual's verification; the databases'.
pub async fn compare(
    folder: &Path,
    plan: Plan,
    files: BTreeMap<String, String>,
    change: &Change,
) -> anyhow::Result<Comparison> {
    if change.engineers > MOST_MORE {
        bail!("最多增加 {MOST_MORE} 名工程师");
    }
    let changed = with_limits(files.clone(), &change.limits)?;
    let manual = verified(&changed)?;
    let before = one(&folder.join("before"), plan, files, 0).await?;
    let after = one(&folder.join("after"), plan, changed, change.engineers).await?;
    let lines = manual.clauses.iter().zip(before.sides).zip(after.sides);
    let mut clauses: Vec<Line> = lines
        .map(|((clause, before), after)| Line {
            id: clause.def.id.clone(),
            title: clause.def.title.clone(),
            threshold: clause.target(),
            before,
            after,
        })
        .collect();
    clauses.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Comparison {
        change: words(change),
        past: format!("种子 {}，{} 套房屋，{} 天", plan.seed, plan.homes, plan.days),
        before: before.summary,
        after: after.summary,
        before_means: before.means,
        after_means: after.means,
        clauses,
    })
}

fn words(change: &Change) -> Vec<String> {
    let more = (change.engineers > 0).then(|| format!("工程师增加 {} 名", change.engineers));
    let limits = change
        .limits
        .iter()
        .map(|l| format!("{}.{} 改为 {}", l.kind, l.clock, l.limit));
    more.into_iter().chain(limits).collect()
}

fn verified(files: &BTreeMap<String, String>) -> anyhow::Result<Manual> {
    Manual::from_files(files.clone()).map_err(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("改动后的制度没有通过检查：\n{}", said.join("\n"))
    })
}

/// The manual's files with other limits; what comes out goes through the same loader as any manual, but for its
/// examples, which tell of the limits as they were.
fn with_limits(
    mut files: BTreeMap<String, String>,
    limits: &[Limit],
) -> anyhow::Result<BTreeMap<String, String>> {
    files.retain(|path, _| !path.contains("/examples/"));
    for limit in limits {
        let manual = verified(&files)?;
        let kind = manual.kind(&limit.kind);
        let clock = kind
            .with_context(|| format!("制度里没有事项类型 {}", limit.kind))?
            .clock(&limit.clock)
            .with_context(|| format!("{} 没有时限 {}", limit.kind, limit.clock))?;
        let ending = format!("/kinds/{}.toml", limit.kind);
        let file = files.iter_mut().find(|(path, _)| path.ends_with(&ending));
        let (path, text) = file.with_context(|| format!("制度里没有事项类型 {}", limit.kind))?;
        let mut table: toml::Table = toml::from_str(text).with_context(|| format!("读不了 {path}"))?;
        let written = clock_of(&mut table, &limit.clock)
            .with_context(|| format!("{} 没有时限 {}", limit.kind, limit.clock))?;
        written.insert("limit".to_owned(), limit.limit.clone().into());
        if clock.repeats {
            written.insert("repeats".to_owned(), true.into());
        }
        *text = toml::to_string(&table)?;
    }
    Ok(files)
}

/// A clock as it stands in the file of its kind: in a list, by its name, or only in a template, which what stands here
/// goes before.
fn clock_of<'t>(kind: &'t mut toml::Table, name: &str) -> Option<&'t mut toml::Table> {
    let clocks = kind.entry("clock").or_insert_with(|| toml::Table::new().into());
    match clocks {
        toml::Value::Array(list) => list
            .iter_mut()
            .filter_map(toml::Value::as_table_mut)
            .find(|clock| clock.get("name").and_then(toml::Value::as_str) == Some(name)),
        toml::Value::Table(by_name) => by_name
            .entry(name)
            .or_insert_with(|| toml::Table::new().into())
            .as_table_mut(),
        _ => None,
    }
}

async fn one(
    folder: &Path,
    plan: Plan,
    files: BTreeMap<String, String>,
    engineers: usize,
) -> anyhow::Result<Ran> {
    std::fs::create_dir_all(folder)?;
    let config = Config {
        database: format!("sqlite://{}", folder.join("yizhan.sqlite").display()),
        files: folder.join("files"),
        ..Config::default()
    };
    std::fs::create_dir_all(&config.files)?;
    let db = Db::open(&config.database).await?;
    manual::publish(&db, files, None, plan.start()).await?;
    db.close().await;
    let summary = live(&config, plan, Some(Rehearsal::new(engineers))).await?;
    let app = crate::app::open(config, Clock::virtual_at(plan.now), Ids::seeded(plan.seed)).await?;
    let sides = sides(&app).await?;
    let means = means(&app).await?;
    app.db.close().await;
    Ok(Ran {
        summary,
        means,
        sides,
    })
}

/// Each clause of the manual in force, in its order.
async fn sides(app: &App) -> anyhow::Result<Vec<Side>> {
    let rows: Vec<Counted> = app
        .db
        .read()
        .rows(
            &format!(
                "select clause, {SUMMED} from (select clause, period, {OF_FACT} from fact \
                 where compliance <> 'counted') f group by clause, period order by clause, period"
            ),
            vals![],
        )
        .await?;
    let manual = app.manuals.current();
    let side = |clause: &std::sync::Arc<engine::load::ClauseRules>| {
        let own = rows.iter().filter(|row| row.clause == clause.def.id);
        let periods: Vec<Counts> = own.map(|row| row.counts.into()).collect();
        let all = sum(&periods);
        Side {
            total: all.total(),
            broken: all.broken,
            value: all.figure(clause.def.figure),
            met: met_over(clause, &periods),
        }
    };
    Ok(manual.clauses.iter().map(side).collect())
}

async fn means(app: &App) -> anyhow::Result<Means> {
    let rows: Vec<Mean> = app
        .db
        .read()
        .rows(
            "select kind, count(*) as ended, cast(sum(closed_at - opened_at) as bigint) as spent from case_record \
             where closed_at is not null and kind in ('repair', 'work-order') group by kind",
            vals![],
        )
        .await?;
    let of = |kind: &str| rows.iter().find(|r| r.kind == kind && r.ended > 0);
    let hours = |kind: &str| of(kind).map(|r| (r.spent / r.ended / 360_000) as f64 / 10.0);
    Ok(Means {
        repairs: of("repair").map_or(0, |r| r.ended),
        repair_hours: hours("repair"),
        order_hours: hours("work-order"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_goes_through_the_loader() {
        let limit = |text: &str| text.parse::<Limit>().expect("a limit");
        let files = with_limits(manual::built_in(), &[limit("complaint.response=4h")]).expect("files");
        assert!(verified(&files).is_ok());
        let wrong = with_limits(manual::built_in(), &[limit("complaint.response=fast")]).expect("files");
        assert!(verified(&wrong).is_err(), "what is no length of time is refused");
        assert!(with_limits(manual::built_in(), &[limit("complaint.nothing=4h")]).is_err());
        assert!("complaint=4h".parse::<Limit>().is_err());
    }
}
