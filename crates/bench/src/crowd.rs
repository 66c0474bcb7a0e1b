//! Everybody who is at work in a busy hour, signed in: the desk, the manager and the engineers of every site, and an
//! owner of each who holds the link of their home.

use crate::company::Site;
use crate::minute;
use crate::place::Place;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use yizhan::auth::{IDLE_MS, digest};
use yizhan::clock::Clock;
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::vals;

/// Seats of a site's crew: desk, manager, engineers.
const DESK: usize = 0;
const MANAGER: usize = 4;
const ENGINEERS: [usize; 3] = [6, 7, 8];

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    pub staff: String,
    pub cookie: String,
    pub csrf: String,
    /// Which site, counted.
    pub site: usize,
}

/// All of them; lists are in the order of sites.
pub struct Crowd {
    pub sites: Arc<Vec<Site>>,
    pub desks: Vec<Person>,
    pub managers: Vec<Person>,
    pub engineers: HashMap<String, Person>,
    /// Tokens of links.
    pub owners: Vec<String>,
    /// Cases there are, with their site.
    pub cases: Vec<(String, usize)>,
}

#[derive(sea_orm::FromQueryResult)]
struct Known {
    id: String,
    site_id: String,
}

/// Signs everybody in at that instant. The sessions are written into the database: a thousand people do not sign in
/// within the minute that is measured.
pub async fn gather(place: &Place, sites: Arc<Vec<Site>>, now: i64) -> anyhow::Result<Crowd> {
    let app = minute::open(place, Clock::virtual_at(now), 5).await?;
    let person = |site: usize, seat: usize| Person {
        staff: sites[site].crew[seat].clone(),
        cookie: format!("peak-{site}-{seat}"),
        csrf: format!("csrf-{site}-{seat}"),
        site,
    };
    let all = |seat: usize| -> Vec<Person> { (0..sites.len()).map(|site| person(site, seat)).collect() };
    let (desks, managers) = (all(DESK), all(MANAGER));
    let engineers: Vec<Person> = ENGINEERS.into_iter().flat_map(all).collect();
    let people: Vec<Person> = desks.iter().chain(&managers).chain(&engineers).cloned().collect();
    let (shared, homes) = (app.clone(), sites.clone());
    let owners = app.db.write::<_, Problem, _>(move |tx| {
        Box::pin(async move {
            for person in people {
                tx.later(
                    "session (digest, staff_id, csrf, created_at, seen_at, expires_at, agent, address)",
                    "",
                    vals![
                        digest(&person.cookie),
                        person.staff,
                        person.csrf,
                        now,
                        now,
                        now + IDLE_MS,
                        "",
                        ""
                    ],
                );
            }
            let mut owners = Vec::with_capacity(homes.len());
            for site in homes.iter() {
                let (home, customer, _) = &site.homes[0];
                owners.push(yizhan::owner::links::home_link(&shared, tx, home, customer).await?);
            }
            Ok(owners)
        })
    });
    let owners = owners.await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let at: HashMap<&String, usize> = (0..)
        .zip(sites.iter())
        .map(|(nth, site)| (&site.id, nth))
        .collect();
    let known: Vec<Known> = app
        .db
        .read()
        .rows(
            "select id, site_id from case_record where parent_id is null order by id",
            vals![],
        )
        .await?;
    let cases = known
        .into_iter()
        .map(|case| (case.id, at[&case.site_id]))
        .collect();
    app.db.close().await;
    Ok(Crowd {
        sites: sites.clone(),
        desks,
        managers,
        engineers: engineers.into_iter().map(|e| (e.staff.clone(), e)).collect(),
        owners,
        cases,
    })
}

/// A text of a JSON value; empty where there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
