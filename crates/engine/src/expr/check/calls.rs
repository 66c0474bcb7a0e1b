//! Functions of single values: literals of money and time, size, presence, membership.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Syntax, LiteralValue};

use super::super::tree::{Node, Quantifier, Type, Value, number_fits};
use super::super::words;
use super::{Checker, Typed, constant};

const FUNCTIONS: [&str; 7] = ["size", "has", "yuan", "date", "minutes", "hours", "days"];
const METHODS: [&str; 6] = ["contains", "size", "all", "exists", "count", "filter"];

impl Checker<'_> {
    /// A call by its bare name.
    pub(super) fn function(&mut self, e: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Typed> {
        if self.is_collection(e) {
            return self.refuse(self.start(e), words::COLLECTION_ALONE);
        }
        if !FUNCTIONS.contains(&name) {
            let mut known: Vec<String> = FUNCTIONS.map(String::from).to_vec();
            known.extend(
                self.schema
                    .names()
                    .into_iter()
                    .filter(|n| self.schema.var(n).is_none()),
            );
            return self.refuse(self.name_at(e, name), words::unknown_function(name, &known));
        }
        let [arg] = args else {
            return self.refuse(self.name_at(e, name), words::argument_count(name, 1));
        };
        match name {
            "size" => self.size(arg),
            "has" => self.has(arg),
            _ => self.quantity(name, arg),
        }
    }

    /// A call on something: `x.contains('y')`, `children('k').all(c, …)`.
    pub(super) fn method(&mut self, e: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        let name = call.func_name.as_str();
        if self.is_collection(e) {
            return self.refuse(self.start(e), words::COLLECTION_ALONE);
        }
        let target = call.target.as_deref()?;
        match (name, call.args.as_slice()) {
            ("contains", [part]) => self.contains(target, part),
            ("size", []) => self.size(target),
            ("all", args) => self.quantified(e, Quantifier::All, target, args),
            ("exists", args) => self.quantified(e, Quantifier::Exists, target, args),
            ("count", args) => self.quantified(e, Quantifier::Count, target, args),
            ("filter", _) => self.refuse(self.start(e), words::COLLECTION_ALONE),
            ("contains", _) => self.refuse(self.name_at(e, name), words::argument_count(name, 1)),
            ("size", _) => self.refuse(self.name_at(e, name), words::argument_count(name, 0)),
            _ => {
                let known = METHODS.map(String::from);
                self.refuse(self.name_at(e, name), words::unknown_function(name, &known))
            }
        }
    }

    fn size(&mut self, arg: &IdedExpr) -> Option<Typed> {
        if self.is_rows(arg) {
            return self.ask_rows(Quantifier::Count, arg);
        }
        let at = self.start(arg);
        let typed = self.lower(arg)?;
        match typed.ty {
            None | Some(Type::Text | Type::List | Type::Rows) => {
                let a = Box::new(typed.settle(Type::Text));
                Typed::new(Type::Num, Node::Size { a })
            }
            Some(ty) => self.refuse(at, words::no_size(ty)),
        }
    }

    fn has(&mut self, arg: &IdedExpr) -> Option<Typed> {
        if self.is_rows(arg) {
            return self.ask_rows(Quantifier::Exists, arg);
        }
        let a = Box::new(self.lower(arg)?.settle(Type::Text));
        Typed::new(Type::Bool, Node::Has { a })
    }

    fn contains(&mut self, target: &IdedExpr, part: &IdedExpr) -> Option<Typed> {
        let (target_at, part_at) = (self.start(target), self.start(part));
        let a = self.lower(target)?;
        let b = Box::new(self.of_type(part, Type::Text)?);
        match a.ty {
            None | Some(Type::Text) => {
                let a = Box::new(a.settle(Type::Text));
                Typed::new(Type::Bool, Node::Contains { a, b })
            }
            Some(Type::List) => {
                self.choice(&a.node, &b, part_at)?;
                Typed::new(
                    Type::Bool,
                    Node::Member {
                        a: b,
                        list: Box::new(a.node),
                    },
                )
            }
            Some(ty) => self.refuse(target_at, words::wanted(Type::Text, ty)),
        }
    }

    /// `a in list`.
    pub(super) fn membership(&mut self, a: &IdedExpr, list: &IdedExpr) -> Option<Typed> {
        let (a_at, list_at) = (self.start(a), self.start(list));
        let Syntax::List(items) = &list.expr else {
            let a = self.of_type(a, Type::Text)?;
            let list = self.lower(list)?;
            return match list.ty {
                Some(Type::List) => {
                    self.choice(&list.node, &a, a_at)?;
                    Typed::new(
                        Type::Bool,
                        Node::Member {
                            a: Box::new(a),
                            list: Box::new(list.node),
                        },
                    )
                }
                ty => self.refuse(list_at, words::not_a_list(ty.unwrap_or(Type::Text))),
            };
        };
        let a = self.lower(a)?;
        let mut lowered = Vec::new();
        for item in &items.elements {
            lowered.push((self.start(item), self.lower(item)?));
        }
        let ty =
            a.ty.or_else(|| lowered.iter().find_map(|(_, item)| item.ty))
                .unwrap_or(Type::Bool);
        if matches!(ty, Type::List | Type::Rows) {
            return self.refuse(a_at, words::no_equality(ty));
        }
        let a = a.settle(ty);
        let mut settled = Vec::new();
        for (at, item) in lowered {
            if let Some(got) = item.ty.filter(|got| *got != ty) {
                return self.refuse(at, words::cannot_compare(ty, got));
            }
            let item = item.settle(ty);
            self.choice(&a, &item, at)?;
            settled.push(item);
        }
        Typed::new(
            Type::Bool,
            Node::In {
                a: Box::new(a),
                items: settled,
            },
        )
    }

    /// Money, dates and spans, from a literal.
    fn quantity(&mut self, name: &str, arg: &IdedExpr) -> Option<Typed> {
        let number = match &arg.expr {
            Syntax::Literal(LiteralValue::Int(i)) => Some(*i.inner() as f64),
            Syntax::Literal(LiteralValue::Double(x)) => Some(*x.inner()),
            _ => None,
        };
        let text = match &arg.expr {
            Syntax::Literal(LiteralValue::String(s)) => Some(s.inner().to_owned()),
            _ => None,
        };
        let (ty, unit) = match name {
            "yuan" => (Type::Money, 100.0),
            "minutes" => (Type::Span, 60_000.0),
            "hours" => (Type::Span, 3_600_000.0),
            "days" => (Type::Span, 86_400_000.0),
            _ => (Type::Date, 0.0),
        };
        let at = self.start(arg);
        let value = match (ty, number, text) {
            (Type::Date, _, Some(day)) if is_day(&day) => Value::Text(day),
            (Type::Money | Type::Span, Some(x), _) => {
                // 19.99 * 100 is not whole as a double; the nearest whole number is what was written, if it is near.
                let whole = (x * unit).round();
                if (whole - x * unit).abs() > 1e-6 * whole.abs().max(1.0) {
                    return self.refuse(at, words::literal_wanted(name));
                }
                if !number_fits(ty, whole) {
                    return self.refuse(at, words::number_range(ty));
                }
                Value::Num(whole)
            }
            _ => return self.refuse(at, words::literal_wanted(name)),
        };
        Typed::new(ty, constant(ty, value))
    }
}

/// Whether `text` is an existing day written "YYYY-MM-DD".
fn is_day(text: &str) -> bool {
    super::super::tree::is_date(text) && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}
