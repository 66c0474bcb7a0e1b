//! Playing one story.
//!
//! Each step changes the same house and people in one order; apart, the order would stand nowhere. That is why it is long.

use super::entered::Names;
use super::expect::expect;
use super::house::House;
use super::names::{self, Cast};
use super::reach::{self, Reached};
use super::rounds::{Rounds, SITE_ID};
use super::story::{Example, ExampleFile, Home, Step, Whole};
use super::trace::{Deed, Played, Trace, What};
use super::when;
use crate::case::Case;
use crate::load::Manual;
use crate::refusal::Refusal;
use crate::step::Start;
use crate::time::Time;
use crate::world::{Actor, HomeFacts, Input, Member};
use std::collections::{BTreeMap, BTreeSet};

/// A Monday on which nothing is closed.
const START: &str = "2026-11-23 09:00";

/// When the home of a story was handed over that says nothing of it: more than a year ago.
const DELIVERED: &str = "2024-01-10";

/// Where a step begins in its file, and what does not hold.
pub(super) type Failed = Vec<(Option<usize>, String)>;

/// A story under way.
pub(super) struct Play<'m> {
    pub(super) house: House<'m>,
    /// Ids by the names of the story.
    pub(super) people: BTreeMap<String, String>,
    /// Ids of homes by the names of the story.
    homes: BTreeMap<String, String>,
    /// Ids of cases by the names the story gives them.
    pub(super) named: BTreeMap<String, String>,
    /// The case that was last spoken of.
    pub(super) current: Option<String>,
    pub(super) zone: i32,
    /// When it began.
    pub(super) began: Time,
    /// What happened, step by step, where somebody asks for it.
    trace: Option<Vec<Played>>,
    /// The deed of the step.
    deed: Option<Deed>,
}

/// What happens in a story, for whoever does the same elsewhere.
pub(super) fn follow(manual: &Manual, file: &ExampleFile, story: &Example) -> Result<Trace, String> {
    let mut play = Play::begin(manual, file, story)?;
    let (start, roster, homes) = (
        play.house.now,
        play.house.roster.clone(),
        play.house.homes.clone(),
    );
    play.trace = Some(Vec::new());
    for step in &story.steps {
        if let Some(wrong) = play.step(step.get_ref(), &mut Reached::default()).pop() {
            return Err(wrong);
        }
    }
    Ok(Trace {
        start,
        roster,
        homes,
        steps: play.trace.unwrap_or_default(),
    })
}

/// What does not hold in a story, and the kinds of its cases.
pub(super) fn play(
    manual: &Manual,
    file: &ExampleFile,
    story: &Example,
    reached: &mut Reached,
) -> (Failed, BTreeSet<String>) {
    let mut play = match Play::begin(manual, file, story) {
        Ok(play) => play,
        Err(sentence) => return (vec![(None, sentence)], BTreeSet::new()),
    };
    let mut failed = Vec::new();
    for step in &story.steps {
        let wrong = play.step(step.get_ref(), reached);
        if !wrong.is_empty() {
            let at = Some(step.span().start);
            failed.extend(wrong.into_iter().map(|sentence| (at, sentence)));
            break;
        }
    }
    let kinds = play.house.cases.values().map(|case| case.kind.clone());
    (failed, kinds.collect())
}

impl<'m> Play<'m> {
    fn begin(manual: &'m Manual, file: &ExampleFile, story: &Example) -> Result<Play<'m>, String> {
        let cast = Cast::of(file, story);
        let zone = manual.offset();
        let start = cast.start.as_deref().unwrap_or(START);
        let start = Time::parse_local(start, zone).map_err(|error| error.to_string())?;
        let mut house = House::new(manual, start);
        house.rounds = Rounds::of(manual, &story.recurrences, start)?;
        let mut people = BTreeMap::new();
        for (nth, (name, person)) in cast.people.iter().enumerate() {
            let member = member(manual, &format!("p{}", nth + 1), name, person)?;
            people.insert(name.clone(), member.id.clone());
            house.roster.push(member);
        }
        for post in cast.vacant(manual) {
            house.roster.push(Member {
                id: post.name.clone(),
                name: post.title.clone(),
                posts: [post.name.clone()].into(),
                on_duty: true,
                ..Member::default()
            });
            for called in [&post.title, &post.name] {
                people.entry(called.clone()).or_insert_with(|| post.name.clone());
            }
        }
        let usual = Home {
            delivered_on: Some(DELIVERED.to_owned()),
            ..Home::default()
        };
        let home = cast.home.as_ref().unwrap_or(&usual);
        house.homes.insert("h0".to_owned(), facts(home));
        let mut homes = BTreeMap::new();
        for (nth, (name, home)) in cast.homes.iter().enumerate() {
            let id = format!("h{}", nth + 1);
            house.homes.insert(id.clone(), facts(home));
            homes.insert(name.clone(), id);
        }
        Ok(Play {
            house,
            people,
            homes,
            named: BTreeMap::new(),
            current: None,
            zone,
            began: start,
            trace: None,
            deed: None,
        })
    }

    fn step(&mut self, step: &Step, reached: &mut Reached) -> Vec<String> {
        let wrong = self.perform(step, reached);
        let looks = std::mem::take(&mut self.house.looks);
        let deed = self.deed.take();
        if let Some(trace) = &mut self.trace {
            trace.push(Played {
                looks,
                now: self.house.now,
                roster: self.house.roster.clone(),
                deed,
                cases: self.house.cases.values().cloned().collect(),
            });
        }
        wrong
    }

    fn perform(&mut self, step: &Step, reached: &mut Reached) -> Vec<String> {
        if step.at.is_some() || step.is_deed() {
            self.house.notices.clear();
        }
        if let Some(at) = &step.at {
            let Some(to) = when::instant(at, self.house.now, self.zone) else {
                return vec![format!(
                    "看不懂时间“{at}”，应写成 +30m、10:00、周二 10:00 或 11-24 10:00"
                )];
            };
            if to < self.house.now {
                let now = when::said(self.house.now, self.zone);
                return vec![format!("时间不能倒退：现在已是 {now}，“{at}”在它之前")];
            }
            let done = self.house.pass_to(to);
            self.look_back(reached);
            if let Err(refusal) = done {
                return vec![format!(
                    "时间走到 {} 时出错：{}",
                    when::said(self.house.now, self.zone),
                    refusal.sentence
                )];
            }
        }
        if let Err(sentence) = self.duty(step) {
            return vec![sentence];
        }
        if !step.is_deed() {
            return match self.on(step) {
                Ok(id) => {
                    self.current = id.or(self.current.take());
                    expect(self, step)
                }
                Err(sentence) => vec![sentence],
            };
        }
        let done = match self.deed(step) {
            Ok(done) => done,
            Err(sentence) => return vec![sentence],
        };
        // What is due at once happens at once.
        if let Err(refusal) = self.house.pass_to(self.house.now) {
            return vec![refusal.sentence];
        }
        self.look_back(reached);
        match (done, &step.refused) {
            (Ok(()), None) => expect(self, step),
            (Ok(()), Some(words)) => vec![format!("应当被拒绝（“{words}”），却办成了")],
            (Err(refusal), None) => vec![format!("应当办成，却被拒绝：{}", all_words(&refusal))],
            (Err(refusal), Some(words)) => {
                let said = all_words(&refusal);
                if !said.contains(words.as_str()) {
                    return vec![format!("应当以“{words}”拒绝，拒绝的话却是：{said}")];
                }
                let opened = step
                    .open
                    .as_ref()
                    .and_then(|kind| names::kind(self.house.manual, kind));
                let kind = opened.map(|rules| rules.kind.name.clone());
                let kind = kind.or_else(|| self.case().map(|case| case.kind.clone()));
                let verb = self.verb(step).unwrap_or_else(|| reach::OPENING.to_owned());
                let tried = (kind.as_deref().unwrap_or_default(), verb.as_str());
                reached.refused(self.house.manual, tried, &refusal);
                expect(self, step)
            }
        }
    }

    /// The verb a step tries on the case that is spoken of; none when it opens one.
    fn verb(&self, step: &Step) -> Option<String> {
        let wanted = step.act.as_ref()?;
        let rules = self.house.manual.kind(&self.case()?.kind)?;
        names::verb(&rules.kind, wanted).map(|verb| verb.name().to_owned())
    }

    /// People come on duty or go off.
    fn duty(&mut self, step: &Step) -> Result<(), String> {
        for (name, on) in &step.duty {
            let Actor::Staff(id) = self.actor(name)? else {
                return Err(format!("“{name}”不是员工，没有值班"));
            };
            let members = self.house.roster.iter_mut().filter(|m| m.id == id);
            members.for_each(|member| member.on_duty = *on);
        }
        Ok(())
    }

    /// When a deed happened that is entered now.
    fn happened(&self, step: &Step) -> Result<Time, String> {
        let Some(text) = &step.happened else {
            return Ok(self.house.now);
        };
        when::instant(text, self.house.now, self.zone)
            .map(|at| at.min(self.house.now))
            .ok_or_else(|| format!("看不懂时间“{text}”，应写成 -20m 或 11-23 09:00"))
    }

    fn look_back(&mut self, reached: &mut Reached) {
        for (id, entry) in std::mem::take(&mut self.house.entries) {
            if let Some(case) = self.house.cases.get(&id) {
                reached.happened(self.house.manual, case, &entry.event);
            }
        }
    }

    /// The case that was last spoken of.
    pub(super) fn case(&self) -> Option<&Case> {
        self.house.cases.get(self.current.as_ref()?)
    }

    /// Does it; the outer error is a mistake in the story.
    fn deed(&mut self, step: &Step) -> Result<Result<(), Refusal>, String> {
        let by = step.by.as_deref().ok_or("没有写是谁办的，请写 by")?;
        let actor = self.actor(by)?;
        match &step.open {
            Some(kind) => self.open(step, kind, &actor),
            None => self.act(step, &actor),
        }
    }

    fn open(&mut self, step: &Step, kind: &str, actor: &Actor) -> Result<Result<(), Refusal>, String> {
        let manual = self.house.manual;
        let rules = names::kind(manual, kind).ok_or_else(|| format!("制度里没有“{kind}”这类事项"))?;
        let home = match &step.home {
            None | Some(toml::Value::Boolean(true)) => Some("h0".to_owned()),
            Some(toml::Value::String(name)) if self.homes.contains_key(name) => self.homes.get(name).cloned(),
            Some(toml::Value::Boolean(false)) => None,
            Some(other) => return Err(format!("home 应写 false 或 homes 里的名字，不是 {other}")),
        };
        let (id, at) = (self.house.id(), self.happened(step)?);
        let start = Start {
            id: id.clone(),
            kind: rules.kind.name.clone(),
            site: SITE_ID.to_owned(),
            home,
            customer: step.customer.unwrap_or(true).then(|| "k1".to_owned()),
            channel: Some(step.channel.clone().unwrap_or_else(|| "call".to_owned())),
            data: self.names().form(&rules.kind.fields, &step.with),
            ..Start::default()
        };
        self.deed = Some(Deed {
            actor: actor.clone(),
            case: id.clone(),
            happened: at,
            what: What::Open(Box::new(start.clone())),
            refused: step.refused.clone(),
        });
        let done = self
            .house
            .decide_at(at, |family| family.open(&manual.hash, start, actor));
        if done.is_err() {
            return Ok(done);
        }
        self.named
            .extend(step.name.clone().map(|name| (name, id.clone())));
        self.current = Some(id);
        match &step.repeats {
            Some(earlier) => self.again(earlier, actor),
            None => Ok(done),
        }
    }

    fn act(&mut self, step: &Step, actor: &Actor) -> Result<Result<(), Refusal>, String> {
        let id = self.on(step)?.or(self.current.clone()).ok_or("还没有事项可办")?;
        self.current = Some(id.clone());
        let case = self.house.cases.get(&id).ok_or("没有这件事项")?;
        let rules = self.house.manual.kind(&case.kind).ok_or("没有这类事项")?;
        let wanted = step.act.as_deref().unwrap_or_default();
        let verb = names::verb(&rules.kind, wanted);
        let verb = verb.ok_or_else(|| format!("“{}”没有动作“{wanted}”", rules.kind.title))?;
        let name = verb.name().to_owned();
        let at = self.happened(step)?;
        let input = Input {
            action: name,
            values: self.names().form(&rules.kind.fields, &step.with),
        };
        self.deed = Some(Deed {
            actor: actor.clone(),
            case: id.clone(),
            happened: at,
            what: What::Act(input.clone()),
            refused: step.refused.clone(),
        });
        Ok(self.house.decide_at(at, |family| family.act(&id, actor, &input)))
    }

    /// The case a step names; none: it names none.
    fn on(&self, step: &Step) -> Result<Option<String>, String> {
        let Some(path) = &step.on else { return Ok(None) };
        let mut here: Option<String> = None;
        for (nth, part) in path.split('/').map(str::trim).enumerate() {
            here = match self.named.get(part).filter(|_| nth == 0) {
                Some(id) => Some(id.clone()),
                None => {
                    let above = here.or_else(|| self.current.clone());
                    let of = |case: &&Case| {
                        let title = self.house.manual.kind(&case.kind).map(|r| r.kind.title.as_str());
                        case.parent == above && (case.kind == part || title == Some(part))
                    };
                    let under = above.as_ref().and_then(|_| self.house.cases.values().rfind(of));
                    let under = under.or_else(|| self.came_round(part, step).filter(|_| nth == 0));
                    Some(
                        under
                            .map(|case| case.id.clone())
                            .ok_or_else(|| format!("没有叫“{part}”的事项，下面也没有这一类"))?,
                    )
                }
            };
        }
        Ok(here)
    }

    /// The youngest case of a kind that came round, for the step's home where it names one.
    fn came_round(&self, kind: &str, step: &Step) -> Option<&Case> {
        let home = match &step.home {
            Some(toml::Value::String(name)) => Some(self.homes.get(name)?),
            _ => None,
        };
        let opened = |case: &&Case| {
            let rules = self.house.manual.kind(&case.kind);
            let called = case.kind == kind || rules.is_some_and(|rules| rules.kind.title == kind);
            called && case.parent.is_none() && (home.is_none() || case.home.as_ref() == home)
        };
        self.house.cases.values().rfind(opened)
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names {
            people: &self.people,
            homes: &self.homes,
            now: self.house.now,
            zone: self.zone,
        }
    }

    /// Who is meant by a name.
    pub(super) fn actor(&self, name: &str) -> Result<Actor, String> {
        if let Some(link) = names::link(self.house.manual, name) {
            return Ok(Actor::Link(link));
        }
        if name == names::SYSTEM {
            return Ok(Actor::System);
        }
        let id = self.people.get(name);
        id.map(|id| Actor::Staff(id.clone())).ok_or_else(|| {
            format!(
                "没有叫“{name}”的人：请写 people 里的名字、岗位名称，或业主、门岗、系统、制度里写的外部人员"
            )
        })
    }
}

fn member(manual: &Manual, id: &str, name: &str, person: &Whole) -> Result<Member, String> {
    let known = |post: &String| {
        let found = names::post(manual, post).map(|p| p.name.clone());
        found.ok_or_else(|| format!("“{name}”的岗位“{post}”不存在"))
    };
    Ok(Member {
        id: id.to_owned(),
        name: name.to_owned(),
        posts: person.posts.iter().map(known).collect::<Result<_, _>>()?,
        areas: person.areas.iter().cloned().collect(),
        skills: person.skills.iter().cloned().collect(),
        on_duty: !person.off,
        load: 0,
        service: false,
    })
}

fn facts(home: &Home) -> HomeFacts {
    HomeFacts {
        delivered_on: home.delivered_on.clone(),
        kind: Some(home.kind.clone().unwrap_or_else(|| "home".to_owned())),
        area: home.area.clone(),
        title: home.title.clone(),
        building: home.building.clone(),
        unit: home.unit.clone(),
        room: home.room.clone(),
        site: home.site.clone(),
        floor_area: home.floor_area,
    }
}

/// The sentence of a refusal and those beside its fields.
fn all_words(refusal: &Refusal) -> String {
    let mut words = vec![refusal.sentence.clone()];
    for field in &refusal.fields {
        if !words.contains(&field.sentence) {
            words.push(field.sentence.clone());
        }
    }
    words.join("；")
}
