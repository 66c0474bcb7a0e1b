//! The interpreter in memory.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::Env;
use super::tree::{Node, Quantifier, Type, Value};

/// Value of `node` with the case's values.
pub(super) fn eval(node: &Node, env: &dyn Env) -> Value {
    Scope {
        row: None,
        env,
        around: None,
    }
    .value(node)
}

/// Where names are looked up: a row, and what stands around it.
struct Scope<'a> {
    row: Option<&'a str>,
    env: &'a dyn Env,
    around: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    fn env(&self, of: Option<&str>) -> &dyn Env {
        match self.around {
            Some(around) if self.row != of => around.env(of),
            _ => self.env,
        }
    }

    fn json<'s>(&'s self, node: &'s Node) -> Cow<'s, Json> {
        match node {
            Node::Var { of, path, .. } => self.env(of.as_deref()).get(path),
            _ => Cow::Owned(Json::Null),
        }
    }

    fn test(&self, node: &Node) -> bool {
        self.value(node) == Value::Bool(true)
    }

    fn value(&self, node: &Node) -> Value {
        match node {
            Node::Value { value, .. } => value.clone(),
            Node::Var { ty, .. } => Value::from_json(*ty, &self.json(node)),
            Node::If { test, a, b } => self.value(if self.test(test) { a } else { b }),
            Node::Add { a, b, .. } => self.number(a, b, |a, b| a + b),
            Node::Sub { a, b, .. } => self.number(a, b, |a, b| a - b),
            Node::Mul { ty, a, b } if ty.is_int() => self.number(a, b, |a, b| round(a * b)),
            Node::Mul { a, b, .. } => self.number(a, b, |a, b| a * b),
            Node::Size { a } => Value::Num(self.size(a) as f64),
            Node::Rows {
                want,
                of,
                name,
                arg,
                each,
                body,
            } => {
                let env = self.env(of.as_deref());
                let rows = env.collection(name, arg.as_deref());
                let mut held = rows.iter().map(|row| {
                    Scope {
                        row: Some(each),
                        env: &**row,
                        around: Some(self),
                    }
                    .test(body)
                });
                match want {
                    Quantifier::All => Value::Bool(held.all(|h| h)),
                    Quantifier::Exists => Value::Bool(held.any(|h| h)),
                    Quantifier::Count => Value::Num(held.filter(|h| *h).count() as f64),
                }
            }
            _ => Value::Bool(self.holds(node)),
        }
    }

    /// Operators that never give null.
    fn holds(&self, node: &Node) -> bool {
        match node {
            Node::Not { a } => !self.test(a),
            Node::And { a, b } => self.test(a) && self.test(b),
            Node::Or { a, b } => self.test(a) || self.test(b),
            Node::Eq { a, b } => self.value(a) == self.value(b),
            Node::Lt { a, b } => self.ordered(a, b, std::cmp::Ordering::is_lt),
            Node::Le { a, b } => self.ordered(a, b, std::cmp::Ordering::is_le),
            Node::In { a, items } => {
                let a = self.value(a);
                items.iter().any(|item| self.value(item) == a)
            }
            Node::Member { a, list } => match (self.value(a), &*self.json(list)) {
                (Value::Text(a), Json::Array(items)) => items.iter().any(|item| item.as_str() == Some(&a)),
                _ => false,
            },
            Node::Contains { a, b } => match (self.value(a), self.value(b)) {
                (Value::Text(a), Value::Text(b)) => a.contains(&b),
                _ => false,
            },
            Node::Has { a } => match a.ty() {
                Type::Text | Type::List | Type::Rows => self.size(a) > 0,
                _ => self.value(a) != Value::Null,
            },
            // The rest are values, handled by the caller.
            _ => false,
        }
    }

    fn size(&self, node: &Node) -> usize {
        match node.ty() {
            Type::List | Type::Rows => self.json(node).as_array().map_or(0, Vec::len),
            _ => match self.value(node) {
                Value::Text(text) => text.chars().count(),
                _ => 0,
            },
        }
    }

    fn number(&self, a: &Node, b: &Node, calculate: impl Fn(f64, f64) -> f64) -> Value {
        match (self.value(a), self.value(b)) {
            (Value::Num(a), Value::Num(b)) => Value::Num(calculate(a, b)),
            _ => Value::Null,
        }
    }

    fn ordered(&self, a: &Node, b: &Node, accept: impl Fn(std::cmp::Ordering) -> bool) -> bool {
        let order = match (self.value(a), self.value(b)) {
            (Value::Num(a), Value::Num(b)) => a.partial_cmp(&b),
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(&b)),
            _ => None,
        };
        order.is_some_and(accept)
    }
}

/// Rounds half away from zero, by the very steps that SQLite's `round` takes, so that all interpreters agree.
fn round(x: f64) -> f64 {
    if x.abs() > 4_503_599_627_370_496.0 {
        x
    } else {
        (x + 0.5_f64.copysign(x)).trunc()
    }
}
