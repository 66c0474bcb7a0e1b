//! People named in the manual: posts that exist, fields that hold staff.

use super::super::layout::Draft;
use super::super::names::suggest;
use super::super::place::{Pen, Place};
use super::kind::KindCheck;
use crate::def::{Effect, Field, FieldType, Link, Who};

/// Marks a post that is not there; without a readable `posts.toml` nothing is said.
pub(super) fn known_post(draft: &Draft, pen: &mut Pen, place: &Place, name: &str) {
    let Some(posts) = &draft.posts else { return };
    if !posts.def.iter().any(|p| p.name == name) {
        let known = suggest(name, posts.def.iter().map(|p| p.name.as_str()));
        pen.error(place, format!("岗位“{name}”不存在{known}"));
    }
}

/// Whether the field holds a member of staff.
pub(super) fn holds_person(field: &Field) -> bool {
    field.kind == FieldType::Person || field.of == Some(FieldType::Person)
}

impl KindCheck<'_> {
    /// Posts and fields that are named exist.
    pub(super) fn whos(&mut self, place: &Place, whos: &[Who]) {
        for (i, who) in whos.iter().enumerate() {
            let here = place.at(i);
            match who {
                Who::Post(post) | Who::Duty(post) => known_post(self.draft, &mut self.pen, &here, post),
                Who::Field(name) => self.person_field(&here, name),
                Who::Link(link) => self.known_guest(&here, link),
                _ => {}
            }
            if whos[..i].contains(who) {
                self.pen.error(&here, format!("“{who}”写了两次，请删去一个"));
            }
        }
    }

    pub(super) fn person_field(&mut self, place: &Place, name: &str) {
        if let Some(field) = self.known_field(place, "指人", name).filter(|f| !holds_person(f)) {
            let sentence = format!("字段“{}”不是人员，只有类型为 person 的字段才能指人", field.title);
            self.pen.error(place, sentence);
        }
    }

    /// Who is told: people, not the system; and not everybody.
    pub(super) fn told(&mut self, place: &Place, whos: &[Who]) {
        self.whos(place, whos);
        for (i, who) in whos.iter().enumerate() {
            match who {
                Who::System => self
                    .pen
                    .error(&place.at(i), "不能通知 system，请写岗位、关系、字段或链接"),
                Who::Staff => self
                    .pen
                    .error(&place.at(i), "不能通知所有员工，请写岗位、关系或字段"),
                Who::Link(link) => self.link_given(&place.at(i), link),
                _ => {}
            }
        }
    }

    /// Contractors and guards hold a link only if one was handed out; owners have their own page.
    pub(super) fn link_given(&mut self, place: &Place, link: &Link) {
        let given = self
            .effects()
            .iter()
            .any(|(_, effect)| matches!(effect, Effect::GiveLink(given) if given == link));
        if *link != Link::Owner && !given {
            let sentence = format!(
                "没有动作给{}发链接，请在前面的动作里写 do = [ {{ give-link = \"{}\" }} ]",
                self.link_title(link),
                link.name()
            );
            self.pen.error(place, sentence);
        }
    }
}
