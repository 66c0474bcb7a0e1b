//! Words of the manual, each in a manual as small as it can be.

mod claims;
mod recurrence;
mod small;
