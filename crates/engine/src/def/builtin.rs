//! Verbs every case knows without its kind naming them.

use serde::{Deserialize, Serialize};

/// The verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Builtin {
    /// Write something down 备注: `words`, `files?`.
    Note,
    /// The customer asks again 催办: `words`, `contact?`.
    Remind,
    /// Pass on 转办: `to`, `reason`, and `told` where there is a customer: how they were told, or
    /// `not-told`.
    PassOn,
    /// Tell the customer that it was passed on 告知客户: `how`, `words?`.
    TellCustomer,
    /// Take over what was passed on.
    AcceptPass,
    /// Decline it: `reason`.
    RefusePass,
    /// Agree in a sign-off: `slot`, `note?`, the slot's fields.
    Agree,
    /// Refuse in a sign-off: `slot`, `note`.
    Refuse,
    /// Back to an earlier round 退回: `round` (0-based), `note`.
    SendBack,
    /// Let somebody else sign instead 转办: `slot`, `to`.
    HandOver,
    /// Let somebody else sign too, in one's place 委托: `slot`, `to`.
    Delegate,
    /// Add a signer 加签: `to`, `note?`.
    AddSigner,
    /// Send a copy 抄送: `to`.
    CopyTo,
    /// Withdraw one's own request 撤回: `note?`.
    Withdraw,
    /// Raise urgency by one.
    Urge,
    /// Acknowledge what was sent round 已阅.
    Acknowledge,
}

impl Builtin {
    /// All of them, in the order they are offered.
    pub const ALL: [Builtin; 16] = [
        Builtin::Agree,
        Builtin::Refuse,
        Builtin::SendBack,
        Builtin::HandOver,
        Builtin::Delegate,
        Builtin::AddSigner,
        Builtin::Withdraw,
        Builtin::Acknowledge,
        Builtin::AcceptPass,
        Builtin::RefusePass,
        Builtin::TellCustomer,
        Builtin::PassOn,
        Builtin::Remind,
        Builtin::Urge,
        Builtin::CopyTo,
        Builtin::Note,
    ];

    /// The name used in the API; no action of a kind may have it.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::Note => "note",
            Builtin::Remind => "remind",
            Builtin::PassOn => "pass-on",
            Builtin::TellCustomer => "tell-customer",
            Builtin::AcceptPass => "accept-pass",
            Builtin::RefusePass => "refuse-pass",
            Builtin::Agree => "agree",
            Builtin::Refuse => "refuse",
            Builtin::SendBack => "send-back",
            Builtin::HandOver => "hand-over",
            Builtin::Delegate => "delegate",
            Builtin::AddSigner => "add-signer",
            Builtin::CopyTo => "copy-to",
            Builtin::Withdraw => "withdraw",
            Builtin::Urge => "urge",
            Builtin::Acknowledge => "acknowledge",
        }
    }

    /// The words on the button.
    pub fn title(self) -> &'static str {
        match self {
            Builtin::Note => "备注",
            Builtin::Remind => "催办",
            Builtin::PassOn => "转办",
            Builtin::TellCustomer => "告知客户已转办",
            Builtin::AcceptPass => "接收转办",
            Builtin::RefusePass => "不接收",
            Builtin::Agree => "同意",
            Builtin::Refuse => "不同意",
            Builtin::SendBack => "退回",
            Builtin::HandOver => "转他人签署",
            Builtin::Delegate => "委托签署",
            Builtin::AddSigner => "加签",
            Builtin::CopyTo => "抄送",
            Builtin::Withdraw => "撤回",
            Builtin::Urge => "加急",
            Builtin::Acknowledge => "已阅",
        }
    }

    /// Looks one up by its name.
    pub fn by_name(name: &str) -> Option<Builtin> {
        Builtin::ALL.into_iter().find(|b| b.name() == name)
    }
}
