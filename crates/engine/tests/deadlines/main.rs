//! Deadlines: readable examples, properties against a slow reference, and what the loader says about slips.

mod examples;
mod loading;
mod properties;
mod reference;

use yizhan_engine::calendar::Calendars;

/// The calendar files of the manual.
pub const PUBLISHED: [(&str, &str); 5] = [
    (
        "manual/calendars/around-the-clock.toml",
        include_str!("../../../../manual/calendars/around-the-clock.toml"),
    ),
    (
        "manual/calendars/office.toml",
        include_str!("../../../../manual/calendars/office.toml"),
    ),
    (
        "manual/calendars/desk.toml",
        include_str!("../../../../manual/calendars/desk.toml"),
    ),
    (
        "manual/calendars/field.toml",
        include_str!("../../../../manual/calendars/field.toml"),
    ),
    (
        "manual/calendars/holidays.cn.toml",
        include_str!("../../../../manual/calendars/holidays.cn.toml"),
    ),
];

/// The manual's calendars, which must load.
pub fn published() -> Calendars {
    Calendars::load(&PUBLISHED).unwrap_or_else(|problems| panic!("{problems:#?}"))
}
