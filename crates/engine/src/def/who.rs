//! Who may act, who is told, who signs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One way of naming people in the manual, written as a string such as `post:front-desk`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Who {
    /// `post:NAME`: whoever holds the post 岗位 where the case is.
    Post(String),
    /// `duty:NAME`: whoever is on duty with the post now; while nobody is, whoever holds it.
    Duty(String),
    /// `relation:NAME`: whoever stands in that relation to this case.
    Relation(Relation),
    /// `field:NAME`: the member of staff named in a form field of type `person`.
    Field(String),
    /// `link:NAME`: the holder of a link that was handed out for this case; not staff.
    Link(Link),
    /// `unread`: those who have not yet acknowledged what was sent round to them.
    Unread,
    /// `staff`: any member of staff who may see the case.
    Staff,
    /// `system`: the product itself, when a clock step, a plan or a finished sign-off acts.
    System,
}

/// How a member of staff stands to a case. Kept as rows, read by lists and guards alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Who opened the case 登记人.
    Creator,
    /// First receiver 首问责任人: follows the case to its end (INTAKE-8).
    Responsible,
    /// Who is working on it now 处理人.
    Assignee,
    /// Helps, or was added by name 协办人.
    Member,
    /// Was sent a copy 抄送; may read.
    Copied,
}

/// Holders of a link are actors that are not staff: `owner`, the customer by their own page; `gate`, the guard by the
/// code on a paper; else a guest that the kind names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Link {
    /// The customer 业主/客户, through the owner's page.
    Owner,
    /// The guard at the gate 门岗, through a code on a paper.
    Gate,
    /// Somebody outside whom the kind names under `[guest]`.
    Guest(String),
}

impl Relation {
    /// Every relation, in the order they are shown.
    pub const ALL: [Relation; 5] = [
        Relation::Creator,
        Relation::Responsible,
        Relation::Assignee,
        Relation::Member,
        Relation::Copied,
    ];

    /// The name used in the manual and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Creator => "creator",
            Relation::Responsible => "responsible",
            Relation::Assignee => "assignee",
            Relation::Member => "member",
            Relation::Copied => "copied",
        }
    }

    /// The word people read.
    pub fn title(self) -> &'static str {
        match self {
            Relation::Creator => "登记人",
            Relation::Responsible => "首问责任人",
            Relation::Assignee => "处理人",
            Relation::Member => "协办人",
            Relation::Copied => "抄送",
        }
    }
}

impl Link {
    /// Those every manual knows.
    pub const BUILT_IN: [Link; 2] = [Link::Owner, Link::Gate];

    /// The name used in the manual and in the database.
    pub fn name(&self) -> &str {
        match self {
            Link::Owner => "owner",
            Link::Gate => "gate",
            Link::Guest(name) => name,
        }
    }

    /// The word people read; of a guest the kind knows it ([`crate::load::Rules::link_title`]).
    pub fn title(&self) -> &str {
        match self {
            Link::Owner => "业主",
            Link::Gate => "门岗",
            Link::Guest(name) => name,
        }
    }
}

impl FromStr for Relation {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Relation::ALL
            .into_iter()
            .find(|r| r.name() == text)
            .ok_or_else(|| {
                format!("没有“{text}”这种关系，可用：creator、responsible、assignee、member、copied")
            })
    }
}

impl FromStr for Link {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let built_in = Link::BUILT_IN.into_iter().find(|l| l.name() == text);
        match built_in {
            Some(link) => Ok(link),
            None if !text.is_empty() && text.chars().all(plain) => Ok(Link::Guest(text.to_owned())),
            None => Err(format!(
                "“{text}”不是外部人员的名字，请写 owner、gate 或 [guest] 里的名字"
            )),
        }
    }
}

impl TryFrom<String> for Link {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> String {
        link.name().to_owned()
    }
}

impl FromStr for Who {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "staff" => Ok(Who::Staff),
            None if text == "system" => Ok(Who::System),
            None if text == "unread" => Ok(Who::Unread),
            Some(("post", name)) => Ok(Who::Post(name.to_owned())),
            Some(("duty", name)) => Ok(Who::Duty(name.to_owned())),
            Some(("relation", name)) => name.parse().map(Who::Relation),
            Some(("field", name)) => Ok(Who::Field(name.to_owned())),
            Some(("link", name)) => name.parse().map(Who::Link),
            _ => Err(format!(
                "“{text}”不是人的写法，应为 post:岗位、duty:岗位、relation:关系、field:字段、link:链接、unread、staff 或 system"
            )),
        }
    }
}

impl TryFrom<String> for Who {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Who> for String {
    fn from(who: Who) -> String {
        who.to_string()
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Post(name) => write!(f, "post:{name}"),
            Who::Duty(name) => write!(f, "duty:{name}"),
            Who::Relation(relation) => write!(f, "relation:{}", relation.name()),
            Who::Field(name) => write!(f, "field:{name}"),
            Who::Link(link) => write!(f, "link:{}", link.name()),
            Who::Staff => f.write_str("staff"),
            Who::System => f.write_str("system"),
            Who::Unread => f.write_str("unread"),
        }
    }
}
