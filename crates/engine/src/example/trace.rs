//! What happens in a story, step by step, so that the same can be done elsewhere and compared.

use super::play::follow;
use super::story::{Example, ExampleFile};
use crate::case::Case;
use crate::load::Manual;
use crate::step::Start;
use crate::time::Time;
use crate::world::{Actor, HomeFacts, Input, Member};
use std::collections::BTreeMap;

/// A story as it was played.
#[derive(Debug)]
pub struct Trace {
    /// When it begins.
    pub start: Time,
    /// Staff.
    pub roster: Vec<Member>,
    /// Homes by id.
    pub homes: BTreeMap<String, HomeFacts>,
    /// Its steps.
    pub steps: Vec<Played>,
}

/// A step as it was played.
#[derive(Debug)]
pub struct Played {
    /// Instants on the way at which something was due.
    pub looks: Vec<Time>,
    /// The time.
    pub now: Time,
    /// Staff as they are by then.
    pub roster: Vec<Member>,
    /// What somebody did.
    pub deed: Option<Deed>,
    /// All cases after it, in the order in which they began.
    pub cases: Vec<Case>,
}

/// What somebody did, or tried to.
#[derive(Debug)]
pub struct Deed {
    /// Who.
    pub actor: Actor,
    /// The case, which may be the new one.
    pub case: String,
    /// When it happened; it is entered at the time of the step.
    pub happened: Time,
    /// What.
    pub what: What,
    /// Words with which it is refused.
    pub refused: Option<String>,
}

/// What is done.
#[derive(Debug)]
pub enum What {
    /// A case is opened.
    Open(Box<Start>),
    /// An action, or a verb every case knows.
    Act(Input),
}

/// Plays a story and tells what happens in it.
///
/// # Errors
/// What does not hold in it.
pub fn trace(manual: &Manual, file: &ExampleFile, story: &Example) -> Result<Trace, String> {
    follow(manual, file, story)
}
