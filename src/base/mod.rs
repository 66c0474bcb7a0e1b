//! Small things that every layer may use.

mod hex;
mod mask;
mod named;
pub mod standing;

pub use hex::hex;
pub use mask::{mask_end, mask_name, mask_numbers, mask_phone, unmask_kept};
pub use named::{HomeRef, Named, tone};
