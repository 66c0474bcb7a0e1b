//! Papers: what stands on them exists, and who may print them are people.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Field, FieldType, PaperDef, Who};

/// What can stand inside a sentence.
const IN_LINE: [FieldType; 10] = [
    FieldType::Line,
    FieldType::Text,
    FieldType::Number,
    FieldType::Money,
    FieldType::Date,
    FieldType::Time,
    FieldType::Flag,
    FieldType::Choice,
    FieldType::Choices,
    FieldType::Checklist,
];

impl KindCheck<'_> {
    pub(super) fn papers(&mut self) {
        for (i, paper) in self.kind.papers.iter().enumerate() {
            let place = Place::top().at("paper").at(i);
            let what = format!("单据“{}”", paper.title);
            self.whos(&place.at("by"), &paper.by);
            self.printers(&place.at("by"), &paper.by);
            self.condition(&place, &what, paper.when.as_ref(), paper.otherwise.as_ref());
            if paper.parts.is_empty() {
                let sentence = format!("{what}上没有内容，请写 part = [{{ fields = \"…\" }}]");
                self.pen.error(&place.at("part"), sentence);
            }
            self.on_paper(&place, paper);
        }
    }

    fn printers(&mut self, place: &Place, by: &[Who]) {
        for (i, who) in by.iter().enumerate() {
            if matches!(who, Who::Link(_) | Who::System) {
                let sentence = format!("单据由员工打印，不能写“{who}”，请写岗位或关系");
                self.pen.error(&place.at(i), sentence);
            }
        }
    }

    fn on_paper(&mut self, place: &Place, paper: &PaperDef) {
        for (i, part) in paper.parts.iter().enumerate() {
            let here = place.at("part").at(i);
            if part.fields.is_empty() && part.text.is_none() {
                let sentence = format!("单据“{}”的这一部分是空的，请写 fields 或 text", paper.title);
                self.pen.error(&here, sentence);
            }
            for (n, name) in part.fields.iter().enumerate() {
                let at = here.at("fields").at(n);
                let field = self.known_field(&at, &format!("单据“{}”", paper.title), name);
                if let Some(inner) = field.filter(|field| field.inner) {
                    let sentence = format!("字段“{}”是内部用的，不上单据，请去掉", inner.title);
                    self.pen.error(&at, sentence);
                }
            }
            if let Some(text) = &part.text {
                self.paper_words(&here.at("text"), text);
            }
        }
    }

    fn paper_words(&mut self, place: &Place, text: &str) {
        self.words(place, "单据", text);
        let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let fields: Vec<&Field> = names.filter_map(|(name, _)| self.field(name)).collect();
        let apart = |field: &&Field| !IN_LINE.contains(&field.of.unwrap_or(field.kind));
        for field in fields.into_iter().filter(apart) {
            let sentence = format!("字段“{}”不能写在句子里，请放进 fields", field.title);
            self.pen.error(place, sentence);
        }
    }
}
