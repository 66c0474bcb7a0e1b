//! What a case holds for a time, and what comes round while it is open.

use super::Looked;
use engine::load::every_title;
use serde::Serialize;

/// Something a case holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HeldView {
    /// What, in words.
    pub title: String,
    /// From when; absent: since it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub from: Option<i64>,
    /// Until when; absent: until it is let go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<i64>,
    /// Kept after the case has ended.
    pub stays: bool,
}

/// A plan of a case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PlanView {
    /// Heading.
    pub title: String,
    /// How often, in words.
    pub every: String,
    /// When the next one is opened.
    pub next_at: i64,
    /// How many were not done before the next one.
    pub missed: u32,
}

/// What is held may be named by several parts, kept as a list.
pub(super) fn parts(resource: &str) -> Vec<String> {
    let listed = serde_json::from_str::<Vec<String>>(resource);
    listed.unwrap_or_else(|_| vec![resource.to_owned()])
}

pub(super) fn held(look: &Looked<'_>) -> Vec<HeldView> {
    let name = |part: String| look.names.get(&part).cloned().unwrap_or(part);
    let claims = look.case.claims.iter();
    claims
        .map(|claim| HeldView {
            title: parts(claim.words())
                .into_iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(" · "),
            from: claim.from.map(|at| at.0),
            to: claim.to.map(|at| at.0),
            stays: claim.stays,
        })
        .collect()
}

pub(super) fn plans(look: &Looked<'_>) -> Vec<PlanView> {
    let defs = look.rules.kind.plans.iter();
    defs.filter_map(|def| {
        let state = look.case.plans.get(&def.name)?;
        let every: Vec<String> = def.every.iter().map(every_title).collect();
        Some(PlanView {
            title: def.title.clone(),
            every: format!("{} {}", every.join("或"), def.at.join("、")),
            next_at: state.next_at.0,
            missed: state.missed,
        })
    })
    .collect()
}
