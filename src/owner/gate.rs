//! The gate: a guard checks the code on a paper and uses it (GATE-1).

use super::links;
use crate::api::{Answer, Json, Once, Path};
use crate::app::App;
use crate::auth::Me;
use crate::cases::act::act;
use crate::cases::commit::Pen;
use crate::cases::load;
use crate::cases::world::Around;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::Case;
use engine::def::Link;
use engine::step::{self, Actor, Input};
use serde::Serialize;

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
    view(&app, read, &case).await.map(Json)
}

/// Uses a code: the paper's one use.
#[utoipa::path(post, path = "/gate/{code}/use", tag = "gate",
    params(("code" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = GateView)))]
pub async fn use_code(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(code): Path<String>,
) -> Result<Answer, Problem> {
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let found = case_of(&shared, tx, &by, &code).await?;
            let case = load::locked(tx, &found.id).await?;
            let action = passing(&shared, tx, &case).await?;
            let action =
                action.ok_or_else(|| Problem::new(Code::Refused, "这张单现在不能放行，或已经用过"))?;
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
                    values: Default::default(),
                },
            )
            .await?;
            view(&shared, tx, &case).await
        })
    })
    .await
}

/// The paper of a code, or of the number typed off it: numbers can be guessed, but only staff of the site ask here, and
/// they hold the paper against the list.
async fn case_of(app: &App, sql: &impl Sql, me: &Me, code: &str) -> Result<Case, Problem> {
    let by_number = "select c.id from case_record c join access_link l on l.case_id = c.id \
        where c.number = $1 and l.link = $2 limit 1";
    let numbered: Option<String> = sql
        .scalar(by_number, vals![code.to_owned(), Link::Gate.name()])
        .await?;
    let id = match numbered {
        Some(id) => id,
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

/// The action the manual lets the holder of the code do now.
async fn passing(app: &App, sql: &impl Sql, case: &Case) -> Result<Option<String>, Problem> {
    let around = Around::of(app, sql, case).await?;
    let now = app.clock.now();
    let offers = step::offers(&around.world(now, now, false), case, &Actor::Link(Link::Gate));
    Ok(offers.into_iter().find(|o| o.builtin.is_none()).map(|o| o.name))
}

async fn view(app: &App, sql: &impl Sql, case: &Case) -> Result<GateView, Problem> {
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let valid = passing(app, sql, case).await?.is_some();
    let names = crate::cases::values::names(sql, &crate::cases::values::ids(rules, &case.data)).await?;
    let offset = app.manuals.current().offset();
    let lines = rules
        .kind
        .fields
        .iter()
        .filter(|f| !f.personal)
        .filter_map(|field| {
            let value = case.data.get(&field.name)?;
            let text = match value.as_array() {
                Some(rows) if !field.columns.is_empty() => {
                    rows.iter().map(row_text).collect::<Vec<_>>().join("；")
                }
                _ => crate::cases::values::text(field, value, &names, offset),
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
        valid,
        sentence: if valid {
            "可以放行".to_owned()
        } else {
            format!("不能放行：{stage_title}")
        },
        number: case.number.clone(),
        kind_title: rules.kind.title.clone(),
        heading: engine::tell::heading(rules, case),
        lines: lines.collect(),
        stage_title,
    })
}

fn row_text(row: &serde_json::Value) -> String {
    let cells = row.as_object().into_iter().flat_map(|r| r.values());
    let texts = cells.map(|cell| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(" ")
}
