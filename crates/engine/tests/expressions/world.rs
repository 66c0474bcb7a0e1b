//! The schema the tests speak of, over JSON in memory and over tables.

use std::borrow::Cow;
use std::sync::LazyLock;

use sea_query::{Alias, Expr as Sql, ExprTrait, Query};
use serde_json::{Value as Json, json};
use yizhan_engine::calendar::{Calendar, Calendars};
use yizhan_engine::def::Checklist;
use yizhan_engine::expr::{Column, Columns, Env, Rows, Schema, Type};

/// What `now` and `me` are.
pub fn known(path: &str) -> Option<Json> {
    match path {
        "now" => Some(json!(1_790_000_000_000_i64)),
        "me" => Some(json!("zhang")),
        _ => None,
    }
}

/// Columns of their own, by type; every other variable is a member of `data`.
const MATTER: &[(&str, Type)] = &[
    ("case.stage", Type::Text),
    ("case.closed", Type::Bool),
    ("case.amount", Type::Money),
    ("case.opened_at", Type::Time),
    ("case.visits", Type::Num),
    ("case.due", Type::Date),
    ("case.wait", Type::Span),
    ("case.files", Type::List),
];
const MATTER_DATA: &[(&str, Type)] = &[
    ("valid", Type::Text),
    ("reason", Type::Text),
    ("urgent", Type::Bool),
    ("score", Type::Num),
    ("cost", Type::Money),
    ("visit_date", Type::Date),
    ("met_at", Type::Time),
    ("lasted", Type::Span),
    ("photos", Type::List),
    ("items", Type::Rows),
    ("checks", Type::Rows),
    ("now", Type::Time),
    ("me", Type::Text),
];
const CHILD: &[(&str, Type)] = &[("closed", Type::Bool), ("fee", Type::Money), ("no", Type::Text)];
const CHILD_DATA: &[(&str, Type)] = &[("title", Type::Text), ("area", Type::Num), ("tags", Type::List)];
const STEP: &[(&str, Type)] = &[("done", Type::Bool)];
const ITEM: &[(&str, Type)] = &[
    ("price", Type::Money),
    ("quantity", Type::Num),
    ("on", Type::Date),
    ("ok", Type::Bool),
    ("what", Type::Text),
];
const CHECK: &[(&str, Type)] = &[("item", Type::Text), ("state", Type::Text)];
const FOLLOWUP: &[(&str, Type)] = &[("at", Type::Time)];
const FOLLOWUP_DATA: &[(&str, Type)] = &[("happy", Type::Bool), ("note", Type::Text)];

/// A table: its own columns, its members, and the collections a row has.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Type)],
    pub data: &'static [(&'static str, Type)],
    collections: &'static [(&'static str, &'static [&'static str], &'static Table)],
}

pub static STEPS: Table = Table {
    name: "step",
    columns: STEP,
    data: &[],
    collections: &[],
};
pub static ITEMS: Table = Table {
    name: "items",
    columns: &[],
    data: ITEM,
    collections: &[],
};
pub static CHECKS: Table = Table {
    name: "checks",
    columns: &[],
    data: CHECK,
    collections: &[],
};
pub static FOLLOWUPS: Table = Table {
    name: "followup",
    columns: FOLLOWUP,
    data: FOLLOWUP_DATA,
    collections: &[],
};
pub static CHILDREN: Table = Table {
    name: "child",
    columns: CHILD,
    data: CHILD_DATA,
    collections: &[("steps", &[], &STEPS)],
};
pub static MATTERS: Table = Table {
    name: "matter",
    columns: MATTER,
    data: MATTER_DATA,
    collections: &[
        ("children", &["hot-work", "patrol"], &CHILDREN),
        ("followups", &[], &FOLLOWUPS),
        ("items", &[], &ITEMS),
        ("checks", &[], &CHECKS),
    ],
};

impl Schema for Table {
    fn var(&self, path: &str) -> Option<Type> {
        self.columns
            .iter()
            .chain(self.data)
            .find(|(name, _)| *name == path)
            .map(|(_, ty)| *ty)
    }

    fn choices(&self, path: &str) -> Option<Vec<String>> {
        (path == "valid").then(|| vec!["有效".into(), "无效".into()])
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Option<&dyn Schema> {
        let (_, args, table) = self.collections.iter().find(|(known, ..)| *known == name)?;
        let fits = arg.map_or(args.is_empty(), |arg| args.contains(&arg));
        fits.then_some(*table as &dyn Schema)
    }

    fn checklist(&self) -> Option<&Checklist> {
        (self.name == CHECKS.name).then_some(&CHECKLIST)
    }

    fn calendars(&self) -> Vec<String> {
        vec!["office".into(), "around".into()]
    }

    fn names(&self) -> Vec<String> {
        let vars = self.columns.iter().chain(self.data).map(|(name, _)| *name);
        vars.chain(self.collections.iter().map(|(name, ..)| *name))
            .map(String::from)
            .collect()
    }
}

static CHECKLIST: LazyLock<Checklist> = LazyLock::new(|| {
    let list = json!({ "items": ["有效", "a", "字a?"], "states": ["a", "字a"], "failed": ["字a"] });
    serde_json::from_value(list).expect("a checklist")
});

/// Monday to Friday, and every day.
static CALENDARS: LazyLock<Calendars> = LazyLock::new(|| {
    let week = |days: &[&str]| {
        let lines: String = days
            .iter()
            .map(|day| format!("{day} = [\"09:00-18:00\"]\n"))
            .collect();
        format!("title = \"t\"\nsource = []\n[week]\n{lines}")
    };
    let office = week(&["mon", "tue", "wed", "thu", "fri"]);
    let around = week(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    Calendars::load(&[("office.toml", office), ("around.toml", around)]).expect("calendars")
});

/// A record: members named with a dot in the object before it, the others at the top or under `data`.
pub struct Record<'a>(pub &'a Json);

impl Env for Record<'_> {
    fn get(&self, path: &str) -> Cow<'_, Json> {
        if let Some(value) = known(path) {
            return Cow::Owned(value);
        }
        let found = match path.split_once('.') {
            Some((object, member)) => self.0.get(object).and_then(|object| object.get(member)),
            None => self
                .0
                .get(path)
                .or_else(|| self.0.get("data").and_then(|data| data.get(path))),
        };
        found.map_or(Cow::Owned(Json::Null), Cow::Borrowed)
    }

    fn calendar(&self, name: &str) -> Option<&Calendar> {
        CALENDARS.get(name)
    }

    fn collection(&self, name: &str, arg: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        let rows = self
            .0
            .get(name)
            .and_then(Json::as_array)
            .map_or(&[][..], Vec::as_slice);
        let of_kind = |row: &&Json| arg.is_none_or(|arg| row["kind"] == arg);
        rows.iter()
            .filter(of_kind)
            .map(|row| Box::new(Record(row)) as Box<dyn Env>)
            .collect()
    }
}

/// A row of a table in a query.
pub struct Row {
    pub table: &'static Table,
    pub alias: String,
}

impl Row {
    fn column(&self, name: &str) -> Sql {
        Sql::col((Alias::new(&self.alias), Alias::new(name)))
    }
}

impl Columns for Row {
    fn column(&self, path: &str) -> Column {
        if let Some(value) = known(path) {
            return Column::Known(value);
        }
        match self.table.columns.iter().any(|(name, _)| *name == path) {
            true => Column::Plain(self.column(path.trim_start_matches("case."))),
            false => Column::Member {
                document: self.column("data"),
                name: path.into(),
            },
        }
    }

    fn collection(&self, name: &str, arg: Option<&str>, alias: &str) -> Rows<'_> {
        let (.., table) = self
            .table
            .collections
            .iter()
            .find(|(known, ..)| *known == name)
            .expect("checked name");
        let row = Self {
            table,
            alias: alias.into(),
        };
        let mut query = Query::select();
        query
            .from_as(Alias::new(table.name), Alias::new(alias))
            .and_where(row.column("parent").eq(self.column("id")));
        if let Some(arg) = arg {
            query.and_where(row.column("kind").eq(arg));
        }
        Rows {
            query,
            columns: Box::new(row),
        }
    }
}
