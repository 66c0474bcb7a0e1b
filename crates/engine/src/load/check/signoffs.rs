//! Sign-offs: they open, end, and every amount finds its signers.

use super::super::names::bad_name;
use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Band, Field, FieldType, Need, Round, Signoff, Who};
use std::collections::BTreeSet;

/// Names that `agree` keeps for itself, beside the fields a slot asks.
const OWN_WORDS: [&str; 2] = ["slot", "note"];

impl KindCheck<'_> {
    pub(super) fn signoffs(&mut self) {
        for (i, signoff) in self.kind.signoffs.iter().enumerate() {
            let place = Place::top().at("signoff").at(i);
            let what = format!("签批“{}”", signoff.title);
            if self
                .known_stage(&place.at("stage"), &format!("{what}所在"), &signoff.stage)
                .is_some_and(|s| s.ends)
            {
                self.pen
                    .error(&place.at("stage"), format!("{what}不能在结束阶段，请换一个阶段"));
            }
            if let Some(other) = self.kind.signoffs[..i].iter().find(|s| s.stage == signoff.stage) {
                let sentence = format!(
                    "{what}和“{}”在同一个阶段，一个阶段只能有一组签批，请分到两个阶段",
                    other.title
                );
                self.pen.error(&place.at("stage"), sentence);
            }
            let ends = [
                ("done", Some(&signoff.done)),
                ("refused", Some(&signoff.refused)),
                ("withdrawn", signoff.withdrawn.as_ref()),
            ];
            for (key, name) in ends {
                if let Some(name) = name {
                    self.outcome(&place.at(key), &what, signoff, name);
                }
            }
            for (f, name) in signoff.of.iter().enumerate() {
                self.known_field(&place.at("of").at(f), &format!("{what}所批"), name);
            }
            self.ways(&place, &what, signoff);
            self.asker(&place, &what, signoff);
            self.whos(&place.at("not"), &signoff.not);
        }
    }

    /// In a small company the asker may be the only one who could sign: then they must be able to take it back.
    fn asker(&mut self, place: &Place, what: &str, signoff: &Signoff) {
        if !signoff.own_request && signoff.withdrawn.is_none() {
            let sentence = format!(
                "{what}没有写 withdrawn：申请的人自己不能签，别人又不在时撤不回来，请写撤回之后的动作"
            );
            self.pen.warn(place, sentence);
        }
    }

    /// What follows from a sign-off is done by the system, from its stage.
    fn outcome(&mut self, place: &Place, what: &str, signoff: &Signoff, name: &str) {
        let Some(action) = self.known_action(place, &format!("{what}之后"), name) else {
            return;
        };
        if !action.by.contains(&Who::System) {
            let sentence = format!(
                "{what}之后的动作“{}”不由 system 办，请把它的 by 写成 [\"system\"]",
                action.title
            );
            self.pen.error(place, sentence);
        } else if !self.is_from(action, &signoff.stage) {
            let sentence = format!(
                "{what}之后的动作“{}”在阶段“{}”办不了，请在它的 from 里加上这个阶段",
                action.title, signoff.stage
            );
            self.pen.error(place, sentence);
        } else if action.to.as_ref().is_none_or(|to| *to == signoff.stage) {
            let sentence = format!(
                "{what}之后的动作“{}”没有离开阶段“{}”，请写 to",
                action.title, signoff.stage
            );
            self.pen.error(place, sentence);
        }
    }

    /// Fixed rounds, or bands of an amount.
    fn ways(&mut self, place: &Place, what: &str, signoff: &Signoff) {
        match (signoff.rounds.is_empty(), signoff.bands.is_empty()) {
            (true, true) => self.pen.error(
                place,
                format!("{what}没有人签，请写 [[signoff.round]] 或 [[signoff.band]]"),
            ),
            (false, false) => {
                self.pen.error(
                    &place.at("round"),
                    format!("{what}既有固定环节又有金额档，请只留一种"),
                );
            }
            _ => {}
        }
        self.check_rounds(&place.at("round"), what, &signoff.rounds);
        for (i, band) in signoff.bands.iter().enumerate() {
            let here = place.at("band").at(i);
            if band.rounds.is_empty() {
                self.pen
                    .error(&here, format!("{what}的这一档没有人签，请写 round"));
            }
            self.check_rounds(&here.at("round"), what, &band.rounds);
        }
        if signoff.bands.is_empty() {
            for (key, name) in [("amount", &signoff.amount), ("select", &signoff.select)] {
                if name.is_some() {
                    self.pen.error(
                        &place.at(key),
                        format!("{what}没有金额档，{key} 用不上，请删去或补上 [[signoff.band]]"),
                    );
                }
            }
            return;
        }
        self.amount(place, what, signoff);
        self.matrices(place, what, signoff);
    }

    fn amount(&mut self, place: &Place, what: &str, signoff: &Signoff) {
        let Some(name) = &signoff.amount else {
            self.pen
                .error(place, format!("{what}按金额分档，却没有写 amount = \"金额字段\""));
            return;
        };
        let field = self.known_field(&place.at("amount"), &format!("{what}的金额"), name);
        let money = |f: &&Field| f.kind == FieldType::Money || f.of == Some(FieldType::Money);
        if let Some(field) = field.filter(|f| !money(f)) {
            self.pen.error(
                &place.at("amount"),
                format!("字段“{}”不是金额（money），不能分档", field.title),
            );
        }
    }

    /// One matrix without `select`; with it, one for every choice.
    fn matrices(&mut self, place: &Place, what: &str, signoff: &Signoff) {
        let numbered = || signoff.bands.iter().enumerate();
        let Some(select) = &signoff.select else {
            for (i, _) in numbered().filter(|(_, b)| b.of.is_some()) {
                let sentence = format!(
                    "{what}没有写 select，这一档的 of 用不上，请删去 of 或写上 select = \"选项字段\""
                );
                self.pen.error(&place.at("band").at(i).at("of"), sentence);
            }
            self.matrix(place, what, &numbered().collect::<Vec<_>>());
            return;
        };
        let Some(field) = self.known_field(&place.at("select"), &format!("{what}分档"), select) else {
            return;
        };
        let choices = crate::schema::choices_of(field, self.draft);
        if choices.is_empty() || field.kind == FieldType::Choices {
            self.pen.error(
                &place.at("select"),
                format!("字段“{}”不是单选，不能用来选审批矩阵", field.title),
            );
            return;
        }
        for (i, band) in numbered() {
            let here = place.at("band").at(i);
            match &band.of {
                None => self.pen.error(
                    &here,
                    format!("{what}的这一档没有写 of，不知道是“{}”的哪一种", field.title),
                ),
                Some(of) if !choices.contains(of) => {
                    let known = super::super::names::suggest(of, choices.iter().map(String::as_str));
                    self.pen.error(
                        &here.at("of"),
                        format!("“{}”没有“{of}”这一项{known}", field.title),
                    );
                }
                Some(_) => {}
            }
        }
        for choice in &choices {
            let rows: Vec<_> = numbered()
                .filter(|(_, b)| b.of.as_ref() == Some(choice))
                .collect();
            if rows.is_empty() {
                let sentence =
                    format!("{what}没有“{choice}”的金额档，请补上 of = \"{choice}\" 的 [[signoff.band]]");
                self.pen.error(&place.at("select"), sentence);
            } else {
                self.matrix(place, &format!("{what}（{choice}）"), &rows);
            }
        }
    }

    /// From zero without an upper end, without holes, without overlaps.
    fn matrix(&mut self, place: &Place, what: &str, bands: &[(usize, &Band)]) {
        let mut rows = bands.to_vec();
        rows.sort_by_key(|(_, band)| (band.over, band.up_to.unwrap_or(u32::MAX)));
        let mut reached = Some(0);
        for (i, band) in &rows {
            let here = place.at("band").at(*i);
            if band.up_to.is_some_and(|up_to| up_to <= band.over) {
                self.pen.error(
                    &here.at("up_to"),
                    format!("{what}的这一档上限不大于下限，请核对 over 和 up_to"),
                );
            }
            match reached {
                Some(end) if band.over > end => {
                    let sentence = format!("{what}在 {end} 元到 {} 元之间没有人批，请补上这一档", band.over);
                    self.pen.error(&here.at("over"), sentence);
                }
                Some(end) if band.over < end => {
                    let sentence = format!(
                        "{what}的这一档和上一档重叠：上一档到 {end} 元，这一档从 {} 元起",
                        band.over
                    );
                    self.pen.error(&here.at("over"), sentence);
                }
                None => self.pen.error(
                    &here.at("over"),
                    format!("{what}的这一档和没有上限的一档重叠，请给那一档写 up_to"),
                ),
                Some(_) => {}
            }
            reached = reached.and(band.up_to);
        }
        if let (Some(end), Some((i, _))) = (reached, rows.last()) {
            let sentence = format!("{what}超过 {end} 元没有人批，请把最后一档的 up_to 去掉，或再加一档");
            self.pen.error(&place.at("band").at(*i).at("up_to"), sentence);
        }
    }

    fn check_rounds(&mut self, place: &Place, what: &str, rounds: &[Round]) {
        for (i, round) in rounds.iter().enumerate() {
            let here = place.at(i);
            let what = format!("{what}的“{}”", round.title);
            self.guard(&here.at("when"), round.when.as_ref());
            if let Some(clock) = &round.clock {
                self.known_clocks(&here, &what, std::slice::from_ref(clock));
            }
            if round.slots.is_empty() {
                self.pen.error(&here, format!("{what}没有签名位，请写 slot"));
            }
            if let Need::AtLeast(n) = round.need
                && !(1..=round.slots.len()).contains(&usize::from(n))
            {
                let sentence = format!(
                    "{what}要 {n} 人同意，但有 {} 个签名位，请核对 need",
                    round.slots.len()
                );
                self.pen.error(&here.at("need"), sentence);
            }
            self.slots(&here.at("slot"), &what, round);
        }
    }

    fn slots(&mut self, place: &Place, what: &str, round: &Round) {
        let mut seen = BTreeSet::new();
        for (i, slot) in round.slots.iter().enumerate() {
            let here = place.at(i);
            if let Some(sentence) = bad_name(&slot.name) {
                self.pen.error(&here.at("name"), sentence);
            }
            if !seen.insert(&slot.name) {
                self.pen.error(
                    &here.at("name"),
                    format!("{what}里签名位“{}”写了两次，请改名", slot.name),
                );
            }
            if slot.who.is_empty() || slot.who.contains(&Who::System) {
                self.pen.error(
                    &here.at("who"),
                    format!("{what}的“{}”要由人来签，请写岗位、关系或字段", slot.title),
                );
            }
            self.whos(&here.at("who"), &slot.who);
            self.asks(&here.at("ask"), what, &slot.ask);
            for (a, ask) in slot
                .ask
                .iter()
                .enumerate()
                .filter(|(_, a)| OWN_WORDS.contains(&a.field.as_str()))
            {
                let sentence = format!(
                    "签名位不能问字段“{}”，签批自己要用这个词，请给字段换个名称",
                    ask.field
                );
                self.pen.error(&here.at("ask").at(a), sentence);
            }
        }
    }
}
