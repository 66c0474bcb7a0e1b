//! The whole of a case, as one actor may see it.

use super::clocks::{self, ClockView};
use super::facets::{self, Facets, Looked};
use super::links::{self, LinkView};
use super::load;
use super::offers::{self, OfferView};
use super::papers::{self, PaperView};
use super::pick;
use super::rows::CaseRow;
use super::sight::Sight;
use super::signing::{self, SigningView};
use super::timeline::{self, TimelineEntry};
use super::unmask::is_personal;
use super::values::{self, Names};
use super::world::Around;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::base::Named;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::manual::FieldView;
use crate::vals;
use axum::extract::State;
use engine::case::Case;
use engine::load::Rules;
use engine::step::Actor;
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
    /// What it shows beside form and time line.
    #[serde(flatten)]
    pub facets: Facets,
    /// Papers that are printed from it.
    pub papers: Vec<PaperView>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
    /// A handing-on that waits.
    pub passing: Option<PassingView>,
    /// Owner's page of this case, when a link was handed out.
    pub owner_link: Option<String>,
    /// People outside whose links the reader may hand over.
    pub guests: Vec<super::guests::GuestView>,
    /// Code the guard checks at the gate, when one was handed out.
    pub gate_code: Option<String>,
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
    pub staff: Named,
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
    load::visible(app, sql, me, id).await?;
    after_deed(app, sql, me, id).await
}

/// The case as it stands after a deed of `me`: an answer to one's own deed is given even where the deed was the last one
/// had to do with the case.
///
/// # Errors
/// The database's.
pub async fn after_deed(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<CaseView, Problem> {
    let case = load::any(sql, id).await?;
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
    actions.extend(links::offers(me, around.manual(), &case));
    let mut wanted: BTreeSet<String> = values::ids(rules, &case.data);
    wanted.extend(case.people.iter().map(|(_, staff)| staff.clone()));
    wanted.extend(case.passing.iter().flat_map(|p| [p.from.clone(), p.to.clone()]));
    wanted.extend(signing::signers(&case));
    let events = timeline::events(sql, &case.id).await?;
    wanted.extend(facets::mentioned(rules, &case, &events));
    let names = values::names(sql, &wanted).await?;
    let facets = facets::read(
        sql,
        &Looked {
            app,
            me,
            manual: around.manual(),
            rules,
            case: &case,
            events: &events,
            names: &names,
            sight,
        },
    )
    .await?;
    let mut story = timeline::told(sql, rules, &case, &events, (offset, sight)).await?;
    facets::name_amendments(sql, (around.manual(), rules), &case.id, &mut story).await?;
    let row = pick::known(app, sql, me, &case.id).await?;
    let data = masked(rules, &case, sight);
    Ok(CaseView {
        papers: papers::of_case(&world, rules, &case, (&actor, sight), &data),
        row,
        seq: case.seq,
        kind_version: case.manual.chars().take(8).collect(),
        data,
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
            Some(parent) => pick::by_ids(app, sql, me, std::slice::from_ref(parent))
                .await?
                .pop(),
            None => None,
        },
        children: pick::pick(app, sql, me, "c.parent_id = $1", vals![case.id.clone()], 200).await?,
        links: links::read(app, sql, me, &case.id).await?,
        merged_into: case.merged_into.clone(),
        contact: contact(sql, &case).await?,
        people: people(&case, &names),
        clocks: case
            .runs
            .iter()
            .rev()
            .map(|run| clocks::clock(rules, run))
            .collect(),
        signing: case
            .signing
            .as_ref()
            .map(|s| signing::signing(around.manual(), rules, s, &names, sight)),
        actions,
        facets,
        timeline: story,
        passing: case.passing.as_ref().map(|p| PassingView {
            from: names.get(&p.from).cloned().unwrap_or_default(),
            to: names.get(&p.to).cloned().unwrap_or_default(),
            reason: sight.text(p.reason.clone()),
        }),
        owner_link: crate::owner::links::link_for(app, sql, &case, &engine::def::Link::Owner).await?,
        guests: super::guests::guests(&world, &case, me),
        gate_code: crate::owner::links::link_for(app, sql, &case, &engine::def::Link::Gate).await?,
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
        staff: Named {
            id: staff.clone(),
            name: names.get(staff).cloned().unwrap_or_default(),
        },
    };
    case.people.iter().map(view).collect()
}
