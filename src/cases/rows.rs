//! A case as a row of a list.

use super::sight::Sight;
use crate::auth::Me;
use crate::base::{HomeRef, Named, tone};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use engine::case::Case;
use engine::def::{FieldType, Relation, Tone};
use engine::load::Manual;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The nearest deadline.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NextDue {
    /// Clock.
    pub clock: String,
    /// What is due.
    pub title: String,
    /// Deadline, Unix epoch milliseconds; none while the clock stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<i64>,
    /// It stands still.
    pub paused: bool,
    /// It has passed.
    pub breached: bool,
}

/// A case as a row of a list.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseRow {
    /// Id.
    pub id: String,
    /// Number for people.
    pub number: String,
    /// Kind.
    pub kind: String,
    /// What people call the kind.
    pub kind_title: String,
    /// Title.
    pub heading: String,
    /// Stage.
    pub stage: String,
    /// What people call the stage.
    pub stage_title: String,
    /// Colour of the stage.
    #[schema(schema_with = crate::described::engine::<Tone>)]
    pub tone: String,
    /// Closed.
    pub closed: bool,
    /// Site.
    pub site: Named,
    /// Home.
    pub home: Option<HomeRef>,
    /// Customer.
    pub customer: Option<Named>,
    /// Who works on it.
    pub assignee: Option<Named>,
    /// First receiver.
    pub responsible: Option<Named>,
    /// 0 ordinary, 1 urgent, 2 very urgent.
    pub urgency: u8,
    /// Escalation level.
    pub level: u8,
    /// How often the customer asked again.
    pub reminders: u32,
    /// It was passed on and the customer does not know yet (INTAKE-9).
    pub untold: bool,
    /// Beginning.
    pub opened_at: i64,
    /// End.
    pub closed_at: Option<i64>,
    /// Nearest deadline.
    pub next_due: Option<NextDue>,
    /// Fields shown in lists, by name.
    #[schema(value_type = HashMap<String, Value>)]
    pub list: Map<String, Value>,
}

/// A row as it comes from the database. Select it with [`COLUMNS`].
#[derive(FromQueryResult)]
pub struct Raw {
    id: String,
    heading: String,
    state: Value,
    site_name: String,
    home_title: Option<String>,
    customer_name: Option<String>,
    /// For going on after the last row of a page.
    pub next_due_at: Option<i64>,
}

/// Columns and joins of [`Raw`].
pub const COLUMNS: &str = "select c.id, c.heading, c.state, c.next_due_at, s.name as site_name, \
     h.title as home_title, u.name as customer_name from case_record c join site s on s.id = c.site_id \
     left join home h on h.id = c.home_id left join customer u on u.id = c.customer_id";

/// Turns rows into what lists show. `fields`: those of the form that the reader chose in place of those the kind shows in
/// lists.
///
/// # Errors
/// The database's.
pub async fn render(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    raw: Vec<Raw>,
    fields: Option<&[String]>,
) -> Result<Vec<CaseRow>, Problem> {
    let mut cases: Vec<(Raw, Case)> = Vec::with_capacity(raw.len());
    let mut ids = BTreeSet::new();
    for mut row in raw {
        let case: Case = serde_json::from_value(row.state.take())?;
        ids.extend(case.people.iter().map(|(_, staff)| staff.clone()));
        ids.extend(
            case.data
                .values()
                .filter_map(Value::as_str)
                .filter(|t| t.len() == 26)
                .map(str::to_owned),
        );
        cases.push((row, case));
    }
    let names = super::values::names(sql, &ids).await?;
    let mut manuals: BTreeMap<String, Arc<Manual>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(cases.len());
    for (raw, case) in cases {
        if !manuals.contains_key(&case.manual) {
            manuals.insert(case.manual.clone(), app.manuals.get(&case.manual).await?);
        }
        let sight = Sight::of_case(me, &case);
        rows.push(row(&manuals[&case.manual], raw, &case, &names, fields, sight));
    }
    Ok(rows)
}

fn row(
    manual: &Manual,
    raw: Raw,
    case: &Case,
    names: &super::values::Names,
    fields: Option<&[String]>,
    sight: Sight,
) -> CaseRow {
    let rules = manual.kind(&case.kind);
    let stage = rules.and_then(|r| r.stage(&case.stage));
    let person = |relation| {
        let id = case.in_relation(relation).next()?.to_owned();
        let name = names.get(&id).cloned().unwrap_or_default();
        Some(Named { id, name })
    };
    CaseRow {
        id: raw.id,
        number: case.number.clone(),
        kind: case.kind.clone(),
        kind_title: rules.map_or_else(|| case.kind.clone(), |r| r.kind.title.clone()),
        heading: sight.text(raw.heading),
        stage: case.stage.clone(),
        stage_title: stage.map_or_else(|| case.stage.clone(), |s| s.title.clone()),
        tone: tone(stage.and_then(|s| s.tone), case.closed()).to_owned(),
        closed: case.closed(),
        site: Named {
            id: case.site.clone(),
            name: raw.site_name,
        },
        home: case
            .home
            .clone()
            .zip(raw.home_title)
            .map(|(id, title)| HomeRef { id, title }),
        customer: case
            .customer
            .clone()
            .zip(raw.customer_name)
            .map(|(id, name)| Named { id, name }),
        assignee: person(Relation::Assignee),
        responsible: person(Relation::Responsible),
        urgency: case.urgency,
        level: case.level,
        reminders: case.reminders,
        untold: case.untold,
        opened_at: case.opened_at.0,
        closed_at: case.closed_at.map(|t| t.0),
        next_due: next_due(manual, case),
        list: listed(manual, case, names, fields, sight),
    }
}

fn next_due(manual: &Manual, case: &Case) -> Option<NextDue> {
    let paused = || case.runs.iter().find(|r| r.ended.is_none() && r.paused());
    let run = case.next_due().or_else(paused)?;
    let clock = manual.kind(&case.kind).and_then(|r| r.clock(&run.clock));
    Some(NextDue {
        clock: run.clock.clone(),
        title: clock.map_or_else(|| run.clock.clone(), |c| c.title.clone()),
        due_at: run.due_at.map(|t| t.0),
        paused: run.paused(),
        breached: run.breached_at.is_some(),
    })
}

fn listed(
    manual: &Manual,
    case: &Case,
    names: &super::values::Names,
    fields: Option<&[String]>,
    sight: Sight,
) -> Map<String, Value> {
    let Some(rules) = manual.kind(&case.kind) else {
        return Map::new();
    };
    let mut list = Map::new();
    let shown = fields.unwrap_or(&rules.kind.list);
    for field in shown.iter().filter_map(|name| rules.field(name)) {
        let Some(value) = case.data.get(&field.name) else {
            continue;
        };
        let named = matches!(
            field.kind,
            FieldType::Person | FieldType::Customer | FieldType::Home
        );
        let shown = match value.as_str().and_then(|id| names.get(id)) {
            Some(name) if named => Value::String(name.clone()),
            _ if field.checklist.is_some() => {
                let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
                Value::String(super::values::standing(field, rows))
            }
            _ => sight.value(field, value),
        };
        list.insert(field.name.clone(), shown);
    }
    list
}
