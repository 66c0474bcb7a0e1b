//! A house of cases in memory: what the application does around the engine, without a database.
//!
//! Children that a case opens, what a child asks of its parent and children that are closed travel between the cases
//! in one transaction: when any of it is refused, nothing of it happened.

mod write;

use crate::MANUAL;
use crate::dice::Dice;
use crate::fill;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use yizhan_engine::case::{Case, Data, HeldClaim};
use yizhan_engine::def::{FieldType, Link};
use yizhan_engine::family::Family;
use yizhan_engine::load::{Manual, Rules};
use yizhan_engine::step::{self, Actor, Child, HomeFacts, Input, Member, Outcome, Refusal, Start, World};
use yizhan_engine::time::Time;

/// 2026-11-23 09:30 in the company's zone, a Monday.
pub const MONDAY: i64 = 1_795_397_400_000;

#[derive(Clone)]
pub struct House {
    pub cases: BTreeMap<String, Arc<Case>>,
    pub roster: Arc<Vec<Member>>,
    pub now: i64,
    /// Manual in force: calendars and tables.
    pub live: &'static Manual,
    home: HomeFacts,
    /// Channel by which cases come.
    pub channel: &'static str,
    /// Kind and action of everything that was done.
    pub done: BTreeSet<(String, String)>,
    claims: BTreeMap<(String, String), String>,
    /// Cases put where they stand without having lived until there: only what others need of them holds.
    props: BTreeSet<String>,
    ids: u64,
}

/// Why something was not done.
#[derive(Debug)]
pub enum Trouble {
    /// The engine refuses.
    Refused(Refusal),
    /// Another case holds the claim.
    Taken,
}

impl House {
    /// `delivered`: the day the home was handed over, which decides who repairs.
    pub fn new(delivered: Option<&str>) -> House {
        House {
            cases: BTreeMap::new(),
            roster: Arc::new(roster()),
            now: MONDAY,
            live: &MANUAL,
            home: HomeFacts {
                delivered_on: delivered.map(str::to_owned),
                kind: Some("home".to_owned()),
                site: Some("测试花园".to_owned()),
                title: Some("1栋101".to_owned()),
                building: Some("1栋".to_owned()),
                area: Some("east".to_owned()),
                ..HomeFacts::default()
            },
            channel: "call",
            done: BTreeSet::new(),
            claims: BTreeMap::new(),
            props: BTreeSet::new(),
            ids: 0,
        }
    }

    /// Somebody comes to hold one more post.
    pub fn also_holds(&mut self, id: &str, post: &str) {
        let roster = Arc::make_mut(&mut self.roster);
        let member = roster.iter_mut().find(|m| m.id == id).expect("a member");
        member.posts.insert(post.to_owned());
    }

    /// `home` or `shop`: some kinds are about one of them alone.
    pub fn home_is(&mut self, kind: &str) {
        self.home.kind = Some(kind.to_owned());
    }

    /// When the home was handed over: some kinds are about homes before, some about homes after.
    pub fn delivered(&mut self, on: Option<&str>) {
        self.home.delivered_on = on.map(str::to_owned);
    }

    /// Puts a case where it stands at a later moment of its life: what its beginning set going is over.
    pub fn place(&mut self, case: &str, stage: &str) {
        self.props.insert(case.to_owned());
        let ends = self.rules(case).stage(stage).is_some_and(|s| s.ends);
        let case = Arc::make_mut(self.cases.get_mut(case).expect("a case"));
        case.stage = stage.to_owned();
        case.closed_at = ends.then_some(Time(self.now));
        case.signing = None;
        case.runs.clear();
        case.plans.clear();
    }

    /// Keeps a case that is only read: found by what its claim holds.
    pub fn record(&mut self, kind: &str, stage: String, data: Data, claim: (&str, &Value)) -> String {
        let id = format!("c{}", self.ids);
        self.ids += 1;
        let resource = yizhan_engine::def::identity(claim.1.as_str().expect("a text"));
        let held = HeldClaim {
            name: claim.0.to_owned(),
            resource: resource.clone(),
            said: None,
            from: None,
            to: None,
            stays: false,
        };
        self.claims.insert((claim.0.to_owned(), resource), id.clone());
        self.props.insert(id.clone());
        let case = Case {
            id: id.clone(),
            kind: kind.to_owned(),
            manual: MANUAL.hash.clone(),
            site: "s1".to_owned(),
            stage,
            data,
            claims: vec![held],
            home: Some("h1".to_owned()),
            customer: Some("k1".to_owned()),
            opened_at: Time(self.now),
            ..Case::default()
        };
        self.cases.insert(id.clone(), Arc::new(case));
        id
    }

    /// What is picked from records is there to be picked.
    fn keep_records(&mut self, rules: &'static Rules, values: &Data) {
        for field in &rules.kind.fields {
            let of = field.record.as_ref().and_then(|of| MANUAL.kind(of));
            let named = values.get(&field.name).filter(|value| value.is_string());
            let (Some(of), Some(named)) = (of, named) else {
                continue;
            };
            let key = of.kind.key().expect("records have a key");
            let held = (key.name.clone(), named.as_str().unwrap_or_default().to_owned());
            if !self.claims.contains_key(&held) {
                let filled = of
                    .kind
                    .fields
                    .iter()
                    .filter(|f| f.kind != FieldType::Computed && !f.once);
                let mut dice = Dice::new(1);
                let mut data: Data = filled
                    .map(|f| (f.name.clone(), fill::value(self, of, f, &mut dice)))
                    .collect();
                data.insert(key.on[0].clone(), named.clone());
                let stage = of.kind.stages[0].name.clone();
                self.record(&of.kind.name, stage, data, (&key.name, named));
            }
        }
    }

    /// Cases that lived through all that made them what they are.
    pub fn lived(&self) -> impl Iterator<Item = &Arc<Case>> {
        self.cases.values().filter(|c| !self.props.contains(&c.id))
    }

    pub fn rules(&self, case: &str) -> &'static Rules {
        MANUAL.kind(&self.cases[case].kind).unwrap()
    }

    /// Everybody who might act by hand.
    pub fn actors(&self) -> Vec<Actor> {
        let links = ["owner", "contractor", "carrier", "gate"]
            .map(|name| Actor::Link(name.parse::<Link>().expect("a link")));
        let staff = self.roster.iter().map(|m| Actor::Staff(m.id.clone()));
        staff.chain(links).collect()
    }

    /// What the engine may know when it looks at a case.
    pub fn world<R>(&self, case: &str, at: i64, ids: &AtomicU64, look: impl FnOnce(&World) -> R) -> R {
        let children: Vec<Child> = self.under(case).map(|c| child(c)).collect();
        let ids = || format!("c{}", ids.fetch_add(1, Ordering::Relaxed));
        let above = self
            .cases
            .get(case)
            .and_then(|c| self.cases.get(c.parent.as_ref()?));
        let above = above.map(|parent| ("parent".to_owned(), child(parent)));
        let world = |reached: &BTreeMap<String, Child>, look: &mut dyn FnMut(&World)| {
            look(&World {
                manual: &MANUAL,
                live: self.live,
                home: self.home.clone(),
                children: &children,
                reached,
                roster: &self.roster,
                me: None,
                at: Time(at),
                now: Time(self.now.max(at)),
                quiet: false,
                ids: &ids,
            });
        };
        let mut reached: BTreeMap<String, Child> = above.into_iter().collect();
        let mut addressed = Vec::new();
        if let Some(case) = self.cases.get(case) {
            world(&reached, &mut |world| {
                let wanted = yizhan_engine::family::wanted(world, case, None).into_iter();
                addressed = wanted
                    .map(|(a, resource)| (a.name.clone(), a.holder.clone(), resource))
                    .collect();
            });
        }
        for (name, holder, resource) in addressed {
            let other = self.claims.get(&(holder, resource)).filter(|id| *id != case);
            reached.extend(other.map(|id| (name, child(&self.cases[id]))));
        }
        let (mut look, mut seen) = (Some(look), None);
        world(&reached, &mut |world| seen = look.take().map(|look| look(world)));
        seen.expect("it was looked at")
    }

    /// The same, when nothing is to be kept of it.
    pub fn look<R>(&self, case: &str, look: impl FnOnce(&World) -> R) -> R {
        self.world(case, self.now, &AtomicU64::new(self.ids), look)
    }

    fn under<'h>(&'h self, case: &'h str) -> impl Iterator<Item = &'h Arc<Case>> {
        self.cases
            .values()
            .filter(move |c| c.parent.as_deref() == Some(case))
    }

    pub fn offers(&self, case: &str, actor: &Actor) -> Vec<step::Offer> {
        self.look(case, |world| step::offers(world, &self.cases[case], actor))
    }

    /// What everybody is offered.
    pub fn all_offers(&self, case: &str) -> Vec<(Actor, step::Offer)> {
        let of = |world: &World, actor: Actor| {
            let offers = step::offers(world, &self.cases[case], &actor);
            offers
                .into_iter()
                .map(move |offer| (actor.clone(), offer))
                .collect::<Vec<_>>()
        };
        self.look(case, |world| {
            self.actors()
                .into_iter()
                .flat_map(|actor| of(world, actor))
                .collect()
        })
    }

    /// Opens a case by hand; gives its id.
    pub fn open(&mut self, kind: &str, actor: &Actor, data: serde_json::Value) -> Result<String, Trouble> {
        let data = data.as_object().cloned().unwrap_or_default();
        self.start(
            Start {
                kind: kind.to_owned(),
                data,
                ..Start::default()
            },
            actor,
        )
    }

    /// Opens a case; id, site, home and customer are added.
    pub fn start(&mut self, start: Start, actor: &Actor) -> Result<String, Trouble> {
        self.keep_records(MANUAL.kind(&start.kind).unwrap(), &start.data);
        let mut next = self.clone();
        let id = format!("c{}", next.ids);
        next.ids += 1;
        let start = Start {
            id: id.clone(),
            site: "s1".to_owned(),
            home: Some("h1".to_owned()),
            customer: Some("k1".to_owned()),
            channel: Some(self.channel.to_owned()),
            ..start
        };
        let at = next.now;
        next.decide(at, |family| family.open(&MANUAL.hash, start, actor))?;
        *self = next;
        Ok(id)
    }

    /// Does an action now.
    pub fn act(&mut self, case: &str, actor: &Actor, input: &Input) -> Result<(), Trouble> {
        self.act_at(case, actor, input, self.now)
    }

    /// Does an action that happened at `at`.
    pub fn act_at(&mut self, case: &str, actor: &Actor, input: &Input, at: i64) -> Result<(), Trouble> {
        self.keep_records(self.rules(case), &input.values);
        self.decide(at, |family| family.act(case, actor, input))
    }

    /// Lets time pass up to `to`, for every case; comparing one look with many on the way.
    pub fn pass_to(&mut self, to: i64, dice: &mut Dice) {
        for id in self.cases.keys() {
            self.one_look_is_many(id, to, dice);
        }
        self.now = to;
        for _ in 0..50 {
            let due = |c: &&Arc<Case>| c.next_wake().is_some_and(|wake| wake.0 <= to);
            let Some(before) = self
                .cases
                .values()
                .filter(due)
                .min_by_key(|c| c.next_wake())
                .cloned()
            else {
                return;
            };
            let tick = |family: Family| family.tick(&before.id);
            self.decide(to, tick)
                .unwrap_or_else(|t| panic!("time passing: {} {t:?}", before.kind));
            let after = self.cases[&before.id].clone();
            assert!(
                after.seq > before.seq,
                "due, but nothing happens: {} {:?}",
                before.kind,
                before.plans
            );
            let again = self.look(&before.id, |world| step::tick(world, &after)).unwrap();
            assert_eq!(
                again.entries,
                [],
                "a second look at the same instant finds something new in {}",
                before.kind
            );
        }
        panic!("time does not come to rest");
    }

    fn one_look_is_many(&self, id: &str, to: i64, dice: &mut Dice) {
        let case = &self.cases[id];
        let once = |case: &Case, at: i64, ids: &AtomicU64| {
            self.world(id, at, ids, |world| step::tick(world, case)).unwrap()
        };
        let one = once(case, to, &AtomicU64::new(self.ids));
        if one.entries.is_empty() {
            return;
        }
        let mut stops: Vec<i64> = (0..4).map(|_| dice.between(self.now, to)).chain([to]).collect();
        stops.sort_unstable();
        let ids = AtomicU64::new(self.ids);
        let mut many = Outcome {
            case: Case::clone(case),
            entries: Vec::new(),
        };
        for at in stops {
            let next = once(&many.case, at, &ids);
            many.case = next.case;
            many.entries.extend(next.entries);
        }
        assert_eq!(one, many, "one look and many differ for {}", case.kind);
    }
}

/// One holder of every post; two of some; one who holds several, as in a small company.
fn roster() -> Vec<Member> {
    let member = |id: String, posts: &[&str], areas: &[&str]| Member {
        name: id.clone(),
        id,
        posts: posts.iter().map(|p| (*p).to_owned()).collect(),
        areas: areas.iter().map(|a| (*a).to_owned()).collect(),
        on_duty: true,
        ..Member::default()
    };
    let mut all: Vec<Member> = MANUAL
        .posts
        .iter()
        .map(|post| member(post.name.clone(), &[&post.name], &[]))
        .collect();
    for post in ["front-desk", "assistant", "engineer"] {
        all.push(member(format!("{post}-2"), &[post], &["east"]));
    }
    all.push(member(
        "jack".to_owned(),
        &["front-desk", "cashier", "guard"],
        &[],
    ));
    all
}

fn child(case: &Case) -> Child {
    Child {
        id: case.id.clone(),
        kind: case.kind.clone(),
        stage: case.stage.clone(),
        opened_at: case.opened_at,
        closed_at: case.closed_at,
        data: case.data.clone(),
    }
}
