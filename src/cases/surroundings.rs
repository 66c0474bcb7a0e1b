//! What surrounds the cases of a batch: asked for all of them in one statement for each sort of thing.

use super::look::Look;
use super::prefetched::Prefetched;
use super::roster::Rosters;
use super::world::{children_of, homes};
use crate::base::standing::Standing as Holds;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// What is so for all.
#[derive(FromQueryResult)]
struct Standing {
    mark: i64,
    manual: Value,
    hooks: i64,
}

/// What surrounds these locked cases.
pub(super) async fn of_all(app: &App, tx: &Tx, cases: Vec<Case>) -> Result<Look, Problem> {
    let ids: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
    let standing = standing(tx).await?;
    let manual = standing.manual.as_str().unwrap_or_default().to_owned();
    tx.note(Holds::new(standing.manual, standing.hooks));
    let places: BTreeSet<&str> = cases.iter().filter_map(|case| case.home.as_deref()).collect();
    let places: Vec<&str> = places.into_iter().collect();
    let loads = loads(tx, &cases).await?;
    let mut children = children_of(tx, &ids).await?;
    let mut chains = chains(tx, &ids).await?;
    let now = app.clock.now();
    let mut look = Look::new(app);
    look.put_homes(homes(tx, &places).await?);
    for site in cases.iter().map(|case| &case.site).collect::<BTreeSet<_>>() {
        let roster = app
            .own::<Rosters>()
            .of(&app.db, tx, site, standing.mark, now)
            .await?;
        look.put_roster(site, roster.at(now, &loads));
    }
    for hash in cases.iter().map(|case| &case.manual).collect::<BTreeSet<_>>() {
        look.put_manual(app.manuals.get(hash).await?);
    }
    for case in cases {
        let known = Prefetched {
            chain: chains.remove(&case.id).unwrap_or_default(),
            manual: manual.clone(),
        };
        look.prefetched.insert(case.id.clone(), known);
        let under = children.remove(&case.id).unwrap_or_default();
        look.put(case, under);
    }
    Ok(look)
}

async fn standing(tx: &Tx) -> Result<Standing, Problem> {
    let sql = "select m.mark, s.value as manual, (select count(*) from hook where active) as hooks \
               from roster_mark m cross join setting s where s.name = 'manual'";
    let found: Option<Standing> = tx.row(sql, vals![]).await?;
    found.ok_or_else(|| Problem::internal("no manual is in force"))
}

#[derive(FromQueryResult)]
struct Load {
    staff_id: String,
    number: i64,
}

/// How many open cases each holder of a post at one of the sites works on.
async fn loads(tx: &Tx, cases: &[Case]) -> Result<HashMap<String, u32>, Problem> {
    let sites: BTreeSet<&String> = cases.iter().map(|case| &case.site).collect();
    let sql = format!(
        "select p.staff_id, count(*) as number from case_person p where p.relation = 'assignee' and p.open \
         and p.staff_id in (select o.staff_id from staff_post o where o.site_id is null or o.site_id in {}) \
         group by p.staff_id",
        tx.listed(1)
    );
    let found: Vec<Load> = tx.rows(&sql, vals![json!(sites)]).await?;
    let load = |load: Load| (load.staff_id, u32::try_from(load.number).unwrap_or(u32::MAX));
    Ok(found.into_iter().map(load).collect())
}

#[derive(FromQueryResult)]
struct Chain {
    case_id: String,
    chain: String,
}

/// Where the hash chains end.
async fn chains(tx: &Tx, cases: &[String]) -> Result<HashMap<String, String>, Problem> {
    let sql = format!(
        "select e.case_id, e.chain from case_record c join case_event e on e.case_id = c.id and e.seq = c.seq \
         where c.id in {}",
        tx.listed(1)
    );
    let found: Vec<Chain> = tx.rows(&sql, vals![json!(cases)]).await?;
    Ok(found.into_iter().map(|c| (c.case_id, c.chain)).collect())
}
