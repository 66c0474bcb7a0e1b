//! Life goes on: what begins, what people do about it, what time brings about, in order of time.

use super::arrivals::{self, Arrival};
use super::cast::Cast;
use super::chance::{Chance, HOUR};
use super::company::Site;
use super::forms::Picture;
use super::pictures::Album;
use super::rehearsal::{self, Rehearsal};
use super::{Plan, pace};
use crate::cases::pen::Pen;
use crate::cases::{deciding, load, opening};
use crate::contacts::register::register;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Case;
use engine::def::Link;
use engine::event::Event;
use engine::family::{Family, Written};
use engine::step::Actor;
use serde_json::json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// What is due at an instant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    /// Something begins.
    Begin(Arrival),
    /// The engine must look at a case.
    Wake(String),
    /// Somebody looks at a case; only the last such appointment of a case is kept.
    Look(String, u64),
}

/// The whole of it.
pub struct Life {
    pub app: App,
    pub chance: Chance,
    pub plan: Plan,
    pub sites: Vec<Site>,
    pub cast: Cast,
    pub album: Album,
    pub(super) offset: i32,
    queue: BinaryHeap<Reverse<(i64, u64, Task)>>,
    serial: u64,
    /// The appointment of each case that counts.
    pub(super) looks: BTreeMap<String, u64>,
    /// Moves that were refused: they show where chance and manual do not fit each other.
    pub refused: BTreeMap<String, usize>,
    /// The same days gone through with other people or rules.
    pub(super) rehearsal: Option<Rehearsal>,
    /// Arrivals so far.
    begun: u64,
}

impl Life {
    pub fn new(app: App, mut chance: Chance, plan: Plan, sites: Vec<Site>, cast: Cast, album: Album) -> Life {
        let offset = app.manuals.current().offset();
        let begins = arrivals::calendar(&mut chance, &plan, offset);
        let (queue, looks, refused) = (BinaryHeap::new(), BTreeMap::new(), BTreeMap::new());
        let mut life = Life {
            app,
            chance,
            plan,
            sites,
            cast,
            album,
            offset,
            queue,
            serial: 0,
            looks,
            refused,
            rehearsal: None,
            begun: 0,
        };
        for (at, arrival) in begins {
            life.push(at, Task::Begin(arrival));
        }
        life
    }

    fn push(&mut self, at: i64, task: Task) -> u64 {
        self.serial += 1;
        self.queue.push(Reverse((at, self.serial, task)));
        self.serial
    }

    /// Does up to `count` of what is due until the present; gives whether something is left.
    ///
    /// # Errors
    /// The database's.
    pub async fn go_on(&mut self, tx: &Tx, count: usize) -> Result<bool, Problem> {
        for _ in 0..count {
            match self.queue.pop() {
                Some(Reverse((at, _, task))) if at <= self.plan.now => {
                    self.app.clock.set(at.max(self.app.clock.now()));
                    self.task(tx, task).await?;
                }
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// One task in a part of its own: what a rule of the manual refuses leaves no trace.
    async fn task(&mut self, tx: &Tx, task: Task) -> Result<(), Problem> {
        if let Task::Look(id, serial) = &task
            && self.looks.get(id) != Some(serial)
        {
            return Ok(());
        }
        if self.rehearsal.is_some() {
            self.same_chance(tx, &task).await?;
        }
        let part = tx.savepoint().await?;
        let done = match &task {
            Task::Begin(arrival) => self.begin(&part, *arrival).await,
            Task::Wake(id) => self.wake(&part, id).await,
            Task::Look(id, _) => self.look(&part, id).await,
        };
        match done {
            Ok(()) => part.keep().await?,
            Err(problem) if matches!(problem.code, Code::Internal | Code::Unavailable) => {
                return Err(problem);
            }
            Err(problem) => {
                part.undo().await?;
                tracing::debug!(?task, detail = problem.detail, "refused");
                *self.refused.entry(problem.detail).or_default() += 1;
                if let Task::Look(id, _) = task {
                    self.look_again(id, self.now() + 3 * HOUR);
                }
            }
        }
        Ok(())
    }

    /// In a rehearsal what happens to a case depends on the case alone, not on what happened to others before: so the
    /// same people call about the same things in both, and differences come from what was changed.
    async fn same_chance(&mut self, tx: &Tx, task: &Task) -> Result<(), Problem> {
        let of = match task {
            Task::Begin(arrival) => {
                self.begun += 1;
                format!("{arrival:?} {}", self.begun)
            }
            Task::Wake(id) | Task::Look(id, _) => {
                let case = load::any(tx, id).await?;
                format!("{} {} {}", case.kind, case.opened_at.0, case.seq)
            }
        };
        self.chance = Chance::seeded(rehearsal::mixed(self.plan.seed, &of));
        Ok(())
    }

    pub(super) fn now(&self) -> i64 {
        self.app.clock.now()
    }

    pub(super) fn look_again(&mut self, id: String, at: i64) {
        let serial = self.serial + 1;
        self.looks.insert(id.clone(), serial);
        self.push(at, Task::Look(id, serial));
    }

    async fn begin(&mut self, tx: &Tx, arrival: Arrival) -> Result<(), Problem> {
        let (app, now) = (self.app.clone(), self.now());
        if matches!(arrival, Arrival::Contact | Arrival::Leak) {
            let mut contact = arrivals::contact(&mut self.chance, &self.sites, arrival == Arrival::Leak);
            let desk = if contact.site == self.sites[0].id {
                if self.chance.hit(0.75) {
                    "qiantai"
                } else {
                    "qiantai2"
                }
            } else {
                "qiantai3"
            };
            let portal = contact.channel == "portal" && contact.home.is_some();
            if contact.channel == "portal" && !portal {
                contact.channel = "call".to_owned();
            }
            let (actor, actor_id) = if portal {
                (Actor::Link(Link::Owner), None)
            } else {
                let id = self.cast[desk].clone();
                (Actor::Staff(id.clone()), Some(id))
            };
            let pen = Pen {
                app: &app,
                tx,
                actor,
                actor_id,
                at: now,
                quiet: false,
            };
            for opened in register(&pen, contact).await?.cases {
                let case = load::any(tx, &opened.id).await?;
                self.appoint(&case);
            }
            return Ok(());
        }
        let found = arrivals::case(
            &mut self.chance,
            &self.sites,
            &self.cast,
            arrival,
            now,
            self.offset,
        );
        let Some((login, mut start)) = found else {
            return Ok(());
        };
        let id = self.cast[login].clone();
        if arrival == Arrival::Shop {
            let licence = app.id();
            self.album
                .keep(tx, licence.clone(), Picture::Photo, &id, now)
                .await?;
            start.data.insert("licence_files".to_owned(), json!([licence]));
        }
        let pen = Pen {
            app: &app,
            tx,
            actor: Actor::Staff(id.clone()),
            actor_id: Some(id),
            at: now,
            quiet: false,
        };
        let case = opening::open(&pen, start).await?;
        // A record is there to be picked: nothing happens to it by itself.
        if matches!(arrival, Arrival::Contractor(_)) {
            return Ok(());
        }
        if matches!(arrival, Arrival::Subscription | Arrival::Shop) {
            let homes = self
                .sites
                .iter_mut()
                .flat_map(|site| site.homes.iter_mut().chain(&mut site.shops));
            homes
                .filter(|home| Some(&home.id) == case.home.as_ref())
                .for_each(|home| home.sold = true);
        }
        self.appoint(&case);
        // What it opened with it is looked at too.
        for child in children(tx, &case.id).await? {
            let child = load::any(tx, &child).await?;
            self.appoint(&child);
        }
        Ok(())
    }

    /// The next time the engine and people look at a case.
    pub(super) fn appoint(&mut self, case: &Case) {
        self.wake_for(case);
        if case.closed() || case.merged_into.is_some() {
            self.looks.remove(&case.id);
            return;
        }
        let now = self.now();
        let at = match &self.rehearsal {
            Some(_) => rehearsal::next(&mut self.chance, case, now, self.offset),
            None => pace::next(&mut self.chance, case, now, self.plan.now, self.offset),
        };
        self.look_again(case.id.clone(), at);
    }

    fn wake_for(&mut self, case: &Case) {
        if let Some(at) = case.next_wake() {
            self.push(at.0.max(self.now()), Task::Wake(case.id.clone()));
        }
    }

    async fn wake(&mut self, tx: &Tx, id: &str) -> Result<(), Problem> {
        let (case, app, now) = (load::any(tx, id).await?, self.app.clone(), self.now());
        if case.next_wake().is_none_or(|wake| wake.0 > now) {
            return Ok(());
        }
        let pen = Pen {
            app: &app,
            tx,
            actor: Actor::System,
            actor_id: None,
            at: now,
            quiet: false,
        };
        let deed = |family: Family| family.tick(&case.id);
        let (after, written) = deciding::perform(&pen, &case, deed).await?;
        let own = |one: &&Written| one.outcome.case.id == case.id;
        let mut entries = written.iter().filter(own).flat_map(|one| &one.outcome.entries);
        if entries.any(|e| matches!(e.event, Event::Acted { .. })) {
            self.appoint(&after);
        } else {
            self.wake_for(&after);
        }
        self.relatives(tx, &after, &written).await
    }

    /// Cases that a change of this one began or changed.
    pub(super) async fn relatives(
        &mut self,
        tx: &Tx,
        case: &Case,
        written: &[Written],
    ) -> Result<(), Problem> {
        let others = written.iter().map(|one| &one.outcome.case.id);
        let mut ids: Vec<String> = others.filter(|id| **id != case.id).cloned().collect();
        if let Some(parent) = case.parent.as_ref().filter(|p| ids.contains(p)) {
            let siblings = children(tx, parent).await?.into_iter();
            ids.extend(siblings.filter(|id| !self.looks.contains_key(id)));
        }
        for id in ids {
            let relative = load::any(tx, &id).await?;
            self.appoint(&relative);
        }
        Ok(())
    }
}

/// The open cases under a case.
async fn children(tx: &Tx, parent: &str) -> Result<Vec<String>, Problem> {
    #[derive(sea_orm::FromQueryResult)]
    struct Child {
        id: String,
    }
    let sql = "select id from case_record where parent_id = $1 and closed_at is null order by id";
    let found: Vec<Child> = tx.rows(sql, vals![parent.to_owned()]).await?;
    Ok(found.into_iter().map(|child| child.id).collect())
}
