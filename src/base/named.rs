//! Things as other things refer to them.

use engine::def::Tone;
use serde::{Deserialize, Serialize};

/// Something with a name.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A home and what people call it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HomeRef {
    /// Id.
    pub id: String,
    /// 3栋1单元502.
    pub title: String,
}

/// The name of a tone; a closed case without one ended well.
pub fn tone(tone: Option<Tone>, closed: bool) -> &'static str {
    match tone {
        Some(Tone::Waiting) => "waiting",
        Some(Tone::Working) => "working",
        Some(Tone::Held) => "held",
        Some(Tone::Good) => "good",
        Some(Tone::Void) => "void",
        None if closed => "good",
        None => "working",
    }
}
