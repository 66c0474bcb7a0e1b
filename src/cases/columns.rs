//! The columns a list of cases can show: what every case has, and the fields of a kind's form.

use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::def::{Field, FieldType};
use engine::load::Manual;
use serde::{Deserialize, Serialize};

/// Name, heading, type and whether it is shown when nothing was chosen, of what every case has. Fields of a form are
/// called by their bare names, as in the manual.
const OWN: [(&str, &str, FieldType, bool); 16] = [
    ("case.number", "编号", FieldType::Line, true),
    ("case.kind", "类型", FieldType::Line, true),
    ("case.heading", "事项", FieldType::Text, true),
    ("case.stage", "阶段", FieldType::Line, true),
    ("case.due", "时限", FieldType::Line, true),
    ("case.due_at", "到期", FieldType::Time, true),
    ("case.site", "项目", FieldType::Line, true),
    ("case.home", "房屋", FieldType::Line, true),
    ("case.customer", "客户", FieldType::Line, true),
    ("case.assignee", "经办", FieldType::Line, true),
    ("case.responsible", "首问责任人", FieldType::Line, true),
    ("case.urgency", "缓急", FieldType::Line, false),
    ("case.level", "升级", FieldType::Number, false),
    ("case.reminders", "催办", FieldType::Number, false),
    ("case.opened_at", "受理", FieldType::Time, true),
    ("case.closed_at", "办结", FieldType::Time, true),
];

/// A column that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Column {
    /// `case.number`, or the name of a field.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Type of its values.
    #[schema(schema_with = crate::described::engine::<FieldType>)]
    pub r#type: String,
    /// Shown when nothing was chosen.
    pub usual: bool,
    /// Unit behind the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit: Option<String>,
}

/// Columns of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Columns {
    /// In the order they are shown.
    pub items: Vec<Column>,
}

/// Of which kind.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ColumnQuery {
    /// Kind; none: only what every case has.
    kind: Option<String>,
}

/// The columns a list of cases can show.
#[utoipa::path(get, path = "/cases/columns", tag = "cases", params(ColumnQuery),
    responses((status = 200, body = Columns)))]
pub async fn list_columns(
    State(app): State<App>,
    _me: Me,
    Query(query): Query<ColumnQuery>,
) -> Result<Json<Columns>, Problem> {
    let items = all(&app.manuals.current(), query.kind.as_deref());
    Ok(Json(Columns { items }))
}

/// Every column of a kind's list, or of a list of all kinds.
pub fn all(manual: &Manual, kind: Option<&str>) -> Vec<Column> {
    let own = OWN.iter().map(|(name, title, r#type, usual)| Column {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
        r#type: r#type.name().to_owned(),
        // A list of one kind says it in its heading.
        usual: *usual && !(*name == "case.kind" && kind.is_some()),
        unit: None,
    });
    let mut all: Vec<Column> = own.collect();
    let Some(rules) = kind.and_then(|kind| manual.kind(kind)) else {
        return all;
    };
    // Pictures have no place in a cell.
    let fits = |f: &&Field| !matches!(f.kind, FieldType::Files | FieldType::Signature);
    let own = rules.kind.fields.iter().filter(fits).map(|field| Column {
        name: field.name.clone(),
        title: field.title.clone(),
        r#type: field.of.unwrap_or(field.kind).name().to_owned(),
        usual: rules.kind.list.contains(&field.name),
        unit: field.unit.clone(),
    });
    all.extend(own);
    all
}

/// The columns that were asked for, in that order; without any, the usual ones.
pub fn chosen(manual: &Manual, kind: Option<&str>, asked: Option<&str>) -> Vec<Column> {
    let all = all(manual, kind);
    let Some(asked) = asked.filter(|a| !a.is_empty()) else {
        return all.into_iter().filter(|c| c.usual).collect();
    };
    let one = |name: &str| all.iter().find(|c| c.name == name).cloned();
    asked.split(',').filter_map(one).collect()
}

/// The fields of forms among the columns asked for; none when nothing was asked.
pub fn fields(asked: Option<&str>) -> Option<Vec<String>> {
    let asked = asked.filter(|a| !a.is_empty())?;
    let bare = asked.split(',').filter(|name| !name.starts_with("case."));
    Some(bare.map(str::to_owned).collect())
}
