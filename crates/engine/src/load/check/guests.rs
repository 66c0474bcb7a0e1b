//! Guests: what they see exists, their ground can be told, and nobody agrees to what they cannot see.

use super::super::names::{bad_name, suggest};
use super::super::place::Place;
use super::head::each_once;
use super::kind::KindCheck;
use crate::def::{Effect, GuestDef, Link, Who};
use crate::expr::Type;
use crate::schema::Moment;
use std::collections::BTreeSet;

impl KindCheck<'_> {
    pub(super) fn guests(&mut self) {
        let kind = self.kind;
        let names = kind.guests.iter().map(|guest| guest.name.as_str());
        each_once(&mut self.pen, "guest", "外部人员", names, bad_name);
        for (i, guest) in kind.guests.iter().enumerate() {
            let place = Place::top().at("guest").at(i);
            self.guest(&place, guest);
        }
        for (place, effect) in self.effects() {
            match effect {
                Effect::GiveLink(link) => self.known_guest(&place.at("give-link"), link),
                Effect::TakeLink(link) => self.known_guest(&place.at("take-link"), link),
                _ => {}
            }
        }
    }

    fn guest(&mut self, place: &Place, guest: &GuestDef) {
        let title = &guest.title;
        for (i, field) in guest.sees.iter().enumerate() {
            self.known_field(&place.at("sees").at(i), &format!("给{title}看"), field);
        }
        self.known_clocks(&place.at("clocks"), &format!("给{title}看"), &guest.clocks);
        if let Some(field) = &guest.who {
            self.known_field(&place.at("who"), &format!("写明{title}是谁"), field);
        }
        if let Some(until) = &guest.until {
            self.expr(&place.at("until"), until, Type::Bool, Moment::Now);
        }
        let unread = guest
            .lasts
            .as_deref()
            .filter(|text| crate::calendar::offset(text).is_none_or(|ms| ms <= 0));
        if unread.is_some() {
            let sentence = format!("{title}的链接有效多久要写成 \"12h\"、\"30d\" 这样");
            self.pen.error(&place.at("lasts"), sentence);
        }
        let link: Link = guest.name.parse().unwrap_or(Link::Owner);
        let ground = guest.who.is_some() || guest.until.is_some() || guest.lasts.is_some();
        if ground && Link::BUILT_IN.contains(&link) {
            let sentence = format!("{title}不靠这个链接进来，who、until、lasts 用不上，请删去");
            self.pen.error(place, sentence);
        }
        let mut acts = self
            .kind
            .actions
            .iter()
            .filter(|action| action.by.contains(&Who::Link(link.clone())));
        if link != Link::Gate && guest.sees.is_empty() && acts.any(|action| action.confirm.is_some()) {
            let sentence =
                format!("{title}要确认的事，页面上却什么也看不到，请写 sees，列出要给对方看的字段");
            self.pen.warn(place, sentence);
        }
    }

    /// What people call whoever holds the link.
    pub(super) fn link_title<'s>(&'s self, link: &'s Link) -> &'s str {
        let named = self.kind.guests.iter().find(|guest| guest.name == link.name());
        named.map_or_else(|| link.title(), |guest| &guest.title)
    }

    /// A guest who is spoken of is named in the file.
    pub(super) fn known_guest(&mut self, place: &Place, link: &Link) {
        let Link::Guest(name) = link else { return };
        if self.kind.guests.iter().any(|guest| guest.name == *name) {
            return;
        }
        let built_in = Link::BUILT_IN.iter().map(Link::name);
        let all: BTreeSet<&str> = built_in
            .chain(self.kind.guests.iter().map(|guest| guest.name.as_str()))
            .collect();
        let known = suggest(name, all);
        let sentence = format!("外部人员“{name}”没有写明是谁，请在本文件写 [guest] {name} = \"称呼\"{known}");
        self.pen.error(place, sentence);
    }
}
