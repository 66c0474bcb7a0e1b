//! The values that expressions read, in memory.

use crate::calendar::Calendar;
use crate::case::{Case, Data, Run, RunEnd, Signing, SigningSlot, Verdict};
use crate::def::Relation;
use crate::expr::Env;
use crate::time::{DEFAULT_OFFSET_MINUTES, Time};
use crate::world::{Child, World};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A case as its expressions see it.
pub struct CaseEnv<'a> {
    world: &'a World<'a>,
    case: &'a Case,
    before: Option<&'a Data>,
}

impl<'a> CaseEnv<'a> {
    /// For guards: `now` and `today` are the instant at which the action happens.
    pub fn guard(world: &'a World<'a>, case: &'a Case) -> CaseEnv<'a> {
        CaseEnv {
            world,
            case,
            before: None,
        }
    }

    /// For what was entered into a form: `before.FIELD` is what stood there.
    pub fn entered(world: &'a World<'a>, case: &'a Case, before: &'a Data) -> CaseEnv<'a> {
        CaseEnv {
            world,
            case,
            before: Some(before),
        }
    }
}

fn time(at: Option<Time>) -> Value {
    at.map_or(Value::Null, |t| json!(t.0))
}

/// Id of whoever stands in a relation that one person has.
fn first(case: &Case, relation: Relation) -> Value {
    json!(case.in_relation(relation).next())
}

/// The built-in names of a case; `None` for a name that is not built in.
pub fn case_value(case: &Case, name: &str) -> Option<Value> {
    Some(match name {
        "stage" => json!(case.stage),
        "closed" => json!(case.closed()),
        "opened_at" => json!(case.opened_at.0),
        "opened_on" => json!(case.opened_at.date(DEFAULT_OFFSET_MINUTES)),
        "closed_at" => time(case.closed_at),
        "urgency" => json!(case.urgency),
        "level" => json!(case.level),
        "reminders" => json!(case.reminders),
        "reopened" => json!(case.reopened),
        "repeats" => json!(case.repeats),
        "id" => json!(case.id),
        "number" if case.number.is_empty() => Value::Null,
        "number" => json!(case.number),
        "home" => json!(case.home),
        "customer" => json!(case.customer),
        "channel" => json!(case.channel),
        "unread" => json!(case.unread.len()),
        "assigned" => json!(case.in_relation(Relation::Assignee).next().is_some()),
        _ => return None,
    })
}

/// The names of a clock's run.
pub fn run_value(run: &Run, name: &str) -> Value {
    match name {
        "started_at" => json!(run.started_at.0),
        "due_at" => time(run.due_at),
        "stopped_at" => time(run.ended.map(|(at, _)| at)),
        "stopped" => json!(run.ended.is_some_and(|(_, end)| end == RunEnd::Done)),
        "breached" => json!(run.breached_at.is_some()),
        "paused" => json!(run.paused()),
        _ => Value::Null,
    }
}

impl Env for CaseEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        let home = &self.world.home;
        match path {
            "me" => Cow::Owned(json!(self.world.me)),
            "now" => Cow::Owned(json!(self.world.at.0)),
            "today" => Cow::Owned(json!(self.world.at.date(self.world.live.offset()))),
            "home.phase" => {
                let phase = self.case.home.as_ref().and_then(|_| self.world.phase());
                Cow::Owned(json!(phase.map(|p| &p.name)))
            }
            _ => match path.split_once('.') {
                Some(("home", name)) => Cow::Owned(home.get(name)),
                Some(("case", "title")) => {
                    let rules = self.world.manual.kind(&self.case.kind);
                    Cow::Owned(json!(rules.map(|rules| crate::tell::heading(rules, self.case))))
                }
                Some(("case", "creator")) => Cow::Owned(first(self.case, Relation::Creator)),
                Some(("case", "responsible")) => Cow::Owned(first(self.case, Relation::Responsible)),
                Some(("before", name)) => self
                    .before
                    .and_then(|data| data.get(name))
                    .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
                Some(("approved", path)) => Cow::Owned(approved(self.case, path)),
                Some(("case", name)) => Cow::Owned(case_value(self.case, name).unwrap_or(Value::Null)),
                Some((address, name)) => self
                    .world
                    .reached
                    .get(address)
                    .map_or(Cow::Owned(Value::Null), |other| child_value(other, name)),
                None => self
                    .case
                    .data
                    .get(path)
                    .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
            },
        }
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        match (name, arg) {
            ("children", Some(kind)) => {
                let of_kind = self.world.children.iter().filter(move |c| c.kind == kind);
                of_kind.map(|c| Box::new(ChildEnv(c)) as Box<dyn Env>).collect()
            }
            ("clocks", Some(clock)) => {
                let runs = self.case.runs.iter().filter(move |r| r.clock == clock);
                runs.map(|r| Box::new(RunEnv(r)) as Box<dyn Env>).collect()
            }
            ("signoffs", Some(name)) => slots(self.case, name),
            _ => Vec::new(),
        }
    }

    fn offset(&self) -> i32 {
        self.world.live.offset()
    }

    fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.world.live.calendars.get(name)
    }
}

struct ChildEnv<'a>(&'a Child);

/// `NAME.valid`, `NAME.FIELD` of the last approval.
fn approved(case: &Case, path: &str) -> Value {
    let Some((signoff, name)) = path.split_once('.') else {
        return Value::Null;
    };
    let approval = case.approval(&signoff.replace('_', "-"));
    match (approval, name) {
        (approval, "valid") => json!(approval.is_some_and(|a| a.covers(&case.data))),
        (Some(approval), field) => approval.of.get(field).cloned().unwrap_or_default(),
        (None, _) => Value::Null,
    }
}

/// What others read of a case by name.
fn child_value<'a>(child: &'a Child, name: &str) -> Cow<'a, Value> {
    match name {
        "closed" => Cow::Owned(json!(child.closed_at.is_some())),
        "stage" => Cow::Owned(json!(child.stage)),
        "opened_at" => Cow::Owned(json!(child.opened_at.0)),
        "closed_at" => Cow::Owned(time(child.closed_at)),
        _ => child
            .data
            .get(name)
            .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
    }
}

impl Env for ChildEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        child_value(self.0, path)
    }

    fn collection(&self, _: &str, _: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        Vec::new()
    }
}

/// A row of a table beside the case it belongs to: `row.COLUMN`.
pub struct RowOf<'a> {
    /// The case.
    pub case: &'a CaseEnv<'a>,
    /// The row.
    pub row: &'a Data,
}

impl Env for RowOf<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        match path.strip_prefix("row.") {
            Some(column) => self
                .row
                .get(column)
                .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
            None => self.case.get(path),
        }
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        self.case.collection(name, arg)
    }

    fn offset(&self) -> i32 {
        self.case.offset()
    }

    fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.case.calendar(name)
    }
}

struct RunEnv<'a>(&'a Run);

impl Env for RunEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        Cow::Owned(run_value(self.0, path))
    }

    fn collection(&self, _: &str, _: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        Vec::new()
    }
}

struct SlotEnv<'a> {
    round: &'a str,
    slot: &'a SigningSlot,
}

/// Every slot of a sign-off, of each time it was gone through.
fn slots<'a>(case: &'a Case, name: &str) -> Vec<Box<dyn Env + 'a>> {
    let all: Vec<&Signing> = case
        .signed
        .iter()
        .chain(case.signing.as_ref())
        .filter(|s| s.signoff == name)
        .collect();
    let rounds = all.into_iter().flat_map(|s| &s.rounds);
    rounds
        .flat_map(|r| {
            r.slots.iter().map(move |slot| SlotEnv {
                round: &r.title,
                slot,
            })
        })
        .map(|env| Box::new(env) as Box<dyn Env>)
        .collect()
}

impl Env for SlotEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        let signed = self.slot.signed.as_ref();
        Cow::Owned(match path {
            "round" => json!(self.round),
            "slot" => json!(self.slot.name),
            "signed" => json!(signed.is_some()),
            "signed_at" => time(signed.map(|s| s.at)),
            "verdict" => json!(signed.map(|s| match s.verdict {
                Verdict::Agree => "agree",
                Verdict::Refuse => "refuse",
            })),
            _ => Value::Null,
        })
    }

    fn collection(&self, _: &str, _: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        Vec::new()
    }
}

/// What is measured by a clause: a case, one of its runs, or a contact, by name.
pub struct MeasureEnv<'a> {
    /// Case, with the children that are known.
    pub case: Option<&'a Case>,
    /// Cases under it.
    pub children: &'a [Child],
    /// Run of a clock.
    pub run: Option<&'a Run>,
    /// Values of a contact, by name.
    pub contact: Option<&'a Data>,
}

impl Env for MeasureEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        let value = match path.split_once('.') {
            Some(("case", name)) => self.case.and_then(|c| case_value(c, name)),
            Some(("run", name)) => self.run.map(|r| run_value(r, name)),
            Some(("contact", name)) => self.contact.and_then(|c| c.get(name).cloned()),
            _ => {
                return self
                    .case
                    .and_then(|c| c.data.get(path))
                    .map_or(Cow::Owned(Value::Null), Cow::Borrowed);
            }
        };
        Cow::Owned(value.unwrap_or(Value::Null))
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        let Some(case) = self.case else { return Vec::new() };
        match (name, arg) {
            ("children", Some(kind)) => {
                let of_kind = self.children.iter().filter(move |c| c.kind == kind);
                of_kind.map(|c| Box::new(ChildEnv(c)) as Box<dyn Env>).collect()
            }
            ("clocks", Some(clock)) => {
                let runs = case.runs.iter().filter(move |r| r.clock == clock);
                runs.map(|r| Box::new(RunEnv(r)) as Box<dyn Env>).collect()
            }
            ("signoffs", Some(name)) => slots(case, name),
            _ => Vec::new(),
        }
    }
}
