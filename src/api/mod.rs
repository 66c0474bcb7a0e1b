//! Reading requests so that every mistake is answered as a problem, and writing so that a retry repeats nothing.

mod expire;
mod extract;
mod once;

pub use expire::forget_expired;
pub(crate) use extract::text_header;
pub use extract::{Json, Path, Query, Seen};
pub use once::{Answer, Once, digest_request};

/// Where the API lives.
pub const API: &str = "/api/v1";
