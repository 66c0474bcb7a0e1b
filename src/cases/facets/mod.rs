//! What a case shows beside its form and its time line: what it amends, what was approved, who has read it, how far
//! those under it have come, what it asked of others, what it holds, and what comes round.

mod amending;
mod approvals;
mod asked;
mod circulation;
mod coming;
mod under;

use super::sight::Sight;
use super::timeline::Recorded;
use super::values::{self, Names};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use engine::case::Case;
use engine::def::Field;
use engine::load::{Manual, Rules};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) use under::name_amendments;

/// What a case shows beside its form and its time line.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Facets {
    /// Fields it is to change in the case above it.
    pub amends: Vec<amending::Amended>,
    /// What was approved, and whether that still stands; the last of each sign-off.
    pub approvals: Vec<approvals::ApprovalView>,
    /// Who was sent it to read, and whether they have.
    pub circulation: Vec<circulation::Reading>,
    /// How many stand under it, kind by kind.
    pub under: Vec<under::UnderView>,
    /// What it asked of other cases for later and was not done.
    pub unmet: Vec<asked::Unmet>,
    /// How many it asked for later that are still to be done.
    pub asked_later: i64,
    /// What it holds.
    pub holds: Vec<coming::HeldView>,
    /// What comes round while it is open.
    pub plans: Vec<coming::PlanView>,
}

/// What facets are made from.
pub(super) struct Looked<'a> {
    pub app: &'a App,
    pub me: &'a Me,
    pub manual: &'a Manual,
    pub rules: &'a Rules,
    pub case: &'a Case,
    pub events: &'a [Recorded],
    pub names: &'a Names,
    pub sight: Sight,
}

impl Looked<'_> {
    /// A value as this reader may see it, in words.
    fn text(&self, field: &Field, value: &Value) -> String {
        let shown = self.sight.value(field, value);
        values::text(field, &shown, self.names, self.app.manuals.current().offset())
    }
}

/// Ids whose names they need, beside those of the form.
pub(super) fn mentioned(rules: &Rules, case: &Case, events: &[Recorded]) -> BTreeSet<String> {
    let mut ids = values::ids(rules, &case.was);
    ids.extend(circulation::people(events));
    let approved = case.signing.iter().chain(&case.signed);
    ids.extend(approved.flat_map(|signing| values::ids(rules, &signing.of)));
    ids.extend(case.claims.iter().flat_map(|claim| coming::parts(claim.words())));
    ids
}

/// All of them.
///
/// # Errors
/// The database's.
pub(super) async fn read(sql: &impl Sql, look: &Looked<'_>) -> Result<Facets, Problem> {
    Ok(Facets {
        amends: amending::amended(look),
        approvals: approvals::approvals(look),
        circulation: circulation::readings(look),
        under: under::under(sql, look).await?,
        unmet: asked::unmet(sql, look).await?,
        asked_later: asked::to_come(sql, look.case).await?,
        holds: coming::held(look),
        plans: coming::plans(look),
    })
}
