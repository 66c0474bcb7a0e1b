//! Who works at a site: asked before every step of every case, so it is kept in memory, and kept right by a mark in the
//! database.
//!
//! Triggers give the row of `roster_mark` a new value whenever staff, posts, areas, skills or duties change, on whatever
//! node. Who needs a roster reads the mark first, with what they ask anyway, and keeps what they then read under it: a
//! roster may be newer than its mark, never older. What was read in a write that is taken back must match nothing later:
//! on PostgreSQL a mark never returns; on SQLite only what is committed is kept.

use crate::db::{Db, Sql};
use crate::vals;
use engine::step::Member;
use sea_orm::{DbErr, FromQueryResult};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Sites kept at most: more than any company has.
const MOST_SITES: usize = 5_000;

/// Duties that ended longer ago are of no interest, even to a clock that was set back.
const PAST: i64 = 31 * 86_400_000;

/// Rosters by site.
#[derive(Debug, Default)]
pub struct Rosters(RwLock<HashMap<String, Arc<Roster>>>);

/// Everybody who holds a post at a site.
#[derive(Debug)]
pub struct Roster {
    mark: i64,
    /// Without duty and load, which change by themselves.
    members: Vec<Member>,
    /// From, until, who.
    duties: Vec<(i64, i64, String)>,
}

/// Something known of a member of staff.
#[derive(FromQueryResult)]
struct Trait {
    staff: String,
    what: String,
    value: String,
    from_at: i64,
    to_at: i64,
}

impl Rosters {
    /// The roster of a site under the mark that was just read. `now`: Unix epoch milliseconds.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(
        &self,
        db: &Db,
        sql: &impl Sql,
        site: &str,
        mark: i64,
        now: i64,
    ) -> Result<Arc<Roster>, DbErr> {
        let kept = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(site)
            .cloned();
        if let Some(roster) = kept.filter(|roster| roster.mark == mark) {
            return Ok(roster);
        }
        let roster = Arc::new(read(sql, site, mark, now).await?);
        if !sql.is_postgres() {
            let committed: Option<i64> = db.read().scalar("select mark from roster_mark", vals![]).await?;
            if committed != Some(mark) {
                return Ok(roster);
            }
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_SITES {
            all.clear();
        }
        all.insert(site.to_owned(), roster.clone());
        Ok(roster)
    }
}

impl Roster {
    /// Its members as they are at an instant, with how many open cases each works on.
    pub fn at(&self, now: i64, loads: &HashMap<String, u32>) -> Vec<Member> {
        let mut members = self.members.clone();
        for member in &mut members {
            member.on_duty = self
                .duties
                .iter()
                .any(|(from, to, who)| *from <= now && *to > now && *who == member.id);
            member.load = loads.get(&member.id).copied().unwrap_or(0);
        }
        members
    }
}

async fn read(sql: &impl Sql, site: &str, mark: i64, now: i64) -> Result<Roster, DbErr> {
    let traits: Vec<Trait> = sql
        .rows(
            "select s.id as staff, 'name' as what, s.name as value, 0 as from_at, 0 as to_at \
             from staff s where s.active and exists \
             (select 1 from staff_post p where p.staff_id = s.id and (p.site_id is null or p.site_id = $1)) \
             union all select staff_id, 'post', post, 0, 0 from staff_post where site_id is null or site_id = $1 \
             union all select x.staff_id, 'area', x.area_id, 0, 0 \
             from staff_area x join area a on a.id = x.area_id where a.site_id = $1 \
             union all select s.id, 'service', '', 0, 0 from staff s where s.service and exists \
             (select 1 from staff_post p where p.staff_id = s.id and (p.site_id is null or p.site_id = $1)) \
             union all select k.staff_id, 'skill', k.skill, 0, 0 from staff_skill k where k.staff_id in \
             (select p.staff_id from staff_post p where p.site_id is null or p.site_id = $1) \
             union all select staff_id, 'duty', '', from_at, to_at from duty where site_id = $1 and to_at > $2",
            vals![site.to_owned(), now - PAST],
        )
        .await?;
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    for named in traits.iter().filter(|t| t.what == "name") {
        let member = members.entry(named.staff.clone()).or_default();
        (member.id, member.name) = (named.staff.clone(), named.value.clone());
    }
    let mut duties = Vec::new();
    for one in traits {
        // Traits of those who hold no post here do not matter.
        let Some(member) = members.get_mut(&one.staff) else {
            continue;
        };
        match one.what.as_str() {
            "post" => drop(member.posts.insert(one.value)),
            "area" => drop(member.areas.insert(one.value)),
            "skill" => drop(member.skills.insert(one.value)),
            "service" => member.service = true,
            "duty" => duties.push((one.from_at, one.to_at, one.staff)),
            _ => {}
        }
    }
    Ok(Roster {
        mark,
        members: members.into_values().collect(),
        duties,
    })
}
