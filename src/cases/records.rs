//! What is on record 在册: contractors, meters, documents that a form names, as a picker lists them.

use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Filter, Sql};
use crate::error::Problem;
use crate::manual::FieldView;
use axum::extract::State;
use engine::case::{Case, Data};
use engine::def::{Stage, identity};
use engine::load::{Manual, Rules};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// The whole of what it is on record under.
    name: Option<String>,
}

/// Records.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecordList {
    items: Vec<RecordRow>,
    /// What is read beside each of them.
    fields: Vec<FieldView>,
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
    /// Values of `fields`.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    data: Data,
}

#[derive(FromQueryResult)]
struct Raw {
    name: String,
    state: Value,
}

/// What is on record, in order of name: only of kinds that some form names as its records, and nothing of them but the
/// name, the stage and what the kind says is read beside it, whoever may see the case itself. At every site: a claim is
/// unique in the company, and so a name that is on record at another site is taken by a form here.
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
        .filter(|rules| !rules.kind.picker.is_empty() || named_by_a_form(&manual, &kind))
        .ok_or_else(Problem::not_found)?;
    Ok(Json(on_record(&app, rules, &query, |stage| &stage.title).await?))
}

/// What is on record of the kind.
///
/// # Errors
/// [`Problem::not_found`] for a kind that is on record under nothing.
pub async fn on_record(
    app: &App,
    rules: &Rules,
    query: &RecordQuery,
    words: impl Fn(&Stage) -> &str,
) -> Result<RecordList, Problem> {
    let key = rules.kind.key().ok_or_else(Problem::not_found)?;
    let (text, values) = found(&rules.kind.name, &key.name, query);
    let mut found: Vec<Raw> = app.db.read().rows(&text, values).await?;
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let row = |raw: Raw| -> Result<RecordRow, Problem> {
        let mut case: Case = serde_json::from_value(raw.state)?;
        case.data.retain(|name, _| rules.kind.picker.contains(name));
        let stage = rules.stage(&case.stage);
        Ok(RecordRow {
            name: raw.name,
            stage: stage.map_or(case.stage.clone(), |stage| words(stage).to_owned()),
            data: case.data,
        })
    };
    let beside = rules.kind.picker.iter().filter_map(|name| rules.field(name));
    Ok(RecordList {
        items: found.into_iter().map(row).collect::<Result<_, _>>()?,
        fields: beside.map(|field| FieldView::shown(rules, field)).collect(),
        more,
    })
}

fn found(kind: &str, key: &str, query: &RecordQuery) -> (String, Vec<sea_orm::Value>) {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let (of, name) = (filter.bind(0, kind.to_owned()), filter.bind(0, key.to_owned()));
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
    if let Some(name) = &query.name {
        let whole = filter.bind(0, identity(name));
        all.push(format!("h.resource = {whole}"));
    }
    let text = format!(
        "select coalesce(h.said, h.resource) as name, c.state from claim h join case_record c on c.id = h.case_id where {} \
         order by h.resource limit {}",
        all.join(" and "),
        SHOWN + 1
    );
    (text, filter.values)
}

fn named_by_a_form(manual: &Manual, kind: &str) -> bool {
    let mut fields = manual.kinds.values().flat_map(|rules| &rules.kind.fields);
    fields.any(|field| field.record.as_deref() == Some(kind))
}
