//! Clauses: what they count exists, and their expressions hold for every kind they name.

use super::super::clause::{ClauseOf, ClauseRules, Threshold};
use super::super::layout::Draft;
use super::super::names::{bad_source, suggest};
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use super::common::check_sources;
use crate::def::{Clause, Figure, Kind, MeasureOf};
use crate::expr::{Expr, Type};
use crate::load::clause::AnchorClause;
use crate::schema::{Moment, Names};
use std::collections::BTreeSet;

/// Verifies and compiles every clause of every pack.
pub(in crate::load) fn check_clauses(draft: &Draft, problems: &mut Vec<Problem>) -> Vec<ClauseRules> {
    let mut compiled = Vec::new();
    let mut ids = BTreeSet::new();
    for (pack, filed) in &draft.clauses {
        let mut check = ClauseCheck {
            draft,
            pen: Pen::new(&draft.sources[filed.path]),
        };
        for (i, clause) in filed.def.iter().enumerate() {
            let place = Place::top().at("clause").at(i);
            if !ids.insert(&clause.id) {
                check.pen.error(
                    &place.at("id"),
                    format!("条款号“{}”写了两次，请换一个号", clause.id),
                );
            }
            compiled.extend(check.clause(&place, pack, clause));
        }
        problems.extend(check.pen.problems);
    }
    compiled
}

struct ClauseCheck<'a> {
    draft: &'a Draft<'a>,
    pen: Pen<'a>,
}

impl<'a> ClauseCheck<'a> {
    fn clause(&mut self, place: &Place, pack: &str, clause: &Clause) -> Option<ClauseRules> {
        if bad_source(&clause.id).is_some() {
            self.pen.error(
                &place.at("id"),
                format!("条款号“{}”写法不对，应像 C-07", clause.id),
            );
        }
        check_sources(self.draft, &mut self.pen, &place.at("source"), &clause.source);
        let threshold = self.threshold(&place.at("threshold"), clause);
        self.figure(place, clause);
        let mut per = Vec::new();
        for (kind, names) in self.measured(&place.at("of"), &clause.of) {
            per.extend(self.compile(place, clause, kind, &names));
        }
        Some(ClauseRules {
            def: clause.clone(),
            pack: pack.to_owned(),
            threshold: threshold?,
            per,
            anchors: self.anchors(place, clause),
        })
    }

    /// An average needs something to take it of, which serves nothing else.
    fn figure(&mut self, place: &Place, clause: &Clause) {
        match (clause.figure, &clause.value) {
            (Figure::Average, None) => self.pen.error(
                &place.at("figure"),
                "平均数（average）要写取什么的平均：value = \"一个数\"".to_owned(),
            ),
            (Figure::Share | Figure::Breaks | Figure::Count, Some(_)) => self.pen.error(
                &place.at("value"),
                "value 只用来取平均，请写 figure = \"average\" 或去掉它".to_owned(),
            ),
            _ => {}
        }
        if matches!(clause.of, MeasureOf::Each { .. }) {
            let idle = [
                ("open", clause.open.is_some()),
                ("due", clause.due.is_some()),
                ("value", clause.value.is_some()),
                ("excused", !clause.excused.is_empty()),
            ];
            for (key, _) in idle.iter().filter(|(_, written)| *written) {
                self.pen.error(
                    &place.at(*key),
                    format!("按期逐个数的条款用不上 {key}，请去掉；到期末没有达到就算违反"),
                );
            }
        }
    }

    fn anchors(&mut self, place: &Place, clause: &Clause) -> Option<AnchorClause> {
        let MeasureOf::Each { anchor, among, .. } = &clause.of else {
            return None;
        };
        let names = Names::of_anchor(*anchor);
        let among = match among {
            Some(text) => Some(self.expr(
                &place.at("of").at("each").at("among"),
                text,
                None,
                &names,
                Type::Bool,
            )?),
            None => None,
        };
        let met = self.expr(&place.at("met"), &clause.met, None, &names.counting(), Type::Bool)?;
        Some(AnchorClause { among, met })
    }

    /// A share is a percentage, a number of breaks is not.
    fn threshold(&mut self, place: &Place, clause: &Clause) -> Option<Threshold> {
        let Some((threshold, percent)) = Threshold::parse(&clause.threshold) else {
            let sentence = format!(
                "看不懂指标“{}”，应写成 = 100%、>= 95%、= 0 或 <= 3",
                clause.threshold
            );
            self.pen.error(place, sentence);
            return None;
        };
        let sentence = match clause.figure {
            Figure::Share if !percent => "比例（share）的指标要写百分号，如 >= 95%",
            Figure::Breaks if percent => "违反次数（breaks）的指标不写百分号，如 = 0",
            Figure::Count if percent => "次数（count）的指标不写百分号，如 >= 3",
            Figure::Share if !(0.0..=100.0).contains(&threshold.value) => "比例的指标应在 0% 到 100% 之间",
            _ => return Some(threshold),
        };
        self.pen.error(place, sentence);
        None
    }

    /// The names each of the measured things offers to expressions.
    fn measured(&mut self, place: &Place, of: &MeasureOf) -> Vec<(Option<&'a Kind>, Names)> {
        match of {
            MeasureOf::Contacts => {
                let judgements = self.draft.judgements.as_ref().map_or(&[][..], |j| &j.def);
                vec![(None, Names::of_contact(judgements))]
            }
            MeasureOf::Cases(kinds) => {
                if kinds.is_empty() {
                    self.pen
                        .error(place, "条款没有写数哪一类事项，请写 of = { cases = [\"…\"] }");
                }
                let place = place.at("cases");
                let kinds = self.kinds(&place, kinds);
                kinds
                    .into_iter()
                    .map(|(_, k)| (Some(k), Names::of_kind(k, Moment::Counted, self.draft)))
                    .collect()
            }
            MeasureOf::Runs { clock, kinds } => {
                let place = place.at("runs");
                let mut all: Vec<(Option<&'a Kind>, Names)> = Vec::new();
                for (kind, names) in clock.iter().flat_map(|clock| self.runs(&place, clock, kinds)) {
                    if !all
                        .iter()
                        .any(|(known, _)| known.map(|k| &k.name) == kind.map(|k| &k.name))
                    {
                        all.push((kind, names));
                    }
                }
                all
            }
            MeasureOf::Each { cases, .. } => {
                let kinds = self.kinds(&place.at("each").at("cases"), cases);
                let names = |kind| Names::of_kind(kind, Moment::Counted, self.draft);
                kinds
                    .into_iter()
                    .map(|(_, kind)| (Some(kind), names(kind)))
                    .collect()
            }
        }
    }

    fn runs(&mut self, place: &Place, clock: &str, kinds: &[String]) -> Vec<(Option<&'a Kind>, Names)> {
        let has = |kind: &Kind| kind.clocks.iter().any(|c| c.name == clock);
        let draft = self.draft;
        let measured: Vec<&Kind> = if kinds.is_empty() {
            let all: Vec<&Kind> = draft.kinds.values().map(|k| &k.def).filter(|k| has(k)).collect();
            if all.is_empty() && draft.kinds.len() == draft.kind_names.len() {
                let clocks = draft
                    .kinds
                    .values()
                    .flat_map(|k| &k.def.clocks)
                    .map(|c| c.name.as_str());
                let sentence = format!("没有哪类事项有时限“{clock}”{}", suggest(clock, clocks));
                self.pen.error(&place.at("clock"), sentence);
            }
            all
        } else {
            let named = self.kinds(&place.at("kinds"), kinds);
            for (i, kind) in named.iter().filter(|(_, k)| !has(k)) {
                let known = suggest(clock, kind.clocks.iter().map(|c| c.name.as_str()));
                self.pen.error(
                    &place.at("kinds").at(*i),
                    format!("“{}”没有时限“{clock}”{known}", kind.title),
                );
            }
            named.into_iter().map(|(_, k)| k).filter(|k| has(k)).collect()
        };
        measured
            .into_iter()
            .map(|k| (Some(k), Names::of_run(k, draft)))
            .collect()
    }

    fn kinds(&mut self, place: &Place, kinds: &[String]) -> Vec<(usize, &'a Kind)> {
        let mut found = Vec::new();
        for (i, name) in kinds.iter().enumerate() {
            if !self.draft.kind_names.contains(name) {
                let known = suggest(name, self.draft.kind_names.iter().map(String::as_str));
                self.pen
                    .error(&place.at(i), format!("条款要数的事项类型“{name}”不存在{known}"));
            }
            found.extend(self.draft.kinds.get(name).map(|k| (i, &k.def)));
        }
        found
    }

    fn compile(
        &mut self,
        place: &Place,
        clause: &Clause,
        kind: Option<&Kind>,
        names: &Names,
    ) -> Option<ClauseOf> {
        let mut optional = |key: &str, text: Option<&String>, want: Type| match text {
            Some(text) => self.expr(&place.at(key), text, kind, names, want).map(Some),
            None => Some(None),
        };
        let counts_each = matches!(clause.of, MeasureOf::Each { .. });
        let filter = optional("where", clause.r#where.as_ref(), Type::Bool);
        let open = optional("open", clause.open.as_ref(), Type::Bool);
        let due = optional("due", clause.due.as_ref(), Type::Time);
        let value = optional("value", clause.value.as_ref(), Type::Num);
        let met = optional("met", Some(&clause.met).filter(|_| !counts_each), Type::Bool);
        let month_of = self.expr(&place.at("month_of"), &clause.month_of, kind, names, Type::Time);
        let mut excused = Vec::new();
        for (name, text) in &clause.excused {
            let when = self.expr(
                &place.at("excused").at(name.as_str()),
                text,
                kind,
                names,
                Type::Bool,
            )?;
            excused.push((name.clone(), when));
        }
        Some(ClauseOf {
            kind: kind.map(|k| k.name.clone()),
            filter: filter?,
            open: open?,
            excused,
            met: met?,
            due: due?,
            value: value?,
            month_of: month_of?,
        })
    }

    fn expr(
        &mut self,
        place: &Place,
        text: &str,
        kind: Option<&Kind>,
        names: &Names,
        want: Type,
    ) -> Option<Expr> {
        let problems = match Expr::compile(text, names, want) {
            Ok(expr) => return Some(expr),
            Err(problems) => problems,
        };
        for problem in problems {
            let sentence = match kind {
                _ if reads_home(text, problem.offset) => NO_HOME.to_owned(),
                Some(kind) => format!("对“{}”来说，{}", kind.title, problem.sentence),
                None => problem.sentence,
            };
            self.pen.error_inside(place, text, problem.offset, sentence);
        }
        None
    }
}

const NO_HOME: &str = "条款数的时候读不到房屋（home），请在事项类型里加一个计算字段记下它，再写那个字段";

fn reads_home(text: &str, offset: usize) -> bool {
    text.get(offset..).is_some_and(|rest| rest.starts_with("home."))
}
