//! What goes wrong outside the program: power cuts, nodes and databases that go away, full disks, broken files. The
//! built program runs as a child process; nothing here measures time, everything waits for what must come about.

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

#[path = "../support/smtp.rs"]
mod smtp;

mod away;
mod backup;
mod cluster;
mod durable;
mod failover;
mod kill9;
mod ledger;
mod load;
mod node;
mod point_in_time;
mod two_nodes;
