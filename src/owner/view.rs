//! A case as its owner sees it: what was done, what is promised, what comes next.

use super::links::Owner;
use crate::app::App;
use crate::cases::load;
use crate::cases::offers::{self, OfferView};
use crate::cases::timeline;
use crate::cases::view::clock;
use crate::cases::world::Around;
use crate::db::Sql;
use crate::error::Problem;
use engine::case::Case;
use engine::load::Rules;
use engine::step::Actor;
use serde::Serialize;

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
    /// running, paused, late, met, broken, lapsed
    pub state: String,
}

/// A stage.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnerStage {
    /// What people call it.
    pub title: String,
    /// done, now, next
    pub state: String,
}

/// The cases a link shows: its one case, or every matter of the home and customer; newest first.
///
/// # Errors
/// The database's.
pub async fn ids(sql: &impl Sql, owner: &Owner) -> Result<Vec<String>, Problem> {
    use sea_orm::FromQueryResult;
    #[derive(FromQueryResult)]
    struct Id {
        id: String,
    }
    let held = &owner.0;
    let rows: Vec<Id> = match (&held.case_id, &held.home_id, &held.customer_id) {
        (Some(case), _, _) => return Ok(vec![case.clone()]),
        (None, Some(home), Some(customer)) => {
            sql.rows(
                "select id from case_record where home_id = $1 and customer_id = $2 and parent_id is null \
                 order by opened_at desc, id desc limit 50",
                crate::vals![home.clone(), customer.clone()],
            )
            .await?
        }
        _ => Vec::new(),
    };
    Ok(rows.into_iter().map(|r| r.id).collect())
}

/// Refuses with 404 unless the link shows the case.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn visible(sql: &impl Sql, owner: &Owner, id: &str) -> Result<(), Problem> {
    let held = &owner.0;
    if held.case_id.is_some() {
        return if held.case_id.as_deref() == Some(id) {
            Ok(())
        } else {
            Err(Problem::not_found())
        };
    }
    let case = load::any(sql, id).await?;
    let theirs = held.home_id.is_some()
        && case.home == held.home_id
        && case.customer == held.customer_id
        && case.parent.is_none();
    if theirs { Ok(()) } else { Err(Problem::not_found()) }
}

/// A case as the holder of the link sees it.
///
/// # Errors
/// The database's.
pub async fn case(app: &App, sql: &impl Sql, owner: &Owner, id: &str) -> Result<OwnerCase, Problem> {
    let case = load::any(sql, id).await?;
    let around = Around::of(app, sql, &case).await?;
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let now = app.clock.now();
    let world = around.world(now, now, false);
    let actor = Actor::Link(owner.link());
    let entries = timeline::read(sql, rules, &case, app.manuals.current().offset()).await?;
    Ok(OwnerCase {
        id: case.id.clone(),
        number: case.number.clone(),
        kind: case.kind.clone(),
        kind_title: rules.kind.title.clone(),
        heading: engine::tell::heading(rules, &case),
        stage_title: rules
            .stage(&case.stage)
            .map_or_else(String::new, |s| s.title.clone()),
        closed: case.closed(),
        opened_at: case.opened_at.0,
        seq: case.seq,
        steps: steps(&entries, owner),
        promises: case
            .runs
            .iter()
            .filter(|run| CONCERNS.contains(&run.clock.as_str()))
            .map(|run| clock(rules, run))
            .map(|c| OwnerPromise {
                title: c.title,
                due_at: c.due_at,
                state: c.state,
            })
            .collect(),
        flow: flow(rules, &case, &entries),
        actions: offers::list(&world, rules, &case, &actor),
    })
}

/// Clocks whose deadline was given to the owner; the rest is between members of staff.
const CONCERNS: [&str; 2] = ["promise", "settle"];

/// Moves of the case, and what the owner was told; nothing that staff wrote for each other.
fn steps(entries: &[timeline::TimelineEntry], owner: &Owner) -> Vec<OwnerStep> {
    let shown = |entry: &timeline::TimelineEntry| {
        let own = entry.actor_kind == owner.link().name();
        match entry.r#type.as_str() {
            "opened" => true,
            "acted" => own || !entry.text.is_empty(),
            "reminded" => own,
            "notified" => entry.told.contains(&owner.link()),
            _ => false,
        }
    };
    let step = |entry: &timeline::TimelineEntry| OwnerStep {
        title: if entry.r#type == "notified" {
            "答复".to_owned()
        } else {
            entry.title.clone()
        },
        text: entry.text.clone(),
        at: entry.happened_at,
    };
    entries.iter().filter(|e| shown(e)).map(step).collect()
}

/// The stages the case went through, the one it is in, and the usual ones to come.
fn flow(rules: &Rules, case: &Case, entries: &[timeline::TimelineEntry]) -> Vec<OwnerStage> {
    let title = |name: &str| {
        rules
            .stage(name)
            .map_or_else(|| name.to_owned(), |s| s.title.clone())
    };
    let mut stages: Vec<OwnerStage> = Vec::new();
    let first = OwnerStage {
        title: title(rules.first_stage()),
        state: "done".to_owned(),
    };
    stages.push(first);
    for entry in entries.iter().filter(|e| e.r#type == "acted") {
        let entered = entry
            .text
            .strip_prefix("进入“")
            .and_then(|rest| rest.strip_suffix('”'));
        if let Some(entered) = entered {
            stages.retain(|s| s.title != entered);
            stages.push(OwnerStage {
                title: entered.to_owned(),
                state: "done".to_owned(),
            });
        }
    }
    if let Some(last) = stages.last_mut() {
        "now".clone_into(&mut last.state);
    }
    let mut at = case.stage.clone();
    for _ in 0..rules.kind.stages.len() {
        let main = rules
            .kind
            .actions
            .iter()
            .find(|a| a.main && a.from.contains(&at) && a.to.is_some());
        let Some(to) = main.and_then(|a| a.to.clone()).filter(|to| *to != at) else {
            break;
        };
        if stages.iter().any(|s| s.title == title(&to)) {
            break;
        }
        stages.push(OwnerStage {
            title: title(&to),
            state: "next".to_owned(),
        });
        at = to;
    }
    stages
}
