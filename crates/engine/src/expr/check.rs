//! From the syntax tree to the typed tree, refusing whatever does not fit.

mod calls;
mod checklists;
mod dates;
mod operators;
mod quantities;
mod rows;

use cel::IdedExpr;
use cel::common::ast::{Expr as Syntax, LiteralValue, operators as op};

use super::parse::Parsed;
use super::tree::{MAX_NUM, Node, Type, Value, number_fits};
use super::{ExprProblem, Schema, words};

/// Deepest nesting of operators; the interpreters recurse.
const MAX_DEPTH: usize = 64;

/// Checks `parsed` and returns the tree of a value of type `want`.
pub(super) fn check(
    text: &str,
    parsed: &Parsed,
    schema: &dyn Schema,
    want: Type,
) -> Result<Node, Vec<ExprProblem>> {
    let mut checker = Checker {
        text,
        parsed,
        schema,
        rows: Vec::new(),
        depth: 0,
        problems: Vec::new(),
    };
    let node = checker.of_type(&parsed.root, want);
    let mut problems = checker.problems;
    match node {
        Some(node) if problems.is_empty() => Ok(node),
        _ => {
            problems.sort_by_key(|problem| problem.offset);
            Err(problems)
        }
    }
}

/// A checked part; a literal null has no type until its surroundings give it one.
struct Typed {
    ty: Option<Type>,
    node: Node,
}

impl Typed {
    fn new(ty: Type, node: Node) -> Option<Self> {
        Some(Self { ty: Some(ty), node })
    }

    /// Gives a null its type.
    fn settle(self, ty: Type) -> Node {
        let mut node = self.node;
        if self.ty.is_none() {
            retype(&mut node, ty);
        }
        node
    }
}

fn retype(node: &mut Node, to: Type) {
    match node {
        Node::Value { ty, .. } => *ty = to,
        Node::If { a, b, .. } => {
            retype(a, to);
            retype(b, to);
        }
        _ => {}
    }
}

fn constant(ty: Type, value: Value) -> Node {
    Node::Value { ty, value }
}

fn boxed(a: Node, b: Node) -> (Box<Node>, Box<Node>) {
    (Box::new(a), Box::new(b))
}

struct Checker<'s> {
    text: &'s str,
    parsed: &'s Parsed,
    schema: &'s dyn Schema,
    /// Names given to rows by the quantifiers around this place, innermost last.
    rows: Vec<(String, &'s dyn Schema)>,
    depth: usize,
    problems: Vec<ExprProblem>,
}

/// Every method that returns an option has said why when it returns None.
impl<'s> Checker<'s> {
    fn refuse<T>(&mut self, offset: usize, sentence: impl Into<String>) -> Option<T> {
        let offset = offset.min(self.text.len());
        self.problems.push(ExprProblem {
            offset,
            sentence: sentence.into(),
        });
        None
    }

    /// Byte offset where a part begins.
    fn start(&self, e: &IdedExpr) -> usize {
        match &e.expr {
            Syntax::Select(select) => self.start(&select.operand),
            Syntax::Call(call) => match &call.target {
                Some(target) => self.start(target),
                None if call.func_name.starts_with(['_', '@']) && call.args.len() > 1 => {
                    self.start(&call.args[0]).min(self.parsed.token(e))
                }
                None => self.name_at(e, &call.func_name),
            },
            _ => self.parsed.token(e),
        }
    }

    /// Byte offset of the name of a call, which stands before its bracket.
    fn name_at(&self, e: &IdedExpr, name: &str) -> usize {
        let bracket = self.parsed.token(e);
        let before = self.text.get(..bracket).unwrap_or_default().trim_end();
        if before.ends_with(name) {
            before.len() - name.len()
        } else {
            bracket
        }
    }

    fn of_type(&mut self, e: &IdedExpr, want: Type) -> Option<Node> {
        let typed = self.lower(e)?;
        match typed.ty {
            Some(got @ (Type::List | Type::Rows)) => self.refuse(self.start(e), words::no_equality(got)),
            Some(got) if got != want => self.refuse(self.start(e), words::wanted(want, got)),
            _ => Some(typed.settle(want)),
        }
    }

    fn lower(&mut self, e: &IdedExpr) -> Option<Typed> {
        if self.depth >= MAX_DEPTH {
            return self.refuse(self.parsed.token(e), words::TOO_DEEP);
        }
        self.depth += 1;
        let lowered = match &e.expr {
            Syntax::Literal(literal) => self.literal(e, literal),
            Syntax::Ident(_) | Syntax::Select(_) => self.variable(e),
            Syntax::Call(call) if call.target.is_some() => self.method(e, call),
            Syntax::Call(call) => self.operator(e, &call.func_name, &call.args),
            Syntax::List(_) => self.refuse(self.parsed.token(e), words::LIST_ALONE),
            Syntax::Map(_) | Syntax::Struct(_) => self.refuse(self.parsed.token(e), words::NO_MAPS),
            Syntax::Unspecified | Syntax::Comprehension(_) => self.refuse(0, words::UNREADABLE),
        };
        self.depth -= 1;
        lowered
    }

    fn literal(&mut self, e: &IdedExpr, literal: &LiteralValue) -> Option<Typed> {
        let number = match literal {
            LiteralValue::Boolean(b) => {
                return Typed::new(Type::Bool, constant(Type::Bool, Value::Bool(*b.inner())));
            }
            LiteralValue::String(s) => {
                return Typed::new(
                    Type::Text,
                    constant(Type::Text, Value::Text(s.inner().to_owned())),
                );
            }
            LiteralValue::Null => {
                return Some(Typed {
                    ty: None,
                    node: constant(Type::Bool, Value::Null),
                });
            }
            LiteralValue::Int(i) if i.inner().unsigned_abs() <= MAX_NUM as u64 => *i.inner() as f64,
            LiteralValue::Int(_) => f64::INFINITY,
            LiteralValue::Double(x) => *x.inner(),
            LiteralValue::Bytes(_) | LiteralValue::UInt(_) => {
                return self.refuse(self.parsed.token(e), words::BYTES);
            }
        };
        if !number_fits(Type::Num, number) {
            return self.refuse(self.parsed.token(e), words::number_range(Type::Num));
        }
        Typed::new(Type::Num, constant(Type::Num, Value::Num(number)))
    }

    /// What a dotted path names: of which row, the path there, and the schema that knows it.
    fn named(&self, e: &IdedExpr) -> Option<(Option<String>, String, &'s dyn Schema)> {
        let segments = segments(e)?;
        let row = self.rows.iter().find(|(name, _)| name == segments[0]);
        match row {
            Some(_) if segments.len() == 1 => None,
            Some((name, schema)) => Some((Some(name.clone()), segments[1..].join("."), *schema)),
            None => Some((None, segments.join("."), self.schema)),
        }
    }

    fn variable(&mut self, e: &IdedExpr) -> Option<Typed> {
        if let Syntax::Select(select) = &e.expr
            && let Syntax::Call(call) = &select.operand.expr
            && let (op::INDEX, [table, row]) = (call.func_name.as_str(), call.args.as_slice())
        {
            return self.cell(e, table, row, &select.field);
        }
        let Some(segments) = segments(e) else {
            let dot = self.parsed.token(e);
            return self.refuse(dot, words::unexpected(self.text.get(dot..).unwrap_or_default()));
        };
        let offset = self.start(e);
        let Some((of, path, schema)) = self.named(e) else {
            return self.refuse(offset, words::row_itself(segments[0]));
        };
        match schema.var(&path) {
            Some(ty) => Typed::new(ty, Node::Var { ty, of, path }),
            None if schema.names().contains(&path) => self.refuse(offset, words::bare_collection(&path)),
            None => self.refuse(offset, words::unknown_name(&path, &schema.names())),
        }
    }

    /// One cell of a table, `plans[chosen].price`.
    fn cell(&mut self, e: &IdedExpr, table: &IdedExpr, row: &IdedExpr, path: &str) -> Option<Typed> {
        let columns = self.named(table).and_then(|(of, name, schema)| {
            let columns = schema.collection(&name, None)?;
            (schema.var(&name) == Some(Type::Rows)).then_some((of, name, columns))
        });
        let Some((of, table, columns)) = columns else {
            return self.refuse(self.start(table), words::NO_INDEX);
        };
        let row = Box::new(self.of_type(row, Type::Num)?);
        let path = path.to_owned();
        match columns.var(&path) {
            Some(ty @ (Type::List | Type::Rows)) => self.refuse(self.parsed.token(e), words::no_equality(ty)),
            Some(ty) => Typed::new(
                ty,
                Node::Cell {
                    ty,
                    of,
                    table,
                    row,
                    path,
                },
            ),
            None => self.refuse(self.parsed.token(e), words::unknown_name(&path, &columns.names())),
        }
    }
}

/// The names of a dotted path, if it is nothing else.
fn segments(e: &IdedExpr) -> Option<Vec<&str>> {
    let mut segments = Vec::new();
    let mut at = e;
    loop {
        match &at.expr {
            Syntax::Ident(name) => break segments.push(name.as_str()),
            Syntax::Select(select) => {
                segments.push(&select.field);
                at = &select.operand;
            }
            _ => return None,
        }
    }
    segments.reverse();
    Some(segments)
}
