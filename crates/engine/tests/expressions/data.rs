//! Random records, often broken.

use serde_json::{Value as Json, json};
use yizhan_engine::expr::Type;

use super::grammar::Dice;
use super::world::{CHILDREN, FOLLOWUPS, MATTERS, STEPS, Table};

impl Dice<'_> {
    /// A value for a variable: often right, else of any kind when it may be wrong.
    fn datum(&mut self, ty: Type, may_be_wrong: bool) -> Json {
        let wrong = [
            json!(null),
            json!("a"),
            json!(1.5),
            json!(true),
            json!([]),
            json!({ "a": 1 }),
            json!(1e300),
            json!(1e-12),
            json!(-9e15),
            json!("2026-1-5"),
            json!(7),
            json!("2026-01-05"),
            json!(u64::MAX),
            json!(i64::MIN),
        ];
        if self.roll(4) == 0 {
            return if may_be_wrong {
                wrong[self.roll(wrong.len())].clone()
            } else {
                Json::Null
            };
        }
        let int = [0_i64, 1, -1, 1234, 100_000_000_000_000, -99_999_999_999_999][self.roll(6)];
        match ty {
            Type::Bool => json!(self.roll(2) == 0),
            Type::Num if !may_be_wrong => json!(self.roll(5)),
            Type::Num => [
                json!(0),
                json!(2.5),
                json!(-3),
                json!(0.1),
                json!(1e-9),
                json!(9_007_199_254_740_991_i64),
            ][self.roll(6)]
            .clone(),
            Type::Text => json!(self.pick(&["", "a", "字a", "有效", "😀%x'y", "2026-01-05"])),
            Type::Date => json!(self.pick(&["2026-01-05", "2026-02-31", "1999-12-31"])),
            Type::Money | Type::Span => json!(int),
            Type::Time => json!(1_790_000_000_000_i64 + i64::from(self.roll(3) as i32 - 1) * 1_800_000),
            Type::List => {
                [json!(["a", "字"]), json!([]), json!(["a", 1, null, ["a"], ""])][self.roll(3)].clone()
            }
            Type::Rows => {
                let row = json!({ "price": 1050, "quantity": 2, "ok": true, "on": "2026-01-05", "what": "a",
                        "item": "字a", "state": "字a" });
                let odd = json!({ "price": -99_999_999_999_999_i64, "quantity": 0.5, "ok": "x", "on": 7,
                    "item": "a", "state": "" });
                [
                    json!([row, odd, {}]),
                    json!([]),
                    json!([1, "{", [row], null]),
                    json!([odd, row, row]),
                ][self.roll(4)]
                .clone()
            }
        }
    }

    fn record(&mut self, table: &Table) -> Json {
        let mut record = json!({ "data": {} });
        for (path, ty) in table.columns {
            let place = match path.strip_prefix("case.") {
                Some(name) => &mut record["case"][name],
                None => &mut record[*path],
            };
            *place = self.datum(*ty, false);
        }
        for (path, ty) in table.data {
            if self.roll(5) > 0 {
                record["data"][*path] = self.datum(*ty, true);
            }
        }
        record
    }

    fn matter(&mut self) -> Json {
        let mut matter = self.record(&MATTERS);
        let children = (0..self.roll(4)).map(|_| {
            let mut child = self.record(&CHILDREN);
            child["kind"] = json!(self.pick(&["hot-work", "patrol"]));
            child["steps"] = (0..self.roll(3)).map(|_| self.record(&STEPS)).collect();
            child
        });
        matter["children"] = children.collect();
        matter["followups"] = (0..self.roll(3)).map(|_| self.record(&FOLLOWUPS)).collect();
        matter
    }
}

/// The same matters at each run, so that a failure can be run again.
pub fn matters() -> Vec<Json> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    let rolls: Vec<Vec<u8>> = (0..120).map(|_| (0..400).map(|_| byte()).collect()).collect();
    rolls.iter().map(|rolls| Dice(rolls.iter()).matter()).collect()
}
