//! Functions of values, in memory.

use chrono::{Datelike, Days, Months, NaiveDate, Timelike};

use super::Env;
use super::func::Func;
use super::tree::{MAX_INT, Type, Value, is_date};
use crate::time::{DAY, Time, day_of};

/// Months and open days beyond which a date is surely a slip.
const MOST: f64 = 120_000.0;

/// Value of a function whose operands are `args`. `root` knows the zone and the calendars.
pub(super) fn call(name: Func, ty: Type, args: &[Value], root: &dyn Env) -> Value {
    let found = match (name, args) {
        (Func::Later, [a, Value::Num(span)]) => later(a, *span),
        (Func::AddMonths, [a, Value::Num(n)]) => add_months(a, *n),
        (Func::Apart, [a, b]) => apart(a, b),
        (Func::DateOf, [Value::Num(at)]) => shown(instant(*at).date(root.offset())),
        (Func::Hour, [Value::Num(at)]) => number(instant(*at).local(root.offset()).hour()),
        (Func::StartOf, [a]) => day(a).map(|day| Value::Num(Time::start_of(day, root.offset()).0 as f64)),
        (Func::Year, [a]) => day(a).and_then(|day| number(day.year().unsigned_abs())),
        (Func::Month, [a]) => day(a).and_then(|day| number(day.month())),
        (Func::Day, [a]) => day(a).and_then(|day| number(day.day())),
        (Func::Weekday, [a]) => day(a).and_then(|day| number(day.weekday().number_from_monday())),
        (Func::Workdays, [a, Value::Num(n), Value::Text(calendar)]) => workdays(root, a, *n, calendar),
        (Func::WorkdaysBetween, [a, b, Value::Text(calendar)]) => between(root, a, b, calendar),
        (Func::Round, [Value::Num(x), Value::Num(digits)]) => rounded(*x, *digits, super::eval::round),
        (Func::Floor, [Value::Num(x), Value::Num(digits)]) => rounded(*x, *digits, f64::floor),
        (Func::Ceil, [Value::Num(x), Value::Num(digits)]) => rounded(*x, *digits, f64::ceil),
        (Func::Min, [a, b]) => chosen(a, b, true),
        (Func::Max, [a, b]) => chosen(a, b, false),
        _ => None,
    };
    match (found, ty) {
        (Some(Value::Num(x)), _) if !x.is_finite() => Value::Null,
        (Some(Value::Num(x)), Type::Time | Type::Span) if x.abs() > MAX_INT => Value::Null,
        (Some(value), _) => value,
        (None, _) => Value::Null,
    }
}

fn instant(at: f64) -> Time {
    Time(at as i64)
}

/// An existing day of the years 1 to 9999.
fn day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Text(text) if is_date(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|day| day.year() > 0),
        _ => None,
    }
}

fn shown(day: NaiveDate) -> Option<Value> {
    (1..=9999)
        .contains(&day.year())
        .then(|| Value::Text(day.format("%Y-%m-%d").to_string()))
}

fn number(n: u32) -> Option<Value> {
    Some(Value::Num(n.into()))
}

fn later(a: &Value, span: f64) -> Option<Value> {
    let days = (span / DAY as f64).floor();
    let day = day(a)?;
    let size = Days::new(days.abs() as u64);
    shown(if days < 0.0 {
        day.checked_sub_days(size)?
    } else {
        day.checked_add_days(size)?
    })
}

fn add_months(a: &Value, n: f64) -> Option<Value> {
    let (day, n) = (day(a)?, n.trunc());
    if n.abs() > MOST {
        return None;
    }
    let size = Months::new(n.abs() as u32);
    shown(if n < 0.0 {
        day.checked_sub_months(size)?
    } else {
        day.checked_add_months(size)?
    })
}

fn apart(a: &Value, b: &Value) -> Option<Value> {
    let days = day_of(day(a)?) - day_of(day(b)?);
    Some(Value::Num((days * DAY) as f64))
}

fn workdays(root: &dyn Env, a: &Value, n: f64, calendar: &str) -> Option<Value> {
    let (day, n) = (day(a)?, n.trunc());
    if n.abs() > MOST {
        return None;
    }
    shown(root.calendar(calendar)?.open_day_from(day, n as i64)?)
}

fn between(root: &dyn Env, a: &Value, b: &Value, calendar: &str) -> Option<Value> {
    let (a, b) = (day(a)?, day(b)?);
    Some(Value::Num(root.calendar(calendar)?.open_days(a, b) as f64))
}

/// To so many decimals; whole fen to yuan have minus two.
fn rounded(x: f64, digits: f64, to_whole: impl Fn(f64) -> f64) -> Option<Value> {
    let unit = 10_f64.powi(digits.abs() as i32);
    let y = if digits < 0.0 {
        to_whole(x / unit) * unit
    } else {
        to_whole(x * unit) / unit
    };
    Some(Value::Num(y))
}

/// The smaller or larger; numbers by size, dates by their digits.
pub(super) fn chosen(a: &Value, b: &Value, smaller: bool) -> Option<Value> {
    let first = match (a, b) {
        (Value::Num(a), Value::Num(b)) => a <= b,
        (Value::Text(a), Value::Text(b)) => a <= b,
        _ => return None,
    };
    Some(if first == smaller { a.clone() } else { b.clone() })
}
