//! Questions about collections and tables: `children('hot-work').all(c, c.closed)`, `items.sum(i, i.price)`.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Syntax, LiteralValue};

use super::super::Schema;
use super::super::func::Quantifier;
use super::super::tree::{Node, Type, Value};
use super::super::words;
use super::{Checker, Typed, boxed, constant};

/// Name of a row that no condition mentions.
pub(super) const UNNAMED: &str = "_";

/// A collection or table that was found, and which of its rows are meant.
struct Source<'s> {
    of: Option<String>,
    name: String,
    arg: Option<String>,
    table: bool,
    fields: &'s dyn Schema,
    filter: Option<(String, Node)>,
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

    /// The table field that a path names: of whom, its path, its columns.
    pub(super) fn table(&self, e: &IdedExpr) -> Option<(Option<String>, String, &'s dyn Schema)> {
        let (of, path, schema) = self.named(e)?;
        let columns = schema.collection(&path, None)?;
        (schema.var(&path) == Some(Type::Rows)).then_some((of, path, columns))
    }

    /// Whether this is a collection, or filtered rows.
    pub(super) fn is_rows(&self, e: &IdedExpr) -> bool {
        match &e.expr {
            Syntax::Call(call) if is_filter(call) => call
                .target
                .as_deref()
                .is_some_and(|target| self.is_rows(target) || self.table(target).is_some()),
            _ => self.is_collection(e),
        }
    }

    fn source(&mut self, e: &IdedExpr) -> Option<Source<'s>> {
        if let Some((of, name, fields)) = self.table(e) {
            let (arg, table, filter) = (None, true, None);
            return Some(Source {
                of,
                name,
                arg,
                table,
                fields,
                filter,
            });
        }
        let Syntax::Call(call) = &e.expr else {
            return self.refuse(self.start(e), words::UNREADABLE);
        };
        if is_filter(call) {
            return self.filtered(e, call);
        }
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
            Some(fields) => {
                let (table, filter) = (false, None);
                Some(Source {
                    of,
                    name,
                    arg,
                    table,
                    fields,
                    filter,
                })
            }
            None => self.refuse(
                self.name_at(e, &name),
                words::unknown_collection(&name, arg.as_deref()),
            ),
        }
    }

    /// `rows.filter(r, …)`, of which more may follow one another.
    fn filtered(&mut self, e: &IdedExpr, call: &CallExpr) -> Option<Source<'s>> {
        let [each, body] = call.args.as_slice() else {
            return self.refuse(self.name_at(e, "filter"), words::row_arguments("filter"));
        };
        let mut source = self.source(call.target.as_deref()?)?;
        let (name, found) = self.row(&source, each, body)?;
        let found = found.settle_bool(self, body)?;
        let all = match source.filter.take() {
            Some((_, before)) => {
                let (a, b) = boxed(before, found);
                Node::And { a, b }
            }
            None => found,
        };
        source.filter = Some((name, all));
        Some(source)
    }

    /// The name of a row, and what is said of it.
    fn row(&mut self, source: &Source<'s>, each: &IdedExpr, body: &IdedExpr) -> Option<(String, Typed)> {
        let Syntax::Ident(name) = &each.expr else {
            return self.refuse(self.start(each), words::ROW_NAME);
        };
        if self.schema.var(name).is_some() || self.rows.iter().any(|(row, _)| row == name) {
            return self.refuse(self.start(each), words::shadowed(name));
        }
        if let Some((before, _)) = source.filter.as_ref().filter(|(before, _)| before != name) {
            return self.refuse(self.start(each), words::same_row_name(before));
        }
        self.rows.push((name.clone(), source.fields));
        let body = self.lower(body);
        self.rows.pop();
        Some((name.clone(), body?))
    }

    /// `rows.all(c, …)`, `rows.sum(c, …)` and their like.
    pub(super) fn quantified(
        &mut self,
        e: &IdedExpr,
        want: Quantifier,
        target: &IdedExpr,
        args: &[IdedExpr],
    ) -> Option<Typed> {
        let Syntax::Call(CallExpr { func_name: name, .. }) = &e.expr else {
            return None;
        };
        let is_source = self.is_rows(target) || self.table(target).is_some();
        if !is_source {
            return match &target.expr {
                // A mistyped name of a collection is better said so.
                Syntax::Call(_) | Syntax::Ident(_) | Syntax::Select(_) => self
                    .lower(target)
                    .and_then(|_| self.refuse(self.name_at(e, name), words::not_a_collection(name))),
                _ => self.refuse(self.name_at(e, name), words::not_a_collection(name)),
            };
        }
        match args {
            [] if want == Quantifier::Count => self.ask_rows(want, target),
            [each, body] => {
                let source = self.source(target)?;
                let (each, value) = self.row(&source, each, body)?;
                if want.is_aggregate() {
                    return self.aggregate(want, source, each, (body, value));
                }
                let holds = value.settle_bool(self, body)?;
                Some(ask(want, source, each, holds))
            }
            _ => self.refuse(self.name_at(e, name), words::row_arguments(name)),
        }
    }

    /// Counts, or looks for any, rows that may be filtered.
    pub(super) fn ask_rows(&mut self, want: Quantifier, e: &IdedExpr) -> Option<Typed> {
        let source = self.source(e)?;
        let each = source
            .filter
            .as_ref()
            .map_or_else(|| UNNAMED.into(), |(name, _)| name.clone());
        Some(ask(want, source, each, constant(Type::Bool, Value::Bool(true))))
    }

    /// A total, a mean, the smallest or largest of a value; rows that are filtered out have none.
    fn aggregate(
        &mut self,
        want: Quantifier,
        source: Source<'s>,
        each: String,
        (at, value): (&IdedExpr, Typed),
    ) -> Option<Typed> {
        let fits = |ty| match want {
            Quantifier::Sum | Quantifier::Average => matches!(ty, Type::Num | Type::Money | Type::Span),
            _ => ty == Type::Date || ty.is_numeric(),
        };
        let Some(ty) = value.ty.filter(|ty| fits(*ty)) else {
            let got = value.ty.unwrap_or(Type::Text);
            return self.refuse(self.start(at), words::no_aggregate(want, got));
        };
        let Source {
            of,
            name,
            arg,
            table,
            filter,
            ..
        } = source;
        let body = Box::new(match filter {
            Some((_, test)) => Node::If {
                test: Box::new(test),
                a: Box::new(value.node),
                b: Box::new(constant(ty, Value::Null)),
            },
            None => value.node,
        });
        let node = Node::Rows {
            ty,
            want,
            of,
            name,
            arg,
            table,
            each,
            body,
        };
        if !node.bounds().is_safe() {
            return self.refuse(self.start(at), words::TOO_MUCH_ARITHMETIC);
        }
        Typed::new(ty, node)
    }
}

impl Typed {
    /// As a condition, which stands at `at`.
    fn settle_bool(self, checker: &mut Checker<'_>, at: &IdedExpr) -> Option<Node> {
        match self.ty {
            Some(got @ (Type::List | Type::Rows)) => {
                checker.refuse(checker.start(at), words::no_equality(got))
            }
            Some(got) if got != Type::Bool => {
                checker.refuse(checker.start(at), words::wanted(Type::Bool, got))
            }
            _ => Some(self.settle(Type::Bool)),
        }
    }
}

/// A condition on rows: those filtered out count neither for it nor against it.
fn ask(want: Quantifier, source: Source<'_>, each: String, holds: Node) -> Typed {
    let Source {
        of,
        name,
        arg,
        table,
        filter,
        ..
    } = source;
    let always = matches!(
        holds,
        Node::Value {
            value: Value::Bool(true),
            ..
        }
    );
    let body = match filter {
        None => holds,
        Some((_, test)) if want == Quantifier::All => {
            let (a, b) = boxed(Node::Not { a: Box::new(test) }, holds);
            Node::Or { a, b }
        }
        Some((_, test)) if always => test,
        Some((_, test)) => {
            let (a, b) = boxed(test, holds);
            Node::And { a, b }
        }
    };
    let ty = if want == Quantifier::Count {
        Type::Num
    } else {
        Type::Bool
    };
    let body = Box::new(body);
    let node = Node::Rows {
        ty,
        want,
        of,
        name,
        arg,
        table,
        each,
        body,
    };
    Typed { ty: Some(ty), node }
}
