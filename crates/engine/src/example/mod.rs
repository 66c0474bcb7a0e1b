//! Examples 示例: the manual proves itself by short stories in virtual time (KNOW-4).
//!
//! [`run`] plays every story of a manual without a database and tells what does not hold; [`reach`] which actions,
//! refusals, rungs, bands and sides of guards some story reaches; [`mutate`] whether stories notice a changed manual.

pub mod accepted;
mod again;
pub(crate) mod checked;
mod clauses;
mod entered;
mod expect;
pub mod house;
pub mod mutate;
pub(crate) mod names;
mod play;
pub mod reach;
pub(crate) mod rounds;
mod run;
pub mod story;
pub mod trace;
pub(crate) mod when;

pub use run::{Failure, Report, run, run_some};
