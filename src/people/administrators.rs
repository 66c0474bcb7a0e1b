//! There is always somebody who can let others in.

use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::def::Area;
use engine::load::Manual;

/// Whether the person may manage people everywhere, now. Whoever changes posts meanwhile waits for this write.
///
/// # Errors
/// The database's.
pub async fn is_one(tx: &Tx, manual: &Manual, staff: &str) -> Result<bool, Problem> {
    if tx.is_postgres() {
        tx.run("select pg_advisory_xact_lock($1)", vals![super::LOCK_POSTS])
            .await?;
    }
    Ok(count(tx, manual, Some(staff)).await? > 0)
}

/// Refuses a change after which nobody could manage people everywhere.
///
/// # Errors
/// [`Code::Refused`].
pub async fn one_is_left(tx: &Tx, manual: &Manual) -> Result<(), Problem> {
    if count(tx, manual, None).await? > 0 {
        return Ok(());
    }
    Err(Problem::new(
        Code::Refused,
        "这是最后一位能管理人员的人，请先把岗位交给别人",
    ))
}

async fn count(tx: &Tx, manual: &Manual, staff: Option<&str>) -> Result<i64, Problem> {
    let posts = manual
        .posts
        .iter()
        .filter(|post| post.may.contains(&Area::People));
    let mut values = vals![staff.map(str::to_owned)];
    let mut marks = Vec::new();
    for post in posts {
        values.push(post.name.clone().into());
        marks.push(format!("${}", values.len()));
    }
    if marks.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "select count(*) from staff s where s.active and not s.service and s.id = coalesce($1, s.id) and exists \
         (select 1 from staff_post p where p.staff_id = s.id and p.site_id is null and p.post in ({}))",
        marks.join(", ")
    );
    Ok(tx.scalar(&sql, values).await?.unwrap_or(0))
}
