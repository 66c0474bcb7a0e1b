//! Claims: used, of known parts, for good or for an interval but not both under one name.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{ClaimDef, Effect};
use crate::expr::Type;
use crate::schema::{Moment, Names};

impl KindCheck<'_> {
    pub(super) fn claims(&mut self) {
        for (i, claim) in self.kind.claims.iter().enumerate() {
            let place = Place::top().at("claim").at(i);
            if claim.on.is_empty() {
                self.pen.error(
                    &place.at("on"),
                    format!(
                        "占用“{}”没有写占用什么，请写 on = \"case.home\" 或字段名",
                        claim.name
                    ),
                );
            }
            for (part, text) in claim.on.iter().enumerate() {
                let on = place.at("on");
                let here = if claim.on.len() > 1 { on.at(part) } else { on };
                self.one_type(&here, text, &[Type::Text, Type::Date, Type::Num]);
            }
            self.interval(&place, claim);
            let used = self
                .effects()
                .iter()
                .any(|(_, e)| matches!(e, Effect::Claim(name) if *name == claim.name));
            if !used {
                let sentence = format!(
                    "占用“{}”从没用到，请在动作里写 do = [ {{ claim = \"{}\" }} ]，或删去它",
                    claim.name, claim.name
                );
                self.pen.error(&place, sentence);
            }
        }
    }

    fn interval(&mut self, place: &Place, claim: &ClaimDef) {
        for (key, edge) in [("from", &claim.from), ("to", &claim.to)] {
            match edge {
                Some(text) => self.one_type(&place.at(key), text, &[Type::Time, Type::Date]),
                None if claim.from.is_some() || claim.to.is_some() => {
                    let sentence = format!("占用“{}”的时段缺少 {key}，from 和 to 要一起写", claim.name);
                    self.pen.error(place, sentence);
                }
                None => {}
            }
        }
        let draft = self.draft;
        let differs = |other: &&ClaimDef| {
            other.name == claim.name
                && (other.from.is_some() != claim.from.is_some() || other.on.len() != claim.on.len())
        };
        let others = draft.kinds.values().filter(|k| k.def.name != self.kind.name);
        let other = others
            .filter_map(|k| Some((&k.def.title, k.def.claims.iter().find(differs)?)))
            .next();
        if let Some((title, _)) = other {
            let sentence = format!(
                "占用“{}”在“{title}”里写法不同（几个部分、有没有时段），互相挡不住，请写成一样，或换一个名称",
                claim.name
            );
            self.pen.error(&place.at("name"), sentence);
        }
    }

    /// Compiles an expression that may be of any of these types: a bare name tells which, else it is the first.
    pub(super) fn one_type(&mut self, place: &Place, text: &str, wants: &[Type]) {
        let names = Names::of_kind(self.kind, Moment::Now, self.draft);
        let own = names.type_of(text).filter(|ty| wants.contains(ty));
        if let Some(want) = own.or(wants.first().copied()) {
            self.expr(place, text, want, Moment::Now);
        }
    }
}
