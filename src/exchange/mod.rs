//! Homes, customers and staff from Excel: a template to fill in, a rehearsal that names every bad row, and then all
//! of the file or nothing of it.

pub mod book;
mod customers;
pub mod handlers;
mod homes;
mod known;
mod places;
mod sheet;
mod staff;
mod template;

pub use template::template;

use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use serde::{Deserialize, Serialize};
use sheet::Sheet;
use std::collections::BTreeSet;

/// Largest file in bytes.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Homes, with sites, buildings and areas as needed.
    Homes,
    /// Customers and whom homes belong to.
    Customers,
    /// Staff with their posts.
    Staff,
}

impl std::str::FromStr for What {
    type Err = String;
    fn from_str(text: &str) -> Result<What, String> {
        match text {
            "homes" => Ok(What::Homes),
            "customers" => Ok(What::Customers),
            "staff" => Ok(What::Staff),
            _ => Err("只能导入 homes（房屋）、customers（客户）、staff（人员）".to_owned()),
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    /// Rows with something in them, beside heading and example.
    pub rows: usize,
    /// Rows that can be imported, or were there already.
    pub good: usize,
    /// Rows that were there already; nothing of them changes.
    pub already: usize,
    /// What is wrong, in order of rows. With anything here nothing is imported.
    pub bad: Vec<Bad>,
    /// Rows imported; absent after a rehearsal and when something is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub imported: Option<usize>,
}

/// A cell that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct Bad {
    /// Row as Excel counts, the heading is 1.
    pub row: u32,
    /// Heading of the column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

/// On whose behalf: the command line may everything.
#[derive(Clone, Default)]
pub struct Actor {
    /// Who; none: the command line.
    pub me: Option<Me>,
    /// Sites they may import for; none: all.
    pub sites: Option<BTreeSet<String>>,
}

/// Imports a file as the command line does: everything is allowed. `dry_run`: only says what would be wrong.
///
/// # Errors
/// When it is no Excel file, too large, or the database's. Bad rows are no error: the report names them.
pub async fn import(app: &App, what: What, bytes: Vec<u8>, dry_run: bool) -> Result<Report, Problem> {
    import_as(app, Actor::default(), what, bytes, dry_run).await
}

/// [`import`] within what the actor may.
///
/// # Errors
/// As there.
pub async fn import_as(
    app: &App,
    actor: Actor,
    what: What,
    bytes: Vec<u8>,
    dry_run: bool,
) -> Result<Report, Problem> {
    let read = tokio::task::spawn_blocking(move || sheet::read(&bytes, template::columns(what)));
    // A panic in there is a file nobody foresaw.
    let sheet = read.await.map_err(|_| sheet::unreadable())??;
    match what {
        What::Homes => homes::import(app, actor, sheet, dry_run).await,
        What::Customers => customers::import(app, actor, sheet, dry_run).await,
        What::Staff => staff::import(app, actor, sheet, dry_run).await,
    }
}

/// One import at a time: what was planned is still true when it is written.
async fn alone(tx: &crate::db::Tx) -> Result<(), sea_orm::DbErr> {
    if tx.is_postgres() {
        tx.run("select pg_advisory_xact_lock(7966466)", vals![]).await?;
    }
    Ok(())
}

/// The report of a plan: `already` rows of the sheet are there, `bad` cells are wrong.
fn report(sheet: &Sheet, already: usize, mut bad: Vec<Bad>, written: bool) -> Report {
    bad.extend(sheet.bad.iter().cloned());
    bad.sort();
    bad.dedup();
    let wrong: BTreeSet<u32> = bad.iter().map(|b| b.row).filter(|row| *row > 1).collect();
    let rows = sheet.rows.len();
    let imported = (written && bad.is_empty()).then(|| rows - already);
    Report {
        rows,
        good: rows.saturating_sub(wrong.len()),
        already,
        bad,
        imported,
    }
}
