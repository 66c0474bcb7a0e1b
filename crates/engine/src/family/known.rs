//! What is known when a deed is decided.

use crate::case::Case;
use crate::load::Manual;
use crate::time::Time;
use crate::world::{Child, HomeFacts, Member};

/// The instant of a deed, and what holds for all its cases.
#[derive(Clone, Copy)]
pub struct Scene<'k> {
    /// The manual in force: calendars, tables and people go by it.
    pub live: &'k Manual,
    /// When it happens.
    pub at: Time,
    /// When it is recorded.
    pub now: Time,
    /// Record notices, but do not send them: an imported past.
    pub quiet: bool,
    /// Source of ids for new cases.
    pub ids: &'k (dyn Fn() -> String + Sync),
}

/// One look at the world, by whoever keeps cases. `None` means not looked at yet; what does not exist is looked at and
/// empty.
pub trait Known {
    /// A manual by its hash.
    fn manual(&self, hash: &str) -> Option<&Manual>;
    /// Staff who hold a post at a site.
    fn roster(&self, site: &str) -> Option<&[Member]>;
    /// A home.
    fn home(&self, id: &str) -> Option<HomeFacts>;
    /// A case.
    fn case(&self, id: &str) -> Option<&Case>;
    /// Cases under one, oldest first.
    fn children(&self, id: &str) -> Option<Vec<Child>>;
    /// The case that holds a claim on a resource; `Some(None)`: nobody does.
    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>>;
}

/// Something that must be looked at before a deed can be decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// A manual, by hash.
    Manual(String),
    /// The staff of a site.
    Roster(String),
    /// A home.
    Home(String),
    /// A case, which the deed may change.
    Case(String),
    /// Cases under one.
    Children(String),
    /// Who holds a claim on a resource.
    Holder {
        /// Claim.
        claim: String,
        /// Resource.
        resource: String,
    },
}
