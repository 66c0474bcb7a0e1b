//! What comes round by the calendar in a story 周期事项: opened for its company, site, homes and staff as the
//! application opens it.

use super::house::{House, SITE};
use crate::case::Data;
use crate::def::Each;
use crate::load::{Anchor, Manual, RecurrenceRules};
use crate::measure::COMPANY;
use crate::time::Time;
use crate::world::Actor;
use serde_json::{Value, json};
use std::sync::Arc;

/// Id of the site of every story.
pub(super) const SITE_ID: &str = "s1";

/// The recurrences a story lets run, and until when they have run.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub(super) run: Vec<Arc<RecurrenceRules>>,
    pub(super) done_until: Time,
}

impl Rounds {
    /// Those a story names, from its beginning on.
    pub(super) fn of(manual: &Manual, named: &[String], begin: Time) -> Result<Rounds, String> {
        let find = |name: &String| {
            recurrence(manual, name)
                .cloned()
                .ok_or_else(|| format!("没有叫“{name}”的周期事项"))
        };
        Ok(Rounds {
            run: named.iter().map(find).collect::<Result<_, _>>()?,
            done_until: begin,
        })
    }
}

/// The recurrence of that name or title.
pub(crate) fn recurrence<'m>(manual: &'m Manual, name: &str) -> Option<&'m Arc<RecurrenceRules>> {
    let mut all = manual.recurrences.iter();
    all.find(|rules| rules.def.name == name || rules.def.title == name)
}

impl House<'_> {
    /// Everything of a sort that the story has.
    pub(super) fn anchors(&self, each: Each) -> Vec<Anchor> {
        match each {
            Each::Company => vec![anchor(COMPANY, [])],
            Each::Site => vec![anchor(SITE_ID, site())],
            Each::Home => self.homes.keys().map(|id| self.home_anchor(id)).collect(),
            Each::Staff => {
                let members = self.roster.iter();
                let facts = |m: &crate::world::Member| {
                    [
                        ("staff.id", json!(m.id)),
                        ("staff.name", json!(m.name)),
                        ("staff.posts", json!(m.posts)),
                    ]
                };
                members.map(|member| anchor(&member.id, facts(member))).collect()
            }
        }
    }

    fn home_anchor(&self, id: &str) -> Anchor {
        let home = self.homes.get(id).cloned().unwrap_or_default();
        let facts = [
            ("home.id", json!(id)),
            ("home.title", json!(home.title.as_deref().unwrap_or(id))),
            ("home.kind", json!(home.kind)),
            ("home.delivered_on", json!(home.delivered_on)),
            // Every home of a story has its people.
            ("home.occupied", json!(true)),
        ];
        anchor(id, site().into_iter().chain(facts))
    }

    /// When something next comes round.
    pub(super) fn next_round(&self) -> Option<Time> {
        let (live, after) = (self.manual, self.rounds.done_until);
        let rounds = self.rounds.run.iter();
        let of = |rules: &Arc<RecurrenceRules>| {
            let anchors = self.anchors(rules.def.each);
            let next = anchors
                .iter()
                .filter_map(|anchor| rules.next(live, anchor, after));
            next.min()
        };
        rounds.filter_map(of).min()
    }

    /// Opens what comes round at that instant. What a rule refuses is not opened, and the others are all the same.
    pub(super) fn go_round(&mut self, at: Time) {
        let (live, after) = (self.manual, self.rounds.done_until);
        for rules in self.rounds.run.clone() {
            for anchor in self.anchors(rules.def.each) {
                if rules.next(live, &anchor, after) != Some(at) {
                    continue;
                }
                let Some(mut start) = rules.opening(live, &anchor, at) else {
                    continue;
                };
                start.id = self.id();
                let _ = self.decide_at(at, |family| family.open(&live.hash, start, &Actor::System));
            }
        }
        self.rounds.done_until = at;
    }
}

fn site() -> [(&'static str, Value); 3] {
    [
        ("site.id", json!(SITE_ID)),
        ("site.code", json!("A")),
        ("site.title", json!(SITE)),
    ]
}

fn anchor(id: &str, facts: impl IntoIterator<Item = (&'static str, Value)>) -> Anchor {
    let facts = facts.into_iter().map(|(path, value)| (path.to_owned(), value));
    Anchor {
        id: id.to_owned(),
        site: SITE_ID.to_owned(),
        facts: facts.collect::<Data>(),
    }
}
