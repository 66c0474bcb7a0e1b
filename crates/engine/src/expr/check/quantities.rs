//! Money, spans and days, from a literal or reckoned; rounding; the smaller and the larger.

use cel::IdedExpr;
use cel::common::ast::{Expr as Syntax, LiteralValue};

use super::super::func::Func;
use super::super::tree::{Node, Type, Value, is_date, number_fits};
use super::super::words;
use super::{Checker, Typed, boxed, constant};

impl Checker<'_> {
    /// `yuan(5)`, `days(n)`: so many units.
    pub(super) fn quantity(&mut self, name: &str, arg: &IdedExpr) -> Option<Typed> {
        let (ty, unit) = match name {
            "yuan" => (Type::Money, 100.0),
            "minutes" => (Type::Span, 60_000.0),
            "hours" => (Type::Span, 3_600_000.0),
            _ => (Type::Span, 86_400_000.0),
        };
        let at = self.start(arg);
        let x = match &arg.expr {
            Syntax::Literal(LiteralValue::Int(i)) => *i.inner() as f64,
            Syntax::Literal(LiteralValue::Double(x)) => *x.inner(),
            _ => return self.reckoned(name, arg, ty, unit),
        };
        // 19.99 * 100 is not whole as a double; the nearest whole number is what was written, if it is near.
        let whole = (x * unit).round();
        if (whole - x * unit).abs() > 1e-6 * whole.abs().max(1.0) {
            return self.refuse(at, words::literal_wanted(name));
        }
        if !number_fits(ty, whole) {
            return self.refuse(at, words::number_range(ty));
        }
        Typed::new(ty, constant(ty, Value::Num(whole)))
    }

    fn reckoned(&mut self, name: &str, arg: &IdedExpr, ty: Type, unit: f64) -> Option<Typed> {
        let at = self.start(arg);
        let n = self.lower(arg)?;
        if n.ty != Some(Type::Num) {
            return self.refuse(at, words::literal_wanted(name));
        }
        let (a, b) = boxed(constant(ty, Value::Num(unit)), n.node);
        self.calculated(at, ty, Node::Mul { ty, a, b })
    }

    /// `date('2026-01-31')`, or the day of an instant.
    pub(super) fn date(&mut self, arg: &IdedExpr) -> Option<Typed> {
        let at = self.start(arg);
        if let Syntax::Literal(LiteralValue::String(day)) = &arg.expr {
            let day = day.inner();
            return if is_day(day) {
                Typed::new(Type::Date, constant(Type::Date, Value::Text(day.to_owned())))
            } else {
                self.refuse(at, words::literal_wanted("date"))
            };
        }
        let typed = self.lower(arg)?;
        match typed.ty {
            Some(Type::Date) => Some(typed),
            Some(Type::Time) => Typed::new(Type::Date, day_of(typed.node)),
            _ => self.refuse(at, words::literal_wanted("date")),
        }
    }

    /// To whole numbers or so many decimals; money to whole yuan.
    pub(super) fn rounding(
        &mut self,
        name: &str,
        arg: &IdedExpr,
        digits: Option<&IdedExpr>,
    ) -> Option<Typed> {
        let at = self.start(arg);
        let typed = self.lower(arg)?;
        let digits = match (typed.ty, digits.map(|digits| &digits.expr)) {
            (Some(Type::Money), None) => -2.0,
            (Some(Type::Num), None) => 0.0,
            (Some(Type::Num), Some(Syntax::Literal(LiteralValue::Int(n)))) if (0..=6).contains(n.inner()) => {
                *n.inner() as f64
            }
            (Some(Type::Num | Type::Money), _) => return self.refuse(at, words::DIGITS),
            (ty, _) => return self.refuse(at, words::wanted(Type::Num, ty.unwrap_or(Type::Text))),
        };
        let (Some(ty), name) = (
            typed.ty,
            match name {
                "round" => Func::Round,
                "floor" => Func::Floor,
                _ => Func::Ceil,
            },
        ) else {
            return None;
        };
        let args = vec![typed.node, constant(Type::Num, Value::Num(digits))];
        self.calculated(at, ty, Node::Call { ty, name, args })
    }

    /// The smaller or the larger of two.
    pub(super) fn chosen(&mut self, e: &IdedExpr, name: &str, a: &IdedExpr, b: &IdedExpr) -> Option<Typed> {
        let (at, (ty, a, b)) = (self.start(a), self.pair(e, a, b)?);
        match ty {
            Some(ty) if ty == Type::Date || ty.is_numeric() => {
                let name = if name == "min" { Func::Min } else { Func::Max };
                let args = vec![a, b];
                Typed::new(ty, Node::Call { ty, name, args })
            }
            Some(ty) => self.refuse(at, words::no_order(ty)),
            None => self.refuse(at, words::NULL_ORDER),
        }
    }

    /// A number that can neither overflow nor take databases too long to write down.
    pub(super) fn calculated(&mut self, at: usize, ty: Type, node: Node) -> Option<Typed> {
        if !node.bounds().is_safe() || super::operators::roundings(&node) > super::operators::MAX_ROUNDINGS {
            return self.refuse(at, words::TOO_MUCH_ARITHMETIC);
        }
        Typed::new(ty, node)
    }
}

/// The local day of an instant.
pub(super) fn day_of(time: Node) -> Node {
    let (ty, name, args) = (Type::Date, Func::DateOf, vec![time]);
    Node::Call { ty, name, args }
}

/// Whether `text` is an existing day written "YYYY-MM-DD".
fn is_day(text: &str) -> bool {
    is_date(text) && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}
