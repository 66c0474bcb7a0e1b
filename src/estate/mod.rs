//! Sites, buildings, homes and the customers in them.

mod bulk;
pub(crate) mod checks;
pub(crate) mod customers;
pub mod homes;
pub(crate) mod keep;
pub(crate) mod look;
pub(crate) mod reach;
pub(crate) mod serving;
pub mod sites;
pub mod unmask;
pub(crate) mod warranty;

pub use bulk::insert_all;
pub use customers::{HomeLink, PersonLink, homes_of, people_of, relation_title};
pub(crate) use customers::{customer_seen, is_seen, seen};
pub use homes::HomeRow;
pub(crate) use homes::{by_ids as homes_by_ids, only};
pub use keep::{NewCustomer, RELATIONS, create_customers, normal_phone, normal_plate};
pub use look::{Reason, look};
pub use reach::{reach, within};
pub use serving::{ServedBy, served_by};

/// A key that sorts as people count: 2单元 before 10单元.
fn natural(text: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    for c in text.chars() {
        let last = parts.last_mut();
        match (c.to_digit(10), last) {
            (Some(digit), Some((number, word))) if word.is_empty() => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
            }
            (Some(digit), _) => parts.push((u64::from(digit), String::new())),
            (None, Some((u64::MAX, word))) => word.push(c),
            (None, _) => parts.push((u64::MAX, c.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn two_comes_before_ten() {
        let mut units = ["10单元", "2单元", "1单元", "A座", "B1", "B12", "B3"];
        units.sort_by_key(|unit| natural(unit));
        assert_eq!(units, ["1单元", "2单元", "10单元", "A座", "B1", "B3", "B12"]);
    }
}
