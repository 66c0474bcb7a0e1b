//! What an approval approved, and since when it does not stand any more.

use super::Looked;
use engine::case::{Case, Outcome, Signing};
use engine::event::{self, Event};
use engine::load::Rules;
use engine::time::Time;
use serde::Serialize;
use serde_json::Value;

/// The last approval of a sign-off that remembers what it approved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApprovalView {
    /// Name of the sign-off.
    pub signoff: String,
    /// Its heading.
    pub title: String,
    /// When the last signature was given.
    pub approved_at: i64,
    /// What was approved.
    pub of: Vec<ApprovedField>,
    /// Since when it does not stand any more: something became another, or more, than was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub void_since: Option<i64>,
    /// What brought that about, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub void_by: Option<String>,
}

/// A value that was approved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ApprovedField {
    /// Field.
    pub field: String,
    /// Its label.
    pub title: String,
    /// The value, as people read it.
    pub value_text: String,
    /// What stands in the form now, when that is not covered by what was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub now_text: Option<String>,
}

/// An approval while the events are gone through.
struct Approval {
    signing: Signing,
    at: Time,
    void: Option<(Time, String)>,
}

pub(super) fn approvals(look: &Looked<'_>) -> Vec<ApprovalView> {
    let remembers = |signing: &&Signing| !signing.of.is_empty();
    let mut signings = look.case.signing.iter().chain(&look.case.signed);
    if !signings.any(|signing| remembers(&signing)) {
        return Vec::new();
    }
    let found = found(look);
    found.into_iter().map(|approval| view(look, approval)).collect()
}

/// The last of each sign-off, in the order in which they were given.
fn found(look: &Looked<'_>) -> Vec<Approval> {
    let mut case = Case::default();
    let mut found: Vec<Approval> = Vec::new();
    for recorded in look.events {
        let entry = &recorded.entry;
        event::apply(&mut case, entry);
        let done = matches!(
            entry.event,
            Event::SignoffClosed {
                outcome: Outcome::Done
            }
        );
        if let Some(signing) = case.signing.as_ref().filter(|s| done && !s.of.is_empty()) {
            found.retain(|approval| approval.signing.signoff != signing.signoff);
            found.push(Approval {
                signing: signing.clone(),
                at: entry.happened_at,
                void: None,
            });
        }
        for approval in &mut found {
            if approval.signing.covers(&case.data) {
                approval.void = None;
            } else if approval.void.is_none() {
                approval.void = Some((entry.happened_at, by(look.rules, &entry.event)));
            }
        }
    }
    found
}

/// What was done, as it is called.
fn by(rules: &Rules, event: &Event) -> String {
    match event {
        Event::Acted { action, .. } => rules
            .action(action)
            .map_or_else(|| action.clone(), |a| a.title.clone()),
        _ => String::new(),
    }
}

fn view(look: &Looked<'_>, approval: Approval) -> ApprovalView {
    let Approval { signing, at, void } = approval;
    let fields = signing.of.iter().filter_map(|(name, value)| {
        let field = look.rules.field(name)?;
        let now = look.case.data.get(name).unwrap_or(&Value::Null);
        let alone = Signing {
            of: [(name.clone(), value.clone())].into_iter().collect(),
            ..signing.clone()
        };
        let covered = alone.covers(&look.case.data);
        Some(ApprovedField {
            field: name.clone(),
            title: field.title.clone(),
            value_text: look.text(field, value),
            now_text: (!covered).then(|| look.text(field, now)),
        })
    });
    let title = look.rules.signoff(&signing.signoff).map(|s| s.title.clone());
    let (void_since, void_by) = void.unzip();
    ApprovalView {
        title: title.unwrap_or_default(),
        approved_at: at.0,
        of: fields.collect(),
        void_since: void_since.map(|at| at.0),
        void_by: void_by.filter(|words| !words.is_empty()),
        signoff: signing.signoff.clone(),
    }
}
