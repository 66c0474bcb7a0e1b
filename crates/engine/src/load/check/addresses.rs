//! Addresses: whom they name exists, and is found from what is known before the action is decided.

use super::super::names::suggest;
use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{AddressDef, Effect, Kind, Link, Who};
use crate::expr::Type;
use crate::schema::Moment;
use std::collections::BTreeMap;

/// Heads of paths that expressions know already.
const TAKEN: [&str; 11] = [
    "case", "home", "customer", "run", "contact", "now", "today", "parent", "approved", "before", "me",
];

impl KindCheck<'_> {
    /// The passing rule of a paper that is shown at the gate.
    pub(super) fn pass(&mut self) {
        let Some(pass) = &self.kind.pass else {
            let at_gate = |who: &Who| *who == Who::Link(Link::Gate);
            let shown = self.kind.actions.iter().any(|a| a.by.iter().any(at_gate));
            if shown {
                let sentence =
                    "门岗要查验它，却没有写什么时候可以放行，请加一段 [pass]，写上 when 和 otherwise";
                self.pen.warn(&Place::top(), sentence);
            }
            return;
        };
        let place = Place::top().at("pass").at("when");
        self.expr(&place, &pass.when, Type::Bool, Moment::Now);
    }

    pub(super) fn addresses(&mut self) {
        for (i, address) in self.kind.addresses.iter().enumerate() {
            let place = Place::top().at("address").at(i);
            // A field that names a record is verified where it is written.
            if address.of_field(self.kind) {
                self.expr(&place, &address.on, Type::Text, Moment::Now);
                continue;
            }
            self.address_name(&place, i, address);
            let by_me = |expr: &crate::expr::Expr| expr.names().contains("me");
            if self
                .expr(&place.at("on"), &address.on, Type::Text, Moment::Now)
                .is_some_and(by_me)
            {
                let sentence = "地址不能按正在办的人（me）去找：换一个人看，就找到别处去了；请写 case.creator 或一个字段";
                self.pen.error(&place.at("on"), sentence);
            }
            self.addressed_kind(&place, address);
            let acts = self
                .effects()
                .iter()
                .any(|(_, e)| matches!(e, Effect::Act { at, .. } if *at == address.name));
            let read = format!("{}.", address.name);
            if !acts && !self.texts().any(|text| text.contains(&read)) {
                let sentence = format!(
                    "地址“{}”从没用到：请在条件里写 {}stage 一类，或在动作里写 act，或删去它",
                    address.title, read
                );
                self.pen.error(&place, sentence);
            }
        }
    }

    fn address_name(&mut self, place: &Place, nth: usize, address: &AddressDef) {
        let name = address.name.as_str();
        let well = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let twice = self.kind.addresses[..nth].iter().any(|a| a.name == name);
        if !well || twice || TAKEN.contains(&name) || self.field(name).is_some() {
            let sentence = format!(
                "地址名“{name}”不能用：只用小写字母、数字和 _，不与字段、别的地址、{} 重名",
                TAKEN.join("、")
            );
            self.pen.error(&place.at("name"), sentence);
        }
    }

    fn addressed_kind(&mut self, place: &Place, address: &AddressDef) {
        let draft = self.draft;
        let Some(other) = draft.kinds.get(&address.kind).map(|k| &k.def) else {
            if !draft.kind_names.contains(&address.kind) {
                let known = suggest(&address.kind, draft.kind_names.iter().map(String::as_str));
                let sentence = format!("事项类型“{}”不存在{known}", address.kind);
                self.pen.error(&place.at("kind"), sentence);
            }
            return;
        };
        let claim = other.claims.iter().find(|c| c.name == address.holder);
        if claim.is_some_and(|c| !c.names_one()) {
            let sentence = format!(
                "“{}”的占用“{}”有几个部分或有时段，按它找不到唯一的一件，请换一个占用",
                other.title, address.holder
            );
            self.pen.error(&place.at("holder"), sentence);
        }
        if claim.is_none() {
            let known = suggest(&address.holder, other.claims.iter().map(|c| c.name.as_str()));
            let sentence = format!("“{}”没有占用“{}”{known}", other.title, address.holder);
            self.pen.error(&place.at("holder"), sentence);
        }
    }

    /// What an effect asks of an addressed case: the address and the action exist, what it fills fits.
    pub(super) fn asks_elsewhere(
        &mut self,
        place: &Place,
        at: &str,
        acts: (&str, Option<&str>),
        set: &BTreeMap<String, String>,
    ) {
        let addresses = &self.kind.addresses;
        let Some(address) = addresses.iter().find(|a| a.name == at) else {
            let known = suggest(at, addresses.iter().map(|a| a.name.as_str()));
            let sentence = format!("地址“{at}”没有声明，请加一段 [[address]]{known}");
            self.pen.error(&place.at("at"), sentence);
            return;
        };
        let draft = self.draft;
        let Some(other) = draft.kinds.get(&address.kind).map(|k| &k.def) else {
            return;
        };
        self.does(&place.at("act"), "", other, acts.0);
        if let Some(or) = acts.1 {
            self.does(&place.at("or"), "", other, or);
        }
        for (name, text) in set {
            self.set_there(&place.at("set").at(name.as_str()), other, name, text);
        }
    }

    /// Another kind, `role` to this one, has the action, and lets the system do it.
    pub(super) fn does(&mut self, place: &Place, role: &str, other: &Kind, act: &str) {
        let Some(action) = other.actions.iter().find(|a| a.name == act) else {
            let known = suggest(act, other.actions.iter().map(|a| a.name.as_str()));
            self.pen
                .error(place, format!("{role}“{}”没有动作“{act}”{known}", other.title));
            return;
        };
        if !action.by.contains(&Who::System) {
            let sentence = format!(
                "{role}“{}”的动作“{}”不由 system 办，请在它的 by 里加上 \"system\"",
                other.title, action.title
            );
            self.pen.error(place, sentence);
        }
    }

    /// An action that fills what an address is found by: it is found before that is decided.
    pub(super) fn moves_address(&mut self, place: &Place, effects: &[Effect]) {
        let filled = || {
            effects.iter().map(Effect::inner).filter_map(|e| match e {
                Effect::Set(fields) => Some(fields.keys()),
                _ => None,
            })
        };
        for effect in effects {
            let Effect::Act { at, .. } = effect.inner() else {
                continue;
            };
            let Some(address) = self.kind.addresses.iter().find(|a| a.name == *at) else {
                continue;
            };
            if filled().flatten().any(|field| mentions(&address.on, field)) {
                let sentence = format!(
                    "地址“{}”要在办理之前找到，而它要看的字段由同一个动作填写；请改为由人填写（ask），或分成两步",
                    address.title
                );
                self.pen.error(place, sentence);
            }
        }
    }
}

/// Whether the expression names the field.
fn mentions(text: &str, field: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .any(|word| word == field)
}
