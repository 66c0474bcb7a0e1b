//! The cases of a story in memory, and what the engine may know of them: the application without a database.
//!
//! Whatever is decided together is kept together: a refusal anywhere undoes all of it.

use super::rounds::Rounds;
use crate::case::{Case, Data, HeldClaim};
use crate::def::Relation;
use crate::event::{Entry, Event};
use crate::family::{Family, Known, Scene, Stop, Written};
use crate::load::Manual;
use crate::refusal::{Refusal, Why};
use crate::time::Time;
use crate::world::{Child, HomeFacts, Member};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Somebody was told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Staff by id, or the name of a link.
    pub to: String,
    /// Words.
    pub text: String,
}

/// Cases in memory.
#[derive(Debug)]
pub struct House<'m> {
    /// The manual in force, to which all cases are pinned.
    pub manual: &'m Manual,
    /// Staff.
    pub roster: Vec<Member>,
    /// Homes by id.
    pub homes: BTreeMap<String, HomeFacts>,
    /// Cases by id; ids grow.
    pub cases: BTreeMap<String, Case>,
    /// What people were told since it was last emptied.
    pub notices: Vec<Notice>,
    /// Everything that was written since it was last emptied, by case.
    pub entries: Vec<(String, Entry)>,
    /// The time.
    pub now: Time,
    /// Instants at which something was due since it was last emptied.
    pub looks: Vec<Time>,
    /// What comes round by the calendar.
    pub(super) rounds: Rounds,
    /// What was asked for later, still to be done: who asked, whom, what.
    later: Vec<(String, String, String, Option<String>, Data)>,
    numbers: BTreeMap<String, u32>,
    ids: AtomicU64,
}

impl<'m> House<'m> {
    /// Nothing has happened yet.
    pub fn new(manual: &'m Manual, now: Time) -> House<'m> {
        House {
            manual,
            roster: Vec::new(),
            homes: BTreeMap::new(),
            cases: BTreeMap::new(),
            notices: Vec::new(),
            entries: Vec::new(),
            now,
            looks: Vec::new(),
            rounds: Rounds::default(),
            later: Vec::new(),
            numbers: BTreeMap::new(),
            ids: AtomicU64::new(1),
        }
    }

    /// A new id; ids are in the order of time.
    pub fn id(&self) -> String {
        format!("c{:06}", self.ids.fetch_add(1, Ordering::Relaxed))
    }

    /// Decides a deed now and keeps what follows.
    ///
    /// # Errors
    /// A refusal; nothing of it happened.
    pub fn decide<F>(&mut self, deed: F) -> Result<(), Refusal>
    where
        F: FnOnce(Family) -> Result<Vec<Written>, Stop>,
    {
        self.decide_at(self.now, deed)
    }

    /// Decides a deed that happened at `at` and is entered now.
    ///
    /// # Errors
    /// A refusal; nothing of it happened.
    pub fn decide_at<F>(&mut self, at: Time, deed: F) -> Result<(), Refusal>
    where
        F: FnOnce(Family) -> Result<Vec<Written>, Stop>,
    {
        let ids = || self.id();
        let scene = Scene {
            live: self.manual,
            at,
            now: self.now,
            quiet: false,
            ids: &ids,
        };
        let written = match deed(Family::new(self, scene)) {
            Ok(written) => written,
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Missing(missing)) => {
                return Err(Refusal::new(Why::Unknown, format!("找不到{missing:?}")));
            }
        };
        self.claims(&written)?;
        for one in written {
            self.keep(one);
        }
        self.count_loads();
        self.perform_later();
        Ok(())
    }

    /// How many open cases each member of staff works on now.
    fn count_loads(&mut self) {
        for member in &mut self.roster {
            let open = self.cases.values().filter(|case| !case.closed());
            let works_on = open.filter(|case| case.is(Relation::Assignee, &member.id));
            member.load = u32::try_from(works_on.count()).unwrap_or(u32::MAX);
        }
    }

    /// Refuses a claim that somebody else holds.
    fn claims(&self, written: &[Written]) -> Result<(), Refusal> {
        let holds = |case: &Case| {
            let id = case.id.clone();
            case.claims
                .clone()
                .into_iter()
                .map(move |claim| (id.clone(), claim))
        };
        let mut held: Vec<(String, HeldClaim)> = self.cases.values().flat_map(holds).collect();
        for one in written {
            let case = &one.outcome.case;
            for entry in &one.outcome.entries {
                match &entry.event {
                    Event::Released { name } => held.retain(|(id, c)| c.name != *name || *id != case.id),
                    Event::Claimed(claim) => {
                        if held.iter().any(|(id, c)| *id != case.id && collide(c, claim)) {
                            return Err(self.taken(case, claim));
                        }
                        held.push((case.id.clone(), claim.clone()));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn taken(&self, case: &Case, claim: &HeldClaim) -> Refusal {
        let rules = self.manual.kind(&case.kind);
        let def = rules.and_then(|r| r.kind.claims.iter().find(|c| c.name == claim.name));
        Refusal::new(Why::Condition, def.map_or("已被占用", |def| def.taken.as_str()))
    }

    fn keep(&mut self, written: Written) {
        let mut case = written.outcome.case;
        case.number = match self.cases.get(&case.id) {
            Some(known) => known.number.clone(),
            None => self.number(&case),
        };
        for entry in written.outcome.entries {
            match &entry.event {
                Event::Notified { to, links, text, .. } => {
                    let text = text.replace("{case.number}", &case.number);
                    let links = links.iter().map(|link| link.name().to_owned());
                    let to = to.iter().cloned().chain(links);
                    self.notices.extend(to.map(|to| Notice {
                        to,
                        text: text.clone(),
                    }));
                }
                Event::HomeChanged { home, delivered_on } => {
                    let facts = self.homes.entry(home.clone()).or_default();
                    facts.delivered_on = Some(delivered_on.clone());
                }
                Event::Asked {
                    case: other,
                    act,
                    or,
                    set,
                    later: true,
                    ..
                } => {
                    let asked = (
                        case.id.clone(),
                        other.clone(),
                        act.clone(),
                        or.clone(),
                        set.clone(),
                    );
                    self.later.push(asked);
                }
                _ => {}
            }
            self.entries.push((case.id.clone(), entry));
        }
        self.cases.insert(case.id.clone(), case);
    }

    fn perform_later(&mut self) {
        for (case, other, act, or, set) in std::mem::take(&mut self.later) {
            let done = self.decide(|family| family.oblige(&other, &act, or.as_deref(), &set));
            if let Err(refusal) = done {
                let event = Event::AskRefused {
                    case: other,
                    act,
                    sentence: refusal.sentence,
                };
                let system = crate::world::Actor::System;
                // The case that asked is there: recording cannot be refused.
                let _ = self.decide(|family| family.record(&case, &system, event));
            }
        }
    }

    fn number(&mut self, case: &Case) -> String {
        let pattern = self
            .manual
            .kind(&case.kind)
            .map_or("", |r| r.kind.number.as_str());
        let day = case.opened_at.date(self.manual.offset());
        let parts = [
            ("{site}", "A".to_owned()),
            ("{yyyy}", day.format("%Y").to_string()),
            ("{mm}", day.format("%m").to_string()),
            ("{dd}", day.format("%d").to_string()),
        ];
        let mut number = pattern.to_owned();
        for (mark, value) in parts {
            number = number.replace(mark, &value);
        }
        // Each year, or month or day where the pattern says so, counts from one.
        let next = self.numbers.entry(number.clone()).or_default();
        *next += 1;
        match number
            .split_once("{seq:")
            .and_then(|(head, tail)| Some((head, tail.split_once('}')?)))
        {
            Some((head, (width, tail))) => {
                let width = width.parse().unwrap_or(1);
                format!("{head}{next:0width$}{tail}")
            }
            None => number,
        }
    }

    /// Lets time pass: whatever is due happens in order, each at its own instant.
    ///
    /// # Errors
    /// What the manual refuses of itself.
    pub fn pass_to(&mut self, to: Time) -> Result<(), Refusal> {
        loop {
            let due = self
                .cases
                .values()
                .filter(|case| case.next_wake().is_some_and(|wake| wake <= to));
            let next = due.min_by_key(|case| case.next_wake());
            let next = next.and_then(|case| Some((case.id.clone(), case.next_wake()?)));
            let round = self.next_round().filter(|at| *at <= to);
            if let Some(at) = round.filter(|at| next.as_ref().is_none_or(|(_, wake)| at < wake)) {
                self.look_at(at);
                self.go_round(at);
                continue;
            }
            let Some((id, wake)) = next else { break };
            let before = self.cases.get(&id).map_or(0, |case| case.seq);
            self.look_at(wake);
            self.decide(|family| family.tick(&id))?;
            if self.cases.get(&id).map_or(0, |case| case.seq) == before {
                return Err(Refusal::new(Why::Unknown, "时间停住了：到期却什么也没发生"));
            }
        }
        self.now = self.now.max(to);
        Ok(())
    }

    fn look_at(&mut self, at: Time) {
        self.now = self.now.max(at);
        if self.looks.last() != Some(&self.now) {
            self.looks.push(self.now);
        }
    }
}

/// The site 小区 of every story.
pub(super) const SITE: &str = "示例花园";

/// Whether two holds cannot be at once: the same resource, and times that overlap.
fn collide(one: &HeldClaim, other: &HeldClaim) -> bool {
    let before = |end: Option<Time>, begin: Option<Time>| matches!((end, begin), (Some(end), Some(begin)) if end <= begin);
    one.name == other.name
        && one.resource == other.resource
        && !before(one.to, other.from)
        && !before(other.to, one.from)
}

impl Known for House<'_> {
    fn manual(&self, _: &str) -> Option<&Manual> {
        Some(self.manual)
    }

    fn roster(&self, _: &str) -> Option<&[Member]> {
        Some(&self.roster)
    }

    fn home(&self, id: &str) -> Option<HomeFacts> {
        let home = self.homes.get(id).cloned().unwrap_or_default();
        let named = |said: Option<String>| said.or_else(|| Some(id.to_owned()));
        Some(HomeFacts {
            title: named(home.title),
            building: named(home.building),
            room: named(home.room),
            unit: home.unit.or_else(|| Some(String::new())),
            site: home.site.or_else(|| Some(SITE.to_owned())),
            ..home
        })
    }

    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id)
    }

    fn children(&self, id: &str) -> Option<Vec<Child>> {
        let under = self.cases.values().filter(|c| c.parent.as_deref() == Some(id));
        Some(under.map(Child::of).collect())
    }

    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>> {
        let holds = |case: &&Case| {
            let mut claims = case.claims.iter();
            claims.any(|c| c.name == claim && c.resource == resource)
        };
        Some(self.cases.values().find(holds).map(|case| case.id.clone()))
    }
}
