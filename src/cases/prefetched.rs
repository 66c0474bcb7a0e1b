//! What else is read of the cases of a batch, so that writing them asks nothing more.

use crate::channels::Receivers;
use crate::measure::Kept;
use engine::load::Manual;
use std::sync::Arc;

/// What else was read of a case of a batch. The case is locked, so that it stays true until it is written.
pub struct Prefetched {
    /// Its hash chain up to now.
    pub(super) chain: String,
    /// Its facts.
    pub(super) facts: Kept,
    /// The manual in force.
    pub(super) manual: Arc<Manual>,
    /// Some other system wants to be told of events.
    pub(super) hooks: bool,
    /// Who may be told, of all the batch tells.
    pub(super) told: Arc<Receivers>,
}
