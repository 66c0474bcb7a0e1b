//! `yizhan manual publish`: a verified bundle comes into force.

use crate::db::{Db, Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::def::Area;
use engine::load::{self, Manual};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Setting that says by which manual's calendars running clocks are still to be set anew (src/cases/recalendar.rs).
pub const CALENDARS_CHANGED: &str = "calendars-changed";

/// Verifies the files, stores them under their hash and puts them into force. Gives the hash. Cases that are
/// open stay on the version they began with.
///
/// # Errors
/// Every problem of the files; that it would lock people out; or the database's.
pub async fn publish(
    db: &Db,
    files: BTreeMap<String, String>,
    by: Option<String>,
    now: i64,
) -> anyhow::Result<String> {
    put_in_force(db, Arc::new(verified(files).await?), by, now).await
}

/// The manual of the files, when it is free of problems and one can work by it.
pub(super) async fn verified(files: BTreeMap<String, String>) -> anyhow::Result<Manual> {
    let manual =
        tokio::task::spawn_blocking(move || Manual::from_files(files).map_err(|p| told(&p))).await??;
    usable(&manual)?;
    Ok(manual)
}

/// Stores a verified manual and puts it into force.
pub(super) async fn put_in_force(
    db: &Db,
    manual: Arc<Manual>,
    by: Option<String>,
    now: i64,
) -> anyhow::Result<String> {
    // Stories prove a manual; they are no part of what runs.
    let bundle = json!(manual.files);
    let hash = manual.hash.clone();
    let stored = hash.clone();
    let before = match super::in_force(db).await? {
        Some(hash) => Some(super::read(db, &hash).await?),
        None => None,
    };
    db.write(move |tx| {
        Box::pin(async move {
            nobody_is_stranded(tx, before.as_deref(), &manual).await?;
            tx.run(
                "insert into manual (hash, files, published_at, published_by) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                vals![stored.clone(), bundle, now, by],
            )
            .await?;
            set(tx, "manual", json!(stored)).await?;
            if before.is_some_and(|before| calendars(&before) != calendars(&manual)) {
                set(tx, CALENDARS_CHANGED, json!({ "manual": stored })).await?;
            }
            Ok(())
        })
    })
    .await
    .map_err(|problem: Problem| anyhow::anyhow!("{}", problem.detail))?;
    Ok(hash)
}

async fn set(tx: &Tx, name: &str, value: Value) -> Result<(), Problem> {
    let sql = "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    tx.run(sql, vals![name, value]).await?;
    Ok(())
}

fn calendars(manual: &Manual) -> Vec<(&String, &String)> {
    let files = manual.files.iter();
    files.filter(|(path, _)| path.starts_with("calendars/")).collect()
}

/// A manual under which nothing could be begun, or nobody let in, does not come into force.
fn usable(manual: &Manual) -> anyhow::Result<()> {
    if manual.kinds.is_empty() {
        anyhow::bail!("这个文件夹里一类事项也没有，发布后什么也办不了，请核对是不是选错了文件夹");
    }
    if rulers(manual).is_empty() {
        anyhow::bail!(
            "没有一个岗位能管理人员，发布后谁也进不来，请在 posts.toml 里给系统管理员写上 may = \"people\""
        );
    }
    Ok(())
}

/// Posts whose holders may manage people.
fn rulers(manual: &Manual) -> Vec<&str> {
    let posts = manual.posts.iter();
    let may = posts.filter(|post| post.may.contains(&Area::People));
    may.map(|post| post.name.as_str()).collect()
}

#[derive(FromQueryResult)]
struct Held {
    post: String,
    /// In every site.
    everywhere: bool,
}

/// Whoever works today can work afterwards, and somebody can still let others in.
async fn nobody_is_stranded(tx: &Tx, before: Option<&Manual>, after: &Manual) -> Result<(), Problem> {
    let held: Vec<Held> = tx
        .rows(
            "select distinct p.post, p.site_id is null as everywhere from staff_post p \
             join staff s on s.id = p.staff_id where s.active order by p.post",
            vals![],
        )
        .await?;
    let mut gone: Vec<&str> = held
        .iter()
        .map(|held| held.post.as_str())
        .filter(|post| after.post(post).is_none())
        .collect();
    gone.dedup();
    if !gone.is_empty() {
        let titles: Vec<&str> = gone
            .iter()
            .map(|post| {
                before
                    .and_then(|m| m.post(post))
                    .map_or(*post, |p| p.title.as_str())
            })
            .collect();
        let sentence = format!(
            "还有人担任{}，新制度里却没有这些岗位，请先给他们换岗位，或把岗位留在 posts.toml 里",
            titles.join("、")
        );
        return Err(Problem::new(Code::Refused, sentence));
    }
    let ruled = |manual: &Manual| {
        let rulers = rulers(manual);
        held.iter()
            .any(|held| held.everywhere && rulers.contains(&held.post.as_str()))
    };
    if before.is_some_and(ruled) && !ruled(after) {
        let sentence =
            "发布后没有一个在用的人能管理人员了，请让现有管理员的岗位仍能管理人员（may 里有 people）";
        return Err(Problem::new(Code::Refused, sentence));
    }
    Ok(())
}

/// All problems, a line each.
pub(super) fn told(problems: &[load::Problem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("制度未通过检查：\n{}", lines.join("\n"))
}
