//! How an example is written: a short story in virtual time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// `PACK/examples/NAME.toml`. What stands above the stories holds for all of them.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// When the stories begin, unless they say otherwise.
    #[serde(default)]
    pub start: Option<String>,
    /// The home they are about, unless they say otherwise.
    #[serde(default)]
    pub home: Option<Home>,
    /// More homes by name.
    #[serde(default)]
    pub homes: BTreeMap<String, Home>,
    /// People by name.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// Stories, each by itself.
    #[serde(rename = "example")]
    #[schemars(with = "Vec<Example>")]
    pub examples: Vec<Spanned<Example>>,
}

/// A story: who there is, who does what when, and what must then hold.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in a sentence.
    pub title: String,
    /// Demands of the catalogue it proves, `INTAKE-4/a`.
    #[serde(default)]
    pub proves: Vec<String>,
    /// When it begins, `2026-11-23 09:30`; absent: that Monday at 09:00.
    #[serde(default)]
    pub start: Option<String>,
    /// The home it is about; absent: a home that was handed over on 2024-01-10.
    #[serde(default)]
    pub home: Option<Home>,
    /// More homes by name, for claims and addresses.
    #[serde(default)]
    pub homes: BTreeMap<String, Home>,
    /// People by name. Whoever is not named here is called by their post: 前台客服.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// Recurrences that run in it, by name or title; absent: none.
    #[serde(default)]
    pub recurrences: Vec<String>,
    /// What happens, and what must then hold.
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// A home of a story.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Day it was handed over.
    #[serde(default)]
    pub delivered_on: Option<String>,
    /// `home`, `shop`, `parking`; absent: `home`.
    #[serde(default)]
    pub kind: Option<String>,
    /// Area 片区 it belongs to.
    #[serde(default)]
    pub area: Option<String>,
    /// What people say: 3栋1单元502.
    #[serde(default)]
    pub title: Option<String>,
    /// Name of its building.
    #[serde(default)]
    pub building: Option<String>,
    /// Unit 单元.
    #[serde(default)]
    pub unit: Option<String>,
    /// Room.
    #[serde(default)]
    pub room: Option<String>,
    /// Name of the site 小区.
    #[serde(default)]
    pub site: Option<String>,
    /// Floor area in square metres.
    #[serde(default)]
    pub floor_area: Option<f64>,
}

/// A member of staff of a story.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Person {
    /// Their only post.
    Post(String),
    /// Their posts.
    Posts(Vec<String>),
    /// More of them.
    Whole(Whole),
}

/// All that may be said of a member of staff.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// Posts.
    pub posts: Vec<String>,
    /// Areas looked after.
    #[serde(default)]
    pub areas: Vec<String>,
    /// Skills.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Not on duty.
    #[serde(default)]
    pub off: bool,
}

/// A step: when, a deed or none, and what must then hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When: `+30m`, `10:00`, `周二 10:00`, `+1d 10:00`, `11-24 10:00`; absent: at once.
    #[serde(default)]
    pub at: Option<String>,
    /// People who come on duty (true) or go off (false) before anything else of the step.
    #[serde(default)]
    pub duty: BTreeMap<String, bool>,
    /// Who: a name of `people`, a post, 业主, 施工单位, 门岗 or 系统.
    #[serde(default)]
    pub by: Option<String>,
    /// Kind of case that is opened.
    #[serde(default)]
    pub open: Option<String>,
    /// Action that is done, by name or by the words on its button.
    #[serde(default, rename = "do")]
    pub act: Option<String>,
    /// The case: a name given by `as`, or kinds under one another, `报修/派工单`, the youngest of each, the first of which
    /// may have come round by the calendar; absent: the case that was last spoken of.
    #[serde(default)]
    pub on: Option<String>,
    /// Name of the opened case in this story.
    #[serde(default, rename = "as")]
    pub name: Option<String>,
    /// What is entered.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub with: BTreeMap<String, Value>,
    /// It happened then, `-20m`, and is entered only now.
    #[serde(default)]
    pub happened: Option<String>,
    /// Home of the opened case: false, or a name of `homes`. Of a case that came round by the calendar: which one's.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Value>")]
    pub home: Option<Value>,
    /// Whether the opened case is for the customer; absent: it is.
    #[serde(default)]
    pub customer: Option<bool>,
    /// Channel by which it came: `call`.
    #[serde(default)]
    pub channel: Option<String>,
    /// The opened case is the same matter again as that one, named by `as`.
    #[serde(default)]
    pub repeats: Option<String>,
    /// It is refused with words that contain these.
    #[serde(default)]
    pub refused: Option<String>,
    /// Stage, by name or title.
    #[serde(default)]
    pub stage: Option<String>,
    /// Whether it is closed.
    #[serde(default)]
    pub closed: Option<bool>,
    /// Number.
    #[serde(default)]
    pub number: Option<String>,
    /// Heading in lists.
    #[serde(default)]
    pub heading: Option<String>,
    /// Values of fields; `""`: empty.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub fields: BTreeMap<String, Value>,
    /// Who may do what: `前台客服：答复客户、催办`.
    #[serde(default)]
    pub may: Vec<String>,
    /// Who may not.
    #[serde(default)]
    pub may_not: Vec<String>,
    /// Deadlines of clocks that run: `11-23 11:30`, `暂停`, or `没有`.
    #[serde(default)]
    pub due: BTreeMap<String, String>,
    /// Clocks whose deadline passed unmet, all of them.
    #[serde(default)]
    pub late: Option<Vec<String>>,
    /// Who was told, in words that contain these: `业主：已答复`; without words: anything.
    #[serde(default)]
    pub told: Vec<String>,
    /// Who was not told, in words that contain these; without words: anything.
    #[serde(default)]
    pub not_told: Vec<String>,
    /// Cases of each kind under it: how many, or the stage of each, oldest first.
    #[serde(default)]
    pub under: BTreeMap<String, Under>,
    /// The same of all cases of the story.
    #[serde(default)]
    pub cases: BTreeMap<String, Under>,
    /// Claims it holds, all of them.
    #[serde(default)]
    pub holds: Option<Vec<String>>,
    /// Links that are handed out, all of them.
    #[serde(default)]
    pub links: Option<Vec<String>>,
    /// People by relation.
    #[serde(default)]
    pub people: BTreeMap<String, Vec<String>>,
    /// Urgency.
    #[serde(default)]
    pub urgency: Option<u8>,
    /// Level of escalation.
    #[serde(default)]
    pub level: Option<u8>,
    /// Whose signature is awaited, by the titles of slots.
    #[serde(default)]
    pub waits: Option<Vec<String>>,
    /// Whether the gate lets its bearer pass now.
    #[serde(default)]
    pub passes: Option<bool>,
    /// What clauses count over all cases of the story.
    #[serde(default)]
    pub clauses: BTreeMap<String, Counted>,
}

/// Cases under another one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Under {
    /// How many.
    Count(usize),
    /// The stage of each, oldest first.
    Stages(Vec<String>),
}

/// What a clause counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Kept.
    #[serde(default)]
    pub kept: usize,
    /// Broken.
    #[serde(default)]
    pub broken: usize,
    /// Not decided yet; absent: any number.
    #[serde(default)]
    pub open: Option<usize>,
    /// Neither, by a name of the manual's; absent: any number.
    #[serde(default)]
    pub excused: Option<usize>,
    /// Whether their figure keeps the clause's threshold; absent: either.
    #[serde(default)]
    pub met: Option<bool>,
}

impl ExampleFile {
    /// Its stories, in order.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.examples.iter().map(Spanned::get_ref)
    }
}

impl Step {
    /// Whether somebody does something in it.
    pub fn is_deed(&self) -> bool {
        self.open.is_some() || self.act.is_some()
    }
}
