//! Cases in memory, and what the engine may know of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use yizhan_engine::case::Case;
use yizhan_engine::event::Event;
use yizhan_engine::family::{Family, Known, Scene, Stop, Written};
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Actor, Child, HomeFacts, Input, Member, Start};
use yizhan_engine::time::Time;

/// A manual of a few kinds, given by name and text; or what is wrong with it.
pub fn manual(kinds: &[(&str, &str)]) -> Result<Manual, Vec<String>> {
    let kinds = kinds
        .iter()
        .map(|(name, text)| (format!("pack/kinds/{name}.toml"), (*text).to_owned()));
    let frame = [
        ("posts.toml", "post = []"),
        ("pack/pack.toml", "title = \"制度\"\norder = 1"),
    ];
    let frame = frame.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Manual::from_files(BTreeMap::from_iter(kinds.chain(frame)))
        .map_err(|problems| problems.into_iter().map(|p| p.sentence).collect())
}

/// Cases in memory.
pub struct House {
    pub manual: Manual,
    pub roster: Vec<Member>,
    pub cases: BTreeMap<String, Case>,
    holders: BTreeMap<(String, String), String>,
    ids: AtomicU64,
}

impl Known for House {
    fn manual(&self, _: &str) -> Option<&Manual> {
        Some(&self.manual)
    }
    fn roster(&self, _: &str) -> Option<&[Member]> {
        Some(&self.roster)
    }
    fn home(&self, _: &str) -> Option<HomeFacts> {
        Some(HomeFacts::default())
    }
    fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(id)
    }
    fn children(&self, id: &str) -> Option<Vec<Child>> {
        let under = self.cases.values().filter(|c| c.parent.as_deref() == Some(id));
        Some(under.map(Child::of).collect())
    }
    fn holder(&self, claim: &str, resource: &str) -> Option<Option<String>> {
        Some(
            self.holders
                .get(&(claim.to_owned(), resource.to_owned()))
                .cloned(),
        )
    }
}

impl House {
    pub fn new(manual: Manual) -> House {
        let member = |id: &str| Member {
            id: id.to_owned(),
            ..Member::default()
        };
        House {
            manual,
            roster: vec![member("a"), member("b")],
            cases: BTreeMap::new(),
            holders: BTreeMap::new(),
            ids: AtomicU64::new(0),
        }
    }

    pub fn decide(&mut self, deed: impl Fn(Family) -> Result<Vec<Written>, Stop>) -> Result<usize, Stop> {
        let ids = || format!("n{}", self.ids.fetch_add(1, Ordering::Relaxed));
        let written = deed(Family::new(
            self,
            Scene {
                live: &self.manual,
                at: Time(0),
                now: Time(0),
                quiet: false,
                ids: &ids,
            },
        ))?;
        let count = written.len();
        for one in written {
            for entry in &one.outcome.entries {
                if let Event::Claimed(claim) = &entry.event {
                    let key = (claim.name.clone(), claim.resource.clone());
                    self.holders.insert(key, one.outcome.case.id.clone());
                }
            }
            let mut case = one.outcome.case;
            case.number = format!("号{}", case.id);
            self.cases.insert(case.id.clone(), case);
        }
        Ok(count)
    }

    pub fn open(&mut self, id: &str, kind: &str, data: serde_json::Value) {
        let start = Start {
            id: id.to_owned(),
            kind: kind.to_owned(),
            site: "s".to_owned(),
            data: data.as_object().cloned().unwrap_or_default(),
            ..Start::default()
        };
        let actor = Actor::Staff("a".to_owned());
        self.decide(|family| family.open("", start.clone(), &actor))
            .expect("it opens");
    }

    /// Member of staff `a` acts.
    pub fn act(&mut self, id: &str, action: &str, values: serde_json::Value) -> Result<usize, Stop> {
        self.act_as("a", id, action, values)
    }

    pub fn act_as(
        &mut self,
        who: &str,
        id: &str,
        action: &str,
        values: serde_json::Value,
    ) -> Result<usize, Stop> {
        let input = Input {
            action: action.to_owned(),
            values: values.as_object().cloned().unwrap_or_default(),
        };
        let actor = Actor::Staff(who.to_owned());
        self.decide(|family| family.act(id, &actor, &input))
    }
}

/// The words of a refusal.
pub fn sentence(stop: Stop) -> String {
    match stop {
        Stop::Refused(refusal) => refusal.sentence,
        Stop::Missing(missing) => panic!("{missing:?}"),
    }
}
