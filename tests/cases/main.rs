//! The main job by HTTP: from the ringing phone to the settled, followed-up case.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod batches;
mod complaint;
mod conflicts;
mod field;
mod guests;
mod holds;
mod papers;
mod places;
mod reach;
mod recalendar;
mod recurrences;
mod register;
mod repair;
mod shop;
mod sight;
