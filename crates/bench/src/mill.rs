//! Cases made by the real engine in memory: the lives of a contact's cases from beginning to end, without a database.

use crate::company::{Site, staff_of};
use anyhow::Context;
use std::collections::HashMap;
use std::sync::Arc;
use yizhan::app::App;
use yizhan::cases::commit::numbered;
use yizhan::cases::numbers::Series;
use yizhan::cases::world::Around;
use yizhan_engine::case::{Case, Data};
use yizhan_engine::def::Relation;
use yizhan_engine::event::{Entry, Event};
use yizhan_engine::family::{Family, Known, Stop, Written};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Actor, Child, HomeFacts, Input, Member, Start};
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
pub struct Told {
    pub entry: Entry,
    pub by: Actor,
    pub at: i64,
}

/// A case with its whole ledger.
pub struct Lived {
    pub case: Case,
    pub ledger: Vec<Told>,
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
        let hash = scene.manual.hash.clone();
        let deed = |family: Family| family.open(&hash, start.clone(), &actor);
        let place = self.cases.len();
        self.decide(app, scene, at, deed)?;
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
        let id = self.cases[place].case.id.clone();
        let deed = |family: Family| family.act(&id, &actor, &input);
        self.decide(app, scene, at, deed)
            .with_context(|| action.to_owned())?;
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
            let id = self.cases[place].case.id.clone();
            let written = self.decide(app, scene, at, |family: Family| family.tick(&id))?;
            anyhow::ensure!(written > 0, "time stands still");
        }
    }

    /// Decides a deed, and puts what was decided in place; gives how many cases were written.
    fn decide(
        &mut self,
        app: &App,
        scene: &mut Scene,
        at: i64,
        deed: impl FnOnce(Family) -> Result<Vec<Written>, Stop>,
    ) -> anyhow::Result<usize> {
        let ids = || app.id();
        let view = View { life: self, scene };
        let when = engine_scene(&scene.manual, at, &ids);
        let all = deed(Family::new(&view, when)).map_err(refused)?;
        let count = all.len();
        for written in all {
            self.take(scene, written, at)?;
        }
        Ok(count)
    }

    fn take(&mut self, scene: &mut Scene, mut written: Written, at: i64) -> anyhow::Result<()> {
        let strange = |event: &Event| matches!(event, Event::LinkTaken { .. } | Event::Claimed(_));
        let mut entries = written.outcome.entries.iter();
        anyhow::ensure!(
            !entries.any(|e| strange(&e.event)),
            "an event these lives do not know"
        );
        if written.before.is_none() {
            let manual = scene.manual.clone();
            let rules = manual.kind(&written.outcome.case.kind).context("a kind")?;
            let number = scene.number(&rules.kind.number, at);
            numbered(&mut written.outcome, number);
            self.cases.push(Lived {
                case: Case::default(),
                ledger: Vec::new(),
            });
        }
        let Written { outcome, by, .. } = written;
        let place = match self.cases.iter().position(|c| c.case.id == outcome.case.id) {
            Some(place) => place,
            None => self.cases.len() - 1,
        };
        let lived = &mut self.cases[place];
        scene.load(&lived.case, -1);
        scene.load(&outcome.case, 1);
        // What is written again was decided before it had its number.
        let number = match lived.case.number.is_empty() {
            true => outcome.case.number.clone(),
            false => lived.case.number.clone(),
        };
        lived.case = Case {
            number,
            ..outcome.case
        };
        lived.ledger.extend(outcome.entries.into_iter().map(|entry| Told {
            entry,
            by: by.clone(),
            at,
        }));
        Ok(())
    }

    /// Cases under one, as the engine sees them.
    pub fn children(&self, place: usize) -> Vec<Child> {
        let parent = &self.cases[place].case.id;
        let under = self
            .cases
            .iter()
            .filter(|c| c.case.parent.as_ref() == Some(parent));
        let child = |lived: &Lived| Child::of(&lived.case);
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

fn refused(stop: Stop) -> anyhow::Error {
    anyhow::anyhow!("{stop:?}")
}

fn engine_scene<'k>(
    manual: &'k Manual,
    at: i64,
    ids: &'k (dyn Fn() -> String + Sync),
) -> yizhan_engine::family::Scene<'k> {
    yizhan_engine::family::Scene {
        live: manual,
        at: Time(at),
        now: Time(at),
        quiet: false,
        ids,
    }
}

/// What the engine may know of a life.
struct View<'v> {
    life: &'v Life,
    scene: &'v Scene,
}

impl Known for View<'_> {
    fn manual(&self, _: &str) -> Option<&Manual> {
        Some(&self.scene.manual)
    }

    fn roster(&self, _: &str) -> Option<&[Member]> {
        Some(&self.scene.roster)
    }

    fn home(&self, _: &str) -> Option<HomeFacts> {
        let (home, site) = (self.life.home, &self.scene.site);
        Some(HomeFacts {
            delivered_on: Some(site.delivered[home].to_owned()),
            kind: Some("home".to_owned()),
            area: Some(site.homes[home].2.clone()),
            ..HomeFacts::default()
        })
    }

    fn case(&self, id: &str) -> Option<&Case> {
        let lived = self.life.cases.iter().find(|lived| lived.case.id == id);
        lived.map(|lived| &lived.case)
    }

    fn children(&self, id: &str) -> Option<Vec<Child>> {
        let place = self.life.cases.iter().position(|lived| lived.case.id == id);
        Some(place.map(|place| self.life.children(place)).unwrap_or_default())
    }

    fn holder(&self, _: &str, _: &str) -> Option<Option<String>> {
        Some(None)
    }
}

/// The member of staff of a site who holds a post.
pub fn holder<'a>(scene: &'a Scene, post: &str) -> &'a str {
    staff_of(&scene.site, post)
}
