//! What a story enters and expects in fields.

use super::super::super::names::suggest;
use super::super::super::place::Place;
use super::story::Story;
use crate::def::{Checklist, Field, FieldType, Kind, STATE};
use crate::example::checked;
use crate::example::names;
use crate::example::story::Step;
use crate::example::when;
use crate::time::Time;
use toml::Value;

/// What may be entered.
pub(super) struct Form<'k> {
    pub(super) kind: &'k Kind,
    /// Fields that are asked for.
    pub(super) asked: &'k [&'k str],
    /// What a verb asks for that every case knows.
    pub(super) extra: &'k [&'k str],
}

impl Story<'_, '_, '_> {
    /// What is entered; a deed that is refused may enter what is wrong.
    pub(super) fn entered(&mut self, place: &Place, step: &Step, form: Form) {
        for (name, value) in &step.with {
            let here = place.at(name.as_str());
            if form.extra.contains(&name.as_str()) {
                if name == "to"
                    && let Some(who) = value.as_str().filter(|who| !who.is_empty())
                    && step.refused.is_none()
                {
                    self.somebody(&here, who);
                }
                continue;
            }
            if names::field(&form.kind.fields, name).is_none() {
                self.no_field(&here, form.kind, name, form.extra);
            } else if step.refused.is_none() {
                let field = names::field(&form.kind.fields, name);
                if let Some(field) = field.filter(|f| !form.asked.contains(&f.name.as_str())) {
                    let titles = form
                        .kind
                        .fields
                        .iter()
                        .filter(|f| form.asked.contains(&f.name.as_str()));
                    let known = suggest(
                        &field.title,
                        titles.map(|f| f.title.as_str()).chain(form.extra.iter().copied()),
                    );
                    self.pen
                        .error(&here, format!("这一步不填“{}”{known}", field.title));
                }
                self.value(&here, form.kind, name, value);
            }
        }
    }

    fn no_field(&mut self, place: &Place, kind: &Kind, name: &str, extra: &[&str]) {
        let fields = kind
            .fields
            .iter()
            .flat_map(|f| [f.name.as_str(), f.title.as_str()]);
        let known = suggest(name, fields.chain(extra.iter().copied()));
        self.pen
            .error(place, format!("“{}”没有字段“{name}”{known}", kind.title));
    }

    /// The value of a field of the kind.
    pub(super) fn value(&mut self, place: &Place, kind: &Kind, name: &str, value: &Value) {
        match names::field(&kind.fields, name) {
            Some(field) => match (&field.checklist, value) {
                (Some(list), Value::Table(said)) => self.checked(place, kind, (field, list), said),
                _ => self.fits(place, field, value),
            },
            None => self.no_field(place, kind, name, &[]),
        }
    }

    /// What was found, by item.
    fn checked(
        &mut self,
        place: &Place,
        kind: &Kind,
        (field, list): (&Field, &Checklist),
        said: &toml::Table,
    ) {
        let all = checked::all(&kind.fields, list);
        for (name, found) in said {
            let here = place.at(name.as_str());
            if !all.iter().any(|(room, item)| checked::means(name, room, item)) {
                let known: Vec<String> = all.iter().map(|(room, item)| checked::name(room, item)).collect();
                let known = suggest(name, known.iter().map(String::as_str));
                let sentence = format!("“{}”没有“{name}”这一项{known}", field.title);
                self.pen.error(&here, sentence);
            }
            let state = (STATE.to_owned(), found.clone());
            let cells = match found {
                Value::Table(cells) => cells.clone(),
                _ => [state].into_iter().collect(),
            };
            self.row(&here, field, &cells);
        }
    }

    fn row(&mut self, place: &Place, field: &Field, cells: &toml::Table) {
        for (name, cell) in cells {
            let here = place.at(name.as_str());
            match names::field(&field.columns, name) {
                Some(column) => self.fits(&here, column, cell),
                None => {
                    let columns = field
                        .columns
                        .iter()
                        .flat_map(|c| [c.name.as_str(), c.title.as_str()]);
                    let known = suggest(name, columns);
                    self.pen
                        .error(&here, format!("“{}”没有这一列“{name}”{known}", field.title));
                }
            }
        }
    }

    fn fits(&mut self, place: &Place, field: &Field, value: &Value) {
        let zone = self.manual.offset();
        match (field.of.unwrap_or(field.kind), value) {
            (_, Value::String(text)) if text.is_empty() => {}
            (FieldType::Choice, Value::String(text)) => self.choice(place, field, text),
            (FieldType::Choices | FieldType::Checklist, Value::Array(texts)) => {
                texts
                    .iter()
                    .filter_map(Value::as_str)
                    .for_each(|text| self.choice(place, field, text));
            }
            (FieldType::Time, Value::String(text)) if when::instant(text, Time(0), zone).is_none() => {
                let sentence = format!("看不懂时间“{text}”，应写成 +2h、10:00、周二 10:00 或 11-24 10:00");
                self.pen.error(place, sentence);
            }
            (FieldType::Date, Value::String(text)) if when::day(text, Time(0), zone).is_none() => {
                let sentence = format!("看不懂日期“{text}”，应写成 今天、+3d、周二、11-24 或 2026-11-24");
                self.pen.error(place, sentence);
            }
            (FieldType::Person, Value::String(who)) => self.somebody(place, who),
            (FieldType::Table, Value::Array(rows)) => {
                for (nth, row) in rows.iter().enumerate() {
                    if let Some(cells) = row.as_table() {
                        self.row(&place.at(nth), field, cells);
                    }
                }
            }
            _ => {}
        }
    }

    fn choice(&mut self, place: &Place, field: &Field, text: &str) {
        let keys = field
            .choices_from
            .as_ref()
            .and_then(|table| self.manual.table(table));
        let keys = keys.into_iter().flat_map(|table| table.rows.keys());
        let known: Vec<&String> = field.choices.iter().chain(keys).collect();
        if !known.iter().any(|choice| *choice == text) {
            let known = suggest(text, known.iter().map(|choice| choice.as_str()));
            self.pen
                .error(place, format!("“{}”没有选项“{text}”{known}", field.title));
        }
    }
}
