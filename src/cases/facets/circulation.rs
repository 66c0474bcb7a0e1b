//! Who was sent the case to read 传阅, and whether they have.

use super::super::timeline::Recorded;
use super::Looked;
use crate::base::Named;
use engine::event::Event;
use serde::Serialize;

/// Somebody who was to read it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Reading {
    /// Who.
    pub staff: Named,
    /// What was said when it was sent round.
    pub text: String,
    /// When it was sent to them last.
    pub sent_at: i64,
    /// When they acknowledged that; absent: not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub read_at: Option<i64>,
}

/// Everybody it was ever sent to.
pub(super) fn people(events: &[Recorded]) -> impl Iterator<Item = String> {
    events
        .iter()
        .flat_map(|recorded| match &recorded.entry.event {
            Event::Circulated { to, .. } => to.as_slice(),
            _ => &[],
        })
        .cloned()
}

/// In the order in which it was sent to them; who was sent it again stands once.
pub(super) fn readings(look: &Looked<'_>) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::new();
    for recorded in look.events {
        let at = recorded.entry.happened_at.0;
        match &recorded.entry.event {
            Event::Circulated { to, text } => {
                readings.retain(|reading| !to.contains(&reading.staff.id));
                readings.extend(to.iter().map(|id| Reading {
                    staff: Named {
                        id: id.clone(),
                        name: look.names.get(id).cloned().unwrap_or_default(),
                    },
                    text: look.sight.text(text.clone()),
                    sent_at: at,
                    read_at: None,
                }));
            }
            Event::Acknowledged { staff } => {
                let theirs = readings.iter_mut().filter(|reading| reading.staff.id == *staff);
                theirs.for_each(|reading| reading.read_at = Some(at));
            }
            _ => {}
        }
    }
    readings
}
