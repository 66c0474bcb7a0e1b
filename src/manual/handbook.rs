//! The handbook beside the kinds (KNOW-4).

use crate::api::Json;
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use engine::def::{Pack, Post, Table};
use engine::load::Manual;
use serde::Serialize;
use std::collections::BTreeMap;

/// The manual in force, beside its kinds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ManualView {
    /// First letters of its hash.
    pub version: String,
    /// When it was published.
    pub published_at: Option<i64>,
    /// Packs, in their order.
    pub packs: Vec<PackView>,
    /// Posts, in the order of the file.
    #[schema(schema_with = crate::described::engine::<Vec<Post>>)]
    pub posts: Vec<Post>,
    /// Calendars.
    pub calendars: Vec<CalendarView>,
    /// Tables by name.
    #[schema(schema_with = crate::described::engine::<BTreeMap<String, Table>>)]
    pub tables: BTreeMap<String, Table>,
    /// Clauses, pack by pack.
    pub clauses: Vec<ClauseView>,
    /// How much of the catalogue is proven.
    pub coverage: CoverageView,
}

/// A pack.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PackView {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// A paragraph.
    pub about: String,
    /// Its kinds.
    pub kinds: Vec<PackKind>,
}

/// A kind of a pack.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PackKind {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Opened only by other cases.
    pub inner: bool,
}

/// A calendar.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarView {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
}

/// A clause in words.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClauseView {
    /// Id, `C-07`.
    pub id: String,
    /// The rule in words.
    pub title: String,
    /// What the figure should be, `≥ 95%`.
    pub threshold: String,
    /// Pack it stands in.
    pub pack: String,
}

/// How much of the catalogue is proven by tests and examples.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CoverageView {
    /// Requirements; none: the manual carries no catalogue.
    pub rows_total: usize,
    /// Of these, every demand of them proven.
    pub rows_proven: usize,
    /// Demands the requirements are split into.
    pub demands_total: usize,
    /// Of these, proven.
    pub demands_proven: usize,
    /// The same, with the requirements of the manuals and those of good practice apart, in a sentence.
    pub sentence: String,
}

/// The handbook: packs, posts, calendars, tables, clauses of the manual in force, and how much of the catalogue is
/// proven.
#[utoipa::path(get, path = "/manual", tag = "manual", responses((status = 200, body = ManualView)))]
pub async fn get_manual(State(app): State<App>, _me: Me) -> Result<Json<ManualView>, Problem> {
    let manual = app.manuals.current();
    let published_at: Option<i64> = app
        .db
        .read()
        .scalar(
            "select published_at from manual where hash = $1",
            vals![manual.hash.clone()],
        )
        .await?;
    let proofs = super::proofs::built_in().map_err(|error| Problem::internal(&error))?;
    let coverage = engine::load::coverage(&manual, &[], &proofs);
    let clauses = manual.clauses.iter().map(|c| ClauseView {
        id: c.def.id.clone(),
        title: c.def.title.clone(),
        threshold: c.target(),
        pack: c.pack.clone(),
    });
    let calendars = manual.calendars.iter().map(|c| CalendarView {
        name: c.name().to_owned(),
        title: c.title().to_owned(),
    });
    Ok(Json(ManualView {
        version: manual.hash.chars().take(8).collect(),
        published_at,
        packs: packs(&manual),
        posts: manual.posts.clone(),
        calendars: calendars.collect(),
        tables: BTreeMap::clone(&manual.tables),
        clauses: clauses.collect(),
        coverage: CoverageView {
            rows_total: coverage.total.rows_total,
            rows_proven: coverage.total.rows_proven,
            demands_total: coverage.total.demands_total,
            demands_proven: coverage.total.demands_proven,
            sentence: coverage.sentence(),
        },
    }))
}

fn packs(manual: &Manual) -> Vec<PackView> {
    let mut packs: Vec<_> = manual.packs.iter().collect();
    packs.sort_by_key(|(_, pack)| pack.order);
    let view = |(name, pack): (&String, &Pack)| {
        let kinds = manual.kinds.values().filter(|rules| &rules.kind.pack == name);
        PackView {
            name: name.clone(),
            title: pack.title.clone(),
            about: pack.about.clone(),
            kinds: kinds
                .map(|rules| PackKind {
                    name: rules.kind.name.clone(),
                    title: rules.kind.title.clone(),
                    inner: rules.kind.inner,
                })
                .collect(),
        }
    };
    packs.into_iter().map(view).collect()
}
