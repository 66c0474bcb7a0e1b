//! A case as its owner sees it: what was done, what is promised, what comes next.

use super::visitor::Visitor;
use crate::cases::clocks::{RunState, clock};
use crate::cases::load;
use crate::cases::offers::{self, OfferView};
use crate::cases::sight::Sight;
use crate::cases::timeline::{self, TimelineEntry};
use crate::cases::values;
use crate::cases::world::Around;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::manual::FieldView;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::{Field, GuestDef, Link};
use engine::load::Rules;
use engine::step::{self, Actor};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// A case as its owner sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerCase {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: String,
    /// What people call the kind.
    pub kind_title: String,
    /// Title.
    pub heading: String,
    /// Stage.
    pub stage_title: String,
    /// Closed.
    pub closed: bool,
    /// Beginning.
    pub opened_at: i64,
    /// Version, for `If-Match`.
    pub seq: i64,
    /// What was done, oldest first.
    pub steps: Vec<OwnerStep>,
    /// What they may read of the form, as the manual says.
    pub fields: Vec<FieldView>,
    /// Its values; ids of people, homes, customers among them have their words in `names`.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Data,
    /// Words of ids.
    pub names: HashMap<String, String>,
    /// When the link ends, if it lasts for a time only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub link_ends_at: Option<i64>,
    /// Promises and deadlines that concern the owner.
    pub promises: Vec<OwnerPromise>,
    /// Stages gone through and to come.
    pub flow: Vec<OwnerStage>,
    /// What the owner may do now.
    pub actions: Vec<OfferView>,
}

/// Something that was done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerStep {
    /// A few words.
    pub title: String,
    /// What the owner was told.
    pub text: String,
    /// When.
    pub at: i64,
}

/// A promise.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerPromise {
    /// What was promised.
    pub title: String,
    /// By when.
    pub due_at: Option<i64>,
    /// How it stands.
    pub state: RunState,
}

/// A stage.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerStage {
    /// What people call it.
    pub title: String,
    /// Where it lies.
    pub state: StageState,
}

/// Where a stage lies on the way of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StageState {
    /// Gone through.
    Done,
    /// The case is in it.
    Now,
    /// Usually to come.
    Next,
}

/// Matters of a home's link: those of the home and customer, and of the cases under them those for which the owner got
/// a link of their own (a rating, an extension). The case's row is called `c`.
const THEIRS: &str = "c.home_id = $1 and c.customer_id = $2 and (c.parent_id is null or exists \
     (select 1 from access_link l where l.case_id = c.id and l.link = 'owner' and l.revoked_at is null))";

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// The cases a link shows: its one case, or every matter of the home and customer; newest first. A case under another
/// is a matter of its own only as long as something is to be done about it.
///
/// # Errors
/// The database's.
pub async fn ids(sql: &impl Sql, visitor: &Visitor) -> Result<Vec<String>, Problem> {
    let held = &visitor.held;
    let rows: Vec<Id> = match (&held.case_id, &held.home_id, &held.customer_id) {
        (Some(case), _, _) => return Ok(vec![case.clone()]),
        (None, Some(home), Some(customer)) => {
            let text = format!(
                "select c.id from case_record c where {THEIRS} and (c.parent_id is null or c.closed_at is null) \
                 order by c.opened_at desc, c.id desc limit 50"
            );
            sql.rows(&text, vals![home.clone(), customer.clone()]).await?
        }
        _ => Vec::new(),
    };
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Refuses with 404 unless the link shows the case.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn visible(sql: &impl Sql, visitor: &Visitor, id: &str) -> Result<(), Problem> {
    let held = &visitor.held;
    let theirs = match (&held.case_id, &held.home_id, &held.customer_id) {
        (Some(case), _, _) => case == id,
        (None, Some(home), Some(customer)) => {
            let text = format!("select c.id from case_record c where {THEIRS} and c.id = $3");
            let known: Option<String> = sql
                .scalar(&text, vals![home.clone(), customer.clone(), id.to_owned()])
                .await?;
            known.is_some()
        }
        _ => false,
    };
    if theirs { Ok(()) } else { Err(Problem::not_found()) }
}

/// A case as the holder of the link sees it.
///
/// # Errors
/// The database's.
pub async fn case(app: &App, sql: &impl Sql, visitor: &Visitor, id: &str) -> Result<OwnerCase, Problem> {
    let case = load::any(sql, id).await?;
    let around = Around::of(app, sql, &case).await?;
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let now = app.clock.now();
    let world = around.world(now, now, false);
    let actor = Actor::Link(visitor.link.clone());
    let seen = seen(rules, &case, &visitor.link);
    let data: Data = seen
        .iter()
        .filter_map(|field| Some((field.name.clone(), case.data.get(&field.name)?.clone())))
        .collect();
    let names = values::names(sql, &values::ids(rules, &data)).await?;
    let clocks = clocks(rules, &visitor.link);
    let entries = timeline::read(sql, rules, &case, app.manuals.current().offset(), Sight::Whole).await?;
    Ok(OwnerCase {
        id: case.id.clone(),
        number: case.number.clone(),
        kind: case.kind.clone(),
        kind_title: rules.public_title().to_owned(),
        heading: heading(rules, &case, &visitor.link),
        stage_title: rules.public_stage(&case.stage).to_owned(),
        closed: case.closed(),
        opened_at: case.opened_at.0,
        seq: case.seq,
        steps: steps(rules, &case, &entries, &visitor.link),
        promises: case
            .runs
            .iter()
            .filter(|run| clocks.contains(&run.clock.as_str()))
            .map(|run| clock(rules, run))
            .map(|c| OwnerPromise {
                title: c.title,
                due_at: c.due_at,
                state: c.state,
            })
            .collect(),
        fields: seen.iter().map(|field| FieldView::shown(rules, field)).collect(),
        data,
        names: names.into_iter().collect(),
        link_ends_at: step::ends(rules, &case, &visitor.link),
        flow: if visitor.is_guest() {
            Vec::new()
        } else {
            flow(rules, &case, &entries)
        },
        actions: spoken(rules, offers::list(&world, rules, &case, &actor)),
    })
}

/// Clocks whose deadlines customers are given where the manual does not say which: those that mean the same in every
/// kind. The rest is between members of staff.
const CONCERNS: [&str; 2] = ["promise", "settle"];

fn clocks<'r>(rules: &'r Rules, link: &Link) -> Vec<&'r str> {
    match rules.guest(link) {
        Some(guest) if *link != Link::Owner || !guest.clocks.is_empty() => {
            guest.clocks.iter().map(String::as_str).collect()
        }
        _ => CONCERNS.to_vec(),
    }
}

/// The title is what stands in a field: a guest reads it if they may read that.
fn heading(rules: &Rules, case: &Case, link: &Link) -> String {
    let reads = |guest: &GuestDef| guest.sees.contains(&rules.kind.heading);
    if *link == Link::Owner || rules.guest(link).is_some_and(reads) {
        engine::tell::heading(rules, case)
    } else {
        rules.public_title().to_owned()
    }
}

/// Fields the manual shows to whoever holds the link, as far as something stands in them.
fn seen<'r>(rules: &'r Rules, case: &Case, link: &Link) -> Vec<&'r Field> {
    let names = rules.guest(link).into_iter().flat_map(|guest| &guest.sees);
    let filled = |name: &&String| case.data.get(*name).is_some_and(|value| !value.is_null());
    names
        .filter(filled)
        .filter_map(|name| rules.field(name))
        .collect()
}

/// Files of a case that the holder of a link may open.
///
/// # Errors
/// The database's.
pub async fn files(app: &App, sql: &impl Sql, visitor: &Visitor, id: &str) -> Result<Vec<String>, Problem> {
    let case = load::any(sql, id).await?;
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual.kind(&case.kind).ok_or_else(Problem::not_found)?;
    let fields = seen(rules, &case, &visitor.link).into_iter();
    let values = fields.filter_map(|field| case.data.get(&field.name));
    Ok(values.flat_map(words).collect())
}

/// Every text in a value: ids of files among them, also in the cells of tables.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(cells) => cells.values().flat_map(words).collect(),
        _ => Vec::new(),
    }
}

/// Actions in the words that customers read.
fn spoken(rules: &Rules, mut offers: Vec<OfferView>) -> Vec<OfferView> {
    for offer in offers.iter_mut().filter(|offer| !offer.builtin) {
        offer.title = rules.public_action(&offer.name).to_owned();
    }
    offers
}

/// Moves of the case, and what the owner was told; nothing that staff wrote for each other. A guest reads what they did
/// and were told themselves, since the link is theirs.
fn steps(rules: &Rules, case: &Case, entries: &[TimelineEntry], link: &Link) -> Vec<OwnerStep> {
    let owner = *link == Link::Owner;
    let since = case.grants.get(link.name()).map_or(0, |grant| grant.at.0);
    let shown = |entry: &TimelineEntry| {
        let own = entry.actor_kind == link.name() && entry.recorded_at >= since;
        match entry.r#type.as_str() {
            "opened" => owner,
            "acted" => own || owner && entry.done.as_ref().is_some_and(|done| done.to.is_some()),
            "reminded" => own,
            "notified" => entry.told.contains(link) && entry.recorded_at >= since,
            _ => false,
        }
    };
    let step = |entry: &TimelineEntry| {
        let (title, text) = match &entry.done {
            Some(done) => {
                let to = done.to.as_deref().map(|to| rules.public_stage(to));
                let title = rules.public_action(&done.action);
                (
                    title.to_owned(),
                    to.map_or_else(String::new, |to| format!("进入“{to}”")),
                )
            }
            None if entry.r#type == "notified" => ("答复".to_owned(), entry.text.clone()),
            None if entry.r#type == "opened" => (format!("登记{}", rules.kind.title), String::new()),
            None => (entry.title.clone(), entry.text.clone()),
        };
        OwnerStep {
            title,
            text,
            at: entry.happened_at,
        }
    };
    entries.iter().filter(|e| shown(e)).map(step).collect()
}

/// The stages the case went through, the one it is in, and the usual ones to come.
fn flow(rules: &Rules, case: &Case, entries: &[TimelineEntry]) -> Vec<OwnerStage> {
    let stage = |name: &str, state: StageState| OwnerStage {
        title: rules.public_stage(name).to_owned(),
        state,
    };
    let mut stages = vec![stage(rules.first_stage(), StageState::Done)];
    let went = entries
        .iter()
        .filter_map(|entry| entry.done.as_ref()?.to.as_deref());
    for to in went {
        let now = stage(to, StageState::Done);
        stages.retain(|s| s.title != now.title);
        stages.push(now);
    }
    if let Some(last) = stages.last_mut() {
        last.state = StageState::Now;
    }
    let mut at = case.stage.as_str();
    for _ in 0..rules.kind.stages.len() {
        let mut actions = rules.kind.actions.iter();
        let main = actions.find(|a| a.main && a.from.iter().any(|from| from == at) && a.to.is_some());
        let Some(to) = main.and_then(|a| a.to.as_deref()).filter(|to| *to != at) else {
            break;
        };
        let next = stage(to, StageState::Next);
        if stages.iter().any(|s| s.title == next.title) {
            break;
        }
        stages.push(next);
        at = to;
    }
    stages
}
