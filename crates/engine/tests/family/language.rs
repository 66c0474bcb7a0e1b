//! Tables, computed columns, days: what expressions read of a case that lives.

use crate::house::{House, manual};
use serde_json::json;

const BILL: &str = r#"
title = "付款"
source = []
number = "FK-{yyyy}-{seq:3}"
heading = "name"
[open]
by = ["staff"]
ask = ["name", "rate", "items?", "chosen?", "due?"]
[[field]]
name = "name"
title = "名称"
type = "line"
[[field]]
name = "rate"
title = "倍数"
type = "number"
[[field]]
name = "items"
title = "明细"
type = "table"
columns = [
  { name = "price", title = "单价", type = "money" },
  { name = "quantity", title = "数量", type = "number" },
  { name = "amount", title = "小计", type = "computed", of = "money", compute = "row.price * row.quantity" },
  { name = "charged", title = "应收", type = "computed", of = "money", compute = "row.amount * rate" },
]
[[field]]
name = "chosen"
title = "选哪一行"
type = "number"
[[field]]
name = "due"
title = "期限"
type = "date"
[[field]]
name = "total"
title = "合计"
type = "computed"
of = "money"
compute = "items.sum(i, i.charged)"
[[field]]
name = "taken"
title = "选定的单价"
type = "computed"
of = "money"
compute = "items[chosen].price"
[[field]]
name = "left"
title = "还剩几天"
type = "computed"
of = "number"
compute = "(due - today) / days(1)"
[[field]]
name = "noted"
title = "记下的合计"
type = "money"
[[stage]]
name = "new"
title = "登记"
[[stage]]
name = "done"
title = "完成"
ends = true
[[action]]
name = "change"
title = "改明细"
by = ["staff"]
ask = ["items"]
do = [{ set = { noted = "total" } }]
[[action]]
name = "finish"
title = "完成"
to = "done"
by = ["staff"]
when = "items.all(i, i.charged > yuan(0)) && total >= yuan(10)"
otherwise = "合计不足"
"#;

fn house() -> House {
    House::new(manual(&[("bill", BILL)]).expect("a right manual"))
}

#[test]
fn columns_and_totals_are_worked_out_with_each_change() {
    let mut house = house();
    let items = json!([{ "price": 250, "quantity": 2 }, { "price": 100 }]);
    house.open(
        "b",
        "bill",
        json!({ "name": "灯", "rate": 2, "items": items, "chosen": 2, "due": "1970-01-11" }),
    );
    let data = &house.cases["b"].data;
    assert_eq!(
        data["items"],
        json!([{ "price": 250, "quantity": 2, "amount": 500, "charged": 1000 }, { "price": 100 }])
    );
    assert_eq!((&data["total"], &data["taken"]), (&json!(1000), &json!(100)));
    assert_eq!(data["left"], json!(10));
    assert!(
        house.act("b", "finish", json!({})).is_err(),
        "one row has no amount"
    );

    // What a form sends back of the computed cells does not count; the set reads the new total.
    let items = json!([{ "price": 300, "quantity": 2, "amount": 1, "charged": 1 }]);
    house.act("b", "change", json!({ "items": items })).unwrap();
    let data = &house.cases["b"].data;
    assert_eq!((&data["total"], &data["noted"]), (&json!(1200), &json!(1200)));
    assert_eq!(data.get("taken"), None, "there is no second row any more");
    house.act("b", "finish", json!({})).unwrap();
}

/// What is said when one part of the kind is written differently.
fn told(from: &str, to: &str) -> String {
    assert!(BILL.contains(from), "{from}");
    manual(&[("bill", &BILL.replacen(from, to, 1))])
        .expect_err(to)
        .join("\n")
}

#[test]
fn what_does_not_fit_is_told_with_the_cure() {
    for (from, to, says) in [
        (
            "row.price * row.quantity",
            "row.charged * row.quantity",
            "请把“应收”移到它前面",
        ),
        (
            "row.price * row.quantity",
            "items.sum(i, i.price)",
            "不能用整张表“明细”",
        ),
        (
            "row.price * row.quantity",
            "row.prize * row.quantity",
            "是不是“row.price”",
        ),
        ("row.amount * rate", "total", "请把“合计”移到它前面"),
        (
            "noted = \"total\"",
            "name = \"case.customer\"",
            "不能填进类型为 line 的字段“名称”",
        ),
        ("noted = \"total\"", "name = \"case.id\"", "请改用 case.number"),
        (
            "total >= yuan(10)",
            "workdays(due, 1, 'office') > due",
            "没有日历",
        ),
    ] {
        let told = told(from, to);
        assert!(told.contains(says), "{to}: {told}");
    }
}
