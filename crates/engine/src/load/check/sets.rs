//! What may be put into fields.

use super::super::place::Place;
use super::kind::KindCheck;
use crate::def::{Field, FieldType};
use crate::expr::{Node, Type, Value};
use crate::form;
use crate::schema::{self, Moment};

impl KindCheck<'_> {
    /// What a `set` may put into a field: an expression of the field's type.
    pub(super) fn set_value(&mut self, place: &Place, field: &Field, text: &str) {
        if field.kind == FieldType::Computed {
            self.pen.error(
                place,
                format!("字段“{}”是算出来的，不能再填，请删去", field.title),
            );
            return;
        }
        // Files, lists and tables have no expressions, but may be copied whole from a field of the same type.
        if self.field(text).is_some_and(|from| from.kind == field.kind) {
            return;
        }
        match schema::type_of(field) {
            Some(Type::List | Type::Rows) | None => {
                let kind = field.kind.name();
                let sentence = format!(
                    "字段“{}”的类型是 {kind}，只能照抄另一个类型为 {kind} 的字段，请写字段名",
                    field.title
                );
                self.pen.error(place, sentence);
            }
            Some(want) => {
                let outcomes = self.expr(place, text, want, Moment::Now).map(|e| {
                    let outcomes = e.outcomes().into_iter();
                    outcomes.cloned().collect::<Vec<Node>>()
                });
                for outcome in outcomes.iter().flatten() {
                    self.same_reference(place, field, outcome);
                    self.room_for(place, field, outcome);
                }
            }
        }
    }

    /// A person goes into a field of persons, and into nothing that is read: a reference is no text.
    fn same_reference(&mut self, place: &Place, field: &Field, outcome: &Node) {
        let refers = |kind: FieldType| {
            use FieldType::{Customer, Home, Person, Signature};
            matches!(kind, Person | Customer | Home | Signature).then_some(kind)
        };
        let (shown, from) = match outcome {
            Node::Var { of: None, path, .. } => match (path.as_str(), self.field(path)) {
                ("case.home", _) => (path.clone(), Some(FieldType::Home)),
                ("case.customer", _) => (path.clone(), Some(FieldType::Customer)),
                ("case.id", _) if refers(field.kind).is_none() => {
                    let sentence = "case.id 是系统内部的编号，填进去没有人看得懂，请改用 case.number";
                    return self.pen.error(place, sentence);
                }
                (_, Some(from)) => (from.title.clone(), refers(from.of.unwrap_or(from.kind))),
                // What other cases and rows hold is known by its type alone.
                (_, None) => return,
            },
            Node::Value {
                value: Value::Text(text),
                ..
            } => (text.clone(), None),
            _ => return,
        };
        if from == refers(field.kind) {
            return;
        }
        let (title, kind) = (&field.title, field.kind.name());
        let sentence = match from {
            Some(from) => format!(
                "“{shown}”是 {}，不能填进类型为 {kind} 的字段“{title}”，请填进类型为 {} 的字段",
                from.name(),
                from.name()
            ),
            None => format!("“{shown}”是文字，不能填进类型为 {kind} 的字段“{title}”，请用同类型的字段来填"),
        };
        self.pen.error(place, sentence);
    }

    /// Words that one field takes are not refused when they are handed on to another: whoever typed them could not know.
    fn room_for(&mut self, place: &Place, field: &Field, outcome: &Node) {
        let Node::Var { of: None, path, .. } = outcome else {
            return;
        };
        let Some(from) = self.field(path) else { return };
        let (Some(has), Some(holds)) = (form::holds(from), form::holds(field)) else {
            return;
        };
        if has > holds {
            let sentence = format!(
                "“{}”可以写到{has}字，填进去的字段“{}”只放得下{holds}字，请让两边一样长",
                from.title, field.title
            );
            self.pen.error(place, sentence);
        }
    }
}
