//! Sign-offs: rounds, slots, signatures.

use super::Data;
use crate::def::{Ask, Need, Who};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A sign-off that is under way or finished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signing {
    /// Name of the sign-off.
    pub signoff: String,
    /// Who asked for it.
    pub asked_by: Option<String>,
    /// Whether that person may sign too.
    pub own_request: bool,
    /// What is approved: field → value when it was submitted.
    #[serde(default, skip_serializing_if = "Data::is_empty")]
    pub of: Data,
    /// Rounds that were chosen by amount and conditions.
    pub rounds: Vec<SigningRound>,
    /// Round that is open.
    pub current: usize,
    /// Outcome.
    pub outcome: Option<Outcome>,
}

/// One round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningRound {
    /// Heading.
    pub title: String,
    /// How many must agree.
    pub need: Need,
    /// Clock that runs while it is open.
    pub clock: Option<String>,
    /// Slots.
    pub slots: Vec<SigningSlot>,
}

/// One signature that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningSlot {
    /// Name.
    pub name: String,
    /// Whose signature.
    pub title: String,
    /// Who may sign.
    pub who: Vec<Who>,
    /// Staff named by hand-over 转办, delegation 委托 or as added signer 加签.
    pub people: Vec<String>,
    /// What is asked.
    pub ask: Vec<Ask>,
    /// Added by a signer 加签: needed whatever the round says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
    /// The signature.
    pub signed: Option<Signature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Id of the member of staff; none for the holder of a link.
    pub by: Option<String>,
    /// When.
    pub at: Time,
    /// Agreed or refused.
    pub verdict: Verdict,
    /// Words.
    pub note: Option<String>,
    /// Signed by somebody to whom it was delegated 受托, who has not the post for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entrusted: bool,
}

/// What a signer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 同意
    Agree,
    /// 不同意
    Refuse,
}

/// How a sign-off ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every round is signed.
    Done,
    /// Refused.
    Refused,
    /// Withdrawn 撤回 by who asked, or dropped because the case left the stage.
    Withdrawn,
}

impl Signing {
    /// Whether what was approved covers `data`: the same, and of numbers and money no more.
    pub fn covers(&self, data: &Data) -> bool {
        self.of.iter().all(|(name, approved)| {
            let now = data.get(name).unwrap_or(&Value::Null);
            match (now.as_f64(), approved.as_f64()) {
                (Some(now), Some(approved)) => now <= approved,
                _ => now == approved,
            }
        })
    }

    /// The round that is open.
    pub fn round(&self) -> Option<&SigningRound> {
        self.rounds.get(self.current)
    }
}

impl SigningRound {
    /// How many signatures of its own slots it needs; those of added signers 加签 are always needed.
    pub fn needed(&self) -> usize {
        let own = self.own().count();
        match self.need {
            Need::All => own,
            Need::Any => 1,
            Need::AtLeast(n) => usize::from(n).min(own),
        }
    }

    fn own(&self) -> impl Iterator<Item = &SigningSlot> {
        self.slots.iter().filter(|slot| !slot.added)
    }

    fn added(&self) -> impl Iterator<Item = &SigningSlot> {
        self.slots.iter().filter(|slot| slot.added)
    }

    /// Whether enough have agreed.
    pub fn agreed(&self) -> bool {
        let own = self.own().filter(|slot| slot.says(Verdict::Agree)).count();
        own >= self.needed() && self.added().all(|slot| slot.says(Verdict::Agree))
    }

    /// Whether so many have refused that it cannot be agreed any more.
    pub fn refused(&self) -> bool {
        let left = self.own().filter(|slot| !slot.says(Verdict::Refuse)).count();
        left < self.needed() || self.added().any(|slot| slot.says(Verdict::Refuse))
    }
}

impl SigningSlot {
    fn says(&self, verdict: Verdict) -> bool {
        self.signed
            .as_ref()
            .is_some_and(|signature| signature.verdict == verdict)
    }
}
