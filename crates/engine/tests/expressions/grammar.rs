//! Random well-typed expressions, as text.

use yizhan_engine::expr::Type;

use super::world::{CHILDREN, FOLLOWUPS, ITEMS, STEPS, Table};

/// Random choices, taken from bytes that proptest can shrink; all zero when they run out.
pub struct Dice<'a>(pub std::slice::Iter<'a, u8>);

impl Dice<'_> {
    pub fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % sides
    }

    pub fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.roll(from.len())]
    }

    fn var(&mut self, ty: Type, rows: &[(&str, &'static Table)]) -> String {
        let mut names = Vec::new();
        for (row, table) in rows {
            let dot = if row.is_empty() { "" } else { "." };
            let vars = table.columns.iter().chain(table.data).filter(|(_, t)| *t == ty);
            names.extend(vars.map(|(name, _)| format!("{row}{dot}{name}")));
        }
        names.swap_remove(self.roll(names.len()))
    }

    /// An expression of type `ty`, at most `depth` operators deep, in which `rows` can be named.
    pub fn expr(&mut self, ty: Type, depth: usize, rows: &[(&str, &'static Table)]) -> String {
        if depth == 0 || self.roll(4) == 0 {
            return if self.roll(3) > 0 {
                self.var(ty, rows)
            } else {
                self.literal(ty)
            };
        }
        if self.roll(8) == 0 {
            let test = self.expr(Type::Bool, depth - 1, rows);
            let (a, b) = (self.expr(ty, depth - 1, rows), self.expr(ty, depth - 1, rows));
            return format!("({test} ? {a} : {b})");
        }
        let mut of = |ty| self.expr(ty, depth - 1, rows);
        match ty {
            Type::Bool => self.condition(depth, rows),
            Type::Num => {
                let (a, b) = (of(Type::Num), of(Type::Num));
                match self.roll(6) {
                    0 => format!("size({})", self.sized(depth, rows)),
                    1 => format!("(-({a}))"),
                    2 if depth > 2 => format!("{}(checks)", self.pick(&["missing", "failed"])),
                    2 => self.best("quantity", rows),
                    3 => format!(
                        "({} / {})",
                        self.expr(Type::Money, depth - 1, rows),
                        self.literal(Type::Money)
                    ),
                    _ => format!("({a} {} {b})", self.pick(&["+", "-", "*", "/"])),
                }
            }
            Type::Money | Type::Span => {
                let (a, b, n) = (of(ty), of(ty), of(Type::Num));
                match self.roll(5) {
                    0 => format!("({a} {} {n})", self.pick(&["*", "/"])),
                    2 if ty == Type::Money => self.best("price", rows),
                    3 if ty == Type::Money => {
                        let filter = self.pick(&[
                            "",
                            ".filter(m, m.ok)",
                            ".filter(m, m.quantity < 1).filter(m, has(m.on))",
                        ]);
                        format!("items{filter}.{}(m, m.price)", self.pick(&["sum", "average"]))
                    }
                    1 if ty == Type::Span => format!(
                        "({} - {})",
                        self.var(Type::Time, rows),
                        self.var(Type::Time, rows)
                    ),
                    _ => format!("({a} {} {b})", self.pick(&["+", "-"])),
                }
            }
            Type::Time => {
                let (a, b) = (of(Type::Time), of(Type::Span));
                format!("({a} {} {b})", self.pick(&["+", "-"]))
            }
            _ => self.var(ty, rows),
        }
    }

    fn literal(&mut self, ty: Type) -> String {
        let from: &[&str] = match ty {
            Type::Bool => &["true", "false"],
            Type::Num => &[
                "0",
                "1",
                "2.5",
                "-3",
                "0.1",
                "0.000000001",
                "9007199254740991",
                "-0.5",
            ],
            Type::Money => &["yuan(0)", "yuan(12.34)", "yuan(-0.01)", "yuan(1000000000000)"],
            Type::Time => &["now"],
            Type::Span => &["minutes(30)", "hours(-2)", "days(7)", "hours(1.5)"],
            Type::Date => &["date('2026-01-05')", "date('1999-12-31')", "date('9999-01-01')"],
            _ => &["''", "'a'", "'字'", "'x\\'y'", "'%'", "'2026-01-05'", "'open'"],
        };
        self.pick(from).into()
    }

    /// The smallest or largest of a column; rows have no names that would clash.
    fn best(&mut self, column: &str, rows: &[(&str, &'static Table)]) -> String {
        let name = format!("b{}", rows.len());
        let want = self.pick(&["min", "max"]);
        format!("items.{want}({name}, {name}.{column})")
    }

    fn sized(&mut self, depth: usize, rows: &[(&str, &'static Table)]) -> String {
        match self.roll(4) {
            0 => self.var(Type::Rows, rows),
            1 => self.var(Type::List, rows),
            2 => format!("children('hot-work').filter(f{depth}, {})", {
                let name = format!("f{depth}");
                let inner = [rows, &[(name.as_str(), &CHILDREN)]].concat();
                self.expr(Type::Bool, depth - 1, &inner)
            }),
            _ => self.expr(Type::Text, depth - 1, rows),
        }
    }

    fn condition(&mut self, depth: usize, rows: &[(&str, &'static Table)]) -> String {
        let ordered = [Type::Num, Type::Money, Type::Date, Type::Time, Type::Span];
        let scalar = [&ordered[..], &[Type::Bool, Type::Text]].concat();
        let down = depth - 1;
        match self.roll(10) {
            0 => format!("!({})", self.expr(Type::Bool, down, rows)),
            1 | 2 => {
                let sign = self.pick(&["&&", "||"]);
                format!(
                    "({} {sign} {})",
                    self.expr(Type::Bool, down, rows),
                    self.expr(Type::Bool, down, rows)
                )
            }
            3 => {
                let ty = scalar[self.roll(scalar.len())];
                let sign = self.pick(&["==", "!="]);
                let a = self.expr(ty, down, rows);
                let b = if self.roll(5) == 0 {
                    "null".into()
                } else {
                    self.expr(ty, down, rows)
                };
                format!("({a} {sign} {b})")
            }
            4 | 5 => {
                let ty = ordered[self.roll(ordered.len())];
                let sign = self.pick(&["<", "<=", ">", ">="]);
                format!(
                    "({} {sign} {})",
                    self.expr(ty, down, rows),
                    self.expr(ty, down, rows)
                )
            }
            6 => {
                let ty = scalar[self.roll(scalar.len())];
                let items: Vec<_> = (0..self.roll(4)).map(|_| self.item(ty, rows)).collect();
                format!("({} in [{}])", self.expr(ty, down, rows), items.join(", "))
            }
            7 => match self.roll(3) {
                0 => format!(
                    "({} in {})",
                    self.expr(Type::Text, down, rows),
                    self.var(Type::List, rows)
                ),
                1 => format!(
                    "{}.contains({})",
                    self.var(Type::Text, rows),
                    self.expr(Type::Text, down, rows)
                ),
                _ => {
                    let ty = scalar[self.roll(scalar.len())];
                    format!("has({})", self.expr(ty, down, rows))
                }
            },
            8 => format!("has({})", self.sized(depth, rows)),
            _ => self.quantified(depth, rows),
        }
    }

    fn item(&mut self, ty: Type, rows: &[(&str, &'static Table)]) -> String {
        match self.roll(5) {
            0 => "null".into(),
            1 => self.var(ty, rows),
            _ => self.literal(ty),
        }
    }

    fn quantified(&mut self, depth: usize, rows: &[(&str, &'static Table)]) -> String {
        let name = format!("c{depth}");
        let above = rows
            .iter()
            .rev()
            .find(|(_, table)| std::ptr::eq(*table, &raw const CHILDREN));
        let (source, table) = match (self.roll(4), above) {
            (3, _) => ("items".into(), &ITEMS),
            (0, Some((row, _))) => (format!("{row}.steps()"), &STEPS),
            (1, _) => ("followups()".into(), &FOLLOWUPS),
            (_, _) => (
                format!("children('{}')", self.pick(&["hot-work", "patrol"])),
                &CHILDREN,
            ),
        };
        let inner = [rows, &[(name.as_str(), table)]].concat();
        let body = self.expr(Type::Bool, depth - 1, &inner);
        match self.roll(3) {
            0 => format!("{source}.all({name}, {body})"),
            1 => format!("{source}.exists({name}, {body})"),
            _ => format!("({source}.count({name}, {body}) >= {})", self.roll(3)),
        }
    }
}
