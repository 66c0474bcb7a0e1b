//! Recurrences that hang on no case: what they open exists, and their expressions read what is known of the anchor.

use super::super::layout::Draft;
use super::super::names::{bad_name, suggest};
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use super::super::recurrence::RecurrenceRules;
use super::common::check_sources;
use super::head::each_once;
use super::rhythm::rhythm;
use super::who::known_post;
use crate::def::{Area, Each, FieldType, RecurrenceDef, Who};
use crate::expr::{Expr, Type};
use crate::schema::{Names, type_of};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Verifies and compiles every recurrence of every pack.
pub(in crate::load) fn check_recurrences(draft: &Draft, problems: &mut Vec<Problem>) -> Vec<RecurrenceRules> {
    let mut compiled = Vec::new();
    for (pack, filed) in &draft.recurrences {
        let mut pen = Pen::new(&draft.sources[filed.path]);
        let names = filed.def.iter().map(|r| r.name.as_str());
        each_once(&mut pen, "recurrence", "周期事项", names, bad_name);
        let mut check = RecurrenceCheck {
            draft,
            pen,
            exprs: HashMap::new(),
        };
        for (i, def) in filed.def.iter().enumerate() {
            check.recurrence(&Place::top().at("recurrence").at(i), def);
            compiled.push(RecurrenceRules {
                def: def.clone(),
                pack: pack.clone(),
                exprs: std::mem::take(&mut check.exprs),
            });
        }
        problems.extend(check.pen.problems);
    }
    compiled
}

struct RecurrenceCheck<'a> {
    draft: &'a Draft<'a>,
    pen: Pen<'a>,
    exprs: HashMap<String, Expr>,
}

impl RecurrenceCheck<'_> {
    fn recurrence(&mut self, place: &Place, def: &RecurrenceDef) {
        let what = format!("周期事项“{}”", def.title);
        check_sources(self.draft, &mut self.pen, &place.at("source"), &def.source);
        let names = Names::of_anchor(def.each);
        let (every, at) = (&def.every, &def.at);
        rhythm(
            self.draft,
            &mut self.pen,
            place,
            &what,
            every,
            at,
            def.calendar.as_ref(),
        );
        for (i, row) in every.iter().enumerate() {
            if let Some(when) = &row.when {
                self.expr(&place.at("every").at(i).at("when"), when, &names, Type::Bool);
            }
        }
        if let Some(text) = &def.r#where {
            self.expr(&place.at("where"), text, &names, Type::Bool);
        }
        self.day(&place.at("start"), &def.start, &names);
        if let Some(until) = &def.until {
            self.day(&place.at("until"), until, &names);
        }
        match (&def.open, &def.report) {
            (Some(open), None) => self.opens(place, &what, (def, open), &names),
            (None, Some(report)) => self.sends(place, &what, (def, report)),
            _ => {
                let sentence = format!("{what}要么开事项（open），要么送报表（report），请写其中一个");
                self.pen.error(place, sentence);
            }
        }
        if def.report.is_none() && !def.to.is_empty() {
            let sentence = format!("{what}不送报表，用不上 to，请删去");
            self.pen.error(&place.at("to"), sentence);
        }
    }

    /// Whoever gets a report can read it.
    fn sends(&mut self, place: &Place, what: &str, (def, name): (&RecurrenceDef, &str)) {
        let mut reports = self.draft.reports.values().flat_map(|filed| &filed.def);
        if !reports.clone().any(|report| report.name == name) {
            let known = suggest(name, reports.by_ref().map(|report| report.name.as_str()));
            let sentence = format!("{what}要送的报表“{name}”不存在{known}");
            self.pen.error(&place.at("report"), sentence);
        }
        if matches!(def.each, Each::Home | Each::Staff) {
            let sentence =
                format!("{what}送的报表按公司或每个项目，请写 each = \"company\" 或 each = \"site\"");
            self.pen.error(&place.at("each"), sentence);
        }
        if !def.set.is_empty() {
            let sentence = format!("{what}送报表，用不上 set，请删去");
            self.pen.error(&place.at("set"), sentence);
        }
        if def.to.is_empty() {
            let sentence = format!("{what}没有写送给谁，请写 to = \"岗位\"");
            self.pen.error(&place.at("to"), sentence);
        }
        for (i, who) in def.to.iter().enumerate() {
            let here = place.at("to").at(i);
            let Who::Post(post) = who else {
                self.pen
                    .error(&here, format!("{what}只能送给岗位，请写岗位的名称"));
                continue;
            };
            known_post(self.draft, &mut self.pen, &here, post);
            let posts = self.draft.posts.iter().flat_map(|filed| &filed.def);
            let blind = posts
                .clone()
                .find(|p| p.name == *post && !p.may.contains(&Area::Measure));
            if let Some(post) = blind {
                let sentence = format!(
                    "“{}”看不了报表，送去也打不开，请换一个岗位，或给它 measure",
                    post.title
                );
                self.pen.error(&here, sentence);
            }
        }
    }

    /// A day as written, or an expression that gives one.
    fn day(&mut self, place: &Place, text: &str, names: &Names) {
        if text.parse::<NaiveDate>().is_err() {
            self.expr(place, text, names, Type::Date);
        }
    }

    fn opens(&mut self, place: &Place, what: &str, (def, open): (&RecurrenceDef, &str), names: &Names) {
        let here = place.at("open");
        let Some(kind) = self.draft.kinds.get(open).map(|k| &k.def) else {
            if !self.draft.kind_names.contains(open) {
                let known = suggest(open, self.draft.kind_names.iter().map(String::as_str));
                let sentence = format!("{what}要开的事项类型“{open}”不存在{known}");
                self.pen.error(&here, sentence);
            }
            return;
        };
        if !kind.open.by.contains(&Who::System) {
            let sentence = format!(
                "“{}”不能由系统开出：请在 {}.toml 的 open.by 里加上 \"system\"",
                kind.title, kind.name
            );
            self.pen.error(&here, sentence);
        }
        if kind.open.home && def.each != Each::Home {
            let sentence = format!(
                "“{}”登记时要有房屋，按{}周期开不出来，请写 each = \"home\"",
                kind.title,
                def.each.title()
            );
            self.pen.error(&place.at("each"), sentence);
        }
        if kind.open.customer {
            let sentence = format!("“{}”登记时要有客户，周期里没有，请换一类", kind.title);
            self.pen.error(&here, sentence);
        }
        for (name, text) in &def.set {
            let here = place.at("set").at(name.as_str());
            let Some(field) = kind.fields.iter().find(|f| f.name == *name) else {
                let known = suggest(name, kind.fields.iter().map(|f| f.name.as_str()));
                self.pen
                    .error(&here, format!("“{}”没有字段“{name}”{known}", kind.title));
                continue;
            };
            let wanted = type_of(field).filter(|ty| !matches!(ty, Type::List | Type::Rows));
            match wanted.filter(|_| field.kind != FieldType::Computed) {
                Some(want) => self.expr(&here, text, names, want),
                None => {
                    let sentence = format!("字段“{}”不能由周期填写，请删去", field.title);
                    self.pen.error(&here, sentence);
                }
            }
        }
    }

    fn expr(&mut self, place: &Place, text: &str, names: &Names, want: Type) {
        match Expr::compile(text, names, want) {
            Ok(expr) => drop(self.exprs.insert(text.to_owned(), expr)),
            Err(problems) => {
                for problem in problems {
                    self.pen
                        .error_inside(place, text, problem.offset, problem.sentence);
                }
            }
        }
    }
}
