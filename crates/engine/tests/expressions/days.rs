//! Working days against a count that walks day by day.

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use yizhan_engine::expr::{Expr, Type};

use super::world::{MATTERS, Record};

fn asked(text: &str, want: Type, visit: NaiveDate, due: NaiveDate, score: i64) -> Json {
    let data = json!({
        "data": { "visit_date": visit.to_string(), "score": score },
        "case": { "due": due.to_string() },
    });
    json!(Expr::compile(text, &MATTERS, want).unwrap().eval(&Record(&data)))
}

fn open(day: NaiveDate) -> bool {
    day.weekday().num_days_from_monday() < 5
}

/// The n-th open day from a day, one step at a time.
fn walked(mut day: NaiveDate, n: i64) -> NaiveDate {
    let mut left = n.abs();
    while left > 0 {
        day = if n > 0 { day.succ_opt() } else { day.pred_opt() }.unwrap();
        left -= i64::from(open(day));
    }
    day
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn working_days_are_those_one_would_count(from in 0_u64..20_000, n in -40_i64..40, far in 0_u64..90) {
        let day = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(from);
        let there = walked(day, n);
        let text = "workdays(visit_date, score, 'office')";
        prop_assert_eq!(asked(text, Type::Date, day, day, n), json!(there.to_string()));
        let text = "workdays(visit_date, score, 'around')";
        let each = day.checked_add_signed(chrono::TimeDelta::days(n)).unwrap();
        prop_assert_eq!(asked(text, Type::Date, day, day, n), json!(each.to_string()));

        let other = day + Days::new(far);
        let count = day.iter_days().skip(1).take_while(|d| *d <= other).filter(|d| open(*d)).count();
        let text = "workdays_between(visit_date, case.due, 'office')";
        prop_assert_eq!(asked(text, Type::Num, day, other, 0), json!(count));
        let text = "workdays_between(case.due, visit_date, 'office')";
        prop_assert_eq!(asked(text, Type::Num, day, other, 0), json!(-(count as i64)));
    }
}

#[test]
fn what_is_out_of_reach_has_no_day() {
    let day = NaiveDate::from_ymd_opt(2026, 1, 30).unwrap();
    let next = asked("workdays(visit_date, 1, 'office')", Type::Date, day, day, 0);
    assert_eq!(next, json!("2026-02-02"));
    let far = asked("workdays(visit_date, 1000000, 'office')", Type::Date, day, day, 0);
    assert_eq!(far, Json::Null);
    let before = asked(
        "workdays(date('0001-01-02'), -30, 'office')",
        Type::Date,
        day,
        day,
        0,
    );
    assert_eq!(before, Json::Null);
}
