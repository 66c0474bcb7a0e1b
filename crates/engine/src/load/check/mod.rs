//! Verification: what is written must be able to run.

mod actions;
mod addresses;
mod calls;
mod catalogue;
mod checklists;
mod children;
mod claims;
mod clauses;
mod clocks;
mod common;
mod effects;
mod examples;
mod fields;
mod forms;
mod guests;
mod head;
mod kind;
mod limits;
mod papers;
mod recurrences;
mod reports;
mod rhythm;
mod sets;
mod sight;
mod signoffs;
mod stages;
mod who;

pub(super) use clauses::check_clauses;
pub(super) use common::check_common;
pub(super) use examples::check_examples;
pub(super) use kind::KindCheck;
pub(super) use recurrences::check_recurrences;
pub(super) use reports::check_reports;
