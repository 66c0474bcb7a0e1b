//! The vocabulary of the manual: what a definition may say.
//!
//! Everything here is plain data as written in `manual/`. A word that is not here is refused when the
//! manual is loaded; meaning is given to these words in [`crate::load`] (verification) and [`crate::step`].

mod action;
mod address;
mod builtin;
mod catalogue;
mod checklist;
mod claim;
mod clause;
mod clock;
mod effect;
mod field;
mod guarded;
mod guest;
mod kind;
mod pack;
mod paper;
mod phase;
mod recurrence;
mod report;
mod signoff;
mod who;

pub use action::{Action, Ask, Check, OldRun, Opening, Restart};
pub use address::AddressDef;
pub use builtin::Builtin;
pub use catalogue::{CatalogueFile, Demand, Interface, Requirement};
pub use checklist::{Checklist, ITEM, Item, MOST_ROWS, ROOM, STATE};
pub use claim::{ClaimDef, identity, is_unseen};
pub use clause::{Clause, Figure, MeasureOf, Period};
pub use clock::{ClockDef, LimitBy, LimitDef, StepDef};
pub use effect::{AssignTo, Effect, HomeChange, OpenChild};
pub use field::{Compute, Field, FieldType};
pub use guest::GuestDef;
pub use kind::{ChildDef, Kind, PassDef, Stage, Tone};
pub use pack::{
    AnswerRule, AnswerStep, Area, Import, Judgement, Pack, Post, Posts, RuleFile, Scope, Table, TextRule,
};
pub use paper::{PaperDef, PaperPart, PaperStyle};
pub use phase::{Phase, Phases};
pub use recurrence::{Each, Every, First, NextMoment, Per, PlanDef, RecurrenceDef, RecurrenceFile};
pub use report::{Among, ColumnDef, Homes, MeasureDef, PartDef, ReportDef, ReportFile, Shape};
pub use signoff::{Band, Need, Round, Signoff, Slot};
pub use who::{Link, Relation, Who};
