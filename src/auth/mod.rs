//! Who is asking: sessions, posts, rights.
//!
//! A session is a row and a cookie, written here rather than taken from tower-sessions: its SQL store pins another
//! sqlx, which would bring a second SQLite, and a store of our own would be as long as this.

pub mod address;
mod entry;
mod guesses;
mod me;
pub mod password;
pub mod scopes;
pub mod second;
pub mod session;
pub mod sessions;
pub mod setup;
mod tokens;
mod view;

pub use address::Limits;
pub use entry::{COOKIE, IDLE_MS, LIFE_MS, again};
pub use guesses::Guesses;
pub use me::{Held, Me, digest, not_signed_in};
pub use view::{SessionView, company};
