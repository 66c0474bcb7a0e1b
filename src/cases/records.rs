//! What is on record 在册: contractors, meters, documents that a form names, as a picker lists them.

use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Filter, Sql};
use crate::error::Problem;
use axum::extract::State;
use engine::def::identity;
use engine::load::Manual;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Rows shown: beyond them one types more.
const SHOWN: usize = 50;

/// Which records.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// Part of what it is on record under.
    #[serde(default)]
    q: String,
}

/// Records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordList {
    items: Vec<RecordRow>,
    /// There are more: one types more of the name.
    more: bool,
}

/// Something on record.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordRow {
    /// What it is on record under: the value of a field that names it.
    name: String,
    /// The stage it is in, in words.
    stage: String,
}

#[derive(FromQueryResult)]
struct Raw {
    name: String,
    stage: String,
}

/// What is on record, in order of name: only of kinds that some form names as its records, and nothing of them but the
/// name and the stage, whoever may see the case itself. At every site: a claim is unique in the company, and so a name
/// that is on record at another site is taken by a form here.
#[utoipa::path(get, path = "/kinds/{kind}/records", tag = "cases",
    params(("kind" = String, Path, description = "Kind whose cases are the records"), RecordQuery),
    responses((status = 200, body = RecordList)))]
pub async fn list_records(
    State(app): State<App>,
    _me: Me,
    Path(kind): Path<String>,
    Query(query): Query<RecordQuery>,
) -> Result<Json<RecordList>, Problem> {
    let manual = app.manuals.current();
    let rules = manual
        .kind(&kind)
        .filter(|_| named_by_a_form(&manual, &kind))
        .ok_or_else(Problem::not_found)?;
    let key = rules.kind.key().ok_or_else(Problem::not_found)?;
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let (of, name) = (filter.bind(0, kind), filter.bind(0, key.name.clone()));
    let mut all = vec![
        format!("c.kind = {of}"),
        format!("h.name = {name}"),
        "c.closed_at is null".to_owned(),
    ];
    let words = identity(&query.q);
    if !words.is_empty() {
        let words = words
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let part = filter.bind(0, format!("%{words}%"));
        all.push(format!("h.resource like {part} escape '\\'"));
    }
    let sql = format!(
        "select coalesce(h.said, h.resource) as name, c.stage from claim h join case_record c on c.id = h.case_id where {} \
         order by h.resource limit {}",
        all.join(" and "),
        SHOWN + 1
    );
    let mut found: Vec<Raw> = app.db.read().rows(&sql, filter.values).await?;
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let items = found.into_iter().map(|row| RecordRow {
        stage: rules
            .stage(&row.stage)
            .map_or(row.stage.clone(), |s| s.title.clone()),
        name: row.name,
    });
    Ok(Json(RecordList {
        items: items.collect(),
        more,
    }))
}

fn named_by_a_form(manual: &Manual, kind: &str) -> bool {
    let mut fields = manual.kinds.values().flat_map(|rules| &rules.kind.fields);
    fields.any(|field| field.record.as_deref() == Some(kind))
}
