//! The gate: a guard checks the code on a paper and uses it (GATE-1).

use super::links;
use crate::api::{Answer, Json, Once, Path};
use crate::auth::Me;
use crate::cases::act::act;
use crate::cases::load;
use crate::cases::offers::{self, OfferView};
use crate::cases::pen::Pen;
use crate::cases::sight::Sight;
use crate::cases::values::{self, Names};
use crate::cases::world::Around;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::{Case, Data};
use engine::def::{Field, Link, Who};
use engine::step::{self, Actor, Input};
use serde::{Deserialize, Serialize};

/// What a guard sees of a paper.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GateView {
    /// It may pass.
    pub valid: bool,
    /// What to tell who carries it.
    pub sentence: String,
    /// Number.
    pub number: String,
    /// What people call the kind.
    pub kind_title: String,
    /// Title.
    pub heading: String,
    /// Stage.
    pub stage_title: String,
    /// Form, as people read it.
    pub lines: Vec<GateLine>,
    /// What the guard may do with it: let it pass, in or out, or stop it with a reason.
    pub actions: Vec<OfferView>,
}

/// What the guard does with a paper.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GateRequest {
    /// Name of one of the paper's actions; absent: the first, which is its usual use.
    #[serde(default)]
    pub action: Option<String>,
    /// What was entered, by field name.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub input: Data,
}

/// A line of the paper.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GateLine {
    /// Label.
    pub title: String,
    /// Value.
    pub text: String,
}

/// Looks at a code.
#[utoipa::path(get, path = "/gate/{code}", tag = "gate", params(("code" = String, Path)),
    responses((status = 200, body = GateView)))]
pub async fn check_code(
    State(app): State<App>,
    me: Me,
    Path(code): Path<String>,
) -> Result<Json<GateView>, Problem> {
    let read = app.db.read();
    let case = case_of(&app, read, &me, &code).await?;
    view(&app, read, &me, &case).await.map(Json)
}

/// Uses a paper: lets it pass, in or out, or stops it.
#[utoipa::path(post, path = "/gate/{code}/use", tag = "gate", request_body = GateRequest,
    params(("code" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = GateView)))]
pub async fn use_code(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(code): Path<String>,
    Json(request): Json<GateRequest>,
) -> Result<Answer, Problem> {
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let found = case_of(&shared, tx, &by, &code).await?;
            may_pass(&shared, &by, &found).await?;
            let case = load::locked(tx, &found.id).await?;
            let (_, offered) = judged(&shared, tx, &case).await?;
            // What was asked for is refused in the manual's own words; what is usual must be open.
            let usual = || offered.first().map(|offer| offer.name.clone());
            let action = request.action.clone().or_else(usual);
            let action =
                action.ok_or_else(|| Problem::new(Code::Refused, "这张单现在不能这样办，或已经用过"))?;
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Link(Link::Gate),
                actor_id: Some(by.id.clone()),
                at: shared.clock.now(),
                quiet: false,
            };
            let case = act(
                &pen,
                &case,
                Input {
                    action,
                    values: request.input,
                },
            )
            .await?;
            view(&shared, tx, &by, &case).await
        })
    })
    .await
}

/// The paper of a code, or of the number typed off it. Numbers can be guessed: only who may let it pass asks by one.
async fn case_of(app: &App, sql: &impl Sql, me: &Me, code: &str) -> Result<Case, Problem> {
    let by_number = "select c.id from case_record c join access_link l on l.case_id = c.id \
        where c.number = $1 and l.link = $2 limit 1";
    let numbered: Option<String> = sql
        .scalar(by_number, vals![code.to_owned(), Link::Gate.name()])
        .await?;
    let id = match numbered {
        Some(id) => {
            let case = load::any(sql, &id).await?;
            may_pass(app, me, &case).await?;
            return Ok(case);
        }
        None => {
            let held = links::open(app, sql, code)
                .await
                .map_err(|_| Problem::not_found())?;
            held.case_id
                .filter(|_| held.link == Link::Gate.name())
                .ok_or_else(Problem::not_found)?
        }
    };
    let case = load::any(sql, &id).await?;
    me.at_site(&case.site)?;
    Ok(case)
}

/// Refuses, as if there were no paper, unless a post held at the site may do what the holder of the code may: the manual
/// names both beside each other, so that who stands at the gate is said there alone.
async fn may_pass(app: &App, me: &Me, case: &Case) -> Result<(), Problem> {
    let manual = app.manuals.get(&case.manual).await?;
    let actions = manual
        .kind(&case.kind)
        .into_iter()
        .flat_map(|rules| &rules.kind.actions);
    let at_gate = actions.filter(|action| action.by.contains(&Who::Link(Link::Gate)));
    let holds = |who: &Who| {
        let here = |site: &Option<String>| site.as_ref().is_none_or(|site| *site == case.site);
        matches!(who, Who::Post(post) if me.posts.iter().any(|h| h.post == *post && here(&h.site)))
    };
    let may = at_gate.flat_map(|action| &action.by).any(holds);
    if may { Ok(()) } else { Err(Problem::not_found()) }
}

/// Whether its bearer may pass now, else why not, and what the manual lets the holder of the code do now. A manual from
/// before papers had a passing rule means: while the usual use is open.
async fn judged(
    app: &App,
    sql: &impl Sql,
    case: &Case,
) -> Result<(Result<(), String>, Vec<OfferView>), Problem> {
    let around = Around::of(app, sql, case).await?;
    let now = app.clock.now();
    let world = around.world(now, now, false);
    let rules = around
        .manual()
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let mut offered = offers::list(&world, rules, case, &Actor::Link(Link::Gate));
    offered.retain(|offer| !offer.builtin);
    offered.sort_by_key(|offer| !offer.main);
    let passes = match &rules.kind.pass {
        Some(_) => step::passes(&world, case),
        None if offered.is_empty() => Err(rules
            .stage(&case.stage)
            .map_or_else(String::new, |s| s.title.clone())),
        None => Ok(()),
    };
    Ok((passes, offered))
}

async fn view(app: &App, sql: &impl Sql, me: &Me, case: &Case) -> Result<GateView, Problem> {
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let (passes, actions) = judged(app, sql, case).await?;
    let sight = Sight::of(me, &case.site);
    let names = values::names(sql, &values::ids(rules, &case.data)).await?;
    let offset = app.manuals.current().offset();
    let lines = rules
        .kind
        .fields
        .iter()
        .filter(|f| !f.personal)
        .filter_map(|field| {
            let value = case.data.get(&field.name)?;
            let value = sight.value(field, value);
            let row = |row| row_text(&field.columns, row, &names, offset);
            let text = match value.as_array() {
                Some(rows) if !field.columns.is_empty() && field.checklist.is_none() => {
                    rows.iter().map(row).collect::<Vec<_>>().join("；")
                }
                _ => values::text(field, &value, &names, offset),
            };
            Some(GateLine {
                title: field.title.clone(),
                text,
            })
        });
    let stage_title = rules
        .stage(&case.stage)
        .map_or_else(String::new, |s| s.title.clone());
    Ok(GateView {
        valid: passes.is_ok(),
        sentence: match passes {
            Ok(()) => "可以放行".to_owned(),
            Err(why) => format!("不能放行：{why}"),
        },
        actions,
        number: case.number.clone(),
        kind_title: rules.kind.title.clone(),
        heading: sight.text(engine::tell::heading(rules, case)),
        lines: lines.collect(),
        stage_title,
    })
}

/// The cells of a row; personal ones are no business of the gate.
fn row_text(columns: &[Field], row: &serde_json::Value, names: &Names, offset: i32) -> String {
    let shown = columns.iter().filter(|column| !column.personal);
    let cells = shown.filter_map(|column| Some(values::text(column, row.get(&column.name)?, names, offset)));
    cells.collect::<Vec<_>>().join(" ")
}
