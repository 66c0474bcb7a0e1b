//! Messages from elsewhere (a public message board, an old system) brought in with their answers, each at its own
//! time: `yizhan import messages`.

mod answer;
mod classify;
mod import;
mod read;

pub use classify::classify;
pub use import::{SITE, Summary, import};
pub use read::{Bad, Message, Messages};
