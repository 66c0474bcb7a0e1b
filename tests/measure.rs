//! Measures: facts that follow what happens, clauses that come later, and the board over HTTP.

#[macro_use]
#[path = "support/mod.rs"]
mod support;
#[path = "measure/board.rs"]
mod board;
#[path = "support/door.rs"]
mod door;
#[path = "measure/facts.rs"]
mod facts;
#[path = "measure/filling.rs"]
mod filling;
#[path = "measure/town.rs"]
mod town;
#[path = "measure/walk.rs"]
mod walk;
