//! Search: one box that finds a person by phone, name, pinyin, room or plate, and cases by number or words.
//!
//! Masked data is no oracle: phones match whole or by the last four digits, each such question is recorded and
//! counted, and numbers inside free text are found only by who may see personal data.

mod homes;
pub mod names;
mod observer;
mod people;
mod question;
mod rooms;
mod shelf;
mod walk;
mod words;

pub use homes::find_homes;
pub use observer::Words;
pub use people::{PhoneQuery, find_customers};
pub use rooms::{RoomQuery, room_key, room_part, room_title};
pub use shelf::{Seats, Shelves, index_case, index_contact, index_new_case, index_new_contact};
pub use walk::{Found, Seek, find_cases, find_contacts};
pub use words::{analyse, normalise};

/// The end of the range of keys that begin with `start`, in the order of bytes.
pub(crate) fn prefix_end(start: &str) -> String {
    format!("{start}\u{10ffff}")
}
