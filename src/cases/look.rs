//! What a deed may know: read in the transaction that writes, piece by piece as the engine asks for it, and kept up to
//! date with what was decided, so that many deeds can be decided before the first is written.

use super::load;
use super::pen::Pen;
use super::prefetched::Prefetched;
use super::world::{Around, children, homes};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use engine::def::Relation;
use engine::event::Event;
use engine::family::{Known, Missing, Scene, Written};
use engine::load::Manual;
use engine::step::{Child, HomeFacts, Member};
use engine::time::Time;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What was looked at so far.
pub struct Look {
    app: App,
    live: Arc<Manual>,
    manuals: HashMap<String, Arc<Manual>>,
    rosters: HashMap<String, Arc<Vec<Member>>>,
    homes: HashMap<String, HomeFacts>,
    cases: HashMap<String, Case>,
    children: HashMap<String, Vec<Child>>,
    holders: HashMap<(String, String), Option<String>>,
    /// Numbers given to new cases while they were written.
    numbers: HashMap<String, String>,
    pub(super) prefetched: HashMap<String, Prefetched>,
}

impl Look {
    /// Nothing but the manual in force.
    pub fn new(app: &App) -> Look {
        Look {
            app: app.clone(),
            live: app.manuals.current(),
            manuals: HashMap::new(),
            rosters: HashMap::new(),
            homes: HashMap::new(),
            cases: HashMap::new(),
            children: HashMap::new(),
            holders: HashMap::new(),
            numbers: HashMap::new(),
            prefetched: HashMap::new(),
        }
    }

    /// What surrounds a locked case, in two statements.
    ///
    /// # Errors
    /// The database's; an unknown manual.
    pub async fn of(app: &App, sql: &impl Sql, case: &Case) -> Result<Look, Problem> {
        let around = Around::fresh(app, sql, &case.manual, &case.site, case.home.as_deref()).await?;
        let under = children(sql, &case.id).await?;
        let mut look = Look::new(app);
        look.seed(around, &case.site, case.home.as_deref());
        look.put(case.clone(), under);
        Ok(look)
    }

    /// What surrounds a case that is about to begin.
    ///
    /// # Errors
    /// As [`Look::of`].
    pub async fn fresh(
        app: &App,
        sql: &impl Sql,
        manual: &str,
        site: &str,
        home: Option<&str>,
    ) -> Result<Look, Problem> {
        let mut look = Look::new(app);
        look.seed(Around::fresh(app, sql, manual, site, home).await?, site, home);
        Ok(look)
    }

    fn seed(&mut self, around: Around, site: &str, home: Option<&str>) {
        self.manuals.insert(around.manual.hash.clone(), around.manual);
        self.rosters.insert(site.to_owned(), around.roster);
        if let Some(home) = home {
            self.homes.insert(home.to_owned(), around.home);
        }
    }

    /// A locked case with those under it.
    pub(super) fn put(&mut self, case: Case, under: Vec<Child>) {
        self.children.insert(case.id.clone(), under);
        self.cases.insert(case.id.clone(), case);
    }

    pub(super) fn put_manual(&mut self, manual: Arc<Manual>) {
        self.manuals.insert(manual.hash.clone(), manual);
    }

    pub(super) fn put_roster(&mut self, site: &str, roster: Vec<Member>) {
        self.rosters.insert(site.to_owned(), Arc::new(roster));
    }

    pub(super) fn put_homes(&mut self, homes: HashMap<String, HomeFacts>) {
        self.homes.extend(homes);
    }

    /// The instant of a deed.
    pub(super) fn scene<'k>(
        &'k self,
        pen: &Pen<'_>,
        now: i64,
        ids: &'k (dyn Fn() -> String + Sync),
    ) -> Scene<'k> {
        Scene {
            live: &self.live,
            at: Time(pen.at),
            now: Time(now),
            quiet: pen.quiet,
            ids,
        }
    }

    /// Reads what the engine asked for.
    ///
    /// # Errors
    /// The database's; [`Problem::not_found`] for a case that is not there.
    pub(super) async fn fetch(&mut self, pen: &Pen<'_>, missing: Missing) -> Result<(), Problem> {
        let tx = pen.tx;
        match missing {
            Missing::Manual(hash) => {
                let manual = self.app.manuals.get(&hash).await?;
                self.put_manual(manual);
            }
            Missing::Roster(site) => {
                let around = Around::fresh(&self.app, tx, &self.live.hash, &site, None).await?;
                self.rosters.insert(site, around.roster);
            }
            Missing::Home(id) => {
                let found = homes(tx, &[id.as_str()]).await?;
                self.homes.insert(id.clone(), HomeFacts::default());
                self.homes.extend(found);
            }
            Missing::Case(id) => {
                let case = load::locked(tx, &id).await?;
                self.cases.insert(id, case);
            }
            Missing::Children(id) => {
                let mut under = children(tx, &id).await?;
                for child in &mut under {
                    if let Some(case) = self.cases.get(&child.id) {
                        *child = Child::of(case);
                    }
                }
                self.children.insert(id, under);
            }
            Missing::Holder { claim, resource } => {
                let sql = "select case_id from claim where name = $1 and resource = $2";
                let values = vals![claim.clone(), resource.clone()];
                let holder = tx.scalar(sql, values).await?;
                self.holders.insert((claim, resource), holder);
            }
        }
        Ok(())
    }

    /// Takes over what was decided.
    pub(super) fn apply(&mut self, written: &[Written]) {
        for one in written {
            let case = &one.outcome.case;
            self.count(case, one.before.as_ref());
            if one.before.is_none() {
                self.children.insert(case.id.clone(), Vec::new());
            }
            if let Some(siblings) = case.parent.as_ref().and_then(|id| self.children.get_mut(id)) {
                match siblings.iter_mut().find(|child| child.id == case.id) {
                    Some(child) => *child = Child::of(case),
                    None => siblings.push(Child::of(case)),
                }
            }
            for entry in &one.outcome.entries {
                match &entry.event {
                    Event::Claimed(claim) => {
                        let key = (claim.name.clone(), claim.resource.clone());
                        self.holders.insert(key, Some(case.id.clone()));
                    }
                    Event::Released { name } => self
                        .holders
                        .retain(|(held, _), holder| held != name || holder.as_ref() != Some(&case.id)),
                    _ => {}
                }
            }
            self.cases.insert(case.id.clone(), case.clone());
        }
    }

    /// Who has more or less to do than was counted.
    fn count(&mut self, case: &Case, before: Option<&Case>) {
        let works = |case: &Case| -> Vec<String> {
            let people = case.in_relation(Relation::Assignee).map(str::to_owned);
            people.filter(|_| !case.closed()).collect()
        };
        let (was, is) = (before.map(works).unwrap_or_default(), works(case));
        if was == is {
            return;
        }
        if let Some(roster) = self.rosters.get_mut(&case.site) {
            for member in Arc::make_mut(roster) {
                let held = |by: &[String]| u32::from(by.contains(&member.id));
                member.load = (member.load + held(&is)).saturating_sub(held(&was));
            }
        }
    }

    /// A deed may come back to a case it opened, and was decided before that had its number.
    pub(super) fn number(&self, written: &mut Written) {
        let Some(number) = self.numbers.get(&written.outcome.case.id) else {
            return;
        };
        written.outcome.case.number.clone_from(number);
        if let Some(before) = &mut written.before {
            before.number.clone_from(number);
        }
    }

    /// Remembers the number of a case that was new.
    pub(super) fn numbered(&mut self, case: &Case) {
        if self
            .cases
            .get(&case.id)
            .is_some_and(|known| known.number.is_empty())
        {
            self.numbers.insert(case.id.clone(), case.number.clone());
        }
    }

    /// What surrounds a case, for whoever writes it down.
    pub(super) fn around(&mut self, case: &Case) -> Result<Around, Problem> {
        let manual = self.manuals.get(&case.manual);
        let home = case.home.as_ref().and_then(|home| self.homes.get(home));
        Ok(Around {
            manual: manual
                .ok_or_else(|| Problem::internal("the manual of a written case was not read"))?
                .clone(),
            live: self.live.clone(),
            home: home.cloned().unwrap_or_default(),
            children: self.children.get(&case.id).cloned().unwrap_or_default(),
            reached: BTreeMap::new(),
            roster: self.rosters.get(&case.site).cloned().unwrap_or_default(),
            prefetched: self.prefetched.remove(&case.id),
        })
    }
}

impl Known for Look {
    fn manual(&self, hash: &str) -> Option<&Manual> {
        self.manuals.get(hash).map(Arc::as_ref)
    }

    fn roster(&self, site: &str) -> Option<&[Member]> {
        self.rosters.get(site).map(|roster| roster.as_slice())
    }

    fn home(&self, id: &str) -> Option<HomeFacts> {
        self.homes.get(id).cloned()
    }

    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id)
    }

    fn children(&self, id: &str) -> Option<Vec<Child>> {
        self.children.get(id).cloned()
    }

    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>> {
        self.holders
            .get(&(claim.to_owned(), resource.to_owned()))
            .cloned()
    }
}
