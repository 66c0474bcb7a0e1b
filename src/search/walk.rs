//! Finding texts, newest first, at a cost that depends on the page and not on how common a word is.

use super::question::{Question, Term, Unmask};
use super::shelf::{BELOW, CASES, CONTACTS, MONTH_MS, Shelf, quoted};
use super::words;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;

/// Beyond so many months a window is not worth naming each of them.
const MOST_MONTHS: i64 = 24;
/// Texts that PostgreSQL looks through before it asks its index.
const NEAR: usize = 1_000;
/// Rows looked at in one statement: few at first, since most questions are answered by the first ones.
const CHUNKS: [i64; 2] = [100, 1500];
/// Rows looked at for one page; the cursor goes on from there.
const MOST_ROWS: i64 = 12_000;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Seek<'a> {
    /// As typed.
    pub query: &'a str,
    /// Sites whose texts may be found; none: all.
    pub sites: Option<BTreeSet<String>>,
    /// Sites whose numbers that may be personal are found: the right to see them unmasked; none: all.
    pub unmask: Option<BTreeSet<String>>,
    /// [`Found::next`] of the page before.
    pub before: Option<i64>,
    /// Rows of a page.
    pub limit: usize,
}

impl Seek<'_> {
    fn unmasks(&self) -> Unmask {
        match (&self.unmask, &self.sites) {
            (None, _) => Unmask::Everywhere,
            (Some(unmask), Some(sites)) if sites.is_subset(unmask) => Unmask::Everywhere,
            (Some(unmask), _) if unmask.is_empty() => Unmask::Nowhere,
            _ => Unmask::Somewhere,
        }
    }
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Ids, newest first.
    pub ids: Vec<String>,
    /// Where the next page begins; none: there is nothing more.
    pub next: Option<i64>,
}

/// Cases with all the words, newest first. `seen` makes the condition under which one may be found, given how many
/// placeholders stand before it; the row of `case_record` is called `c`.
///
/// # Errors
/// The database's.
pub async fn find_cases(
    sql: &impl Sql,
    seek: &Seek<'_>,
    seen: impl Fn(usize) -> Filter,
) -> Result<Found, Problem> {
    find(sql, &CASES, seek, seen).await
}

/// [`find_cases`] for contacts; the row of `contact` is called `k`.
///
/// # Errors
/// The database's.
pub async fn find_contacts(
    sql: &impl Sql,
    seek: &Seek<'_>,
    seen: impl Fn(usize) -> Filter,
) -> Result<Found, Problem> {
    find(sql, &CONTACTS, seek, seen).await
}

#[derive(FromQueryResult)]
struct Row {
    seat: i64,
    id: String,
    /// Only of those that may be seen.
    body: Option<String>,
}

#[derive(FromQueryResult)]
struct Span {
    first: Option<i64>,
    last: Option<i64>,
}

async fn find(
    sql: &impl Sql,
    shelf: &Shelf,
    seek: &Seek<'_>,
    seen: impl Fn(usize) -> Filter,
) -> Result<Found, Problem> {
    let mut found = Found::default();
    let Some(question) = Question::read(seek.query, seek.unmasks()) else {
        return Ok(found);
    };
    let sites = match (&seek.sites, &seek.unmask) {
        (Some(sites), Some(unmask)) if question.personal => Some(sites & unmask),
        (None, unmask) if question.personal => unmask.clone(),
        (sites, _) => sites.clone(),
    };
    if sites.as_ref().is_some_and(BTreeSet::is_empty) {
        return Ok(found);
    }
    let seen = seen(3);
    let span: Option<Span> = sql
        .row(
            // Apart: SQLite reads the whole table for both at once.
            &format!(
                "select (select min(seat) from {text}) as first, (select max(seat) from {text}) as last",
                text = shelf.text
            ),
            vals![],
        )
        .await?;
    let Some((first, last)) = span.and_then(|s| s.first.zip(s.last)) else {
        return Ok(found);
    };
    let before = seek.before.unwrap_or(i64::MAX).min(last + 1);
    let mut walk = Walk {
        before,
        first,
        near: match &sites {
            None => near(sql, shelf, before).await?,
            // The newest texts of all sites are hardly theirs; the index knows whose they are.
            Some(_) => None,
        },
        months: 1,
        chunk: 0,
        looked: 0,
    };
    while let Some(from) = walk.window(sql.is_postgres()) {
        let asked = ask(
            &question,
            sites.as_ref(),
            sql.is_postgres().then_some((from, walk.before)),
        );
        let chunk = CHUNKS[walk.chunk.min(CHUNKS.len() - 1)];
        let statement = if sql.is_postgres() {
            statement(
                shelf,
                &hits_of_postgres(shelf, from, walk.near.take().is_some()),
                &seen.sql,
            )
        } else {
            statement(shelf, &hits_of_sqlite(shelf, from), &seen.sql)
        };
        let mut values = vals![asked, walk.before, chunk];
        values.extend(seen.values.iter().cloned());
        let rows: Vec<Row> = sql.rows(&statement, values).await?;
        let whole = (rows.len() as i64) < chunk;
        walk.looked += rows.len() as i64;
        for row in rows {
            walk.before = row.seat;
            if row.body.is_some_and(|body| question.fits(&body)) {
                found.ids.push(row.id);
                if found.ids.len() == seek.limit {
                    found.next = (row.seat > first).then_some(row.seat);
                    return Ok(found);
                }
            }
        }
        walk.chunk += 1;
        if whole {
            walk.before = from;
        } else if walk.looked >= MOST_ROWS {
            found.next = Some(walk.before);
            return Ok(found);
        }
    }
    Ok(found)
}

/// How far the walk from the newest to the oldest has come.
struct Walk {
    /// Seats from here on have been looked at.
    before: i64,
    first: i64,
    /// Where the newest texts begin, which PostgreSQL is asked about first.
    near: Option<i64>,
    months: i64,
    chunk: usize,
    looked: i64,
}

impl Walk {
    /// The seat the next window begins at; none when all is done. SQLite walks its lists from the newest by itself;
    /// PostgreSQL gathers all rows that fit before it sorts them, so it is asked for the newest, then for a month, then
    /// two, then four…
    fn window(&mut self, windows: bool) -> Option<i64> {
        if self.before <= self.first {
            return None;
        }
        if !windows {
            return Some(self.first);
        }
        if let Some(near) = self.near {
            return Some(near.max(self.first));
        }
        let month = ((self.before - 1) >> BELOW) / MONTH_MS;
        let from = ((month + 1 - self.months).max(0) * MONTH_MS) << BELOW;
        self.months *= 2;
        Some(from.max(self.first))
    }
}

/// The seat the newest [`NEAR`] texts begin at: on PostgreSQL they are looked through one by one, which answers for a word
/// that stands in many of them; one that does not is rare, and the index answers for it. Left to itself it takes the one way
/// or the other by what it guesses of a word that it has not seen yet.
async fn near(sql: &impl Sql, shelf: &Shelf, before: i64) -> Result<Option<i64>, Problem> {
    if !sql.is_postgres() {
        return Ok(None);
    }
    let statement = format!(
        "select seat from {} where seat < $1 order by seat desc offset {NEAR} limit 1",
        shelf.text
    );
    let found: Option<i64> = sql.scalar(&statement, vals![before]).await?;
    Ok(Some(found.unwrap_or(0)))
}

fn hits_of_postgres(shelf: &Shelf, from: i64, near: bool) -> String {
    let text = shelf.text;
    let (some, rest) = if near {
        (
            format!("select seat, words from {text} where seat < $2 and seat >= {from} order by seat desc"),
            "where words @@ cast($1 as tsquery)",
        )
    } else {
        (
            format!(
                // `+ 0` keeps it from walking the seats and reading every text: of a question that it has not seen it
                // does not know how few texts fit, of an open range it thinks that it holds few.
                "select seat from {text} where words @@ cast($1 as tsquery) and seat + 0 < $2 and seat + 0 >= {from}"
            ),
            "",
        )
    };
    format!(
        "with near_or_found as materialized ({some}) select seat from near_or_found {rest} order by seat desc limit $3"
    )
}

fn hits_of_sqlite(shelf: &Shelf, from: i64) -> String {
    let index = shelf.index;
    format!(
        "select rowid as seat from {index} where {index} match $1 and rowid < $2 and rowid >= {from} \
         order by rowid desc limit $3"
    )
}

fn statement(shelf: &Shelf, hits: &str, seen: &str) -> String {
    let Shelf {
        text,
        key,
        record,
        called,
        ..
    } = shelf;
    format!(
        "select t.seat, t.{key} as id, case when {seen} then t.body end as body from ({hits}) hit \
         join {text} t on t.seat = hit.seat join {record} {called} on {called}.id = t.{key} order by t.seat desc"
    )
}

/// The question in the words of the database. `window`: the seats it is about, where naming their months helps.
fn ask(question: &Question, sites: Option<&BTreeSet<String>>, window: Option<(i64, i64)>) -> String {
    let (postgres, and, or) = if window.is_some() {
        (true, " & ", " | ")
    } else {
        (false, " AND ", " OR ")
    };
    let word = |word: &String| {
        if postgres {
            quoted(word)
        } else {
            format!("\"{word}\"")
        }
    };
    let either = |words: Vec<String>| format!("({})", words.iter().map(word).collect::<Vec<_>>().join(or));
    let term = |term: &Term| match term {
        Term::Word(one) => word(one),
        Term::Begins(one) if postgres => format!("{}:*", quoted(one)),
        Term::Begins(one) => format!("{}*", word(one)),
        Term::Either(words) => either(words.clone()),
    };
    let mut all: Vec<String> = question.terms.iter().map(term).collect();
    if let Some(sites) = sites {
        all.push(either(sites.iter().map(|site| words::site_word(site)).collect()));
    }
    if let Some((from, before)) = window {
        let month = |seat: i64| (seat >> BELOW) / MONTH_MS;
        if month(before) - month(from) < MOST_MONTHS {
            all.push(either(
                (month(from)..=month(before)).map(words::month_word).collect(),
            ));
        }
    }
    all.join(and)
}
