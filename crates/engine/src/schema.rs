//! The names that expressions may use, with their types. [`crate::env`] gives them their values.
//!
//! Names and their types belong side by side: one list of what an expression may say, which is why it is long.

use crate::def::{Checklist, Each, Field, FieldType, ITEM, Judgement, Kind, ROOM, Table};
use crate::expr::{Schema, Type};
use std::collections::BTreeMap;

/// Built-in names of every case.
pub const CASE: [(&str, Type); 17] = [
    ("case.number", Type::Text),
    ("case.stage", Type::Text),
    ("case.closed", Type::Bool),
    ("case.opened_at", Type::Time),
    ("case.closed_at", Type::Time),
    ("case.urgency", Type::Num),
    ("case.level", Type::Num),
    ("case.reminders", Type::Num),
    ("case.reopened", Type::Num),
    ("case.repeats", Type::Num),
    ("case.id", Type::Text),
    ("case.home", Type::Text),
    ("case.customer", Type::Text),
    ("case.channel", Type::Text),
    ("case.assigned", Type::Bool),
    ("case.unread", Type::Num),
    ("case.opened_on", Type::Date),
];

/// What is known of the home.
pub const HOME: [(&str, Type); 2] = [("home.delivered_on", Type::Date), ("home.kind", Type::Text)];

/// What is known of the home and the case where an action is done; no browser has it at hand.
pub const AROUND: [(&str, Type); 13] = [
    ("me", Type::Text),
    ("case.creator", Type::Text),
    ("case.responsible", Type::Text),
    ("now", Type::Time),
    ("today", Type::Date),
    ("case.title", Type::Text),
    ("home.phase", Type::Text),
    ("home.title", Type::Text),
    ("home.building", Type::Text),
    ("home.unit", Type::Text),
    ("home.room", Type::Text),
    ("home.site", Type::Text),
    ("home.area", Type::Num),
];

/// What recurrences know of a site.
const ANCHOR_SITE: [(&str, Type); 3] = [
    ("site.id", Type::Text),
    ("site.code", Type::Text),
    ("site.title", Type::Text),
];

/// What recurrences know of a home.
const ANCHOR_HOME: [(&str, Type); 5] = [
    ("home.occupied", Type::Bool),
    ("home.id", Type::Text),
    ("home.title", Type::Text),
    ("home.kind", Type::Text),
    ("home.delivered_on", Type::Date),
];

/// What recurrences know of a member of staff.
const ANCHOR_STAFF: [(&str, Type); 3] = [
    ("staff.id", Type::Text),
    ("staff.name", Type::Text),
    ("staff.posts", Type::List),
];

/// Names of a run of a clock.
pub const RUN: [(&str, Type); 6] = [
    ("started_at", Type::Time),
    ("due_at", Type::Time),
    ("stopped_at", Type::Time),
    ("stopped", Type::Bool),
    ("breached", Type::Bool),
    ("paused", Type::Bool),
];

/// Names of a contact.
pub const CONTACT: [(&str, Type); 8] = [
    ("happened_at", Type::Time),
    ("answered_at", Type::Time),
    ("closed_at", Type::Time),
    ("settled", Type::Bool),
    ("confirmed", Type::Bool),
    ("judgement", Type::Text),
    ("channel", Type::Text),
    ("cases", Type::Num),
];

/// What reports know of a case beside.
const REPORTED: [(&str, Type); 5] = [
    ("case.kind", Type::Text),
    ("case.site", Type::Text),
    ("case.building", Type::Text),
    ("case.assignee", Type::Text),
    ("case.due_at", Type::Time),
];

/// What reports know of a contact beside: whether something was done at once.
const REPORTED_CONTACT: [(&str, Type); 2] = [("contact.site", Type::Text), ("contact.at_once", Type::Bool)];

/// The period a report is of; until now at most.
const PERIOD: [(&str, Type); 4] = [
    ("now", Type::Time),
    ("period.from", Type::Time),
    ("period.to", Type::Time),
    ("period.until", Type::Time),
];

/// Names of a slot of a sign-off.
const SLOT: [(&str, Type); 5] = [
    ("round", Type::Text),
    ("slot", Type::Text),
    ("signed", Type::Bool),
    ("verdict", Type::Text),
    ("signed_at", Type::Time),
];

/// Names of a child case, beside its fields.
const CHILD: [(&str, Type); 4] = [
    ("closed", Type::Bool),
    ("stage", Type::Text),
    ("opened_at", Type::Time),
    ("closed_at", Type::Time),
];

/// Every name the system gives, with its type, for the reference.
pub fn all_names() -> Vec<(String, Type)> {
    let plain = |list: &[(&str, Type)]| -> Vec<(String, Type)> {
        list.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect()
    };
    let mut all = plain(&CASE);
    all.extend(plain(&HOME));
    all.extend(plain(&AROUND));
    for (head, list) in [
        ("run.", &RUN[..]),
        ("contact.", &CONTACT[..]),
        ("报表里 ", &REPORTED[..]),
        ("报表里 ", &REPORTED_CONTACT[..]),
        ("报表里 ", &PERIOD[..]),
        ("children('类型').…(c, c.", &CHILD[..]),
        ("signoffs('签批').…(s, s.", &SLOT[..]),
        ("parent.", &CHILD[..]),
        ("地址名.", &CHILD[..]),
    ] {
        all.extend(
            plain(list)
                .into_iter()
                .map(|(name, ty)| (format!("{head}{name}"), ty)),
        );
    }
    all.push(("approved.签批名.valid".to_owned(), Type::Bool));
    all
}

/// What a case has several of; each is asked with a name, as in `children('visit')`.
const COLLECTIONS: [&str; 3] = ["children", "clocks", "signoffs"];

/// When an expression is read, which decides what it may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// While an action is done: `now`, `today`, and what belongs to the case.
    Now,
    /// While what was entered is checked: as `Now`, and `before.FIELD` is what stood there until now.
    Entered,
    /// When clauses are counted: as always, but nothing of the home is at hand then.
    Counted,
    /// While a form is filled in, in the browser: fields, the case and its home.
    Form,
}

/// Where kinds and tables are found by name.
pub trait Library {
    /// A kind.
    fn kind_def(&self, name: &str) -> Option<&Kind>;
    /// A table.
    fn table_def(&self, name: &str) -> Option<&Table>;
    /// Kinds under which one may stand.
    fn parents_of(&self, kind: &str) -> Vec<&Kind>;
    /// Names of the phases.
    fn phase_names(&self) -> Vec<String>;
    /// Names of the calendars.
    fn calendar_names(&self) -> Vec<String>;
}

/// Names with their types.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    types: BTreeMap<String, Type>,
    choices: BTreeMap<String, Vec<String>>,
    collections: BTreeMap<(&'static str, String), Names>,
    tables: BTreeMap<String, Names>,
    calendars: Vec<String>,
    checklist: Option<Checklist>,
    has_collections: bool,
}

impl Names {
    /// What expressions of a kind may read.
    pub fn of_kind(kind: &Kind, moment: Moment, library: &dyn Library) -> Names {
        let mut names = Names::default();
        names.add("", &CASE);
        if moment != Moment::Counted {
            names.add("", &HOME);
            names
                .choices
                .insert("home.kind".to_owned(), texts(&["home", "shop", "parking"]));
        }
        names.choices.insert(
            "case.stage".to_owned(),
            kind.stages.iter().map(|s| s.name.clone()).collect(),
        );
        names.fields(&kind.fields, library);
        let acting = matches!(moment, Moment::Now | Moment::Entered);
        if acting {
            names.add("", &AROUND);
            names
                .choices
                .insert("home.phase".to_owned(), library.phase_names());
        }
        if acting {
            names.calendars = library.calendar_names();
            names.addressed(kind, library);
            names.above(kind, library);
            names.approved(kind);
        }
        if moment == Moment::Entered {
            names.before(kind, library);
        }
        if moment != Moment::Form {
            names.belongings(kind, library);
        }
        names
    }

    /// The same with the columns of a table, `row.COLUMN`, for what is done for each of its rows.
    pub fn of_row(kind: &Kind, table: &Field, moment: Moment, library: &dyn Library) -> Names {
        let mut columns = Names::default();
        columns.fields(&table.columns, library);
        columns.key_texts(&kind.fields, table, library);
        let mut names = Names::of_kind(kind, moment, library);
        let row = |(name, of): (String, _)| (format!("row.{name}"), of);
        names.types.extend(columns.types.into_iter().map(row));
        let row = |(name, of): (String, _)| (format!("row.{name}"), of);
        names.choices.extend(columns.choices.into_iter().map(row));
        names
    }

    /// The items and rooms of a checklist are closed lists.
    fn key_texts(&mut self, kind: &[Field], table: &Field, library: &dyn Library) {
        let Some(list) = &table.checklist else { return };
        let rooms = match &list.rooms_from {
            Some(name) => kind
                .iter()
                .find(|f| f.name == *name)
                .map(|f| choices_of(f, library)),
            None => Some(list.rooms.clone()),
        };
        let items = list.items.iter().map(|item| item.item.clone()).collect();
        for (column, texts) in [(ITEM, items), (ROOM, rooms.unwrap_or_default())] {
            if !texts.is_empty() {
                self.choices.insert(column.to_owned(), texts);
            }
        }
        self.checklist = Some(list.clone());
    }

    /// What clauses over runs of a clock may read: `run.*`, and the case.
    pub fn of_run(kind: &Kind, library: &dyn Library) -> Names {
        let mut names = Names::of_kind(kind, Moment::Counted, library);
        names.add("run.", &RUN);
        names
    }

    /// What clauses over contacts may read: `contact.*`.
    pub fn of_contact(judgements: &[Judgement]) -> Names {
        let mut names = Names::default();
        names.add("contact.", &CONTACT);
        let known = judgements.iter().map(|j| j.name.clone()).collect();
        names.choices.insert("contact.judgement".to_owned(), known);
        names
    }

    /// What reports over cases may read: of a kind its fields and what belongs to it; of every kind what all have.
    pub fn of_reported(kind: Option<&Kind>, library: &dyn Library) -> Names {
        let mut names = match kind {
            Some(kind) => Names::of_kind(kind, Moment::Counted, library),
            None => {
                let mut names = Names::default();
                names.add("", &CASE);
                names
            }
        };
        // Signatures are not where a query finds them.
        names.collections.retain(|(name, _), _| *name != "signoffs");
        names.add("", &REPORTED);
        names.add("", &PERIOD);
        names
    }

    /// What reports over contacts may read.
    pub fn of_contacts_reported(judgements: &[Judgement]) -> Names {
        let mut names = Names::of_contact(judgements);
        names.add("", &REPORTED_CONTACT);
        names.add("", &PERIOD);
        names
    }

    /// What recurrences that hang on no case may read of what they are done for.
    pub fn of_anchor(each: Each) -> Names {
        let mut names = Names::default();
        names.add("", &[("now", Type::Time), ("today", Type::Date)]);
        match each {
            Each::Company => {}
            Each::Site => names.add("", &ANCHOR_SITE),
            Each::Home => {
                names.add("", &ANCHOR_SITE);
                names.add("", &ANCHOR_HOME);
                names
                    .choices
                    .insert("home.kind".to_owned(), texts(&["home", "shop", "parking"]));
            }
            Each::Staff => names.add("", &ANCHOR_STAFF),
        }
        names
    }

    /// The same with `count`, for clauses over each of them.
    pub fn counting(mut self) -> Names {
        self.add("", &[("count", Type::Num)]);
        self
    }

    /// Type of a name.
    pub fn type_of(&self, path: &str) -> Option<Type> {
        self.types.get(path).copied()
    }

    fn add(&mut self, prefix: &str, names: &[(&str, Type)]) {
        self.types
            .extend(names.iter().map(|(name, ty)| (format!("{prefix}{name}"), *ty)));
    }

    fn fields(&mut self, fields: &[Field], library: &dyn Library) {
        for field in fields {
            self.types
                .extend(type_of(field).map(|ty| (field.name.clone(), ty)));
            let choices = choices_of(field, library);
            if !choices.is_empty() {
                self.choices.insert(field.name.clone(), choices);
            }
            if field.kind == FieldType::Table {
                let mut columns = Names::default();
                columns.fields(&field.columns, library);
                columns.key_texts(fields, field, library);
                self.tables.insert(field.name.clone(), columns);
            }
        }
    }

    /// What is read of the cases that are addressed: `sale.stage`.
    fn addressed(&mut self, kind: &Kind, library: &dyn Library) {
        for address in &kind.addresses {
            let Some(other) = library.kind_def(&address.kind) else {
                continue;
            };
            let there = Names::beside(other, library);
            let prefixed = |name: &String| format!("{}.{name}", address.name);
            self.types
                .extend(there.types.iter().map(|(name, ty)| (prefixed(name), *ty)));
            self.tables.extend(
                there
                    .tables
                    .iter()
                    .map(|(name, columns)| (prefixed(name), columns.clone())),
            );
            self.choices.extend(
                there
                    .choices
                    .iter()
                    .map(|(name, list)| (prefixed(name), list.clone())),
            );
        }
    }

    /// What is read of the case above, `parent.stage`: what all kinds that may stand there have in common.
    fn above(&mut self, kind: &Kind, library: &dyn Library) {
        let mut all = library.parents_of(&kind.name).into_iter();
        let Some(first) = all.next() else { return };
        let mut common = Names::beside(first, library);
        for other in all {
            let there = Names::beside(other, library);
            common.types.retain(|name, ty| there.types.get(name) == Some(ty));
            common
                .tables
                .retain(|name, columns| there.tables.get(name) == Some(columns));
            for (name, list) in &mut common.choices {
                list.extend(there.choices.get(name).cloned().unwrap_or_default());
            }
        }
        let prefixed = |name: &String| format!("parent.{name}");
        let types = common.types.iter();
        self.types.extend(types.map(|(name, ty)| (prefixed(name), *ty)));
        let tables = common.tables.into_iter();
        self.tables
            .extend(tables.map(|(name, columns)| (prefixed(&name), columns)));
        let choices = common.choices.iter();
        self.choices
            .extend(choices.map(|(name, list)| (prefixed(name), list.clone())));
    }

    /// What stood in the form until now: `before.superior`.
    fn before(&mut self, kind: &Kind, library: &dyn Library) {
        let mut stood = Names::default();
        stood.fields(&kind.fields, library);
        let plain = stood.types.into_iter().filter(|(_, ty)| *ty != Type::Rows);
        self.types
            .extend(plain.map(|(name, ty)| (format!("before.{name}"), ty)));
        let choices = stood.choices.into_iter();
        self.choices
            .extend(choices.map(|(name, list)| (format!("before.{name}"), list)));
    }

    /// What was approved: `approved.cost.estimate`; a `-` in the sign-off's name is written `_`.
    fn approved(&mut self, kind: &Kind) {
        for signoff in &kind.signoffs {
            let head = format!("approved.{}", signoff.name.replace('-', "_"));
            self.types.insert(format!("{head}.valid"), Type::Bool);
            let named = signoff.of.iter().chain(&signoff.amount).chain(&signoff.select);
            for name in named {
                let ty = self.types.get(name).copied();
                self.types.extend(ty.map(|ty| (format!("{head}.{name}"), ty)));
            }
        }
    }

    /// What other cases read of one of that kind.
    fn beside(kind: &Kind, library: &dyn Library) -> Names {
        let mut names = Names::default();
        names.fields(&kind.fields, library);
        names.add("", &CHILD);
        let stages = kind.stages.iter().map(|s| s.name.clone());
        names.choices.insert("stage".to_owned(), stages.collect());
        names
    }

    /// Children, runs of clocks, sign-offs.
    fn belongings(&mut self, kind: &Kind, library: &dyn Library) {
        self.has_collections = true;
        for child in kind.children.iter().filter_map(|c| library.kind_def(&c.kind)) {
            let names = Names::beside(child, library);
            self.collections.insert(("children", child.name.clone()), names);
        }
        for clock in &kind.clocks {
            let mut names = Names::default();
            names.add("", &RUN);
            self.collections.insert(("clocks", clock.name.clone()), names);
        }
        for signoff in &kind.signoffs {
            let mut names = Names::default();
            names.add("", &SLOT);
            names
                .choices
                .insert("verdict".to_owned(), texts(&["agree", "refuse"]));
            self.collections.insert(("signoffs", signoff.name.clone()), names);
        }
    }
}

impl Schema for Names {
    fn var(&self, path: &str) -> Option<Type> {
        self.type_of(path)
    }

    fn choices(&self, path: &str) -> Option<Vec<String>> {
        self.choices.get(path).cloned()
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Option<&dyn Schema> {
        let Some(arg) = arg else {
            return self.tables.get(name).map(|columns| columns as &dyn Schema);
        };
        let found = self.collections.iter().find(|((n, a), _)| *n == name && a == arg);
        found.map(|(_, names)| names as &dyn Schema)
    }

    fn checklist(&self) -> Option<&Checklist> {
        self.checklist.as_ref()
    }

    fn calendars(&self) -> Vec<String> {
        self.calendars.clone()
    }

    fn names(&self) -> Vec<String> {
        self.types
            .keys()
            .cloned()
            .chain(texts(if self.has_collections { &COLLECTIONS } else { &[] }))
            .collect()
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// The type by which expressions know a field; none for places.
pub fn type_of(field: &Field) -> Option<Type> {
    type_named(if field.kind == FieldType::Computed {
        field.of?
    } else {
        field.kind
    })
}

fn type_named(kind: FieldType) -> Option<Type> {
    match kind {
        FieldType::Line
        | FieldType::Text
        | FieldType::Choice
        | FieldType::Person
        | FieldType::Customer
        | FieldType::Home
        | FieldType::Signature => Some(Type::Text),
        FieldType::Number => Some(Type::Num),
        FieldType::Money => Some(Type::Money),
        FieldType::Date => Some(Type::Date),
        FieldType::Time => Some(Type::Time),
        FieldType::Flag => Some(Type::Bool),
        FieldType::Choices | FieldType::Files | FieldType::Checklist => Some(Type::List),
        FieldType::Table => Some(Type::Rows),
        FieldType::Place | FieldType::Computed => None,
    }
}

/// The closed list of a field's texts: its own choices, or the keys of a table; empty when it is open.
pub fn choices_of(field: &Field, library: &dyn Library) -> Vec<String> {
    match field
        .choices_from
        .as_ref()
        .and_then(|table| library.table_def(table))
    {
        Some(table) => table.rows.keys().cloned().collect(),
        None => field.choices.clone(),
    }
}
