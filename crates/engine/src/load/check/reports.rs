//! Reports: what they are made of exists, their figures are known, and every expression is one that a query can ask.

use super::super::layout::Draft;
use super::super::names::{bad_name, suggest};
use super::super::place::{Pen, Place};
use super::super::problem::Problem;
use super::super::report::{Base, MeasureRules, PartRules, ReportRules};
use super::common::check_sources;
use super::head::each_once;
use crate::def::{Homes, Kind, MeasureDef, PartDef, ReportDef, Shape};
use crate::expr::{Expr, Type};
use crate::schema::Names;
use std::collections::BTreeSet;

/// What reports are made of beside kinds.
const CASES: &str = "cases";
const CONTACTS: &str = "contacts";

/// What columns of a list say of a case.
const CASE_COLUMNS: [&str; 11] = [
    "case.number",
    "case.heading",
    "case.stage",
    "case.site",
    "case.home",
    "case.customer",
    "case.assignee",
    "case.responsible",
    "case.opened_at",
    "case.closed_at",
    "case.due_at",
];

/// What columns of a list say of a contact.
const CONTACT_COLUMNS: [&str; 4] = [
    "contact.number",
    "contact.happened_at",
    "contact.site",
    "contact.said",
];

/// Verifies and compiles every report of every pack.
pub(in crate::load) fn check_reports(draft: &Draft, problems: &mut Vec<Problem>) -> Vec<ReportRules> {
    let mut compiled = Vec::new();
    let mut known = BTreeSet::new();
    for (pack, filed) in &draft.reports {
        let mut pen = Pen::new(&draft.sources[filed.path]);
        each_once(
            &mut pen,
            "report",
            "报表",
            filed.def.iter().map(|r| r.name.as_str()),
            bad_name,
        );
        let mut check = ReportCheck { draft, pen };
        for (i, def) in filed.def.iter().enumerate() {
            let place = Place::top().at("report").at(i);
            if !known.insert(&def.name) {
                let sentence = format!("别的制度包里已有一份叫“{}”的报表，请换一个名称", def.name);
                check.pen.error(&place, sentence);
            }
            let parts = check.report(&place, def);
            compiled.push(ReportRules {
                def: def.clone(),
                pack: pack.clone(),
                parts,
            });
        }
        problems.extend(check.pen.problems);
    }
    compiled
}

struct ReportCheck<'a> {
    draft: &'a Draft<'a>,
    pen: Pen<'a>,
}

/// What expressions of a part may read: the names of each kind it is made of.
struct Readable<'a> {
    kinds: Vec<&'a Kind>,
    names: Vec<Names>,
}

impl<'a> ReportCheck<'a> {
    fn report(&mut self, place: &Place, def: &ReportDef) -> Vec<PartRules> {
        check_sources(self.draft, &mut self.pen, &place.at("source"), &def.source);
        if def.every.is_empty() {
            let sentence =
                "报表没有写多长一期，请写 every = \"month, year\"（day、week、month、quarter、year）";
            self.pen.error(&place.at("every"), sentence);
        }
        for (list, what, names) in [
            (
                "measure",
                "数字",
                def.measures.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(),
            ),
            (
                "part",
                "部分",
                def.parts.iter().map(|p| p.name.as_str()).collect(),
            ),
        ] {
            let mut seen = BTreeSet::new();
            for (i, name) in names.into_iter().enumerate() {
                let here = place.at(list).at(i);
                if let Some(sentence) = bad_name(name) {
                    self.pen.error(&here, sentence);
                }
                if !seen.insert(name) {
                    self.pen
                        .error(&here, format!("{what}“{name}”写了两次，请换一个名称"));
                }
            }
        }
        for (i, measure) in def.measures.iter().enumerate() {
            self.measure(&place.at("measure").at(i), measure);
            let shown = |part: &PartDef| part.measures.contains(&measure.name);
            if !def.parts.iter().any(shown) {
                let sentence = format!("数字“{}”没有哪一部分用到，请写进 measures 或删去", measure.title);
                self.pen.warn(&place.at("measure").at(i), sentence);
            }
        }
        let parts = def.parts.iter().enumerate();
        let parts = parts.filter_map(|(i, part)| self.part(place, (i, part), def));
        parts.collect()
    }

    fn measure(&mut self, place: &Place, measure: &MeasureDef) {
        let ways = [
            measure.mean.is_some(),
            measure.sum.is_some(),
            measure.homes.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() > 1 {
            let sentence = format!("数字“{}”在 mean、sum、homes 里只能写一个", measure.title);
            self.pen.error(place, sentence);
        }
    }

    fn part(&mut self, report: &Place, (i, part): (usize, &PartDef), def: &ReportDef) -> Option<PartRules> {
        let place = report.at("part").at(i);
        let (of, at) = match part.of.is_empty() {
            true => (&def.of, report.at("of")),
            false => (&part.of, place.at("of")),
        };
        self.needs(&place, part);
        let (base, readable) = self.base(&at, of)?;
        let mut one = |key: &str, text: Option<&String>, want: &[Type]| -> Option<Option<Expr>> {
            match text {
                None => Some(None),
                Some(text) => self.expr(&place.at(key), text, &readable, want).map(Some),
            }
        };
        let filter = one("where", part.filter.as_ref(), &[Type::Bool]);
        let by = one("by", part.by.as_ref(), &[Type::Text]);
        let mut measures = Vec::new();
        for (m, name) in part.measures.iter().enumerate() {
            let found = def
                .measures
                .iter()
                .enumerate()
                .find(|(_, known)| known.name == *name);
            let Some((at, measure)) = found else {
                let known = suggest(name, def.measures.iter().map(|m| m.name.as_str()));
                let sentence = format!("“{}”要的数字“{name}”不存在{known}", part.title);
                self.pen.error(&place.at("measures").at(m), sentence);
                continue;
            };
            if measure.homes.is_some()
                && (part.by.as_deref() != Some("case.site") || part.shape != Shape::Table)
            {
                let sentence = format!(
                    "数字“{}”是按项目的房屋数算的，只能写在 as = \"table\"、by = \"case.site\" 的部分里",
                    measure.title
                );
                self.pen.error(&place.at("measures").at(m), sentence);
            }
            measures.extend(self.figure(&report.at("measure").at(at), measure, &readable));
        }
        self.columns(&place, part, &base, &readable);
        Some(PartRules {
            def: part.clone(),
            of: base,
            filter: filter?,
            by: by?,
            measures,
        })
    }

    /// Each shape has what it shows, and nothing else.
    fn needs(&mut self, place: &Place, part: &PartDef) {
        let (by, measures, columns) = match part.shape {
            Shape::Figures | Shape::Trend => (false, true, false),
            Shape::Pareto => (true, false, false),
            Shape::Table => (true, true, false),
            Shape::List => (false, false, true),
            Shape::Clauses => (false, false, false),
        };
        for (key, wanted, written) in [
            ("by", by, part.by.is_some()),
            ("measures", measures, !part.measures.is_empty()),
            ("column", columns, !part.columns.is_empty()),
        ] {
            let sentence = match (wanted, written) {
                (true, false) => format!("“{}”没有写 {key}，请补上", part.title),
                (false, true) => format!("“{}”用不上 {key}，请删去", part.title),
                _ => continue,
            };
            self.pen.error(&place.at(key), sentence);
        }
    }

    fn base(&mut self, place: &Place, of: &[String]) -> Option<(Base, Readable<'a>)> {
        let special = of.iter().find(|name| [CASES, CONTACTS].contains(&name.as_str()));
        if let Some(name) = special {
            if of.len() > 1 {
                let sentence = format!("“{name}”要单独写，不能和别的放在一起");
                self.pen.error(place, sentence);
                return None;
            }
            let judgements = self.draft.judgements.as_ref().map_or(&[][..], |j| &j.def);
            let (base, names) = if name == CONTACTS {
                (Base::Contacts, Names::of_contacts_reported(judgements))
            } else {
                (Base::Cases(Vec::new()), Names::of_reported(None, self.draft))
            };
            let names = vec![names];
            return Some((
                base,
                Readable {
                    kinds: Vec::new(),
                    names,
                },
            ));
        }
        let mut readable = Readable {
            kinds: Vec::new(),
            names: Vec::new(),
        };
        for (i, name) in of.iter().enumerate() {
            if let Some(kind) = self.draft.kinds.get(name) {
                readable
                    .names
                    .push(Names::of_reported(Some(&kind.def), self.draft));
                readable.kinds.push(&kind.def);
            } else if !self.draft.kind_names.contains(name) {
                let known = suggest(name, self.draft.kind_names.iter().map(String::as_str));
                let sentence = format!(
                    "事项类型“{name}”不存在{known}，也可以写 cases（所有事项）、contacts（来访登记）"
                );
                self.pen.error(&place.at(i), sentence);
            }
        }
        if of.is_empty() {
            self.pen.error(place, "报表没有写数什么，请写 of = \"事项类型\"");
        }
        let whole = !of.is_empty() && readable.kinds.len() == of.len();
        whole.then(|| (Base::Cases(of.to_vec()), readable))
    }

    fn figure(&mut self, place: &Place, def: &MeasureDef, readable: &Readable) -> Option<MeasureRules> {
        let mut one = |key: &str, text: Option<&String>, want: &[Type]| match text {
            None => Some(None),
            Some(text) => self.expr(&place.at(key), text, readable, want).map(Some),
        };
        let filter = one("where", def.filter.as_ref(), &[Type::Bool]);
        let among = one("among", def.among.as_ref(), &[Type::Bool]);
        let mean = one("mean", def.mean.as_ref(), &[Type::Span, Type::Num]);
        let sum = one("sum", def.sum.as_ref(), &[Type::Money, Type::Num]);
        let value = match def.homes {
            Some(Homes::Count | Homes::PerHundred) => None,
            None => mean?.or(sum?),
        };
        Some(MeasureRules {
            def: def.clone(),
            filter: filter?,
            among: among?,
            value,
        })
    }

    /// The expression, which must mean the same for every kind, and which a query must be able to ask.
    fn expr(&mut self, place: &Place, text: &str, readable: &Readable, want: &[Type]) -> Option<Expr> {
        let mut found: Option<Expr> = None;
        for (i, names) in readable.names.iter().enumerate() {
            let kind = readable.kinds.get(i);
            let tried = want.iter().map(|ty| Expr::compile(text, names, *ty));
            let mut tried: Vec<_> = tried.collect();
            let good = tried.iter().position(Result::is_ok);
            let expr = match tried.swap_remove(good.unwrap_or(0)) {
                Ok(expr) => expr,
                Err(problems) => {
                    for problem in problems {
                        let sentence = match kind {
                            Some(kind) => format!("对“{}”来说，{}", kind.title, problem.sentence),
                            None => problem.sentence,
                        };
                        self.pen.error_inside(place, text, problem.offset, sentence);
                    }
                    return None;
                }
            };
            if let Some(sentence) = expr.beyond_sql() {
                self.pen.error(place, sentence);
                return None;
            }
            let personal = kind.into_iter().flat_map(|kind| &kind.fields);
            let mut personal = personal.filter(|f| f.personal && expr.names().contains(&f.name));
            if let Some(field) = personal.next() {
                let sentence = format!("“{}”是个人信息，报表里不能用", field.title);
                self.pen.error(place, sentence);
                return None;
            }
            if found.as_ref().is_some_and(|before| *before != expr) {
                let sentence = format!("“{text}”在几类事项里意思不同，请分成几个部分");
                self.pen.error(place, sentence);
                return None;
            }
            found = Some(expr);
        }
        found
    }

    fn columns(&mut self, place: &Place, part: &PartDef, base: &Base, readable: &Readable) {
        let fields = |name: &str| -> bool {
            let all = self.draft.kinds.values().flat_map(|filed| &filed.def.fields);
            let of_kinds = readable.kinds.iter().flat_map(|kind| &kind.fields);
            match readable.kinds.is_empty() {
                true => all.into_iter().any(|f| f.name == name),
                false => of_kinds.into_iter().any(|f| f.name == name),
            }
        };
        let contact = *base == Base::Contacts;
        let mut wrong = Vec::new();
        for (c, column) in part.columns.iter().enumerate() {
            for name in std::iter::once(&column.name).chain(&column.or) {
                let built_in = CASE_COLUMNS.contains(&name.as_str())
                    || contact && CONTACT_COLUMNS.contains(&name.as_str());
                if !built_in && !fields(name) {
                    wrong.push((c, name.clone()));
                }
            }
        }
        for (c, name) in wrong {
            let known = CASE_COLUMNS
                .iter()
                .chain(CONTACT_COLUMNS.iter().filter(|_| contact));
            let sentence = format!(
                "“{}”的列“{name}”不存在{}",
                part.title,
                suggest(&name, known.copied())
            );
            self.pen.error(&place.at("column").at(c), sentence);
        }
    }
}
