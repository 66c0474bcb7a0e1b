//! The same action on many chosen cases: each is judged and committed apart, and each has its own answer.

use super::act::{self, ActionRequest};
use super::offers::{self, OfferView};
use super::world::Around;
use super::{deciding, links, load};
use crate::api::{Json, Once};
use crate::auth::Me;
use crate::context::App;
use crate::error::{Code, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::{Case, Data};
use engine::def::FieldType;
use engine::step::{Actor, FieldProblem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Cases of one request.
const MOST: usize = 200;

/// Chosen cases.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenCases {
    /// Ids, 200 at most.
    cases: Vec<String>,
}

/// A case as it was when it was chosen.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenCase {
    /// Id.
    id: String,
    /// The version the actor has seen.
    seq: i64,
}

/// What may be done with all of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CommonOffers {
    /// The cases as they are now, to be sent with the action.
    cases: Vec<SeenCase>,
    /// Actions that every one of them offers, asking the same.
    actions: Vec<OfferView>,
}

/// The actions that every chosen case offers. What asks for a photo or a signature is done case by case.
#[utoipa::path(post, path = "/cases/offers", tag = "cases", request_body = ChosenCases,
    responses((status = 200, body = CommonOffers)))]
pub async fn common_offers(
    State(app): State<App>,
    me: Me,
    Json(chosen): Json<ChosenCases>,
) -> Result<Json<CommonOffers>, Problem> {
    few(chosen.cases.len())?;
    let read = app.db.read();
    let (actor, now) = (Actor::Staff(me.id.clone()), app.clock.now());
    let mut cases = Vec::new();
    let mut common: Option<Vec<OfferView>> = None;
    for id in &chosen.cases {
        let case = load::for_reader(&app, read, &me, id).await?;
        let around = Around::of(&app, read, &case).await?;
        let mut here = Vec::new();
        if let Some(rules) = around.manual().kind(&case.kind) {
            here = offers::list(&around.world(now, now, false), rules, &case, &actor);
        }
        here.extend(links::offers(&me, around.manual(), &case));
        let here: Vec<OfferView> = here.into_iter().filter_map(for_many).collect();
        common = Some(match common {
            None => here,
            Some(before) => before.into_iter().filter(|o| offered(o, &here)).collect(),
        });
        cases.push(SeenCase {
            id: case.id,
            seq: case.seq,
        });
    }
    Ok(Json(CommonOffers {
        cases,
        actions: common.unwrap_or_default(),
    }))
}

fn few(count: usize) -> Result<(), Problem> {
    if count == 0 || count > MOST {
        return Err(Problem::field("cases", "请选择 1 到 200 件事项"));
    }
    Ok(())
}

/// The offer as it can be made for many cases at once, if it can.
fn for_many(mut offer: OfferView) -> Option<OfferView> {
    let paper = |name: &str| name == FieldType::Files.name() || name == FieldType::Signature.name();
    // A file belongs to one case.
    if offer.ask.iter().any(|f| f.required && paper(&f.r#type)) {
        return None;
    }
    offer.ask.retain(|f| !paper(&f.r#type));
    let own = ["join-home", "join-customer"].contains(&offer.name.as_str());
    (!own).then_some(offer)
}

/// The same action asking for the same, in words too: of two kinds it may mean two things.
fn offered(offer: &OfferView, others: &[OfferView]) -> bool {
    let said = |o: &OfferView| serde_json::to_value((&o.name, &o.title, &o.ask)).ok();
    others.iter().any(|other| said(other) == said(offer))
}

/// One action for many cases.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// Cases as they were seen, 200 at most.
    cases: Vec<SeenCase>,
    /// Name of the action.
    action: String,
    /// What was entered, by field name; the same for all.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    input: Data,
}

/// What became of one of them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkAnswer {
    /// Case.
    id: String,
    /// It was done.
    done: bool,
    /// Stable code of the problem, when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Why not, a sentence to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sentence: Option<String>,
}

/// What became of them, in the order asked.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BulkAnswers {
    /// One each.
    items: Vec<BulkAnswer>,
    /// How many were done.
    done: usize,
}

/// Performs an action on many cases. Each is judged and committed apart: some may be refused while others are done.
/// Sent again with the same key, what was done is not done again, and what was refused is judged anew.
#[utoipa::path(post, path = "/cases/actions", tag = "cases", request_body = BulkRequest,
    params(("Idempotency-Key" = String, Header)), responses((status = 200, body = BulkAnswers)))]
pub async fn perform_on_many(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(request): Json<BulkRequest>,
) -> Result<Json<BulkAnswers>, Problem> {
    few(request.cases.len())?;
    let mut items = Vec::with_capacity(request.cases.len());
    for seen in request.cases {
        let asked = ActionRequest {
            action: request.action.clone(),
            input: request.input.clone(),
            happened_at: None,
        };
        let done = one(&app, &me, once.part(&seen.id), &seen, asked).await;
        items.push(answer(seen.id, done)?);
    }
    let done = items.iter().filter(|item| item.done).count();
    Ok(Json(BulkAnswers { items, done }))
}

async fn one(app: &App, me: &Me, once: Once, seen: &SeenCase, request: ActionRequest) -> Result<(), Problem> {
    load::visible(app, app.db.read(), me, &seen.id).await?;
    deciding::again(|| async {
        let reached = deciding::reached(app, app.db.read(), &seen.id, &request.input).await?;
        let (shared, by, seen, request) = (app.clone(), me.clone(), seen.clone(), request.clone());
        let at = app.clock.now();
        app.write_as(me, once.clone(), StatusCode::OK, move |tx| {
            Box::pin(async move {
                load::lock_all(tx, reached.into_iter().chain([seen.id.clone()])).await?;
                let case: Case = load::locked(tx, &seen.id).await?;
                if case.seq != seen.seq {
                    return Err(Problem::new(Code::Stale, "刚刚有人修改过，请看过最新内容再办理"));
                }
                act::perform(&shared, tx, &by, &case, request, at).await?;
                Ok::<Value, Problem>(json!({ "id": seen.id }))
            })
        })
        .await
    })
    .await
    .map(|_| ())
}

/// A refusal is an answer; when the database is away, so is the whole request.
fn answer(id: String, done: Result<(), Problem>) -> Result<BulkAnswer, Problem> {
    let problem = match done {
        Ok(()) => {
            return Ok(BulkAnswer {
                id,
                done: true,
                code: None,
                sentence: None,
            });
        }
        Err(problem) if problem.code == Code::Unavailable => return Err(problem),
        Err(problem) => problem,
    };
    let fields: Vec<&str> = problem
        .fields
        .iter()
        .map(|f: &FieldProblem| f.sentence.as_str())
        .collect();
    let sentence = if fields.is_empty() || fields == [problem.detail.as_str()] {
        problem.detail.clone()
    } else {
        format!("{}：{}", problem.detail, fields.join("；"))
    };
    Ok(BulkAnswer {
        id,
        done: false,
        code: Some(problem.code.pair().0.to_owned()),
        sentence: Some(sentence),
    })
}
