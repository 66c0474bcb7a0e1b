//! Registering a contact, and opening the cases it leads to (INTAKE-1, INTAKE-2, INTAKE-5).

use super::checks::check;
use super::judging::open_for;
use super::request::{ContactRequest, OpenedCase};
use super::{rows, settling};
use crate::api::{Answer, Json, Once};
use crate::auth::Me;
use crate::base::standing::standing;
use crate::cases::act::when;
use crate::cases::numbers;
use crate::cases::pen::Pen;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::{estate, measure, search, vals, webhooks};
use axum::extract::State;
use axum::http::StatusCode;
use engine::case::Case;
use engine::def::Area;
use engine::step::Actor;
use serde::Serialize;
use serde_json::Value;

/// Numbers of contacts.
pub const NUMBER: &str = "LD-{site}-{yyyy}-{seq:5}";

/// What was registered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Registered {
    /// Contact.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Cases it opened.
    pub cases: Vec<OpenedCase>,
}

/// Registers a contact.
#[utoipa::path(post, path = "/contacts", tag = "contacts", request_body = ContactRequest,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = Registered)))]
pub async fn register_contact(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(request): Json<ContactRequest>,
) -> Result<Answer, Problem> {
    me.must_at(Area::Desk, &request.site)?;
    estate::customer_seen(&app, app.db.read(), &me, request.customer.as_deref()).await?;
    let at = when(&app, &me, &request.site, request.happened_at)?;
    let (shared, by) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move {
            let actor = Actor::Staff(by.id.clone());
            let pen = Pen {
                app: &shared,
                tx,
                actor,
                actor_id: Some(by.id.clone()),
                at,
                quiet: false,
            };
            register(&pen, request).await
        })
    })
    .await
}

/// Registers a contact and opens its cases, in the transaction of the pen.
///
/// # Errors
/// [`crate::error::Code::Invalid`] with the field; what opening a case refuses.
pub async fn register(pen: &Pen<'_>, request: ContactRequest) -> Result<Registered, Problem> {
    check(pen, &request).await?;
    let id = pen.app.id();
    let offset = pen.app.manuals.current().offset();
    let taker = match &pen.actor {
        Actor::Staff(id) => Some(id.clone()),
        _ => None,
    };
    let number = numbers::next(pen.tx, NUMBER, &request.site, pen.at, offset).await?;
    let values = row(&request, &id, &number, taker, (pen.at, pen.now()), (None, None));
    let manual = write(pen.tx, values).await?;
    let mut cases = Vec::new();
    for judgement in &request.judgements {
        cases.extend(open_for(pen, &request, &id, judgement).await?);
    }
    let (words, when) = (searchable(&number, &request.said), (pen.at, pen.now()));
    search::index_new_contact(&pen.app.own(), pen.tx, &id, &request.site, when, &words).await?;
    if request.judgements.iter().any(|j| j.answer.is_some()) {
        // Cases went on after they were opened.
        settling::refresh(pen.app, pen.tx, &id).await?;
    } else {
        measure_new(pen, &id, &request, &manual, &cases).await?;
    }
    if !pen.quiet {
        webhooks::of_contact(pen.app, pen.tx, &id, &number, &request).await?;
    }
    let cases = cases.into_iter().map(OpenedCase::from).collect();
    Ok(Registered { id, number, cases })
}

/// Writes the row of a contact; gives the manual in force.
async fn write(tx: &Tx, values: Vec<sea_orm::Value>) -> Result<String, Problem> {
    if !tx.is_postgres() {
        tx.later(COLUMNS, "", values);
        return Ok(standing(tx).await?.manual().to_owned());
    }
    let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "insert into {COLUMNS} values ({}) returning (select value from setting where name = 'manual')",
        marks.join(", ")
    );
    let manual: Option<Value> = tx.scalar(&sql, values).await?;
    Ok(manual
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned())
}

/// The table, and the columns of [`row`] in their order.
pub const COLUMNS: &str = "contact (id, number, site_id, channel, customer_id, home_id, caller_name, caller_phone, said, \
     done_at_once, follow_needed, read_back, taken_by, happened_at, recorded_at, outside_id, answered_at, settled_at)";

/// The row of a contact. `times`: when it happened and is recorded; `ends`: when it was answered and settled.
pub fn row(
    request: &ContactRequest,
    id: &str,
    number: &str,
    taker: Option<String>,
    times: (i64, i64),
    ends: (Option<i64>, Option<i64>),
) -> Vec<sea_orm::Value> {
    vals![
        id.to_owned(),
        number.to_owned(),
        request.site.clone(),
        request.channel.clone(),
        request.customer.clone(),
        request.home.clone(),
        request.caller_name.trim(),
        request.caller_phone.trim(),
        request.said.trim(),
        request.done_at_once.trim(),
        request.follow_needed.trim(),
        request.read_back,
        taker,
        times.0,
        times.1,
        request.outside_id.clone(),
        ends.0,
        ends.1,
    ]
}

/// The words a contact is found by.
pub fn searchable(number: &str, said: &str) -> String {
    format!("{number}\n{said}")
}

/// The first facts of a contact and of when it was answered and settled. `manual`: the one in force, as asked while it
/// was written.
async fn measure_new(
    pen: &Pen<'_>,
    id: &str,
    request: &ContactRequest,
    manual: &str,
    cases: &[Case],
) -> Result<(), Problem> {
    let judged: Vec<&str> = request.judgements.iter().map(|j| j.judgement.as_str()).collect();
    let (answered_at, settled_at) = settling::begin(pen.tx, id, pen.at, cases).await?;
    let taken_by = match &pen.actor {
        Actor::Staff(id) => Some(id.as_str()),
        _ => None,
    };
    let new = measure::Registered {
        id,
        site: &request.site,
        channel: &request.channel,
        read_back: request.read_back,
        taken_by,
        happened_at: pen.at,
        answered_at,
        settled_at,
        judged: &judged,
        cases: cases.len() as i64,
    };
    measure::begin_contact(pen.app, pen.tx, manual, &new).await
}

/// The site of a contact that `me` may see, for who works at the desk there; 404 for everybody else.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn site_of(sql: &impl Sql, me: &Me, id: &str) -> Result<String, Problem> {
    let seen = rows::visible(me, 1);
    let mut values = vals![id.to_owned()];
    values.extend(seen.values);
    let text = format!("select k.site_id from contact k where k.id = $1 and {}", seen.sql);
    let site: Option<String> = sql.scalar(&text, values).await?;
    let site = site.ok_or_else(Problem::not_found)?;
    me.must_at(Area::Desk, &site)?;
    Ok(site)
}
