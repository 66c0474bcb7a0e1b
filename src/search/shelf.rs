//! Keeping texts where [`super::walk`] finds them.

use super::words;
use crate::db::{Sql, Tx};
use crate::vals;
use sea_orm::DbErr;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};

/// A seat is an instant, and so many bits below it that tell texts of one millisecond apart.
pub(super) const BELOW: u32 = 20;
/// Months are only to divide the walk: all are as long.
pub(super) const MONTH_MS: i64 = 31 * 86_400_000;

/// What lies further back than this is dated back.
const LIVE_MS: i64 = 60_000;
/// Seats that are remembered: more than are given in a minute.
const MOST_SEATS: usize = 50_000;

/// One sort of texts.
pub(super) struct Shelf {
    pub(super) text: &'static str,
    pub(super) index: &'static str,
    /// Column of the id, the table it is of, and what conditions call its row.
    pub(super) key: &'static str,
    pub(super) record: &'static str,
    pub(super) called: &'static str,
}

pub(super) const CASES: Shelf = Shelf {
    text: "case_text",
    index: "case_word",
    key: "case_id",
    record: "case_record",
    called: "c",
};
pub(super) const CONTACTS: Shelf = Shelf {
    text: "contact_text",
    index: "contact_word",
    key: "contact_id",
    record: "contact",
    called: "k",
};

/// Keeps the words of a case. `at`: its beginning, Unix epoch milliseconds; it may not change later.
///
/// # Errors
/// The database's.
pub async fn index_case(tx: &Tx, case: &str, site: &str, at: i64, text: &str) -> Result<(), DbErr> {
    index(tx, &CASES, case, (site, at), text).await
}

/// [`index_case`] for one that was just written, which has no words yet. What happens now waits with its other rows:
/// `seats` tell it apart from others of this millisecond.
///
/// # Errors
/// The database's.
pub async fn index_new_case(
    seats: &Seats,
    tx: &Tx,
    case: &str,
    site: &str,
    (at, now): (i64, i64),
    text: &str,
) -> Result<(), DbErr> {
    if now - at > LIVE_MS {
        return index_case(tx, case, site, at, text).await;
    }
    put_case(tx, seats.cases.take(at, case), case, (site, at), text);
    Ok(())
}

/// Keeps the words of a contact. `at`: when it happened, Unix epoch milliseconds; it may not change later.
///
/// # Errors
/// The database's.
pub async fn index_contact(tx: &Tx, contact: &str, site: &str, at: i64, text: &str) -> Result<(), DbErr> {
    index(tx, &CONTACTS, contact, (site, at), text).await
}

/// [`index_contact`] for one that was just written, as [`index_new_case`] does.
///
/// # Errors
/// The database's.
pub async fn index_new_contact(
    seats: &Seats,
    tx: &Tx,
    contact: &str,
    site: &str,
    (at, now): (i64, i64),
    text: &str,
) -> Result<(), DbErr> {
    if now - at > LIVE_MS {
        return index_contact(tx, contact, site, at, text).await;
    }
    put_contact(tx, seats.contacts.take(at, contact), contact, (site, at), text);
    Ok(())
}

/// Seats that were given lately, without asking the database which are free. Two nodes may give one: it takes the same
/// millisecond and the same twenty bits of two ids, and then the later write fails, to be sent again. What is dated back
/// asks the database: many things may lie at one instant of the past.
#[derive(Debug, Default)]
pub struct Seats {
    cases: Taken,
    contacts: Taken,
}

#[derive(Debug, Default)]
struct Taken(Mutex<BTreeSet<i64>>);

impl Taken {
    fn take(&self, at: i64, id: &str) -> i64 {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seat = first_seat(at, id);
        while !taken.insert(seat) {
            seat += 1;
        }
        if taken.len() > MOST_SEATS {
            taken.pop_first();
        }
        seat
    }
}

fn put_case(tx: &Tx, seat: i64, case: &str, at: (&str, i64), text: &str) {
    let tables = (
        "case_text (seat, case_id, body)",
        "case_text (seat, case_id, body, words)",
        "case_word (rowid, words)",
    );
    put(tx, tables, seat, case, at, text);
}

fn put_contact(tx: &Tx, seat: i64, contact: &str, at: (&str, i64), text: &str) {
    let tables = (
        "contact_text (seat, contact_id, body)",
        "contact_text (seat, contact_id, body, words)",
        "contact_word (rowid, words)",
    );
    put(tx, tables, seat, contact, at, text);
}

/// Fills empty shelves in bulk: seats are told apart in memory, and rows are put aside to be written together.
#[derive(Debug, Default)]
pub struct Shelves {
    cases: HashSet<i64>,
    contacts: HashSet<i64>,
}

impl Shelves {
    /// [`index_new_case`].
    pub fn case(&mut self, tx: &Tx, case: &str, site: &str, at: i64, text: &str) {
        put_case(tx, free(&mut self.cases, at, case), case, (site, at), text);
    }

    /// [`index_new_contact`].
    pub fn contact(&mut self, tx: &Tx, contact: &str, site: &str, at: i64, text: &str) {
        put_contact(
            tx,
            free(&mut self.contacts, at, contact),
            contact,
            (site, at),
            text,
        );
    }
}

fn free(taken: &mut HashSet<i64>, at: i64, id: &str) -> i64 {
    let mut seat = first_seat(at, id);
    while !taken.insert(seat) {
        seat += 1;
    }
    seat
}

fn first_seat(at: i64, id: &str) -> i64 {
    (at.max(0) << BELOW) | below(id)
}

fn put(
    tx: &Tx,
    (text_only, with_words, index): (&'static str, &'static str, &'static str),
    seat: i64,
    id: &str,
    (site, at): (&str, i64),
    text: &str,
) {
    let body = words::normalise(text);
    let tokens = all_words(site, at, &body);
    if tx.is_postgres() {
        tx.later(with_words, "", vals![seat, id.to_owned(), body, lexemes(&tokens)]);
        return;
    }
    tx.later(text_only, "", vals![seat, id.to_owned(), body]);
    let tokens: Vec<String> = tokens.into_iter().collect();
    tx.later(index, "", vals![seat, tokens.join(" ")]);
}

fn all_words(site: &str, at: i64, body: &str) -> BTreeSet<String> {
    let mut tokens = words::tokens(body);
    tokens.insert(words::site_word(site));
    tokens.insert(words::month_word(at.max(0) / MONTH_MS));
    tokens
}

async fn index(tx: &Tx, shelf: &Shelf, id: &str, (site, at): (&str, i64), text: &str) -> Result<(), DbErr> {
    let body = words::normalise(text);
    let tokens = all_words(site, at, &body);
    let Shelf { text, index, key, .. } = shelf;
    let sql = format!("select seat from {text} where {key} = $1");
    let kept: Option<i64> = tx.scalar(&sql, vals![id.to_owned()]).await?;
    let fresh = kept.is_none();
    let mut seat = kept.unwrap_or_else(|| first_seat(at, id));
    if tx.is_postgres() {
        let lexemes = lexemes(&tokens);
        let insert = format!(
            "insert into {text} (seat, {key}, body, words) values ($1, $2, $3, cast($4 as tsvector)) on conflict do nothing"
        );
        let update = format!(
            "update {text} set body = $3, words = cast($4 as tsvector) where seat = $1 and {key} = $2"
        );
        let statement = if fresh { &insert } else { &update };
        // Two of one millisecond with the same bits below: the next number is as good.
        while tx
            .run(
                statement,
                vals![seat, id.to_owned(), body.clone(), lexemes.clone()],
            )
            .await?
            == 0
        {
            seat += 1;
        }
        return Ok(());
    }
    let insert = format!("insert into {text} (seat, {key}, body) values ($1, $2, $3) on conflict do nothing");
    let update = format!("update {text} set body = $3 where seat = $1 and {key} = $2");
    let statement = if fresh { &insert } else { &update };
    while tx
        .run(statement, vals![seat, id.to_owned(), body.clone()])
        .await?
        == 0
    {
        seat += 1;
    }
    let tokens: Vec<String> = tokens.into_iter().collect();
    let replace = if fresh { "" } else { "or replace " };
    let sql = format!("insert {replace}into {index} (rowid, words) values ($1, $2)");
    tx.run(&sql, vals![seat, tokens.join(" ")]).await?;
    Ok(())
}

/// Bits of an id, spread evenly (FNV-1a).
fn below(id: &str) -> i64 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    i64::from(hash >> (32 - BELOW))
}

fn lexemes(tokens: &BTreeSet<String>) -> String {
    tokens
        .iter()
        .map(|token| quoted(token))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word as PostgreSQL reads it. Words hold letters and digits only, so that nothing needs an escape.
pub(super) fn quoted(word: &str) -> String {
    format!("'{word}'")
}
