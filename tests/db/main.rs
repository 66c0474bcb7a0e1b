//! The database layer, on both databases, and the conventions that keep its SQL repeatable.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod conventions;
mod schema;
mod values;
mod write;
