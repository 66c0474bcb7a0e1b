//! The owner's page: no sign-in, a link instead. Also the code a guard checks at the gate.

pub mod act;
pub mod gate;
pub mod hand;
pub mod home;
pub mod links;
mod observer;
pub mod records;
pub mod report;
pub mod upload;
pub mod view;
pub mod visitor;

pub use observer::Links;
