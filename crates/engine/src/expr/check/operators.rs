//! Operators and the types they take.

use cel::IdedExpr;
use cel::common::ast::operators as op;

use super::super::tree::{Node, Type, Value};
use super::super::words;
use super::quantities::day_of;
use super::{Checker, Typed, boxed, constant};

/// Deepest nesting of rounded products: PostgreSQL's rounding repeats its operand.
pub(super) const MAX_ROUNDINGS: usize = 3;

impl Checker<'_> {
    /// Operators, and calls by their bare name.
    pub(super) fn operator(&mut self, e: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Typed> {
        match (name, args) {
            (op::LOGICAL_NOT, [a]) => {
                let a = Box::new(self.of_type(a, Type::Bool)?);
                Typed::new(Type::Bool, Node::Not { a })
            }
            (op::LOGICAL_AND | op::LOGICAL_OR, [a, b]) => {
                // Both sides are checked before giving up, so that one look shows all.
                let (a, b) = (self.of_type(a, Type::Bool), self.of_type(b, Type::Bool));
                let (a, b) = boxed(a?, b?);
                Typed::new(
                    Type::Bool,
                    if name == op::LOGICAL_AND {
                        Node::And { a, b }
                    } else {
                        Node::Or { a, b }
                    },
                )
            }
            (op::CONDITIONAL, [test, a, b]) => self.conditional(e, test, a, b),
            (op::EQUALS | op::NOT_EQUALS, [a, b]) => self.equality(e, a, b, name == op::NOT_EQUALS),
            (op::LESS, [a, b]) => self.ordering(e, a, b, false, false),
            (op::LESS_EQUALS, [a, b]) => self.ordering(e, a, b, true, false),
            (op::GREATER, [a, b]) => self.ordering(e, a, b, false, true),
            (op::GREATER_EQUALS, [a, b]) => self.ordering(e, a, b, true, true),
            (op::ADD, [a, b]) => self.arithmetic(e, '+', a, b),
            (op::SUBSTRACT, [a, b]) => self.arithmetic(e, '-', a, b),
            (op::MULTIPLY, [a, b]) => self.arithmetic(e, '*', a, b),
            (op::NEGATE, [a]) => self.negation(a),
            (op::IN, [a, list]) => self.membership(a, list),
            (op::DIVIDE, [a, b]) => self.arithmetic(e, '/', a, b),
            (op::MODULO, _) => self.refuse(self.parsed.token(e), words::MODULO),
            (op::INDEX | op::OPT_INDEX, _) => self.refuse(self.parsed.token(e), words::NO_INDEX),
            _ => self.function(e, name, args),
        }
    }

    /// Lowers two parts that must be of one type; None within when both are a literal null.
    pub(super) fn pair(
        &mut self,
        e: &IdedExpr,
        a: &IdedExpr,
        b: &IdedExpr,
    ) -> Option<(Option<Type>, Node, Node)> {
        let (a, b) = (self.lower(a), self.lower(b));
        let (mut a, mut b) = (a?, b?);
        // An instant beside a day counts as its day.
        match (a.ty, b.ty) {
            (Some(Type::Date), Some(Type::Time)) => {
                b = Typed {
                    ty: Some(Type::Date),
                    node: day_of(b.node),
                }
            }
            (Some(Type::Time), Some(Type::Date)) => {
                a = Typed {
                    ty: Some(Type::Date),
                    node: day_of(a.node),
                }
            }
            _ => {}
        }
        match (a.ty, b.ty) {
            (Some(x), Some(y)) if x != y => self.refuse(self.parsed.token(e), words::cannot_compare(x, y)),
            (x, y) => {
                let ty = x.or(y);
                let settled = ty.unwrap_or(Type::Bool);
                Some((ty, a.settle(settled), b.settle(settled)))
            }
        }
    }

    fn conditional(&mut self, e: &IdedExpr, test: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Option<Typed> {
        let test = self.of_type(test, Type::Bool);
        let (a, b) = (self.lower(a), self.lower(b));
        let (test, a, b) = (Box::new(test?), a?, b?);
        let ty = match (a.ty, b.ty) {
            (Some(x), Some(y)) if x != y => {
                return self.refuse(self.parsed.token(e), words::branches_differ(x, y));
            }
            (x, y) => x.or(y),
        };
        if let Some(list @ (Type::List | Type::Rows)) = ty {
            return self.refuse(self.parsed.token(e), words::no_equality(list));
        }
        let settled = ty.unwrap_or(Type::Bool);
        let (a, b) = boxed(a.settle(settled), b.settle(settled));
        Some(Typed {
            ty,
            node: Node::If { test, a, b },
        })
    }

    fn equality(&mut self, e: &IdedExpr, a: &IdedExpr, b: &IdedExpr, negate: bool) -> Option<Typed> {
        let (a_at, b_at) = (self.start(a), self.start(b));
        let (ty, a, b) = self.pair(e, a, b)?;
        if let Some(list @ (Type::List | Type::Rows)) = ty {
            return self.refuse(self.parsed.token(e), words::no_equality(list));
        }
        self.choice(&a, &b, b_at)?;
        self.choice(&b, &a, a_at)?;
        let (a, b) = boxed(a, b);
        let equal = Node::Eq { a, b };
        Typed::new(
            Type::Bool,
            if negate {
                Node::Not { a: Box::new(equal) }
            } else {
                equal
            },
        )
    }

    fn ordering(
        &mut self,
        e: &IdedExpr,
        a: &IdedExpr,
        b: &IdedExpr,
        equal: bool,
        swap: bool,
    ) -> Option<Typed> {
        let (ty, a, b) = self.pair(e, a, b)?;
        let sign = self.parsed.token(e);
        match ty {
            None => return self.refuse(sign, words::NULL_ORDER),
            Some(Type::Text) => return self.refuse(sign, words::TEXT_ORDER),
            Some(ty) if ty != Type::Date && !ty.is_numeric() => {
                return self.refuse(sign, words::no_order(ty));
            }
            Some(_) => {}
        }
        let (a, b) = if swap { boxed(b, a) } else { boxed(a, b) };
        Typed::new(
            Type::Bool,
            if equal {
                Node::Le { a, b }
            } else {
                Node::Lt { a, b }
            },
        )
    }

    fn arithmetic(&mut self, e: &IdedExpr, sign: char, a: &IdedExpr, b: &IdedExpr) -> Option<Typed> {
        use Type::{Money, Num, Span, Time};
        if let Some(found) = self.months(sign, a, b) {
            return found;
        }
        let (a, b) = (self.lower(a), self.lower(b));
        let (a, b) = (a?, b?);
        let token = self.parsed.token(e);
        let (Some(x), Some(y)) = (a.ty, b.ty) else {
            return self.refuse(token, words::NULL_ARITHMETIC);
        };
        if let Some(found) = self.of_days(sign, &a, &b) {
            return found;
        }
        let ty = match (sign, x, y) {
            ('/', Num, Num) | ('/', Money, Money) | ('/', Span, Span) => Num,
            ('/', Money, Num) => Money,
            ('/', Span, Num) => Span,
            ('+' | '-', Num, Num) | ('*', Num, Num) => Num,
            ('+' | '-', Money, Money) | ('*', Money, Num) | ('*', Num, Money) => Money,
            ('+' | '-', Span, Span) | ('*', Span, Num) | ('*', Num, Span) | ('-', Time, Time) => Span,
            ('+' | '-', Time, Span) | ('+', Span, Time) => Time,
            _ => return self.refuse(token, words::cannot_calculate(sign, x, y)),
        };
        let (a, b) = boxed(a.node, b.node);
        let node = match sign {
            '+' => Node::Add { ty, a, b },
            '-' => Node::Sub { ty, a, b },
            '/' => Node::Div { ty, a, b },
            _ => Node::Mul { ty, a, b },
        };
        self.calculated(token, ty, node)
    }

    fn negation(&mut self, a: &IdedExpr) -> Option<Typed> {
        let at = self.start(a);
        let a = self.lower(a)?;
        match a.ty {
            Some(ty @ (Type::Num | Type::Money | Type::Span)) => {
                let (a, b) = boxed(constant(ty, Value::Num(0.0)), a.node);
                Typed::new(ty, Node::Sub { ty, a, b })
            }
            Some(ty) => self.refuse(at, words::cannot_negate(ty)),
            None => self.refuse(at, words::NULL_ARITHMETIC),
        }
    }

    /// A literal compared with a variable of closed choices must be one of them.
    pub(super) fn choice(&mut self, variable: &Node, literal: &Node, offset: usize) -> Option<()> {
        let (
            Node::Var { of, path, .. },
            Node::Value {
                value: Value::Text(text),
                ..
            },
        ) = (variable, literal)
        else {
            return Some(());
        };
        let schema = match of {
            Some(of) => self.rows.iter().find(|(name, _)| name == of)?.1,
            None => self.schema,
        };
        match schema.choices(path) {
            Some(known) if !known.contains(text) => self.refuse(offset, words::unknown_choice(text, &known)),
            _ => Some(()),
        }
    }
}

/// How many rounded products stand inside one another.
pub(super) fn roundings(node: &Node) -> usize {
    match node {
        Node::Mul { ty, a, b } | Node::Div { ty, a, b } => {
            usize::from(ty.is_int()) + roundings(a).max(roundings(b))
        }
        Node::Add { a, b, .. } | Node::Sub { a, b, .. } | Node::If { a, b, .. } => {
            roundings(a).max(roundings(b))
        }
        _ => 0,
    }
}
