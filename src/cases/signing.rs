//! A sign-off as it stands: its rounds, whose signatures it waits for, and who has signed.

use super::sight::Sight;
use super::values::Names;
use engine::case::{Case, Signing, SigningSlot};
use engine::load::{Manual, Rules};
use serde::Serialize;

/// A sign-off.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SigningView {
    /// Name.
    pub signoff: String,
    /// Heading.
    pub title: String,
    /// Open round, from 0.
    pub round: usize,
    /// done, refused, withdrawn; none while under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub outcome: Option<String>,
    /// Rounds.
    pub rounds: Vec<RoundView>,
}

/// A round.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoundView {
    /// Heading.
    pub title: String,
    /// How many signatures it needs.
    pub need: usize,
    /// Slots.
    pub slots: Vec<SlotView>,
}

/// A signature asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    /// Name.
    pub name: String,
    /// Whose signature.
    pub title: String,
    /// Who may sign, in words.
    pub who_titles: Vec<String>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signed_at: Option<i64>,
    /// agree, refuse
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub verdict: Option<String>,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<String>,
    /// Signed for whoever has the post, who delegated it 受托.
    pub entrusted: bool,
}

/// Ids of everybody a sign-off names.
pub fn signers(case: &Case) -> impl Iterator<Item = String> {
    let slots = case.signing.iter().flat_map(|s| &s.rounds).flat_map(|r| &r.slots);
    slots.flat_map(|s| {
        s.people
            .iter()
            .cloned()
            .chain(s.signed.iter().filter_map(|g| g.by.clone()))
    })
}

/// A sign-off in words.
pub fn signing(
    manual: &Manual,
    rules: &Rules,
    signing: &Signing,
    names: &Names,
    sight: Sight,
) -> SigningView {
    let slot = |s: &SigningSlot| {
        let named = s.people.iter().map(|p| names.get(p).cloned().unwrap_or_default());
        let whos = s.who.iter().map(|w| engine::load::who_title(manual, rules, w));
        SlotView {
            name: s.name.clone(),
            title: s.title.clone(),
            who_titles: whos.chain(named).collect(),
            signed_by: s.signed.as_ref().map(|g| {
                g.by.as_ref()
                    .and_then(|b| names.get(b).cloned())
                    .unwrap_or_else(|| "业主".to_owned())
            }),
            signed_at: s.signed.as_ref().map(|g| g.at.0),
            verdict: s.signed.as_ref().map(|g| json_name(&g.verdict)),
            note: s
                .signed
                .as_ref()
                .and_then(|g| g.note.clone())
                .map(|n| sight.text(n)),
            entrusted: s.signed.as_ref().is_some_and(|g| g.entrusted),
        }
    };
    SigningView {
        signoff: signing.signoff.clone(),
        title: rules
            .signoff(&signing.signoff)
            .map(|s| s.title.clone())
            .unwrap_or_default(),
        round: signing.current,
        outcome: signing.outcome.as_ref().map(json_name),
        rounds: signing
            .rounds
            .iter()
            .map(|r| RoundView {
                title: r.title.clone(),
                need: r.needed(),
                slots: r.slots.iter().map(slot).collect(),
            })
            .collect(),
    }
}

fn json_name(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}
