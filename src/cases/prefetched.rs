//! What else is read of the cases of a batch, so that writing them asks nothing more.

/// What else was read of a case of a batch. The case is locked, so that it stays true until it is written.
pub struct Prefetched {
    /// Its hash chain up to now.
    pub(super) chain: String,
    /// Hash of the manual in force.
    pub(super) manual: String,
}
