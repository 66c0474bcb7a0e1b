//! `yizhan manual publish`: a verified bundle comes into force.

use crate::db::{Db, Sql};
use crate::vals;
use engine::load::{Manual, Problem};
use serde_json::json;
use std::collections::BTreeMap;

/// Verifies the files, stores them under their hash and puts them into force. Gives the hash. Cases that are
/// open stay on the version they began with.
///
/// # Errors
/// Every problem of the files; or the database's.
pub async fn publish(
    db: &Db,
    files: BTreeMap<String, String>,
    by: Option<String>,
    now: i64,
) -> anyhow::Result<String> {
    let bundle = json!(files);
    let manual =
        tokio::task::spawn_blocking(move || Manual::from_files(files).map_err(|p| told(&p))).await??;
    let hash = manual.hash.clone();
    let stored = hash.clone();
    db.write(move |tx| {
        Box::pin(async move {
            tx.run(
                "insert into manual (hash, files, published_at, published_by) values ($1, $2, $3, $4) \
                 on conflict do nothing",
                vals![stored.clone(), bundle, now, by],
            )
            .await?;
            tx.run(
                "insert into setting (name, value) values ('manual', $1) \
                 on conflict (name) do update set value = excluded.value",
                vals![json!(stored)],
            )
            .await
        })
    })
    .await
    .map_err(|e: sea_orm::DbErr| e)?;
    Ok(hash)
}

/// All problems, a line each.
pub(super) fn told(problems: &[Problem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("制度未通过检查：\n{}", lines.join("\n"))
}
