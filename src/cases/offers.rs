//! What an actor may do with a case now, with the fields each action asks for.

use crate::manual::FieldView;
use engine::case::Case;
use engine::def::{Field, FieldType};
use engine::load::Rules;
use engine::step::{self, Actor, Builtin, Offer, World, passing};
use serde::{Deserialize, Serialize};

/// An action somebody may take.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OfferView {
    /// Name to send.
    pub name: String,
    /// Words on the button.
    pub title: String,
    /// The usual next step.
    pub main: bool,
    /// Question before it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub confirm: Option<String>,
    /// What is asked.
    pub ask: Vec<FieldView>,
    /// Every case knows this verb.
    pub builtin: bool,
    /// What people call the stage it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// What is signed: the sign-off and whose signature, when it is a signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub about: Option<String>,
}

/// Every action of the engine the actor may take now.
pub fn list(world: &World, rules: &Rules, case: &Case, actor: &Actor) -> Vec<OfferView> {
    let offers = step::offers(world, case, actor).into_iter();
    offers.map(|offer| view(rules, case, offer)).collect()
}

fn view(rules: &Rules, case: &Case, offer: Offer) -> OfferView {
    let mut ask: Vec<FieldView> = offer
        .ask
        .iter()
        .filter_map(|a| {
            rules
                .field(&a.field)
                .map(|f| FieldView::asked(rules, f, a.required))
        })
        .collect();
    if let Some(builtin) = offer.builtin {
        let mut own = builtin_fields(builtin, case);
        own.append(&mut ask);
        ask = own;
    }
    OfferView {
        to: offer.to.and_then(|to| rules.stage(&to).map(|s| s.title.clone())),
        about: offer.about,
        name: offer.name,
        title: offer.title,
        main: offer.main,
        confirm: offer.confirm,
        ask,
        builtin: offer.builtin.is_some(),
    }
}

/// The fields of a built-in verb.
fn builtin_fields(builtin: Builtin, case: &Case) -> Vec<FieldView> {
    let person = || plain("to", "人员", FieldType::Person, true);
    let words = |title: &str, required| plain("note", title, FieldType::Text, required);
    match builtin {
        Builtin::Note => {
            vec![
                plain("words", "内容", FieldType::Text, true),
                plain("files", "附件", FieldType::Files, false),
            ]
        }
        Builtin::Remind => vec![plain("words", "客户怎么说", FieldType::Text, true)],
        Builtin::PassOn => {
            let mut ask = vec![person(), plain("reason", "转办原因", FieldType::Text, true)];
            if passing::tells(case) {
                let ways: Vec<&str> = passing::TOLD_BY.into_iter().chain([passing::NOT_TOLD]).collect();
                ask.push(choice("told", "是否已告知客户", &ways));
            }
            ask
        }
        Builtin::TellCustomer => vec![
            choice("how", "怎样告知", &passing::TOLD_BY),
            plain("words", "说了什么", FieldType::Text, false),
        ],
        Builtin::RefusePass => vec![plain("reason", "不接收的原因", FieldType::Text, true)],
        Builtin::Agree => vec![words("意见", false)],
        Builtin::Refuse => vec![words("不同意的理由", true)],
        Builtin::SendBack => vec![words("退回的理由", true)],
        Builtin::HandOver | Builtin::Delegate | Builtin::CopyTo => vec![person()],
        Builtin::AddSigner => vec![person(), words("说明", false)],
        Builtin::Withdraw => vec![words("说明", false)],
        Builtin::AcceptPass | Builtin::Urge | Builtin::Acknowledge => Vec::new(),
    }
}

/// A field that stands in no form of the manual.
pub fn plain(name: &str, title: &str, kind: FieldType, required: bool) -> FieldView {
    FieldView::plain(&field(name, title, kind, &[]), required)
}

fn choice(name: &str, title: &str, choices: &[&str]) -> FieldView {
    FieldView::plain(&field(name, title, FieldType::Choice, choices), true)
}

fn field(name: &str, title: &str, kind: FieldType, choices: &[&str]) -> Field {
    Field {
        name: name.to_owned(),
        title: title.to_owned(),
        kind,
        help: None,
        choices: choices.iter().map(|c| (*c).to_owned()).collect(),
        choices_from: None,
        record: None,
        columns: Vec::new(),
        checklist: None,
        min: None,
        max: None,
        unit: None,
        show: None,
        personal: false,
        inner: false,
        once: false,
        of: None,
        compute: None,
    }
}
