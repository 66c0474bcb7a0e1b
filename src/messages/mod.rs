//! Messages from elsewhere (a public message board, an old system) brought in with their answers, each at its own
//! time: `yizhan import messages`.

mod answer;
mod classify;
mod import;
mod place;
mod read;
mod summary;

pub use classify::classify;
pub use import::import;
pub use place::SITE;
pub use read::{Bad, Message, Messages};
pub use summary::Summary;
