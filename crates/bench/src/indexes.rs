//! Indexes are dropped while a database is filled and built again afterwards.

use crate::place::{Kind, Place, psql};
use sea_orm::FromQueryResult;
use yizhan::app::App;
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::vals;

#[derive(FromQueryResult)]
struct Index {
    name: String,
    definition: String,
}

/// What builds the indexes again that were dropped.
pub struct Dropped(Vec<String>);

/// Drops every index that no constraint needs.
pub async fn drop_all(app: &App, place: &Place) -> anyhow::Result<Dropped> {
    let sql = match place.kind {
        Kind::Postgres => {
            "select i.indexname as name, i.indexdef as definition from pg_indexes i where i.schemaname = 'public' \
             and not exists (select 1 from pg_constraint c where c.conname = i.indexname)"
        }
        Kind::Sqlite => {
            "select name, sql as definition from sqlite_schema where type = 'index' and sql is not null"
        }
    };
    // Names of tables in PostgreSQL's catalogue are of a type of their own.
    let sql = sql
        .replace("i.indexname as", "cast(i.indexname as text) as")
        .replace("select name,", "select cast(name as text) as name,");
    let found: Vec<Index> = app.db.read().rows(&sql, vals![]).await?;
    let drops: Vec<String> = found
        .iter()
        .map(|index| format!("drop index {}", index.name))
        .collect();
    all(app, drops).await?;
    Ok(Dropped(found.into_iter().map(|index| index.definition).collect()))
}

impl Dropped {
    /// Builds them, and gathers what the planner goes by.
    pub async fn build(self, app: &App, place: &Place) -> anyhow::Result<()> {
        let mut statements = self.0;
        if place.kind == Kind::Sqlite {
            statements.insert(0, "pragma cache_size = -400000".to_owned());
            statements.push("analyze".to_owned());
            statements.push("pragma cache_size = -2000".to_owned());
        }
        all(app, statements).await?;
        if place.kind == Kind::Postgres {
            psql(&place.url, "vacuum analyze")?;
        }
        Ok(())
    }
}

async fn all(app: &App, statements: Vec<String>) -> anyhow::Result<()> {
    let done = app.db.write::<_, Problem, _>(move |tx| {
        Box::pin(async move {
            for statement in statements {
                tx.run(&statement, vals![]).await?;
            }
            Ok(())
        })
    });
    done.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))
}
