//! Who writes, and when.

use crate::context::App;
use crate::db::Tx;
use engine::step::Actor;

/// Who writes, and when.
#[derive(Clone)]
pub struct Pen<'a> {
    /// Application.
    pub app: &'a App,
    /// Transaction.
    pub tx: &'a Tx,
    /// Who acts.
    pub actor: Actor,
    /// Id written beside events, for holders of links.
    pub actor_id: Option<String>,
    /// When it happened.
    pub at: i64,
    /// Record notices without sending them.
    pub quiet: bool,
}

impl Pen<'_> {
    /// The same, as the product itself.
    pub fn system(&self) -> Self {
        Pen {
            actor: Actor::System,
            actor_id: None,
            ..self.clone()
        }
    }

    /// When it is recorded.
    pub fn now(&self) -> i64 {
        self.app.clock.now()
    }
}
