//! The whole of a case, as one actor may see it.

use super::offers::{self, OfferView};
use super::rows::{self, CaseRow};
use super::sight::Sight;
use super::timeline::{self, TimelineEntry};
use super::unmask::is_personal;
use super::values::{self, Names};
use super::world::Around;
use super::{links, load};
use crate::api::{Json, Path};
use crate::app::App;
use crate::auth::Me;
use crate::db::Sql;
use crate::error::Problem;
use crate::manual::FieldView;
use crate::vals;
use axum::extract::State;
use engine::case::{Case, Run, RunEnd, Signing};
use engine::load::Rules;
use engine::step::{self, Actor};
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The whole of a case.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CaseView {
    /// What lists show of it.
    #[serde(flatten)]
    pub row: CaseRow,
    /// Version, for `If-Match`.
    pub seq: i64,
    /// Version of the manual it is pinned to, the hash's first letters.
    pub kind_version: String,
    /// Form values; personal ones masked.
    #[schema(value_type = HashMap<String, Value>)]
    pub data: Map<String, Value>,
    /// Something personal in the form is hidden that the reader may ask to see, with a reason.
    pub unmasks: bool,
    /// Names of people, customers, homes and files in the form, by id.
    #[schema(value_type = HashMap<String, String>)]
    pub names: Names,
    /// Fields of the kind that tell people something.
    pub fields: Vec<FieldView>,
    /// Case it stands under.
    pub parent: Option<CaseRow>,
    /// Cases under it.
    pub children: Vec<CaseRow>,
    /// Cases it has to do with.
    pub links: Vec<LinkView>,
    /// Case it was merged into.
    pub merged_into: Option<String>,
    /// Contact it came from.
    pub contact: Option<ContactRef>,
    /// Staff by relation.
    pub people: Vec<PersonView>,
    /// Runs of its clocks.
    pub clocks: Vec<ClockView>,
    /// Sign-off under way, or the last one.
    pub signing: Option<SigningView>,
    /// What the reader may do now.
    pub actions: Vec<OfferView>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
    /// A handing-on that waits.
    pub passing: Option<PassingView>,
    /// Owner's page of this case, when a link was handed out.
    pub owner_link: Option<String>,
    /// Code the guard checks at the gate, when one was handed out.
    pub gate_code: Option<String>,
}

/// A case it has to do with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkView {
    /// The case.
    pub case: CaseRow,
    /// Why.
    pub why: String,
}

/// The contact a case came from.
#[derive(Debug, Serialize, utoipa::ToSchema, FromQueryResult)]
pub struct ContactRef {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
}

/// A member of staff in a relation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    /// Relation.
    pub relation: String,
    /// What people call it.
    pub relation_title: String,
    /// Who.
    pub staff: rows::Named,
}

/// How a run of a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// It runs, and the deadline has passed.
    Late,
    /// What was due was done in time.
    Met,
    /// What was due was not done in time.
    Broken,
    /// The case ended before it was due.
    Lapsed,
}

/// A run of a clock.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClockView {
    /// Number of the run.
    pub run: u32,
    /// Clock.
    pub clock: String,
    /// What is due.
    pub title: String,
    /// Start.
    pub started_at: i64,
    /// Deadline; none while it stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<i64>,
    /// End.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stopped_at: Option<i64>,
    /// Beginning of the pause it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub paused_since: Option<i64>,
    /// When the deadline passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub breached_at: Option<i64>,
    /// How it stands.
    pub state: RunState,
    /// Ladder.
    pub steps: Vec<StepView>,
}

/// A rung of a ladder.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepView {
    /// When it is to fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at: Option<i64>,
    /// What it does.
    pub title: String,
    /// When it fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fired_at: Option<i64>,
}

/// A sign-off.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SigningView {
    /// Name.
    pub signoff: String,
    /// Heading.
    pub title: String,
    /// Open round, from 0.
    pub round: usize,
    /// done, refused, withdrawn; none while under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub outcome: Option<String>,
    /// Rounds.
    pub rounds: Vec<RoundView>,
}

/// A round.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoundView {
    /// Heading.
    pub title: String,
    /// How many signatures it needs.
    pub need: usize,
    /// Slots.
    pub slots: Vec<SlotView>,
}

/// A signature asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlotView {
    /// Name.
    pub name: String,
    /// Whose signature.
    pub title: String,
    /// Who may sign, in words.
    pub who_titles: Vec<String>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signed_at: Option<i64>,
    /// agree, refuse
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub verdict: Option<String>,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<String>,
}

/// A handing-on that waits to be accepted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PassingView {
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// Why.
    pub reason: String,
}

/// A case.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = CaseView)))]
pub async fn get_case(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<CaseView>, Problem> {
    view_of(&app, app.db.read(), &me, &id).await.map(Json)
}

/// The whole of a case, as `me` sees it.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn view_of(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<CaseView, Problem> {
    let case = load::for_reader(app, sql, me, id).await?;
    let around = Around::shown(app, sql, &case).await?;
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let offset = app.manuals.current().offset();
    let now = app.clock.now();
    let sight = Sight::of_case(me, &case);
    let world = around.world(now, now, false);
    let actor = Actor::Staff(me.id.clone());
    let mut actions = offers::list(&world, rules, &case, &actor);
    actions.extend(links::offers(&case));
    let mut wanted: BTreeSet<String> = values::ids(rules, &case.data);
    wanted.extend(case.people.iter().map(|(_, staff)| staff.clone()));
    wanted.extend(case.passing.iter().flat_map(|p| [p.from.clone(), p.to.clone()]));
    wanted.extend(signers(&case));
    let names = values::names(sql, &wanted).await?;
    let mut found = rows::by_ids(app, sql, me, std::slice::from_ref(&case.id)).await?;
    let row = found.pop().ok_or_else(Problem::not_found)?;
    Ok(CaseView {
        row,
        seq: case.seq,
        kind_version: case.manual.chars().take(8).collect(),
        data: masked(rules, &case, sight),
        unmasks: sight == Sight::Whole
            && rules
                .kind
                .fields
                .iter()
                .any(|f| is_personal(f) && case.data.contains_key(&f.name)),
        fields: rules
            .kind
            .fields
            .iter()
            .filter(|f| !f.inner)
            .map(|f| FieldView::shown(rules, f))
            .collect(),
        parent: match &case.parent {
            Some(parent) => rows::by_ids(app, sql, me, std::slice::from_ref(parent))
                .await?
                .pop(),
            None => None,
        },
        children: rows::pick(app, sql, me, "c.parent_id = $1", vals![case.id.clone()], 200).await?,
        links: links::read(app, sql, me, &case.id).await?,
        merged_into: case.merged_into.clone(),
        contact: contact(sql, &case).await?,
        people: people(&case, &names),
        clocks: case.runs.iter().rev().map(|run| clock(rules, run)).collect(),
        signing: case
            .signing
            .as_ref()
            .map(|s| signing(around.manual(), rules, s, &names, sight)),
        actions,
        timeline: timeline::read(sql, rules, &case, offset, sight).await?,
        passing: case.passing.as_ref().map(|p| PassingView {
            from: names.get(&p.from).cloned().unwrap_or_default(),
            to: names.get(&p.to).cloned().unwrap_or_default(),
            reason: sight.text(p.reason.clone()),
        }),
        owner_link: crate::owner::links::link_for(app, sql, &case, engine::def::Link::Owner).await?,
        gate_code: crate::owner::links::link_for(app, sql, &case, engine::def::Link::Gate).await?,
        names,
    })
}

fn masked(rules: &Rules, case: &Case, sight: Sight) -> Map<String, Value> {
    let shown = |(name, value): (&String, &Value)| {
        let value = rules
            .field(name)
            .map_or_else(|| value.clone(), |f| sight.value(f, value));
        (name.clone(), value)
    };
    case.data.iter().map(shown).collect()
}

fn signers(case: &Case) -> impl Iterator<Item = String> {
    let slots = case.signing.iter().flat_map(|s| &s.rounds).flat_map(|r| &r.slots);
    slots.flat_map(|s| {
        s.people
            .iter()
            .cloned()
            .chain(s.signed.iter().filter_map(|g| g.by.clone()))
    })
}

async fn contact(sql: &impl Sql, case: &Case) -> Result<Option<ContactRef>, Problem> {
    let Some(id) = &case.contact else { return Ok(None) };
    Ok(sql
        .row("select id, number from contact where id = $1", vals![id.clone()])
        .await?)
}

fn people(case: &Case, names: &Names) -> Vec<PersonView> {
    let view = |(relation, staff): &(engine::def::Relation, String)| PersonView {
        relation: relation.name().to_owned(),
        relation_title: relation.title().to_owned(),
        staff: rows::Named {
            id: staff.clone(),
            name: names.get(staff).cloned().unwrap_or_default(),
        },
    };
    case.people.iter().map(view).collect()
}

/// A run of a clock in words.
pub fn clock(rules: &Rules, run: &Run) -> ClockView {
    let def = rules.clock(&run.clock);
    let steps = run.steps.iter().enumerate().map(|(index, step)| StepView {
        at: step.at.map(|t| t.0),
        title: def
            .and_then(|d| d.steps.get(index))
            .map(|s| step::when_said(&s.at))
            .unwrap_or_default(),
        fired_at: step.fired_at.map(|t| t.0),
    });
    let state = match (run.ended, run.breached_at.is_some()) {
        (Some((_, RunEnd::Done)), false) => RunState::Met,
        (Some(_), true) => RunState::Broken,
        (Some((_, RunEnd::Lapsed)), false) => RunState::Lapsed,
        (None, _) if run.paused() => RunState::Paused,
        (None, true) => RunState::Late,
        (None, false) => RunState::Running,
    };
    ClockView {
        run: run.run,
        clock: run.clock.clone(),
        title: def.map_or_else(|| run.clock.clone(), |c| c.title.clone()),
        started_at: run.started_at.0,
        due_at: run.due_at.map(|t| t.0),
        stopped_at: run.ended.map(|(t, _)| t.0),
        paused_since: run.pauses.last().filter(|p| p.to.is_none()).map(|p| p.from.0),
        breached_at: run.breached_at.map(|t| t.0),
        state,
        steps: steps.collect(),
    }
}

fn signing(
    manual: &engine::load::Manual,
    rules: &Rules,
    signing: &Signing,
    names: &Names,
    sight: Sight,
) -> SigningView {
    let slot = |s: &engine::case::SigningSlot| {
        let named = s.people.iter().map(|p| names.get(p).cloned().unwrap_or_default());
        let whos = s.who.iter().map(|w| engine::load::who_title(manual, rules, w));
        SlotView {
            name: s.name.clone(),
            title: s.title.clone(),
            who_titles: whos.chain(named).collect(),
            signed_by: s.signed.as_ref().map(|g| {
                g.by.as_ref()
                    .and_then(|b| names.get(b).cloned())
                    .unwrap_or_else(|| "业主".to_owned())
            }),
            signed_at: s.signed.as_ref().map(|g| g.at.0),
            verdict: s.signed.as_ref().map(|g| json_name(&g.verdict)),
            note: s
                .signed
                .as_ref()
                .and_then(|g| g.note.clone())
                .map(|n| sight.text(n)),
        }
    };
    SigningView {
        signoff: signing.signoff.clone(),
        title: rules
            .signoff(&signing.signoff)
            .map(|s| s.title.clone())
            .unwrap_or_default(),
        round: signing.current,
        outcome: signing.outcome.as_ref().map(json_name),
        rounds: signing
            .rounds
            .iter()
            .map(|r| RoundView {
                title: r.title.clone(),
                need: r.needed(),
                slots: r.slots.iter().map(slot).collect(),
            })
            .collect(),
    }
}

fn json_name(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
}
