//! Sessions that can be seen and ended, the second step at sign-in, tokens of other systems, and telling them.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/door.rs"]
mod door;
mod hooks;
mod receiver;
mod second;
mod sessions;
mod tokens;
