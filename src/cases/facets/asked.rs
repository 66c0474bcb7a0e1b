//! What a case asked of others for later: what was refused there, and what is still to be done.

use super::super::pick;
use super::super::rows::CaseRow;
use super::Looked;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use engine::event::Event;
use serde::Serialize;
use std::collections::BTreeMap;

/// Something another case was asked and refused.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Unmet {
    /// The other case, as far as the reader sees it.
    pub case: Option<CaseRow>,
    /// What it was asked to do.
    pub act_title: String,
    /// Why it was refused.
    pub sentence: String,
    /// When.
    pub at: i64,
}

/// The refusals, newest first.
///
/// # Errors
/// The database's.
pub(super) async fn unmet(sql: &impl Sql, look: &Looked<'_>) -> Result<Vec<Unmet>, Problem> {
    let refused = |recorded: &super::Recorded| match &recorded.entry.event {
        Event::AskRefused { case, act, sentence } => Some((
            case.clone(),
            act.clone(),
            sentence.clone(),
            recorded.entry.happened_at.0,
        )),
        _ => None,
    };
    let found: Vec<_> = look.events.iter().rev().filter_map(refused).collect();
    let mut ids: Vec<String> = found.iter().map(|(case, ..)| case.clone()).collect();
    ids.sort();
    ids.dedup();
    let seen = pick::by_ids(look.app, sql, look.me, &ids).await?;
    let seen: BTreeMap<&str, &CaseRow> = seen.iter().map(|row| (row.id.as_str(), row)).collect();
    let view = |(case, act, sentence, at): (String, String, String, i64)| {
        let case = seen.get(case.as_str()).map(|row| (*row).clone());
        let rules = case.as_ref().and_then(|row| look.manual.kind(&row.kind));
        let title = rules
            .and_then(|rules| rules.action(&act))
            .map(|a| a.title.clone());
        Unmet {
            act_title: title.unwrap_or_default(),
            sentence: look.sight.text(sentence),
            case,
            at,
        }
    };
    Ok(found.into_iter().map(view).collect())
}

/// How many are still to be done.
///
/// # Errors
/// The database's.
pub(super) async fn to_come(sql: &impl Sql, case: &Case) -> Result<i64, Problem> {
    let text = "select count(*) from deed where case_id = $1 and done_at is null";
    let count: Option<i64> = sql.scalar(text, vals![case.id.clone()]).await?;
    Ok(count.unwrap_or_default())
}
