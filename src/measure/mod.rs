//! Measures: how well the rules of the manual are kept (QUALITY-9).
//!
//! A clause is data. All of its base becomes rows of `fact`, kept, broken, open or excused, rewritten in the transaction that
//! changes what it is about ([`refresh_case`], [`refresh_contact`]). Clauses are live: the manual in force decides,
//! not the one a case began with; a clause that is new or changed is computed over the past by [`fill`]. Facts are a
//! projection and can be made anew from cases and contacts.

pub mod board;
pub mod detail;
pub(crate) mod figure;
pub mod fill;
mod observer;
pub mod reach;
mod refresh;
mod rewrite;
pub mod rounds;
mod subjects;
pub mod sums;
mod walk;

pub use observer::Facts;
pub use refresh::{
    Registered, begin_case, begin_contact, refresh_case, refresh_contact, refresh_known, refresh_parents,
};
