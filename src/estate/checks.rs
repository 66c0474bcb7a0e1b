//! What may be written of a customer, in the form it is kept.

use super::keep::{normal_phone, normal_plate};
use crate::error::Problem;
use std::collections::BTreeSet;

/// Phones, and plates, of one customer.
pub(crate) const MOST_EACH: usize = 20;

pub(crate) fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let good = (1..=60).contains(&name.chars().count()) && !name.contains('\0');
    if good {
        Ok(name)
    } else {
        Err(Problem::field("name", "请填写姓名（60 字以内）"))
    }
}

pub(crate) fn checked_note(field: &str, note: String) -> Result<String, Problem> {
    let good = note.chars().count() <= 500 && !note.contains('\0');
    if good {
        Ok(note)
    } else {
        Err(Problem::field(field, "备注最多 500 字"))
    }
}

pub(crate) fn checked_phone(field: &str, phone: &str) -> Result<String, Problem> {
    normal_phone(phone).ok_or_else(|| Problem::field(field, "电话不对：请填写 5 到 16 位数字"))
}

pub(crate) fn checked_plates(plates: Vec<String>) -> Result<Vec<String>, Problem> {
    if plates.len() > MOST_EACH {
        return Err(Problem::field("plates", "车牌最多 20 个"));
    }
    let read = plates
        .iter()
        .map(|plate| normal_plate(plate))
        .collect::<Option<BTreeSet<String>>>();
    let read = read.ok_or_else(|| Problem::field("plates", "车牌不对：请填写完整车牌，如京A12345"))?;
    Ok(read.into_iter().collect())
}
