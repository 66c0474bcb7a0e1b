//! One kind under verification: what every check of it needs.

use super::super::layout::Draft;
use super::super::names::suggest;
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use crate::def::{Action, Effect, Field, Kind, Stage, Who};
use crate::expr::{Expr, Type};
use crate::schema::{Moment, Names};
use std::collections::{BTreeSet, HashMap};

/// What other kinds do to this one, and how far its stages can be reached.
#[derive(Debug, Default)]
pub(in crate::load) struct Reach {
    /// Actions the system does: by a rung of a ladder, a sign-off, a child.
    pub(super) triggered: BTreeSet<String>,
    /// Stages a case can come into.
    pub(super) stages: BTreeSet<String>,
    /// Fields that are asked for or filled somewhere.
    pub(super) filled: BTreeSet<String>,
}

/// One kind under verification.
pub(in crate::load) struct KindCheck<'a> {
    pub(super) draft: &'a Draft<'a>,
    pub(super) kind: &'a Kind,
    pub(super) pen: Pen<'a>,
    pub(super) reach: Reach,
    /// The ways from stage to stage are not as meant: a name is wrong, or nobody may. What follows from that is not
    /// told as well.
    pub(super) tangled: bool,
    exprs: HashMap<String, Expr>,
}

impl<'a> KindCheck<'a> {
    /// Verifies a kind and compiles its expressions.
    pub(in crate::load) fn run(
        draft: &'a Draft<'a>,
        path: &str,
        kind: &'a Kind,
    ) -> (HashMap<String, Expr>, Vec<Problem>) {
        let Some(source) = draft.sources.get(path) else {
            return Default::default();
        };
        let reach = Reach::default();
        let mut check = KindCheck {
            draft,
            kind,
            pen: Pen::new(source),
            reach,
            tangled: false,
            exprs: HashMap::new(),
        };
        check.reach.triggered = check.triggered();
        check.reach.stages = check.reached();
        check.reach.filled = check.filled();
        check.head();
        check.names();
        check.fields();

        check.opening();
        check.actions();
        check.clocks();
        check.signoffs();
        check.children();
        check.plans();
        check.claims();
        check.pass();
        check.papers();
        check.addresses();
        check.guests();
        check.sight();
        check.stages();
        check.runs();
        (check.exprs, check.pen.problems)
    }

    pub(super) fn field(&self, name: &str) -> Option<&'a Field> {
        self.kind.fields.iter().find(|f| f.name == name)
    }

    pub(super) fn stage(&self, name: &str) -> Option<&'a Stage> {
        self.kind.stages.iter().find(|s| s.name == name)
    }

    pub(super) fn action(&self, name: &str) -> Option<&'a Action> {
        self.kind.actions.iter().find(|a| a.name == name)
    }

    /// The stage a case begins in.
    pub(super) fn first_stage(&self) -> Option<&'a str> {
        self.kind
            .open
            .stage
            .as_deref()
            .or(self.kind.stages.first().map(|s| s.name.as_str()))
    }

    /// Whether the action may be done in the stage.
    pub(super) fn is_from(&self, action: &Action, stage: &str) -> bool {
        if action.from.is_empty() {
            self.stage(stage).is_some_and(|s| !s.ends)
        } else {
            action.from.iter().any(|from| from == stage)
        }
    }

    /// Whether anybody at all may ever take it.
    pub(super) fn takeable(&self, action: &Action) -> bool {
        action.by.iter().any(|who| *who != Who::System) || self.reach.triggered.contains(&action.name)
    }

    /// Every effect of the kind, with its place.
    pub(super) fn effects(&self) -> Vec<(Place, &'a Effect)> {
        let opening = self.kind.open.effects.iter().enumerate();
        let opening = opening.map(|(i, effect)| (Place::top().at("open").at("do").at(i), effect.inner()));
        let actions = self.kind.actions.iter().enumerate().flat_map(|(a, action)| {
            let place = Place::top().at("action").at(a).at("do");
            action
                .effects
                .iter()
                .enumerate()
                .map(move |(i, effect)| (place.at(i), effect.inner()))
        });
        opening.chain(actions).collect()
    }

    /// Every text of the kind in which an expression may stand.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.exprs.keys().map(String::as_str)
    }

    /// The compiled form of a text that stands in the kind.
    pub(super) fn compiled(&self, text: &str) -> Option<&Expr> {
        self.exprs.get(text)
    }

    /// Marks a field that is not there. Gives the field that is.
    pub(super) fn known_field(&mut self, place: &Place, what: &str, name: &str) -> Option<&'a Field> {
        let found = self.field(name);
        if found.is_none() {
            let known = suggest(name, self.kind.fields.iter().map(|f| f.name.as_str()));
            self.pen
                .error(place, format!("{what}的字段“{name}”不存在{known}"));
        }
        found
    }

    pub(super) fn known_stage(&mut self, place: &Place, what: &str, name: &str) -> Option<&'a Stage> {
        let found = self.stage(name);
        if found.is_none() {
            let known = suggest(name, self.kind.stages.iter().map(|s| s.name.as_str()));
            self.pen
                .error(place, format!("{what}的阶段“{name}”不存在{known}"));
            self.tangled = true;
        }
        found
    }

    pub(super) fn known_action(&mut self, place: &Place, what: &str, name: &str) -> Option<&'a Action> {
        let found = self.action(name);
        if found.is_none() {
            let known = suggest(name, self.kind.actions.iter().map(|a| a.name.as_str()));
            self.pen
                .error(place, format!("{what}的动作“{name}”不存在{known}"));
            self.tangled = true;
        }
        found
    }

    pub(super) fn known_clocks(&mut self, place: &Place, what: &str, names: &[String]) {
        for (i, name) in names.iter().enumerate() {
            if !self.kind.clocks.iter().any(|c| c.name == *name) {
                let known = suggest(name, self.kind.clocks.iter().map(|c| c.name.as_str()));
                self.pen
                    .error(&place.at(i), format!("{what}的时限“{name}”不存在{known}"));
                self.tangled = true;
            }
        }
    }

    /// A table by name; its rows when they could be read.
    pub(super) fn known_table(
        &mut self,
        place: &Place,
        what: &str,
        name: &str,
    ) -> Option<&'a crate::def::Table> {
        if !self.draft.table_names.contains(name) {
            let known = suggest(name, self.draft.table_names.iter().map(String::as_str));
            self.pen.error(place, format!("{what}的表“{name}”不存在{known}"));
        }
        self.draft.tables.get(name).map(|table| &table.def)
    }

    /// Compiles the expression at a place. One text means one thing in a kind, since money is written with `yuan()`:
    /// so it is found again by its words.
    pub(super) fn expr(&mut self, place: &Place, text: &str, want: Type, moment: Moment) -> Option<&Expr> {
        if self.has_unread_children() {
            return None;
        }
        let names = Names::of_kind(self.kind, moment, self.draft);
        self.compile(place, text, want, &names)
    }

    /// The same where a row of that table is at hand.
    pub(super) fn expr_over(
        &mut self,
        place: &Place,
        text: &str,
        want: Type,
        table: Option<&Field>,
    ) -> Option<&Expr> {
        if self.has_unread_children() {
            return None;
        }
        let names = match table {
            Some(table) => Names::of_row(self.kind, table, Moment::Now, self.draft),
            None => Names::of_kind(self.kind, Moment::Now, self.draft),
        };
        self.compile(place, text, want, &names)
    }

    pub(super) fn compile(&mut self, place: &Place, text: &str, want: Type, names: &Names) -> Option<&Expr> {
        match Expr::compile(text, names, want) {
            Ok(expr) => {
                if self.exprs.get(text).is_some_and(|before| *before != expr) {
                    let sentence = format!("“{text}”在两处意思不同，请把其中一处的字段或列改名");
                    self.pen.error(place, sentence);
                }
                Some(self.exprs.entry(text.to_owned()).or_insert(expr))
            }
            Err(problems) => {
                for problem in problems {
                    self.pen
                        .error_inside(place, text, problem.offset, problem.sentence);
                }
                None
            }
        }
    }

    /// A condition of an action, clock, round: read while an action is done.
    pub(super) fn guard(&mut self, place: &Place, text: Option<&String>) {
        if let Some(text) = text {
            self.expr(place, text, Type::Bool, Moment::Now);
        }
    }

    /// Fields somebody or something fills.
    fn filled(&self) -> BTreeSet<String> {
        let mut filled: BTreeSet<String> = self.kind.open.ask.iter().map(|a| a.field.clone()).collect();
        filled.extend(
            self.kind
                .actions
                .iter()
                .flat_map(|a| &a.ask)
                .map(|a| a.field.clone()),
        );
        let fixed = self.kind.signoffs.iter().flat_map(|s| &s.rounds);
        let banded = self
            .kind
            .signoffs
            .iter()
            .flat_map(|s| &s.bands)
            .flat_map(|b| &b.rounds);
        let slots = fixed.chain(banded).flat_map(|r| &r.slots);
        filled.extend(slots.flat_map(|s| &s.ask).map(|a| a.field.clone()));
        for (_, effect) in self.effects() {
            if let Effect::Set(fields) = effect {
                filled.extend(fields.keys().cloned());
            }
        }
        filled.extend(self.draft.filled_from_outside(&self.kind.name));
        filled
    }
}
