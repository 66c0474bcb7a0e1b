//! Interprets the manual 制度: pure, no SQL, no HTTP, no wall clock, no async.
//!
//! [`load`] reads and verifies the definitions, [`step`] decides what an action brings about, [`event`] folds
//! what was decided, [`expr`] holds the conditions, [`calendar`] the deadlines.

pub mod calendar;
pub mod case;
pub mod def;
pub mod env;
pub mod event;
pub mod example;
pub mod expr;
pub mod family;
pub mod figure;
pub mod form;
pub mod load;
pub mod measure;
pub mod period;
pub mod phase;
pub mod recur;
pub mod refusal;
pub mod schema;
pub mod step;
pub mod tell;
pub mod time;
pub mod world;
