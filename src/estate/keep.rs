//! Writing customers with all they are found by.

use super::bulk::insert_all;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::search::names;
use crate::vals;
use sea_orm::{DbErr, Value};

/// How a person stands to a home, and what people call it.
pub const RELATIONS: [(&str, &str); 4] = [
    ("owner", "业主"),
    ("family", "家属"),
    ("tenant", "租户"),
    ("other", "其他"),
];

/// A customer to be made.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// Name.
    pub name: String,
    /// A company, not a person.
    pub company: bool,
    /// Phones as [`normal_phone`] gives them, each with a note.
    pub phones: Vec<(String, String)>,
    /// Plates as [`normal_plate`] gives them.
    pub plates: Vec<String>,
    /// Number of the identity card or licence.
    pub identity: Option<String>,
    /// What to mind with this customer.
    pub care_note: String,
    /// Fees are owed.
    pub arrears: bool,
    /// Site it is written down at, for who has no home; none: for the whole company.
    pub site: Option<String>,
}

/// Digits of a phone, without the country's 86; none when it is not a phone.
pub fn normal_phone(text: &str) -> Option<String> {
    let folded = crate::search::normalise(text);
    let known = folded.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let digits = digits
        .strip_prefix("86")
        .filter(|rest| (10..=12).contains(&rest.len()))
        .unwrap_or(digits);
    (known && (5..=16).contains(&digits.len())).then(|| digits.to_owned())
}

/// A plate in capitals, without spaces and dots; none when it is not one.
pub fn normal_plate(text: &str) -> Option<String> {
    let plate = names::plain(text).to_uppercase();
    (4..=10).contains(&plate.chars().count()).then_some(plate)
}

/// Makes customers; their ids are in the order given.
///
/// # Errors
/// The database's.
pub async fn create_customers(tx: &Tx, app: &App, all: &[NewCustomer]) -> Result<Vec<String>, DbErr> {
    let now = app.clock.now();
    let ids: Vec<String> = all.iter().map(|_| app.id()).collect();
    let mut customers = Vec::with_capacity(all.len());
    let mut phones: Vec<Vec<Value>> = Vec::new();
    let mut keys = Vec::new();
    let mut plates = Vec::new();
    for (new, id) in all.iter().zip(&ids) {
        let (pinyin, initials) = names::pinyin(&new.name);
        let kind = if new.company { "company" } else { "person" };
        customers.push(vals![
            id.clone(),
            new.name.clone(),
            pinyin,
            initials,
            kind,
            new.identity.clone(),
            new.care_note.clone(),
            new.arrears,
            now,
            new.site.clone(),
        ]);
        phones.extend(
            new.phones
                .iter()
                .map(|(number, note)| phone_row(app, id, number, note)),
        );
        plates.extend(new.plates.iter().map(|plate| vals![id.clone(), plate.clone()]));
        keys.extend(key_rows(id, &new.name, &new.plates));
    }
    let columns =
        "customer (id, name, pinyin, initials, kind, identity, care_note, arrears, created_at, site_id)";
    insert_all(tx, columns, customers, "").await?;
    insert_all(tx, PHONE_COLUMNS, phones, "").await?;
    insert_all(
        tx,
        "customer_plate (customer_id, plate)",
        plates,
        "on conflict do nothing",
    )
    .await?;
    insert_all(
        tx,
        "customer_key (key, customer_id)",
        keys,
        "on conflict do nothing",
    )
    .await?;
    Ok(ids)
}

/// Columns of [`phone_row`].
pub(crate) const PHONE_COLUMNS: &str = "customer_phone (id, customer_id, number, last4, note)";

pub(crate) fn phone_row(app: &App, customer: &str, number: &str, note: &str) -> Vec<Value> {
    let last4 = &number[number.len().saturating_sub(4)..];
    vals![
        app.id(),
        customer.to_owned(),
        number.to_owned(),
        last4.to_owned(),
        note.to_owned()
    ]
}

fn key_rows(customer: &str, name: &str, plates: &[String]) -> Vec<Vec<Value>> {
    let mut keys = names::keys(name);
    keys.extend(plates.iter().flat_map(|plate| names::plate_keys(plate)));
    keys.into_iter()
        .map(|key| vals![key, customer.to_owned()])
        .collect()
}

/// Writes anew what a customer is found by, after its name or plates changed.
pub(crate) async fn rekey(tx: &Tx, customer: &str, name: &str, plates: &[String]) -> Result<(), DbErr> {
    tx.run(
        "delete from customer_key where customer_id = $1",
        vals![customer.to_owned()],
    )
    .await?;
    let rows = key_rows(customer, name, plates);
    insert_all(
        tx,
        "customer_key (key, customer_id)",
        rows,
        "on conflict do nothing",
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_come_to_one_form() {
        for text in [
            "13800138000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "0086-13800138000",
            "１３８００１３８０００",
        ] {
            assert_eq!(normal_phone(text).as_deref(), Some("13800138000"), "{text}");
        }
        assert_eq!(normal_phone("(010) 8888-6666").as_deref(), Some("01088886666"));
        for text in ["", "1380", "电话13800138000", "1380013800012345678"] {
            assert_eq!(normal_phone(text), None, "{text}");
        }
        assert_eq!(normal_plate("京a·12345").as_deref(), Some("京A12345"));
        assert_eq!(normal_plate("无"), None);
    }
}
