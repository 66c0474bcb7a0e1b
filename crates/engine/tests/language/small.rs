//! One kind, one case, one member of staff.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use yizhan_engine::case::Case;
use yizhan_engine::event::Entry;
use yizhan_engine::load::Manual;
use yizhan_engine::step::{self, Actor, HomeFacts, Input, Member, Outcome, Refusal, Start, World};
use yizhan_engine::time::Time;

/// 2026-11-23 09:30 in the company's zone, a Monday.
pub const MONDAY: i64 = 1_795_397_400_000;

const OFFICE: &str = r#"
title = "行政班"
source = []
week = { mon = ["09:00-18:00"], tue = ["09:00-18:00"], wed = ["09:00-18:00"], thu = ["09:00-18:00"], fri = ["09:00-18:00"] }
"#;
const ALWAYS: &str = r#"
title = "全天候"
source = []
week = { mon = ["00:00-24:00"], tue = ["00:00-24:00"], wed = ["00:00-24:00"], thu = ["00:00-24:00"], fri = ["00:00-24:00"], sat = ["00:00-24:00"], sun = ["00:00-24:00"] }
"#;
const POSTS: &str = r#"post = [
  { name = "desk", title = "前台", department = "客服", sees = "site" },
  { name = "manager", title = "经理", department = "客服", sees = "site" },
]"#;

/// A kind with its head put before it.
pub fn kind(body: &str) -> String {
    format!("title = \"事项\"\nsource = []\nnumber = \"SX-{{yyyy}}-{{seq:3}}\"\nheading = \"what\"\n{body}")
}

/// The files of a manual with that kind and others.
pub fn files(kinds: &[(&str, &str)]) -> BTreeMap<String, String> {
    let frame = [
        ("posts.toml", POSTS),
        ("calendars/office.toml", OFFICE),
        ("calendars/always.toml", ALWAYS),
        ("pack/pack.toml", "title = \"制度\"\norder = 1"),
    ];
    let mut files: BTreeMap<String, String> = frame
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    for (name, text) in kinds {
        files.insert(format!("pack/kinds/{name}.toml"), (*text).to_owned());
    }
    files
}

/// What is said of a manual with that kind.
pub fn problems(text: &str) -> Vec<String> {
    said(files(&[("matter", text)]))
}

/// What is said of a manual.
pub fn said(files: BTreeMap<String, String>) -> Vec<String> {
    let problems = Manual::from_files(files).map_or_else(|p| p, |manual| manual.warnings);
    problems.into_iter().map(|p| p.sentence).collect()
}

pub struct Small {
    pub manual: Manual,
    pub case: Case,
    pub now: i64,
    pub roster: Vec<Member>,
    ids: AtomicU64,
}

impl Small {
    pub fn of(text: &str) -> Small {
        Small::with(files(&[("matter", text)]))
    }

    pub fn with(files: BTreeMap<String, String>) -> Small {
        let manual = Manual::from_files(files).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let member = |id: &str, post: &str| Member {
            id: id.to_owned(),
            posts: [post.to_owned()].into(),
            on_duty: true,
            ..Member::default()
        };
        Small {
            manual,
            case: Case::default(),
            now: MONDAY,
            roster: vec![member("a", "desk"), member("m", "manager")],
            ids: AtomicU64::new(0),
        }
    }

    pub fn world<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        let ids = || format!("n{}", self.ids.fetch_add(1, Ordering::Relaxed));
        look(&World {
            manual: &self.manual,
            live: &self.manual,
            home: HomeFacts::default(),
            children: &[],
            reached: &BTreeMap::new(),
            roster: &self.roster,
            me: None,
            at: Time(self.now),
            now: Time(self.now),
            quiet: false,
            ids: &ids,
        })
    }

    fn take(&mut self, outcome: Result<Outcome, Refusal>) -> Result<Vec<Entry>, String> {
        let outcome = outcome.map_err(|refusal| refusal.sentence)?;
        self.case = outcome.case;
        Ok(outcome.entries)
    }

    pub fn open(&mut self, data: Value) -> Result<Vec<Entry>, String> {
        let start = Start {
            id: "c".to_owned(),
            kind: "matter".to_owned(),
            site: "s".to_owned(),
            data: data.as_object().cloned().unwrap_or_default(),
            ..Start::default()
        };
        let outcome = self.world(|world| step::open(world, start, &Actor::Staff("a".to_owned())));
        self.take(outcome)
    }

    /// Member of staff `a` acts.
    pub fn act(&mut self, action: &str, values: Value) -> Result<Vec<Entry>, String> {
        self.act_as("a", action, values)
    }

    pub fn act_as(&mut self, who: &str, action: &str, values: Value) -> Result<Vec<Entry>, String> {
        let input = Input {
            action: action.to_owned(),
            values: values.as_object().cloned().unwrap_or_default(),
        };
        let actor = Actor::Staff(who.to_owned());
        let outcome = self.world(|world| step::step(world, &self.case, &actor, &input));
        self.take(outcome)
    }

    /// Time passes.
    pub fn wait(&mut self, ms: i64) -> Vec<Entry> {
        self.now += ms;
        let outcome = self.world(|world| step::tick(world, &self.case));
        self.take(outcome).expect("time is not refused")
    }
}
