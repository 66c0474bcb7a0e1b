//! The interpreter in memory.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::func::Quantifier;
use super::tree::{Node, Type, Value};
use super::{Env, calls};

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

    /// The case, which knows the zone and the calendars.
    fn root(&self) -> &dyn Env {
        self.around.map_or(self.env, Scope::root)
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
            Node::Div { ty, a, b } => match self.number(a, b, |a, b| a / b) {
                Value::Num(x) if !x.is_finite() => Value::Null,
                Value::Num(x) if ty.is_int() => Value::Num(round(x)),
                value => value,
            },
            Node::Call { ty, name, args } => {
                let args: Vec<Value> = args.iter().map(|arg| self.value(arg)).collect();
                calls::call(*name, *ty, &args, self.root())
            }
            Node::Cell {
                ty,
                of,
                table,
                row,
                path,
            } => self.cell(*ty, (of.as_deref(), table), row, path),
            Node::Rows { .. } => self.rows(node),
            _ => Value::Bool(self.holds(node)),
        }
    }

    /// One cell of a table, its row counted from 1.
    fn cell(&self, ty: Type, (of, table): (Option<&str>, &str), row: &Node, path: &str) -> Value {
        let json = self.env(of).get(table);
        match self.value(row).as_i64().and_then(|n| usize::try_from(n).ok()) {
            Some(n @ 1..) => json
                .get(n - 1)
                .and_then(|cells| cells.get(path))
                .map_or(Value::Null, |cell| Value::from_json(ty, cell)),
            _ => Value::Null,
        }
    }

    fn rows(&self, node: &Node) -> Value {
        let Node::Rows {
            ty,
            want,
            of,
            name,
            arg,
            table,
            each,
            body,
        } = node
        else {
            return Value::Null;
        };
        let env = self.env(of.as_deref());
        let json = if *table {
            env.get(name)
        } else {
            Cow::Owned(Json::Null)
        };
        let rows: Vec<Box<dyn Env + '_>> = if *table {
            let cells = json.as_array().into_iter().flatten();
            cells.map(|row| Box::new(Cells(row)) as Box<dyn Env>).collect()
        } else {
            env.collection(name, arg.as_deref())
        };
        let values = rows.iter().map(|row| {
            let scope = Scope {
                row: Some(each),
                env: &**row,
                around: Some(self),
            };
            scope.value(body)
        });
        answer(*want, *ty, values)
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

/// What is asked of rows, from the value of each.
fn answer(want: Quantifier, ty: Type, mut values: impl Iterator<Item = Value>) -> Value {
    let yes = Value::Bool(true);
    match want {
        Quantifier::All => Value::Bool(values.all(|v| v == yes)),
        Quantifier::Exists => Value::Bool(values.any(|v| v == yes)),
        Quantifier::Count => Value::Num(values.filter(|v| *v == yes).count() as f64),
        Quantifier::Min | Quantifier::Max => values
            .filter(|v| *v != Value::Null)
            .reduce(|a, b| calls::chosen(&a, &b, want == Quantifier::Min).unwrap_or(a))
            .unwrap_or(Value::Null),
        Quantifier::Sum | Quantifier::Average => {
            let (mut sum, mut count) = (0.0, 0.0);
            for value in values {
                if let Value::Num(x) = value {
                    sum += x;
                    count += 1.0;
                }
            }
            match want {
                Quantifier::Sum => Value::Num(sum),
                _ if count == 0.0 => Value::Null,
                _ if ty.is_int() => Value::Num(round(sum / count)),
                _ => Value::Num(sum / count),
            }
        }
    }
}

/// A row of a table field.
struct Cells<'a>(&'a Json);

impl Env for Cells<'_> {
    fn get(&self, path: &str) -> Cow<'_, Json> {
        self.0.get(path).map_or(Cow::Owned(Json::Null), Cow::Borrowed)
    }

    fn collection(&self, _: &str, _: Option<&str>) -> Vec<Box<dyn Env + '_>> {
        Vec::new()
    }
}

/// Rounds half away from zero, by the very steps that SQLite's `round` takes, so that all interpreters agree.
pub(super) fn round(x: f64) -> f64 {
    if x.abs() > 4_503_599_627_370_496.0 {
        x
    } else {
        (x + 0.5_f64.copysign(x)).trunc()
    }
}
