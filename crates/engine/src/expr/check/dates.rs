//! Days: their parts, working days, and sums with spans and months.

use cel::IdedExpr;
use cel::common::ast::{Expr as Syntax, LiteralValue};

use super::super::func::Func;
use super::super::tree::{Node, Type, Value};
use super::super::words;
use super::quantities::day_of;
use super::{Checker, Typed, boxed, constant};

fn call(ty: Type, name: Func, args: Vec<Node>) -> Option<Typed> {
    Typed::new(ty, Node::Call { ty, name, args })
}

impl Checker<'_> {
    /// A part of a day, or of an instant; the instant at which a day begins.
    pub(super) fn part(&mut self, name: &str, arg: &IdedExpr) -> Option<Typed> {
        let at = self.start(arg);
        let typed = self.lower(arg)?;
        let (ty, node) = match (typed.ty, typed.node) {
            (Some(ty @ (Type::Date | Type::Time)), node) => (ty, node),
            (ty, _) => return self.refuse(at, words::wanted(Type::Date, ty.unwrap_or(Type::Text))),
        };
        match (name, ty) {
            ("time", Type::Date) => call(Type::Time, Func::StartOf, vec![node]),
            ("time", _) => Typed::new(Type::Time, node),
            ("hour", Type::Time) => call(Type::Num, Func::Hour, vec![node]),
            ("hour", _) => self.refuse(at, words::wanted(Type::Time, ty)),
            _ => {
                let name = match name {
                    "year" => Func::Year,
                    "month" => Func::Month,
                    "day" => Func::Day,
                    _ => Func::Weekday,
                };
                let day = if ty == Type::Time { day_of(node) } else { node };
                call(Type::Num, name, vec![day])
            }
        }
    }

    /// `workdays(day, n, 'calendar')`, `workdays_between(day, day, 'calendar')`.
    pub(super) fn workdays(
        &mut self,
        name: &str,
        a: &IdedExpr,
        b: &IdedExpr,
        calendar: &IdedExpr,
    ) -> Option<Typed> {
        let (a, second) = (self.day(a), name == "workdays");
        let b = if second {
            self.of_type(b, Type::Num)
        } else {
            self.day(b)
        };
        let at = self.start(calendar);
        let known = self.schema.calendars();
        let calendar = match &calendar.expr {
            _ if known.is_empty() => return self.refuse(at, words::NO_CALENDARS),
            Syntax::Literal(LiteralValue::String(text)) => text.inner().to_owned(),
            _ => return self.refuse(at, words::unknown_calendar(None, &known)),
        };
        if !known.contains(&calendar) {
            return self.refuse(at, words::unknown_calendar(Some(&calendar), &known));
        }
        let args = vec![a?, b?, constant(Type::Text, Value::Text(calendar))];
        if second {
            call(Type::Date, Func::Workdays, args)
        } else {
            call(Type::Num, Func::WorkdaysBetween, args)
        }
    }

    /// A day, or the day of an instant.
    fn day(&mut self, e: &IdedExpr) -> Option<Node> {
        let at = self.start(e);
        let typed = self.lower(e)?;
        match typed.ty {
            Some(Type::Time) => Some(day_of(typed.node)),
            None | Some(Type::Date) => Some(typed.settle(Type::Date)),
            Some(ty) => self.refuse(at, words::wanted(Type::Date, ty)),
        }
    }

    /// `day + months(n)`, `day - years(n)`; None when it is no such sum.
    pub(super) fn months(&mut self, sign: char, a: &IdedExpr, b: &IdedExpr) -> Option<Option<Typed>> {
        let Syntax::Call(months) = &b.expr else {
            return None;
        };
        let in_year = match months.func_name.as_str() {
            "months" if months.target.is_none() => 1.0,
            "years" if months.target.is_none() => 12.0,
            _ => return None,
        };
        let ([n], '+' | '-') = (months.args.as_slice(), sign) else {
            return None;
        };
        let (a, n) = (self.day(a), self.of_type(n, Type::Num));
        Some(a.zip(n).and_then(|(a, n)| {
            let times = if sign == '-' { -in_year } else { in_year };
            let (times, n) = boxed(constant(Type::Num, Value::Num(times)), n);
            let (ty, a_times_n) = (
                Type::Num,
                Node::Mul {
                    ty: Type::Num,
                    a: times,
                    b: n,
                },
            );
            let months = self.calculated(self.start(b), ty, a_times_n)?;
            call(Type::Date, Func::AddMonths, vec![a, months.node])
        }))
    }

    /// A day and a span, or two days; an instant beside a day counts as its day. None when neither is a day.
    pub(super) fn of_days(&self, sign: char, a: &Typed, b: &Typed) -> Option<Option<Typed>> {
        use Type::{Date, Span, Time};
        let (x, y) = (a.ty?, b.ty?);
        let day = |typed: &Typed| match typed.ty {
            Some(Time) => day_of(typed.node.clone()),
            _ => typed.node.clone(),
        };
        Some(match (sign, x, y) {
            ('+', Date, Span) => call(Date, Func::Later, vec![day(a), b.node.clone()]),
            ('+', Span, Date) => call(Date, Func::Later, vec![day(b), a.node.clone()]),
            ('-', Date, Span) => {
                let (zero, span) = boxed(constant(Span, Value::Num(0.0)), b.node.clone());
                let back = Node::Sub {
                    ty: Span,
                    a: zero,
                    b: span,
                };
                call(Date, Func::Later, vec![day(a), back])
            }
            ('-', Date, Date | Time) | ('-', Time, Date) => call(Span, Func::Apart, vec![day(a), day(b)]),
            _ => return None,
        })
    }
}
