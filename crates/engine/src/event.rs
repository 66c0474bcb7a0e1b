//! Events 经过: the append-only ledger. Replay folds [`apply`]; it never reruns [`crate::step`].
//!
//! One list of what can happen, with a line for each field, which is why it is long.

mod apply;

use crate::case::{Data, HeldClaim, Outcome, Passing, RunEnd, RunLimit, Signature, Signing, SigningSlot};
use crate::def::{Link, Relation};
use crate::time::Time;
use serde::{Deserialize, Serialize};

pub use apply::apply;

/// Version of the events' schema, stored beside each.
pub const VERSION: i32 = 1;

/// One thing that happened to a case. Carries the full change and every value that was looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Event {
    /// The case began.
    Opened(Box<Opened>),
    /// An action of the kind was done.
    Acted {
        /// Name of the action.
        action: String,
        /// Stage before.
        from: String,
        /// Stage after; the same when the case stays.
        to: String,
        /// The stage it is in now ends the case.
        ends: bool,
        /// Fields that changed; null: emptied.
        set: Data,
        /// Those of them that belong to this act alone and are not kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spent: Vec<String>,
    },
    /// A clock started.
    ClockStarted {
        /// Number of the run.
        run: u32,
        /// Clock.
        clock: String,
        /// What was looked up.
        limit: RunLimit,
        /// Calendar.
        calendar: String,
        /// Deadline.
        due_at: Time,
        /// When each step of the ladder is to fire.
        steps: Vec<Time>,
        /// Calendar years without data that were passed over.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing_years: Vec<i32>,
        /// It only reminds.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reminder: bool,
    },
    /// A clock was paused.
    ClockPaused {
        /// Run.
        run: u32,
    },
    /// A clock went on.
    ClockResumed {
        /// Run.
        run: u32,
        /// New deadline.
        due_at: Time,
        /// When each step is to fire now.
        steps: Vec<Time>,
    },
    /// The deadline moved: the calendar changed, or what the limit hangs on was put right.
    ClockMoved {
        /// Run.
        run: u32,
        /// What was looked up anew; none: the calendar changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<RunLimit>,
        /// New deadline; none while it stands still.
        due_at: Option<Time>,
        /// When each step is to fire now.
        steps: Vec<Time>,
    },
    /// A clock ended.
    ClockStopped {
        /// Run.
        run: u32,
        /// How.
        end: RunEnd,
        /// It was late: what was due was done after the deadline, or not at all.
        late: bool,
    },
    /// A step of the ladder fired.
    ClockFired {
        /// Run.
        run: u32,
        /// Index of the step.
        step: usize,
    },
    /// The deadline passed.
    ClockBreached {
        /// Run.
        run: u32,
    },
    /// Somebody came into a relation to the case.
    Joined {
        /// Relation.
        relation: Relation,
        /// Member of staff.
        staff: String,
    },
    /// Somebody left a relation.
    Left {
        /// Relation.
        relation: Relation,
        /// Member of staff.
        staff: String,
    },
    /// Urgency changed.
    Urged {
        /// 0, 1, 2.
        urgency: u8,
    },
    /// Lifted to a higher level.
    Raised {
        /// Level.
        level: u8,
    },
    /// The customer asked again 催办.
    Reminded {
        /// Words.
        words: String,
        /// Contact by which they asked.
        contact: Option<String>,
    },
    /// Somebody wrote something down.
    Noted {
        /// Words.
        words: String,
        /// Files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// A paper was printed.
    Printed {
        /// Name of the paper.
        paper: String,
    },
    /// Passed on 转办, waiting to be accepted.
    PassedOn(Passing),
    /// The customer was told that it was passed on (INTAKE-9).
    CustomerTold {
        /// 电话, 当面…
        how: String,
        /// What was said to them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
    },
    /// Accepted.
    PassAccepted,
    /// Not accepted.
    PassRefused {
        /// Why.
        reason: String,
    },
    /// A sign-off opened.
    SignoffOpened(Box<Signing>),
    /// Somebody signed.
    Signed {
        /// Round.
        round: usize,
        /// Slot.
        slot: String,
        /// Signature.
        signature: Signature,
        /// Fields that were filled in with it.
        set: Data,
        /// Those of them that belong to this signature alone and are not kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        spent: Vec<String>,
    },
    /// The next round opened.
    RoundOpened {
        /// Round.
        round: usize,
    },
    /// Sent back 退回 to an earlier round; signatures from there on are void.
    SentBack {
        /// Round.
        round: usize,
        /// Why.
        note: String,
    },
    /// A slot went to somebody else 转办, or also to somebody else 委托.
    SlotGiven {
        /// Slot.
        slot: String,
        /// To whom.
        to: String,
        /// Whether who had it keeps it (delegation).
        keep: bool,
    },
    /// A signer was added 加签 to the open round.
    SignerAdded {
        /// The new slot.
        slot: SigningSlot,
    },
    /// The sign-off ended.
    SignoffClosed {
        /// How.
        outcome: Outcome,
    },
    /// A child case opened.
    ChildOpened {
        /// Its id.
        id: String,
        /// Its kind.
        kind: String,
        /// Values handed to it.
        data: Data,
        /// People handed to it.
        people: Vec<(Relation, String)>,
        /// The home it is about, when that is not this case's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        home: Option<String>,
        /// The customer it is for, when that is not this case's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<String>,
    },
    /// The case asked its parent to act.
    ParentAsked {
        /// Name of the parent's action.
        act: String,
        /// Its action when that one does not fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        or: Option<String>,
        /// Values for the parent's fields.
        set: Data,
    },
    /// The case let another one act.
    Asked {
        /// Name of the address.
        at: String,
        /// The other case.
        case: String,
        /// Name of its action.
        act: String,
        /// Its action when that one does not fit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        or: Option<String>,
        /// Values for its fields.
        set: Data,
        /// Done after this deed, as one of its own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        later: bool,
    },
    /// What was asked of another case was refused there.
    AskRefused {
        /// The other case.
        case: String,
        /// Name of its action.
        act: String,
        /// Why, in words for a clerk.
        sentence: String,
    },
    /// Children of that kind are to be closed.
    ChildrenClosed {
        /// Kind.
        kind: String,
    },
    /// Closed because the parent ended it.
    ClosedByParent {
        /// Stage it is put in.
        stage: String,
    },
    /// A plan began, or its next time moved.
    PlanSet {
        /// Plan.
        plan: String,
        /// Next time.
        next_at: Time,
        /// Child opened now.
        opened: Option<String>,
        /// The one before was not done.
        missed: bool,
    },
    /// A plan ended.
    PlanEnded {
        /// Plan.
        plan: String,
    },
    /// A claim was taken.
    Claimed(HeldClaim),
    /// A claim was let go.
    Released {
        /// Name.
        name: String,
    },
    /// People were told.
    Notified {
        /// Staff.
        to: Vec<String>,
        /// Holders of links.
        links: Vec<Link>,
        /// Words.
        text: String,
        /// Only recorded, not sent (imported past).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        quiet: bool,
    },
    /// Something was sent round: these people are to acknowledge it.
    Circulated {
        /// Staff.
        to: Vec<String>,
        /// Words.
        text: String,
    },
    /// Somebody acknowledged what was sent round.
    Acknowledged {
        /// Member of staff.
        staff: String,
    },
    /// A link was handed out.
    LinkGiven {
        /// To whom.
        link: Link,
        /// What stands in the field that names the guest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Links of that sort became worthless.
    LinkTaken {
        /// Which.
        link: Link,
    },
    /// A link was handed over: shown at the desk, or sent.
    LinkHanded {
        /// Whose.
        link: Link,
        /// How.
        way: HandedBy,
    },
    /// It turned out to be the same matter as another case.
    MergedInto {
        /// The other case.
        case: String,
        /// Why.
        why: String,
    },
    /// Another case turned out to be the same matter.
    MergedFrom {
        /// The other case.
        case: String,
        /// Its number.
        number: String,
        /// Why.
        why: String,
    },
    /// Joined to another case that has to do with it.
    Linked {
        /// The other case.
        case: String,
        /// Its number.
        number: String,
        /// Why.
        why: String,
        /// It repeats the other matter (COMPLAINT-6).
        repeat: bool,
    },
    /// The home became known or was put right.
    HomeJoined {
        /// Home.
        home: String,
        /// Computed fields that changed with it; null: emptied.
        #[serde(default, skip_serializing_if = "Data::is_empty")]
        set: Data,
    },
    /// The record of the home changed.
    HomeChanged {
        /// Home.
        home: String,
        /// Day it was handed over.
        delivered_on: String,
    },
    /// The customer became known or was put right.
    CustomerJoined {
        /// Customer.
        customer: String,
    },
}

/// How a link is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandedBy {
    /// Copied, to be sent by whatever the clerk uses.
    Copy,
    /// As a code on paper 二维码.
    Paper,
    /// By a mail the system sends.
    Mail,
}

impl HandedBy {
    /// The word people read.
    pub fn title(self) -> &'static str {
        match self {
            HandedBy::Copy => "复制后发出",
            HandedBy::Paper => "打印二维码交给对方",
            HandedBy::Mail => "邮件发出",
        }
    }
}

/// How a case began.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Hash of the manual.
    pub manual: String,
    /// Site.
    pub site: String,
    /// Number.
    pub number: String,
    /// First stage.
    pub stage: String,
    /// The first stage ends the case (answered on the spot).
    pub ends: bool,
    /// Form values.
    pub data: Data,
    /// Those of them that belong to the opening alone and are not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<String>,
    /// Home.
    pub home: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Contact.
    pub contact: Option<String>,
    /// Parent.
    pub parent: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// What the fields it amends were in the parent.
    #[serde(default, skip_serializing_if = "Data::is_empty")]
    pub was: Data,
    /// Urgency.
    pub urgency: u8,
    /// Earlier matters of the same sort.
    pub repeats: u32,
}

/// An event with its two times and its actor, as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened: clocks and clauses go by this.
    pub happened_at: Time,
    /// What.
    pub event: Event,
}
