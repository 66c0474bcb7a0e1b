//! Cases made by the real engine in memory: the lives of a contact's cases from beginning to end, without a database.
//! What an event brings about in other cases is brought about here as `cases/commit.rs` does it.

use crate::company::{Site, staff_of};
use anyhow::{Context, bail};
use std::collections::HashMap;
use std::sync::Arc;
use yizhan::app::App;
use yizhan::cases::commit::{numbered, under};
use yizhan::cases::numbers::Series;
use yizhan::cases::world::Around;
use yizhan_engine::case::{Case, Data};
use yizhan_engine::def::Relation;
use yizhan_engine::event::{Entry, Event};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{self, Actor, Child, HomeFacts, Input, Member, Outcome, Start, World};
use yizhan_engine::time::Time;

/// What the engine must know of a site.
pub struct Scene {
    pub site: Arc<Site>,
    pub roster: Vec<Member>,
    manual: Arc<Manual>,
    /// Next number of each series, by the name of its counter.
    pub counters: HashMap<String, i64>,
}

/// An event with who did it and when it was recorded.
pub struct Written {
    pub entry: Entry,
    pub by: Actor,
    pub at: i64,
}

/// A case with its whole ledger.
pub struct Lived {
    pub case: Case,
    pub ledger: Vec<Written>,
}

/// A picture somebody took.
pub struct Picture {
    pub id: String,
    /// Which case, by its place.
    pub case: usize,
    pub by: String,
    pub at: i64,
}

/// The cases of a contact, those others opened after them.
#[derive(Default)]
pub struct Life {
    pub home: usize,
    pub cases: Vec<Lived>,
    pub pictures: Vec<Picture>,
    /// Nothing happens after it.
    pub until: i64,
}

impl Scene {
    /// A site as the database has it.
    pub async fn read(app: &App, site: Arc<Site>) -> anyhow::Result<Scene> {
        let manual = app.manuals.current();
        let around = Around::fresh(app, app.db.read(), &manual.hash, &site.id, None).await;
        let around = around.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        Ok(Scene {
            roster: around.roster().to_vec(),
            site,
            manual,
            counters: HashMap::new(),
        })
    }

    /// The next number of a pattern.
    pub fn number(&mut self, pattern: &str, at: i64) -> String {
        let series = Series::of(pattern, at, self.manual.offset());
        let name = series.counter().replace("{site}", &self.site.code);
        let next = self.counters.entry(name).or_insert(1);
        *next += 1;
        series.number(*next - 1, &self.site.code)
    }

    fn world<'a>(
        &'a self,
        home: usize,
        children: &'a [Child],
        at: i64,
        ids: &'a (dyn Fn() -> String + Sync),
    ) -> World<'a> {
        World {
            manual: &self.manual,
            live: &self.manual,
            home: HomeFacts {
                delivered_on: Some(self.site.delivered[home].to_owned()),
                kind: Some("home".to_owned()),
                area: Some(self.site.homes[home].2.clone()),
            },
            children,
            roster: &self.roster,
            at: Time(at),
            now: Time(at),
            quiet: false,
            ids,
        }
    }

    /// Who works on it, counted as the database would.
    fn load(&mut self, case: &Case, change: i64) {
        if case.closed() {
            return;
        }
        for staff in case.in_relation(Relation::Assignee) {
            if let Some(member) = self.roster.iter_mut().find(|m| m.id == staff) {
                member.load = u32::try_from(i64::from(member.load) + change).unwrap_or(0);
            }
        }
    }
}

impl Life {
    /// Opens a case of a contact; the assistant of the area follows it, as in `cases/opening.rs`.
    pub fn open(&mut self, app: &App, scene: &mut Scene, mut start: Start, at: i64) -> anyhow::Result<usize> {
        let (home, customer, area) = &scene.site.homes[self.home];
        let assistant = scene.roster.iter().find(|m| m.areas.contains(area));
        start.id = app.id();
        start.site.clone_from(&scene.site.id);
        start.home = Some(home.clone());
        start.customer = Some(customer.clone());
        start.responsible = assistant.map(|m| m.id.clone());
        let actor = Actor::Staff(scene.site.crew[0].clone());
        self.begin(app, scene, start, actor, at)
    }

    fn begin(
        &mut self,
        app: &App,
        scene: &mut Scene,
        start: Start,
        actor: Actor,
        at: i64,
    ) -> anyhow::Result<usize> {
        let ids = || app.id();
        let mut outcome =
            step::open(&scene.world(self.home, &[], at, &ids), start, &actor).map_err(refused)?;
        let manual = scene.manual.clone();
        let rules = manual.kind(&outcome.case.kind).context("a kind")?;
        let number = scene.number(&rules.kind.number, at);
        numbered(&mut outcome, number);
        let place = self.cases.len();
        self.cases.push(Lived {
            case: Case::default(),
            ledger: Vec::new(),
        });
        self.take(app, scene, place, outcome, actor, at)?;
        Ok(place)
    }

    /// A case of that kind under another, the newest.
    pub fn under(&self, place: usize, kind: &str) -> anyhow::Result<usize> {
        let parent = &self.cases[place].case.id;
        let found = self
            .cases
            .iter()
            .rposition(|c| c.case.kind == kind && c.case.parent.as_ref() == Some(parent));
        found.with_context(|| format!("no {kind}"))
    }

    /// Somebody acts on a case, after time has passed. False: it would be after the end.
    pub fn act(
        &mut self,
        app: &App,
        scene: &mut Scene,
        place: usize,
        by: &str,
        (action, values): (&str, Data),
        at: i64,
    ) -> anyhow::Result<bool> {
        self.pass(app, scene, at)?;
        if at > self.until {
            return Ok(false);
        }
        let actor = Actor::Staff(by.to_owned());
        let input = Input {
            action: action.to_owned(),
            values,
        };
        let children = self.children(place);
        let ids = || app.id();
        let world = scene.world(self.home, &children, at, &ids);
        let outcome = step::step(&world, &self.cases[place].case, &actor, &input);
        let outcome = outcome.map_err(refused).with_context(|| action.to_owned())?;
        self.take(app, scene, place, outcome, actor, at)?;
        Ok(true)
    }

    /// Lets time pass for all cases, in its order.
    pub fn pass(&mut self, app: &App, scene: &mut Scene, until: i64) -> anyhow::Result<()> {
        let until = until.min(self.until);
        loop {
            let next = self.cases.iter().enumerate();
            let next = next.filter_map(|(place, lived)| Some((lived.case.next_wake()?.0, place)));
            let Some((at, place)) = next.min().filter(|(at, _)| *at <= until) else {
                return Ok(());
            };
            let children = self.children(place);
            let ids = || app.id();
            let world = scene.world(self.home, &children, at, &ids);
            let outcome = step::tick(&world, &self.cases[place].case).map_err(refused)?;
            anyhow::ensure!(!outcome.entries.is_empty(), "time stands still");
            self.take(app, scene, place, outcome, Actor::System, at)?;
        }
    }

    fn take(
        &mut self,
        app: &App,
        scene: &mut Scene,
        place: usize,
        outcome: Outcome,
        by: Actor,
        at: i64,
    ) -> anyhow::Result<()> {
        scene.load(&self.cases[place].case, -1);
        scene.load(&outcome.case, 1);
        self.cases[place].case = outcome.case;
        let events: Vec<Event> = outcome.entries.iter().map(|e| e.event.clone()).collect();
        let written = outcome.entries.into_iter().map(|entry| Written {
            entry,
            by: by.clone(),
            at,
        });
        self.cases[place].ledger.extend(written);
        for event in events {
            self.follow(app, scene, place, event, at)?;
        }
        Ok(())
    }

    fn follow(
        &mut self,
        app: &App,
        scene: &mut Scene,
        place: usize,
        event: Event,
        at: i64,
    ) -> anyhow::Result<()> {
        match event {
            Event::ChildOpened {
                id,
                kind,
                data,
                people,
            } => {
                let start = Start {
                    id,
                    kind,
                    data,
                    people,
                    ..under(&self.cases[place].case)
                };
                self.begin(app, scene, start, Actor::System, at)?;
            }
            Event::ParentAsked { act, or, set } => {
                let parent = self.cases[place].case.parent.clone();
                let parent = self
                    .cases
                    .iter()
                    .position(|c| Some(&c.case.id) == parent.as_ref());
                let parent = parent.context("a parent")?;
                let children = self.children(parent);
                let ids = || app.id();
                let world = scene.world(self.home, &children, at, &ids);
                let outcome = step::system_act(&world, &self.cases[parent].case, &act, or.as_deref(), &set)
                    .map_err(refused)?;
                self.take(app, scene, parent, outcome, Actor::System, at)?;
            }
            Event::ChildrenClosed { .. } | Event::LinkTaken { .. } | Event::Claimed(_) => {
                bail!("an event these lives do not know")
            }
            _ => {}
        }
        Ok(())
    }

    /// Cases under one, as the engine sees them.
    pub fn children(&self, place: usize) -> Vec<Child> {
        let parent = &self.cases[place].case.id;
        let under = self
            .cases
            .iter()
            .filter(|c| c.case.parent.as_ref() == Some(parent));
        let child = |lived: &Lived| Child {
            id: lived.case.id.clone(),
            kind: lived.case.kind.clone(),
            stage: lived.case.stage.clone(),
            opened_at: lived.case.opened_at,
            closed_at: lived.case.closed_at,
            data: lived.case.data.clone(),
        };
        under.map(child).collect()
    }

    /// A picture for a case.
    pub fn picture(&mut self, app: &App, case: usize, by: &str, at: i64) -> String {
        let id = app.id();
        self.pictures.push(Picture {
            id: id.clone(),
            case,
            by: by.to_owned(),
            at,
        });
        id
    }
}

fn refused(refusal: step::Refusal) -> anyhow::Error {
    anyhow::anyhow!("{}: {:?}", refusal.sentence, refusal.fields)
}

/// The member of staff of a site who holds a post.
pub fn holder<'a>(scene: &'a Scene, post: &str) -> &'a str {
    staff_of(&scene.site, post)
}
