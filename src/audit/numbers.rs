//! Numbers of contacts and cases: each series from 1 to what its counter gave last, without gap or double.

use super::{Fault, Report};
use crate::db::Sql;
use crate::vals;
use sea_orm::{DbErr, FromQueryResult};
use std::collections::BTreeMap;

#[derive(FromQueryResult)]
struct Counter {
    name: String,
    next: i64,
}

#[derive(FromQueryResult)]
struct Used {
    number: String,
}

/// How often each number of a series is used, from 1.
type Series = BTreeMap<String, Vec<u32>>;

pub(super) async fn verify(sql: &impl Sql, report: &mut Report) -> Result<(), DbErr> {
    let counters: Vec<Counter> = sql
        .rows("select name, next from counter order by name", vals![])
        .await?;
    let given = |next: i64| usize::try_from(next - 1).unwrap_or_default();
    let mut series: Series = counters
        .iter()
        .map(|counter| (counter.name.clone(), vec![0; given(counter.next)]))
        .collect();
    for table in ["contact", "case_record"] {
        let used: Vec<Used> = sql.rows(&format!("select number from {table}"), vals![]).await?;
        for Used { number } in used {
            if let Some(what) = count(&mut series, &number) {
                report.faults.push(fault(&number, what));
            }
        }
    }
    for (name, uses) in &series {
        for (place, uses) in uses.iter().enumerate().filter(|(_, uses)| **uses != 1) {
            let what = if *uses == 0 { "缺号" } else { "重号" };
            report
                .faults
                .push(fault(name, format!("{what}：第 {} 号", place + 1)));
        }
    }
    report.series += series.len() as u64;
    Ok(())
}

fn fault(subject: &str, what: String) -> Fault {
    Fault {
        subject: subject.to_owned(),
        seq: None,
        what,
    }
}

/// Counts a number in its series, which is named by all of it but the digits of its place. Where these are is not
/// said, so every run of digits is tried: `TS-CS-2026-00012`, `TS202600012`, `2026-00012-TS`.
fn count(series: &mut Series, number: &str) -> Option<String> {
    let digit = |at: usize| number.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let starts = (0..number.len()).filter(|&at| digit(at));
    for start in starts {
        let end = (start..).find(|&at| !digit(at)).unwrap_or(number.len());
        let name = format!("{}{}", &number[..start], &number[end..]);
        let (Some(uses), Ok(place)) = (series.get_mut(&name), number[start..end].parse::<usize>()) else {
            continue;
        };
        return match place.checked_sub(1).and_then(|place| uses.get_mut(place)) {
            Some(uses) => {
                *uses += 1;
                None
            }
            None => Some("号码超出了编号计数器给出的范围".to_owned()),
        };
    }
    Some("号码不属于任何编号序列".to_owned())
}
