//! Recurrences that hang on no case, as they run: when each is next due, and what it opens.

use super::Manual;
use crate::case::Data;
use crate::def::{Each, Every, RecurrenceDef};
use crate::expr::{Env, Expr};
use crate::recur::{self, Rhythm};
use crate::step::Start;
use crate::time::{Span, Time};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashMap;

/// A verified recurrence with its compiled expressions.
#[derive(Debug, Clone)]
pub struct RecurrenceRules {
    /// As written.
    pub def: RecurrenceDef,
    /// Pack it stands in.
    pub pack: String,
    pub(super) exprs: HashMap<String, Expr>,
}

/// What a recurrence is done for: the company, a site, a home, a member of staff.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Anchor {
    /// Its id; of the company none.
    pub id: String,
    /// Site at which the case is opened.
    pub site: String,
    /// What is known of it, by path: `home.kind`, `site.title`, `staff.name`.
    pub facts: Data,
}

impl Anchor {
    /// Whether a condition holds of it at an instant.
    pub fn test(&self, condition: &Expr, at: i64, offset: i32) -> bool {
        condition.test(&AnchorEnv {
            anchor: self,
            at: Time(at),
            offset,
        })
    }
}

/// What an anchor's expressions read at an instant.
struct AnchorEnv<'a> {
    anchor: &'a Anchor,
    at: Time,
    offset: i32,
}

impl Env for AnchorEnv<'_> {
    fn get(&self, path: &str) -> Cow<'_, Value> {
        match path {
            "now" => Cow::Owned(json!(self.at.0)),
            "today" => Cow::Owned(json!(self.at.date(self.offset))),
            _ => self
                .anchor
                .facts
                .get(path)
                .map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        }
    }

    fn collection(&self, _: &str, _: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        Vec::new()
    }
}

impl RecurrenceRules {
    /// When it is next due for an anchor after an instant; none: not any more, or its start is not known. Whether
    /// `where` holds is asked when the time has come.
    pub fn next(&self, live: &Manual, anchor: &Anchor, after: Time) -> Option<Time> {
        let env = env(live, anchor, after);
        let offset = live.offset();
        let start = self.day(&self.def.start, &env)?;
        let rhythm = self.rhythm(live, self.every(&env)?, start);
        let from = after.max(Time::start_of(start, offset) - Span(1));
        let at = recur::next(&rhythm, from)?;
        match &self.def.until {
            None => Some(at),
            Some(text) => {
                let end = Time::start_of(self.day(text, &env)?, offset) + Span::days(1);
                (at <= end).then_some(at)
            }
        }
    }

    /// The first instant after another at which it may be due for any anchor at all: before it nobody need be looked
    /// at. Days that are counted from a day of the anchor's own may be any day.
    pub fn soonest(&self, live: &Manual, after: Time) -> Option<Time> {
        let offset = live.offset();
        let fixed = self.def.start.parse::<NaiveDate>().ok();
        let daily = Every {
            days: Some(1),
            ..Every::default()
        };
        let of_row = |row: &Every| {
            let own_days = row.days.is_some() && fixed.is_none();
            let every = if own_days { &daily } else { row };
            let anchor = fixed.unwrap_or_else(|| after.date(offset));
            recur::next(&self.rhythm(live, every, anchor), after)
        };
        self.def.every.iter().filter_map(of_row).min()
    }

    fn rhythm<'r>(&'r self, live: &'r Manual, every: &'r Every, anchor: NaiveDate) -> Rhythm<'r> {
        Rhythm {
            every,
            at: &self.def.at,
            calendar: self.def.calendar.as_ref().and_then(|name| live.calendar(name)),
            anchor,
            offset: live.offset(),
        }
    }

    /// Whether its `where` takes an anchor in at an instant.
    pub fn takes(&self, live: &Manual, anchor: &Anchor, at: Time) -> bool {
        let env = env(live, anchor, at);
        let filter = self.def.r#where.as_ref();
        filter.is_none_or(|text| self.test(text, &env))
    }

    /// What is opened for an anchor at an instant; none: its `where` leaves it out, or it sends a report. The caller adds
    /// the id.
    pub fn opening(&self, live: &Manual, anchor: &Anchor, at: Time) -> Option<Start> {
        let env = env(live, anchor, at);
        let kind = self.def.open.clone().filter(|_| self.takes(live, anchor, at))?;
        let value = |text: &String| {
            let value = self
                .exprs
                .get(text)
                .map(|expr| serde_json::to_value(expr.eval(&env)));
            value.and_then(Result::ok).filter(|value| !value.is_null())
        };
        let set = self.def.set.iter();
        Some(Start {
            kind,
            site: anchor.site.clone(),
            home: (self.def.each == Each::Home).then(|| anchor.id.clone()),
            data: set
                .filter_map(|(field, text)| Some((field.clone(), value(text)?)))
                .collect(),
            partial: true,
            ..Start::default()
        })
    }

    fn test(&self, text: &str, env: &AnchorEnv) -> bool {
        self.exprs.get(text).is_some_and(|expr| expr.test(env))
    }

    fn every(&self, env: &AnchorEnv) -> Option<&Every> {
        let holds = |when: &String| self.test(when, env);
        self.def.every.iter().find(|e| e.when.as_ref().is_none_or(holds))
    }

    /// A day as written, or what the expression gives.
    fn day(&self, text: &str, env: &AnchorEnv) -> Option<NaiveDate> {
        if let Ok(day) = text.parse() {
            return Some(day);
        }
        let value = serde_json::to_value(self.exprs.get(text)?.eval(env)).ok()?;
        value.as_str()?.parse().ok()
    }
}

fn env<'a>(live: &Manual, anchor: &'a Anchor, at: Time) -> AnchorEnv<'a> {
    AnchorEnv {
        anchor,
        at,
        offset: live.offset(),
    }
}
