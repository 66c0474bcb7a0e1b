//! Words of the manual, each in a manual as small as it can be.

mod claims;
mod conditions;
mod recurrence;
mod reports;
mod small;
