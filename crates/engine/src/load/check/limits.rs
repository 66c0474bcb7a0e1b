//! Limits: lengths that can be read, fields that are known when the clock starts.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::calendar::Limit;
use crate::def::{Action, Ask, ClockDef, Effect, FieldType, LimitBy, LimitDef};
use crate::expr::Type;
use crate::schema::type_of;

impl KindCheck<'_> {
    /// `optional`: inside a list of which the known ones count.
    pub(super) fn limit(&mut self, place: &Place, clock: &ClockDef, limit: &LimitDef, optional: bool) {
        let by = match limit {
            LimitDef::Span(text) => return self.span(place, text),
            LimitDef::By(by) => by,
        };
        match by {
            LimitBy::Until(field) => self.instant(&place.at("until"), clock, field, optional),
            LimitBy::After { field, by } => {
                self.instant(&place.at("after").at("field"), clock, field, optional);
                self.span(&place.at("after").at("by"), by);
            }
            LimitBy::Before { field, by } => {
                self.instant(&place.at("before").at("field"), clock, field, optional);
                self.span(&place.at("before").at("by"), by);
            }
            LimitBy::SinceOpening(by) => self.span(&place.at("since-opening"), by),
            LimitBy::Next(moment) => self.moment(&place.at("next"), clock, moment),
            LimitBy::Table { table, key } => {
                let place = place.at("table");
                self.keyed(&place, table, key);
                if !optional {
                    self.known_at_start(&place.at("key"), clock, key);
                }
                self.table_limits(&place.at("table"), table);
            }
            LimitBy::FirstKnown(limits) => self.several(&place.at("first-known"), clock, limits, true),
            LimitBy::Earlier(limits) => self.several(&place.at("earlier"), clock, limits, false),
            LimitBy::Later(limits) => self.several(&place.at("later"), clock, limits, false),
        }
    }

    /// A limit that is to be looked up anew hangs on something that the action changes.
    pub(super) fn recounted(&mut self, place: &Place, what: &str, action: &Action) {
        for (i, name) in action.recounts.iter().enumerate() {
            let Some(clock) = self.kind.clocks.iter().find(|c| &c.name == name) else {
                continue;
            };
            let fields = fields_of(&clock.limit);
            if !fields
                .iter()
                .any(|field| gives(&action.ask, &action.effects, field, true))
            {
                let sentence = format!(
                    "{what}重算时限“{}”，却没有改它所看的字段，请在 ask 里写上，或删去 recounts",
                    clock.title
                );
                self.pen.error(&place.at(i), sentence);
            }
        }
    }

    fn several(&mut self, place: &Place, clock: &ClockDef, limits: &[LimitDef], first: bool) {
        if limits.len() < 2 {
            self.pen
                .error(place, format!("时限“{}”在这里要写两个以上的期限", clock.title));
        }
        for (i, limit) in limits.iter().enumerate() {
            // A length of time is always known: what stands behind it is never reached.
            if first && i > 0 && matches!(limits[i - 1], LimitDef::Span(_)) {
                let sentence = format!(
                    "时限“{}”的这一个永远用不上：前面的时长总是已知的，请调换次序",
                    clock.title
                );
                self.pen.error(&place.at(i), sentence);
            }
            self.limit(&place.at(i), clock, limit, true);
        }
        if !limits.iter().any(|l| {
            matches!(
                l,
                LimitDef::Span(_)
                    | LimitDef::By(LimitBy::Table { .. } | LimitBy::SinceOpening(_) | LimitBy::Next(_))
            )
        }) {
            let sentence = format!(
                "时限“{}”的几个期限都可能未知，那时它就不计时；请再写一个固定的时长",
                clock.title
            );
            self.pen.warn(place, sentence);
        }
    }

    fn span(&mut self, place: &Place, text: &str) {
        if let Err(problem) = text.parse::<Limit>() {
            self.pen.error(place, problem.to_string());
        }
    }

    fn table_limits(&mut self, place: &Place, table: &str) {
        let Some(table) = self.draft.tables.get(table) else {
            return;
        };
        let wrong = table
            .def
            .rows
            .iter()
            .find_map(|(key, text)| Some((key, text.parse::<Limit>().err()?)));
        if let Some((key, problem)) = wrong {
            self.pen.error(
                place,
                format!("表“{}”里“{key}”不能作时限：{problem}", table.def.title),
            );
        }
    }

    /// A field that holds an instant or a day, and holds it when the clock starts.
    fn instant(&mut self, place: &Place, clock: &ClockDef, name: &str, optional: bool) {
        let Some(field) = self.known_field(place, &format!("时限“{}”", clock.title), name) else {
            return;
        };
        if !matches!(type_of(field), Some(Type::Time | Type::Date)) {
            let sentence = format!(
                "字段“{}”不是时间或日期，不能作时限，请用类型为 time 或 date 的字段",
                field.title
            );
            self.pen.error(place, sentence);
        } else if !optional && field.kind != FieldType::Computed {
            self.known_at_start(place, clock, name);
        }
    }

    /// Whoever starts the clock must give the field, unless it is given when the case is opened.
    fn known_at_start(&mut self, place: &Place, clock: &ClockDef, field: &str) {
        if gives(&self.kind.open.ask, &self.kind.open.effects, field, false) {
            return;
        }
        let starter: Option<&Action> = self
            .starters(&clock.name)
            .find(|a| !gives(&a.ask, &a.effects, field, false));
        let by = match starter {
            Some(action) => format!("动作“{}”", action.title),
            None if self.kind.open.starts.contains(&clock.name) => "登记".to_owned(),
            None => return,
        };
        let sentence = format!(
            "{by}启动时限“{}”时还不知道“{field}”，请把它写进{by}的 ask（不带问号），或改用 first-known 给一个后备时长",
            clock.title
        );
        self.pen.error(place, sentence);
    }
}

/// Whether the field is asked for or set. `maybe`: it need not be given.
fn gives(asks: &[Ask], effects: &[Effect], field: &str, maybe: bool) -> bool {
    asks.iter().any(|a| (a.required || maybe) && a.field == field)
        || effects
            .iter()
            .any(|e| matches!(if maybe { e.inner() } else { e }, Effect::Set(fields) if fields.contains_key(field)))
}

/// Fields on which a limit hangs.
fn fields_of(limit: &LimitDef) -> Vec<&str> {
    let LimitDef::By(by) = limit else {
        return Vec::new();
    };
    match by {
        LimitBy::Until(field) | LimitBy::After { field, .. } | LimitBy::Before { field, .. } => vec![field],
        LimitBy::Table { key, .. } => vec![key],
        LimitBy::SinceOpening(_) | LimitBy::Next(_) => Vec::new(),
        LimitBy::FirstKnown(limits) | LimitBy::Earlier(limits) | LimitBy::Later(limits) => {
            limits.iter().flat_map(fields_of).collect()
        }
    }
}
