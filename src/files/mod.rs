//! Photos and papers: kept by the digest of their bytes beside the database, with a row that says whose they are.
//!
//! A file is written completely before its row is: a crash leaves at most bytes that nothing refers to. What was
//! uploaded is kept as it came, evidence included (a photo's own time and place); it is served so that a browser
//! never takes it for a page.

mod keep;
mod observer;
mod owned;
mod picture;
mod place;
pub mod serve;
pub mod upload;

pub use keep::{FileView, Received, keep, receive, receive_bytes};
pub use observer::Uploads;
pub use owned::{attach, check_owned};
pub(crate) use place::place;
pub use serve::{Part, Shown, answer, for_link};

/// Where the bytes of that digest and their small picture are.
pub(crate) fn places(root: &std::path::Path, digest: &str) -> [std::path::PathBuf; 2] {
    [place::place(root, digest), place::thumb_place(root, digest)]
}
