//! Questions about a checklist as a whole: `missing(checks)`, `complete(checks)`, `failed(checks)`. They are questions
//! about its rows, so that no interpreter knows of them.

use cel::IdedExpr;

use super::super::func::Quantifier;
use super::super::tree::{Node, Type, Value};
use super::super::words;
use super::rows::UNNAMED;
use super::{Checker, Typed, boxed, constant};
use crate::def::{Checklist, ITEM, STATE};

fn cell(column: &str) -> Node {
    Node::Var {
        ty: Type::Text,
        of: Some(UNNAMED.to_owned()),
        path: column.to_owned(),
    }
}

/// Whether a cell is one of these texts.
fn among(column: &str, texts: Vec<String>) -> Node {
    if texts.is_empty() {
        return constant(Type::Bool, Value::Bool(false));
    }
    let text = |text| constant(Type::Text, Value::Text(text));
    Node::In {
        a: Box::new(cell(column)),
        items: texts.into_iter().map(text).collect(),
    }
}

/// Whether a row has its state or need not have one.
fn is_done(list: &Checklist) -> Node {
    let a = Box::new(cell(STATE));
    let (a, b) = boxed(Node::Has { a }, among(ITEM, list.optional()));
    Node::Or { a, b }
}

impl Checker<'_> {
    pub(super) fn standing(&mut self, name: &str, arg: &IdedExpr) -> Option<Typed> {
        let found = self.table(arg);
        let Some((of, path, list)) = found.and_then(|(of, path, rows)| Some((of, path, rows.checklist()?)))
        else {
            return self.refuse(self.start(arg), words::not_a_checklist(name));
        };
        let (ty, want, body) = match name {
            "complete" => (Type::Bool, Quantifier::All, is_done(list)),
            "failed" => (Type::Num, Quantifier::Count, among(STATE, list.failing())),
            _ => {
                let a = Box::new(is_done(list));
                (Type::Num, Quantifier::Count, Node::Not { a })
            }
        };
        let node = Node::Rows {
            ty,
            want,
            of,
            name: path,
            arg: None,
            table: true,
            each: UNNAMED.to_owned(),
            body: Box::new(body),
        };
        Typed::new(ty, node)
    }
}
