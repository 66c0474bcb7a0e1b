//! The running definitions as the screens and the handbook read them (KNOW-4).

use crate::api::Json;
use crate::auth::Me;
use crate::base::tone;
use crate::context::App;
use crate::error::Problem;
use axum::extract::State;
use engine::def::Who;
use engine::load::{Manual, Rules};
use serde::Serialize;

/// A kind in menus and filters.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct KindRow {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Pack.
    pub pack: String,
    /// What people call the pack.
    pub pack_title: String,
    /// Opened only by other cases.
    pub inner: bool,
    /// Whether the reader may open one.
    pub may_open: bool,
    /// Columns of lists.
    pub list: Vec<ColumnView>,
    /// Stages, for filters.
    pub stages: Vec<StageView>,
}

/// A column of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnView {
    /// Field.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Type of its values.
    #[schema(schema_with = crate::described::engine::<engine::def::FieldType>)]
    pub r#type: String,
}

/// A stage.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StageView {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Ends the case.
    pub ends: bool,
    /// Colour.
    #[schema(schema_with = crate::described::engine::<engine::def::Tone>)]
    pub tone: String,
}

/// How a contact is judged.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JudgementView {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Kind of case it opens.
    pub kind: Option<String>,
}

/// Kinds and judgements.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Kinds {
    /// Kinds, in the order of packs.
    pub items: Vec<KindRow>,
    /// Judgements.
    pub judgements: Vec<JudgementView>,
}

/// Kinds of the manual in force.
#[utoipa::path(get, path = "/kinds", tag = "manual", responses((status = 200, body = Kinds)))]
pub async fn list_kinds(State(app): State<App>, me: Me) -> Result<Json<Kinds>, Problem> {
    let manual = app.manuals.current();
    let mut items: Vec<KindRow> = manual
        .kinds
        .values()
        .map(|rules| kind_row(&manual, rules, &me))
        .collect();
    let order = |row: &KindRow| {
        (
            manual.packs.get(&row.pack).map_or(u16::MAX, |p| p.order),
            row.inner,
        )
    };
    items.sort_by_key(order);
    let judgements = manual.judgements.iter().map(|j| JudgementView {
        name: j.name.clone(),
        title: j.title.clone(),
        kind: j.kind.clone(),
    });
    Ok(Json(Kinds {
        items,
        judgements: judgements.collect(),
    }))
}

fn kind_row(manual: &Manual, rules: &Rules, me: &Me) -> KindRow {
    let kind = &rules.kind;
    let column = |name: &String| {
        let field = rules.field(name)?;
        let r#type = field.of.unwrap_or(field.kind).name().to_owned();
        Some(ColumnView {
            name: name.clone(),
            title: field.title.clone(),
            r#type,
        })
    };
    let opens = |who: &Who| match who {
        Who::Post(post) | Who::Duty(post) => me.posts.iter().any(|held| &held.post == post),
        Who::Staff => true,
        _ => false,
    };
    KindRow {
        name: kind.name.clone(),
        title: kind.title.clone(),
        pack: kind.pack.clone(),
        pack_title: manual
            .packs
            .get(&kind.pack)
            .map_or_else(String::new, |p| p.title.clone()),
        inner: kind.inner,
        may_open: kind.open.by.iter().any(opens),
        list: kind.list.iter().filter_map(column).collect(),
        stages: stages(rules),
    }
}

/// The stages of a kind.
pub(super) fn stages(rules: &Rules) -> Vec<StageView> {
    let view = |s: &engine::def::Stage| StageView {
        name: s.name.clone(),
        title: s.title.clone(),
        ends: s.ends,
        tone: tone(s.tone, s.ends).to_owned(),
    };
    rules.kind.stages.iter().map(view).collect()
}
