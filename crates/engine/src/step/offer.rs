//! An action somebody may take now.

use crate::def::{Ask, Builtin};

/// An action somebody may take now.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Name.
    pub name: String,
    /// Words on the button.
    pub title: String,
    /// The usual next step.
    pub main: bool,
    /// Question before it is done.
    pub confirm: Option<String>,
    /// Fields of the kind that are asked.
    pub ask: Vec<Ask>,
    /// Where it leads.
    pub to: Option<String>,
    /// What is signed: the sign-off and whose signature, when it is a signature.
    pub about: Option<String>,
    /// The built-in verb, when it is one.
    pub builtin: Option<Builtin>,
}
