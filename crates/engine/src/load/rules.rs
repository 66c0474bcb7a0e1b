//! A kind as it runs: its definition and its compiled expressions.

use crate::def::{Action, Ask, ClockDef, Field, GuestDef, Kind, Link, Signoff, Stage, Table, Who};
use crate::expr::{Env, Expr};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A verified kind. Whatever it names exists, and every expression in it is compiled.
#[derive(Debug, Clone)]
pub struct Rules {
    /// As written.
    pub kind: Kind,
    /// Some expression reads the case above.
    pub(super) reads_parent: bool,
    /// Registers by the field whose value finds one of their cases.
    pub(super) registers: BTreeMap<String, String>,
    pub(super) exprs: HashMap<String, Expr>,
    pub(super) tables: Arc<BTreeMap<String, Table>>,
}

impl Rules {
    /// Whether some expression of the kind reads the case above.
    pub fn reads_parent(&self) -> bool {
        self.reads_parent
    }

    /// The same with another definition, whose expressions are among those of this one.
    #[must_use]
    pub fn with_kind(&self, kind: Kind) -> Rules {
        Rules { kind, ..self.clone() }
    }

    /// The same with a condition turned round; none when there is no such condition.
    pub fn turned_round(&self, text: &str) -> Option<Rules> {
        let mut changed = self.clone();
        let expr = changed.exprs.get_mut(text)?;
        *expr = expr.negated();
        Some(changed)
    }

    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.kind.fields.iter().find(|f| f.name == name)
    }

    /// The kind of the case on record that a field's value finds, where that kind says what is read beside it.
    pub fn register(&self, field: &str) -> Option<&str> {
        self.registers.get(field).map(String::as_str)
    }

    /// Whether the holder of a link may be asked for something that is picked from the register.
    pub fn asks_from(&self, register: &str, link: &Link) -> bool {
        let theirs = |by: &[Who]| by.iter().any(|who| matches!(who, Who::Link(of) if of == link));
        let from = |ask: &[Ask]| ask.iter().any(|ask| self.register(&ask.field) == Some(register));
        let open = &self.kind.open;
        let mut actions = self.kind.actions.iter();
        theirs(&open.by) && from(&open.ask) || actions.any(|one| theirs(&one.by) && from(&one.ask))
    }

    /// A stage by name.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.kind.stages.iter().find(|s| s.name == name)
    }

    /// What customers call the kind.
    pub fn public_title(&self) -> &str {
        self.kind.public.as_ref().unwrap_or(&self.kind.title)
    }

    /// What customers read for a stage.
    pub fn public_stage<'a>(&'a self, name: &'a str) -> &'a str {
        let stage = self.stage(name);
        stage.map_or(name, |s| s.public.as_ref().unwrap_or(&s.title))
    }

    /// What customers read for an action.
    pub fn public_action<'a>(&'a self, name: &'a str) -> &'a str {
        let action = self.action(name);
        action.map_or(name, |a| a.public.as_ref().unwrap_or(&a.title))
    }

    /// What the kind says of whoever holds the link.
    pub fn guest(&self, link: &Link) -> Option<&GuestDef> {
        self.kind.guests.iter().find(|guest| guest.name == link.name())
    }

    /// What people call whoever holds the link.
    pub fn link_title<'a>(&'a self, link: &'a Link) -> &'a str {
        self.guest(link)
            .map_or_else(|| link.title(), |guest| &guest.title)
    }

    /// The action that answers the kind at once.
    pub fn at_once(&self) -> Option<&Action> {
        self.action(self.kind.at_once.as_ref()?)
    }

    /// An action by name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.kind.actions.iter().find(|a| a.name == name)
    }

    /// A clock by name.
    pub fn clock(&self, name: &str) -> Option<&ClockDef> {
        self.kind.clocks.iter().find(|c| c.name == name)
    }

    /// A sign-off by name.
    pub fn signoff(&self, name: &str) -> Option<&Signoff> {
        self.kind.signoffs.iter().find(|s| s.name == name)
    }

    /// The stage a case begins in.
    pub fn first_stage(&self) -> &str {
        let first = || self.kind.stages.first().map_or("", |s| s.name.as_str());
        self.kind.open.stage.as_deref().unwrap_or_else(first)
    }

    /// The compiled form of an expression that stands in the kind; none for any other text.
    pub fn expr(&self, text: &str) -> Option<&Expr> {
        self.exprs.get(text)
    }

    /// Whether a condition that stands in the kind holds; null counts as false.
    pub fn test(&self, text: &str, env: &dyn Env) -> bool {
        let answer = self.expr(text).is_some_and(|expr| expr.test(env));
        super::watch::note(&self.kind.name, text, answer);
        answer
    }

    /// Value of an expression that stands in the kind, as it is stored in a case's data. The bare name of a field
    /// copies it whole, also files and tables, which have no expressions; so does that of a row's cell, `row.photo`.
    pub fn value(&self, text: &str, env: &dyn Env) -> Value {
        if self.field(text).is_some() {
            return env.get(text).into_owned();
        }
        let Some(expr) = self.expr(text) else {
            return match text.strip_prefix("row.") {
                Some(_) => env.get(text).into_owned(),
                None => Value::Null,
            };
        };
        tidy(serde_json::to_value(expr.eval(env)).unwrap_or(Value::Null))
    }

    /// Names among these of fields that belong to one act alone.
    pub fn spent(&self, set: &crate::case::Data) -> Vec<String> {
        let once = self.kind.fields.iter().filter(|field| field.once);
        once.map(|field| field.name.clone())
            .filter(|name| set.contains_key(name))
            .collect()
    }

    /// Keys of a table, in order.
    pub fn table_keys(&self, table: &str) -> Vec<&str> {
        self.tables
            .get(table)
            .map_or_else(Vec::new, |t| t.rows.keys().map(String::as_str).collect())
    }
}

/// What is kept of a number: nine decimals, so that 10 - 9.9 is 0.1.
fn tidy(value: Value) -> Value {
    const KEPT: f64 = 1e9;
    match value
        .as_f64()
        .filter(|number| number.fract() != 0.0 && number.abs() < 1e6)
    {
        Some(number) => serde_json::json!((number * KEPT).round() / KEPT),
        None => value,
    }
}
