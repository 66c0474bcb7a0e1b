//! Questions about collections: `children('hot-work').all(c, c.closed)`.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Syntax, LiteralValue};

use super::super::Schema;
use super::super::tree::{Node, Quantifier, Type, Value};
use super::super::words;
use super::{Checker, Typed, constant};

/// Name of a row that no condition mentions.
const UNNAMED: &str = "_";

/// A collection that was found.
struct Source<'s> {
    of: Option<String>,
    name: String,
    arg: Option<String>,
    fields: &'s dyn Schema,
}

fn is_filter(call: &CallExpr) -> bool {
    call.func_name == "filter" && call.target.is_some()
}

impl<'s> Checker<'s> {
    /// Whose collections a call can mean: of the row named before the dot, or of the case.
    fn owner(&self, call: &CallExpr) -> Option<(Option<String>, &'s dyn Schema)> {
        match call.target.as_deref().map(|target| &target.expr) {
            None => Some((None, self.schema)),
            Some(Syntax::Ident(row)) => self
                .rows
                .iter()
                .find(|(name, _)| name == row)
                .map(|(name, fields)| (Some(name.clone()), *fields)),
            Some(_) => None,
        }
    }

    /// Whether this is a call of a collection, right or wrong.
    pub(super) fn is_collection(&self, e: &IdedExpr) -> bool {
        let Syntax::Call(call) = &e.expr else { return false };
        self.owner(call).is_some_and(|(_, schema)| {
            schema.var(&call.func_name).is_none() && schema.names().contains(&call.func_name)
        })
    }

    /// Whether this is a collection, perhaps filtered.
    pub(super) fn is_rows(&self, e: &IdedExpr) -> bool {
        match &e.expr {
            Syntax::Call(call) if is_filter(call) => call
                .target
                .as_deref()
                .is_some_and(|target| self.is_collection(target)),
            _ => self.is_collection(e),
        }
    }

    fn source(&mut self, e: &IdedExpr) -> Option<Source<'s>> {
        let Syntax::Call(call) = &e.expr else {
            return self.refuse(self.start(e), words::UNREADABLE);
        };
        let (of, schema) = self.owner(call)?;
        let arg = match call.args.as_slice() {
            [] => None,
            [
                IdedExpr {
                    expr: Syntax::Literal(LiteralValue::String(s)),
                    ..
                },
            ] => Some(s.inner().to_owned()),
            [arg, ..] => return self.refuse(self.start(arg), words::COLLECTION_ARG),
        };
        let name = call.func_name.clone();
        match schema.collection(&name, arg.as_deref()) {
            Some(fields) => Some(Source {
                of,
                name,
                arg,
                fields,
            }),
            None => self.refuse(
                self.name_at(e, &name),
                words::unknown_collection(&name, arg.as_deref()),
            ),
        }
    }

    /// The name of a row and the condition on it.
    fn condition(
        &mut self,
        fields: &'s dyn Schema,
        each: &IdedExpr,
        body: &IdedExpr,
    ) -> Option<(String, Node)> {
        let Syntax::Ident(name) = &each.expr else {
            return self.refuse(self.start(each), words::ROW_NAME);
        };
        if self.schema.var(name).is_some() || self.rows.iter().any(|(row, _)| row == name) {
            return self.refuse(self.start(each), words::shadowed(name));
        }
        self.rows.push((name.clone(), fields));
        let body = self.of_type(body, Type::Bool);
        self.rows.pop();
        Some((name.clone(), body?))
    }

    /// `rows.all(c, …)` and its like.
    pub(super) fn quantified(
        &mut self,
        e: &IdedExpr,
        want: Quantifier,
        target: &IdedExpr,
        args: &[IdedExpr],
    ) -> Option<Typed> {
        let name = match want {
            Quantifier::All => "all",
            Quantifier::Exists => "exists",
            Quantifier::Count => "count",
        };
        if want == Quantifier::Count && args.is_empty() && self.is_rows(target) {
            return self.ask_rows(want, target);
        }
        if !self.is_collection(target) {
            return match &target.expr {
                // A mistyped name of a collection is better said so.
                Syntax::Call(call) if !is_filter(call) => self
                    .lower(target)
                    .and_then(|_| self.refuse(self.name_at(e, name), words::not_a_collection(name))),
                _ => self.refuse(self.name_at(e, name), words::not_a_collection(name)),
            };
        }
        let [each, body] = args else {
            return self.refuse(self.name_at(e, name), words::argument_count(name, 2));
        };
        let source = self.source(target)?;
        let (each, body) = self.condition(source.fields, each, body)?;
        ask(want, source, each, body)
    }

    /// Counts, or looks for any, rows of a collection that may be filtered.
    pub(super) fn ask_rows(&mut self, want: Quantifier, e: &IdedExpr) -> Option<Typed> {
        match &e.expr {
            Syntax::Call(call) if is_filter(call) => {
                let [each, body] = call.args.as_slice() else {
                    return self.refuse(self.name_at(e, "filter"), words::argument_count("filter", 2));
                };
                let source = self.source(call.target.as_deref()?)?;
                let (each, body) = self.condition(source.fields, each, body)?;
                ask(want, source, each, body)
            }
            _ => {
                let source = self.source(e)?;
                ask(
                    want,
                    source,
                    UNNAMED.into(),
                    constant(Type::Bool, Value::Bool(true)),
                )
            }
        }
    }
}

fn ask(want: Quantifier, source: Source<'_>, each: String, body: Node) -> Option<Typed> {
    let ty = if want == Quantifier::Count {
        Type::Num
    } else {
        Type::Bool
    };
    let Source { of, name, arg, .. } = source;
    Typed::new(
        ty,
        Node::Rows {
            want,
            of,
            name,
            arg,
            each,
            body: Box::new(body),
        },
    )
}
