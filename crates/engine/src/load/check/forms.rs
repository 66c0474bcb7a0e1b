//! What is asked: at the beginning, by actions, by signatures.

use super::super::place::Place;
use super::calls::effects_of;
use super::kind::KindCheck;
use crate::def::{Ask, Effect, FieldType, Link, Who};
use std::collections::BTreeSet;

impl KindCheck<'_> {
    pub(super) fn asks(&mut self, place: &Place, what: &str, asks: &[Ask]) {
        let mut seen = BTreeSet::new();
        for (i, ask) in asks.iter().enumerate() {
            let here = place.at(i);
            let Some(field) = self.known_field(&here, &format!("{what}要填"), &ask.field) else {
                continue;
            };
            if field.kind == FieldType::Computed {
                self.pen.error(
                    &here,
                    format!(
                        "字段“{}”是算出来的，不能要人填，请从{what}的 ask 里去掉",
                        field.title
                    ),
                );
            }
            if !seen.insert(&ask.field) {
                self.pen.error(
                    &here,
                    format!("{what}的 ask 里“{}”写了两次，请删去一个", ask.field),
                );
            }
        }
    }

    /// A condition, and the words when it refuses.
    pub(super) fn condition(
        &mut self,
        place: &Place,
        what: &str,
        when: Option<&String>,
        otherwise: Option<&String>,
    ) {
        self.guard(&place.at("when"), when);
        match (when, otherwise) {
            (None, Some(_)) => {
                self.pen.error(
                    &place.at("otherwise"),
                    format!("{what}没有条件 when，otherwise 用不上，请删去或补上条件"),
                );
            }
            (Some(_), None) => {
                let sentence = format!("{what}有条件却没有说明，请写 otherwise，告诉经办人为什么不能办");
                self.pen.warn(&place.at("when"), sentence);
            }
            _ => {}
        }
    }

    pub(super) fn opening(&mut self) {
        let kind = self.kind;
        let (open, place) = (&kind.open, Place::top().at("open"));
        if open.by.is_empty() {
            self.pen.error(
                &place.at("by"),
                "登记没有人能办，请在 open.by 里写上岗位，或 system（由上级事项、计划开出）",
            );
        }
        self.whos(&place.at("by"), &open.by);
        for (i, who) in open.by.iter().enumerate() {
            let sentence = match who {
                Who::Relation(_) | Who::Field(_) => {
                    format!("登记时还没有“{who}”，请写岗位、staff、link:owner 或 system")
                }
                Who::Link(link) if *link != Link::Owner => {
                    format!(
                        "{}的链接要登记之后才有，不能由其登记，请写岗位",
                        self.link_title(link)
                    )
                }
                _ => continue,
            };
            self.pen.error(&place.at("by").at(i), sentence);
        }
        if let Some(stage) = &open.stage {
            self.known_stage(&place.at("stage"), "登记后进入", stage);
        }
        self.asks(&place.at("ask"), "登记", &open.ask);
        self.condition(&place, "登记", open.when.as_ref(), open.otherwise.as_ref());
        self.checks(&place, "登记", &open.ask, &open.check);
        self.known_clocks(&place.at("starts"), "登记启动", &open.starts);
        if open.by.iter().all(|who| *who == Who::System) && !open.by.is_empty() {
            self.opened_by_somebody(&place);
        }
        self.do_effects(&place.at("do"), &open.effects);
    }

    /// A kind that only the system opens needs a parent whose action or plan opens it.
    fn opened_by_somebody(&mut self, place: &Place) {
        if self.draft.kind_names.len() != self.draft.kinds.len() {
            return;
        }
        let opened = self.draft.parents_of(&self.kind.name).any(|parent| {
            parent.plans.iter().any(|p| p.child == self.kind.name)
                || effects_of(parent).any(|e| matches!(e, Effect::Open(open) if open.child == self.kind.name))
        });
        if !opened && self.draft.recurring(&self.kind.name).next().is_none() {
            let sentence = "只有 system 能登记，却没有上级事项的动作（open）、计划或周期事项（recurrences.toml）开出它，请补上，或写上能登记的岗位";
            self.pen.error(&place.at("by"), sentence);
        }
    }
}
