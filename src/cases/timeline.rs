//! The time line of a case: its events in words.

use super::sight::Sight;
use super::values::{self, Names};
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::{Field, Link};
use engine::event::{self, Entry, Event};
use engine::form::Standing;
use engine::load::Rules;
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// One thing that happened.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// Position in the ledger, from 1.
    pub seq: i64,
    /// Sort of event.
    pub r#type: String,
    /// A few words.
    pub title: String,
    /// What was said, if anything.
    pub text: String,
    /// Who, by name.
    pub actor: String,
    /// staff, owner, contractor, gate, system
    pub actor_kind: String,
    /// When it happened.
    pub happened_at: i64,
    /// When it was recorded.
    pub recorded_at: i64,
    /// Fields that changed.
    pub changes: Vec<Change>,
    /// Files that came with it.
    pub files: Vec<String>,
    /// The case under this one that changed it, when one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub amended_by: Option<Amendment>,
    /// Holders of links who were told.
    #[serde(skip)]
    pub told: Vec<Link>,
    /// What was done by the manual, for those who read it in other words.
    #[serde(skip)]
    pub done: Option<Done>,
}

/// A case that changed the one above it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Amendment {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What people call its kind.
    pub title: String,
}

/// An action of the kind that was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// Name of the action.
    pub action: String,
    /// Stage it led to; none when the case stayed.
    pub to: Option<String>,
}

/// A field that changed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change {
    /// Name.
    pub field: String,
    /// Label.
    pub title: String,
    /// New value as people read it.
    pub value_text: String,
    /// What stood there before, when something did and it was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub was_text: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    r#type: String,
    happened_at: i64,
    recorded_at: i64,
    actor_kind: String,
    actor_id: Option<String>,
    body: Value,
}

/// An event as it stands in the ledger.
pub(super) struct Recorded {
    seq: i64,
    r#type: String,
    recorded_at: i64,
    actor_kind: String,
    actor_id: Option<String>,
    /// What happened, and when.
    pub entry: Entry,
}

/// The events of a case, oldest first. Of what was erased when its retention period was over (QUALITY-2) only the
/// ledger's rows are left; they tell nothing and are left out.
///
/// # Errors
/// The database's.
pub(super) async fn events(sql: &impl Sql, case: &str) -> Result<Vec<Recorded>, Problem> {
    let rows: Vec<Row> = sql
        .rows(
            "select seq, type, happened_at, recorded_at, actor_kind, actor_id, body from case_event \
             where case_id = $1 order by seq",
            vals![case.to_owned()],
        )
        .await?;
    let kept = rows.into_iter().filter(|row| row.body["erased"] != true);
    kept.map(|row| {
        Ok(Recorded {
            seq: row.seq,
            r#type: row.r#type,
            recorded_at: row.recorded_at,
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            entry: Entry {
                happened_at: Time(row.happened_at),
                event: serde_json::from_value(row.body)?,
            },
        })
    })
    .collect()
}

/// The whole time line, oldest first.
///
/// # Errors
/// The database's.
pub async fn read(
    sql: &impl Sql,
    rules: &Rules,
    case: &Case,
    offset: i32,
    sight: Sight,
) -> Result<Vec<TimelineEntry>, Problem> {
    let events = events(sql, &case.id).await?;
    told(sql, rules, case, &events, (offset, sight)).await
}

/// The events of a case in words.
///
/// # Errors
/// The database's.
pub(super) async fn told(
    sql: &impl Sql,
    rules: &Rules,
    case: &Case,
    events: &[Recorded],
    (offset, sight): (i32, Sight),
) -> Result<Vec<TimelineEntry>, Problem> {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for one in events {
        ids.extend(one.actor_id.clone());
        mentioned(&one.entry.event, rules, &mut ids);
    }
    let names = values::names(sql, &ids).await?;
    let told_with = Told {
        rules,
        case,
        names: &names,
        offset,
        sight,
    };
    // What stood in the form before each of them.
    let mut before = Case::default();
    let entry = |one: &Recorded| {
        let entry = entry(one, &before.data, &told_with);
        event::apply(&mut before, &one.entry);
        entry
    };
    Ok(events.iter().map(entry).collect())
}

/// What the words of an entry are made with.
struct Told<'a> {
    rules: &'a Rules,
    case: &'a Case,
    names: &'a Names,
    offset: i32,
    sight: Sight,
}

fn entry(row: &Recorded, before: &Data, told_with: &Told<'_>) -> TimelineEntry {
    let event = &row.entry.event;
    let Told {
        rules,
        case,
        names,
        sight,
        ..
    } = *told_with;
    let person = |id: &str| names.get(id).cloned().unwrap_or_else(|| "（未知）".to_owned());
    let said = engine::tell::sentence(event, rules, case, &person);
    let actor = match row.actor_kind.as_str() {
        "staff" => row.actor_id.as_deref().map(person).unwrap_or_default(),
        "owner" => "业主".to_owned(),
        "contractor" => "施工单位".to_owned(),
        "gate" => "门岗".to_owned(),
        _ => "系统".to_owned(),
    };
    let files = match event {
        Event::Noted { files, .. } => files.clone(),
        _ => Vec::new(),
    };
    let told = match event {
        Event::Notified { links, .. } => links.clone(),
        _ => Vec::new(),
    };
    let done = match event {
        Event::Acted { action, from, to, .. } => Some(Done {
            action: action.clone(),
            to: (from != to).then(|| to.clone()),
        }),
        _ => None,
    };
    TimelineEntry {
        amended_by: None,
        told,
        done,
        seq: row.seq,
        r#type: row.r#type.clone(),
        title: sight.text(said.title),
        text: sight.text(said.text),
        actor,
        actor_kind: row.actor_kind.clone(),
        happened_at: row.entry.happened_at.0,
        recorded_at: row.recorded_at,
        changes: set_of(event)
            .map(|set| changes(set, before, told_with))
            .unwrap_or_default(),
        files,
    }
}

fn set_of(event: &Event) -> Option<&Data> {
    match event {
        Event::Opened(o) => Some(&o.data),
        Event::Acted { set, .. } | Event::Signed { set, .. } | Event::HomeJoined { set, .. } => Some(set),
        _ => None,
    }
}

fn changes(set: &Data, before: &Data, told_with: &Told<'_>) -> Vec<Change> {
    let fields = told_with.rules.kind.fields.iter().filter(|field| !field.inner);
    let changed = fields.filter_map(|field| set.get(&field.name).map(|value| (field, value)));
    // The rows of a checklist stand there from the beginning: nothing was entered yet.
    let changed = changed.filter(|(field, value)| !untouched(field, value));
    let text = |field: &Field, value: &Value| {
        let shown = told_with.sight.value(field, value);
        values::text(field, &shown, told_with.names, told_with.offset)
    };
    changed
        .map(|(field, value)| Change {
            field: field.name.clone(),
            title: field.title.clone(),
            value_text: text(field, value),
            was_text: before
                .get(&field.name)
                .filter(|was| *was != value)
                .map(|was| text(field, was)),
        })
        .collect()
}

fn untouched(field: &Field, value: &Value) -> bool {
    let list = field.checklist.as_ref().zip(value.as_array());
    list.is_some_and(|(list, rows)| Standing::of(list, rows).done == 0)
}

/// Ids whose names the words of an event need.
fn mentioned(event: &Event, rules: &Rules, ids: &mut BTreeSet<String>) {
    match event {
        Event::Joined { staff, .. } | Event::Left { staff, .. } => {
            ids.insert(staff.clone());
        }
        Event::PassedOn(p) => {
            ids.insert(p.to.clone());
        }
        Event::SlotGiven { to, .. } => {
            ids.insert(to.clone());
        }
        Event::SignerAdded { slot } => ids.extend(slot.people.iter().cloned()),
        Event::Notified { to, .. } | Event::Circulated { to, .. } => ids.extend(to.iter().cloned()),
        _ => {}
    }
    if let Some(set) = set_of(event) {
        ids.extend(values::ids(rules, set));
    }
}
