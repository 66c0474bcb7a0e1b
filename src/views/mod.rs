//! What is put together from many parts: all of a home, all of a customer, the one search box, live updates.

pub mod change;
pub mod create;
pub mod everything;
pub mod home;
pub mod live;
pub mod offered;
pub mod story;
