//! Who serves the owner of a home now (INTAKE-17).

use crate::context::App;
use engine::phase::phase_of;
use serde::Serialize;

/// Who serves the owner, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ServedBy {
    /// Where the home stands in its life: 交付后第一年.
    pub phase: String,
    /// Who serves: 现场客服处.
    pub server: String,
    /// First day on which somebody else does, YYYY-MM-DD.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub until: Option<String>,
}

/// Who serves the owner of a home handed over on that day; none when the manual does not say.
pub fn served_by(app: &App, delivered_on: Option<&str>) -> Option<ServedBy> {
    let manual = app.manuals.current();
    let today = engine::time::Time(app.clock.now()).date(manual.offset());
    phase_of(&manual, delivered_on, today).map(|(phase, until)| ServedBy {
        phase: phase.title.clone(),
        server: phase.server.clone(),
        until: until.map(|day| day.to_string()),
    })
}
