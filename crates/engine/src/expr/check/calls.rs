//! Calls by name: size, presence, membership; what else there is stands beside this.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr as Syntax};

use super::super::func::Quantifier;
use super::super::functions::functions;
use super::super::tree::{Node, Type};
use super::super::words;
use super::{Checker, Typed};

impl Checker<'_> {
    /// A call by its bare name.
    pub(super) fn function(&mut self, e: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Typed> {
        if self.is_collection(e) {
            return self.refuse(self.start(e), words::COLLECTION_ALONE);
        }
        let at = self.name_at(e, name);
        let Some(known) = functions().iter().find(|f| !f.method && f.name == name) else {
            let collections = self.schema.names().into_iter();
            let collections = collections.filter(|n| self.schema.var(n).is_none());
            let known = functions()
                .iter()
                .filter(|f| !f.method)
                .map(|f| f.name.to_owned());
            let known: Vec<String> = known.chain(collections).collect();
            return self.refuse(at, words::unknown_function(name, &known));
        };
        if !known.takes(args.len()) {
            return self.refuse(at, words::arguments(known));
        }
        match (name, args) {
            ("missing" | "complete" | "failed", [arg]) => self.standing(name, arg),
            ("size", [arg]) => self.size(arg),
            ("has", [arg]) => self.has(arg),
            ("yuan" | "minutes" | "hours" | "days", [arg]) => self.quantity(name, arg),
            ("date", [arg]) => self.date(arg),
            ("months" | "years", _) => self.refuse(at, words::MONTHS_ALONE),
            ("round" | "floor" | "ceil", [arg, digits @ ..]) => self.rounding(name, arg, digits.first()),
            ("min" | "max", [a, b]) => self.chosen(e, name, a, b),
            ("workdays" | "workdays_between", [a, b, calendar]) => self.workdays(name, a, b, calendar),
            (_, [arg]) => self.part(name, arg),
            _ => self.refuse(at, words::arguments(known)),
        }
    }

    /// A call on something: `x.contains('y')`, `children('k').all(c, …)`.
    pub(super) fn method(&mut self, e: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        let name = call.func_name.as_str();
        if self.is_collection(e) {
            return self.refuse(self.start(e), words::COLLECTION_ALONE);
        }
        let target = call.target.as_deref()?;
        let at = self.name_at(e, name);
        let Some(known) = functions().iter().find(|f| f.method && f.name == name) else {
            let known: Vec<String> = functions()
                .iter()
                .filter(|f| f.method)
                .map(|f| f.name.to_owned())
                .collect();
            return self.refuse(at, words::unknown_function(name, &known));
        };
        let want = match (name, call.args.as_slice()) {
            ("contains", [part]) => return self.contains(target, part),
            ("size", []) => return self.size(target),
            ("filter", _) => return self.refuse(self.start(e), words::COLLECTION_ALONE),
            ("all", _) => Quantifier::All,
            ("exists", _) => Quantifier::Exists,
            ("count", _) => Quantifier::Count,
            ("sum", _) => Quantifier::Sum,
            ("average", _) => Quantifier::Average,
            ("min", _) => Quantifier::Min,
            ("max", _) => Quantifier::Max,
            _ => return self.refuse(at, words::arguments(known)),
        };
        self.quantified(e, want, target, &call.args)
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
}
