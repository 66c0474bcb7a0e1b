//! Staff, their posts, skills and areas, and who is on duty.

mod administrators;
pub mod change;
pub(crate) mod checks;
pub mod duty;
mod keep;
pub mod leave;
pub mod list;

pub use keep::{NewStaff, PostAt, check_login, check_posts, insert_staff};

/// Locks of PostgreSQL, by what they guard: SQLite has one writer and needs none.
const LOCK_POSTS: i64 = 0x7973_0001;
