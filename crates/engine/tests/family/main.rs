//! Deeds that reach several cases, and what a case remembers of its acts and approvals.

mod acts;
mod addresses;
mod checklists;
mod children;
mod house;
mod language;
mod records;
