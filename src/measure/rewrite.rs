//! The rows of `fact`: what there is, and making it what the clauses say.

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::load::Manual;
use engine::measure::{Key, Said, month};
use engine::step::Member;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows of one insert at most.
const CHUNK: usize = 50;

/// What facts are about.
pub struct About<'a> {
    /// Case.
    pub case: Option<&'a str>,
    /// Contact.
    pub contact: Option<&'a str>,
    /// Site.
    pub site: &'a str,
    /// Whom they are counted for.
    pub person: Option<&'a str>,
    /// Who holds posts at the site, where that is known.
    pub roster: &'a [Member],
}

/// A row of `fact`, without its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    month: String,
    site: String,
    department: String,
    person: Option<String>,
    said: Said,
}

/// Facts there are of one case or contact.
pub type Kept = BTreeMap<Key, Fact>;

#[derive(FromQueryResult)]
struct Row {
    manual: Value,
    clause: Option<String>,
    subject: Option<String>,
    month: Option<String>,
    at: Option<i64>,
    site_id: Option<String>,
    department: Option<String>,
    staff_id: Option<String>,
    met: Option<bool>,
}

/// The facts there are, and the manual in force, in one round trip. The database is asked which manual that is: a
/// node that has not heard of a new one yet would write facts of clauses as they were, behind the back of
/// [`super::fill`].
///
/// # Errors
/// The database's.
pub async fn kept(app: &App, tx: &Tx, column: &str, id: &str) -> Result<(Arc<Manual>, Kept), Problem> {
    let sql = format!(
        "select s.value as manual, f.clause, f.subject, f.month, f.at, f.site_id, f.department, f.staff_id, f.met \
         from setting s left join fact f on f.{column} = $1 where s.name = 'manual'"
    );
    let rows: Vec<Row> = tx.rows(&sql, vals![id.to_owned()]).await?;
    let hash = rows
        .first()
        .and_then(|row| row.manual.as_str())
        .unwrap_or_default();
    let manual = manual_of(app, hash).await;
    Ok((manual, rows.into_iter().filter_map(fact).collect()))
}

#[derive(FromQueryResult)]
struct OfCase {
    case_id: String,
    clause: String,
    subject: String,
    month: String,
    at: i64,
    site_id: String,
    department: String,
    staff_id: Option<String>,
    met: bool,
}

/// The facts there are of these cases, by case.
///
/// # Errors
/// The database's.
pub async fn kept_of(tx: &Tx, cases: &[String]) -> Result<HashMap<String, Kept>, Problem> {
    let sql = format!(
        "select case_id, clause, subject, month, at, site_id, department, staff_id, met from fact \
         where case_id in {}",
        tx.listed(1)
    );
    let mut all: HashMap<String, Kept> = HashMap::new();
    for row in tx.rows::<OfCase>(&sql, vals![json!(cases)]).await? {
        let fact = Fact {
            month: row.month,
            site: row.site_id,
            department: row.department,
            person: row.staff_id,
            said: Said {
                at: row.at,
                met: row.met,
            },
        };
        let facts = all.entry(row.case_id).or_default();
        facts.insert((row.clause, row.subject), fact);
    }
    Ok(all)
}

/// The manual that the database says is in force.
pub async fn manual_of(app: &App, hash: &str) -> Arc<Manual> {
    let current = app.manuals.current();
    if hash.is_empty() || hash == current.hash {
        return current;
    }
    // One that came into force in this very commit cannot be read by others yet: the fill comes after it.
    app.manuals.get(hash).await.unwrap_or(current)
}

fn fact(row: Row) -> Option<(Key, Fact)> {
    let fact = Fact {
        month: row.month?,
        site: row.site_id?,
        department: row.department?,
        person: row.staff_id,
        said: Said {
            at: row.at?,
            met: row.met?,
        },
    };
    Some(((row.clause?, row.subject?), fact))
}

/// Writes only what differs. The department stays as it was while the person does: facts do not move when somebody
/// changes posts.
///
/// # Errors
/// The database's.
pub async fn rewrite(
    tx: &Tx,
    manual: &Manual,
    about: &About<'_>,
    said: BTreeMap<Key, Said>,
    kept: Kept,
) -> Result<(), Problem> {
    let gone: Vec<&Key> = kept.keys().filter(|key| !said.contains_key(*key)).collect();
    delete(tx, &gone).await?;
    if said.is_empty() {
        return Ok(());
    }
    let known = kept
        .values()
        .find(|f| f.person.as_deref() == about.person)
        .map(|f| f.department.clone());
    let department = match (known, about.person) {
        (Some(known), _) => known,
        (None, Some(person)) => department(tx, manual, about, person).await?,
        (None, None) => String::new(),
    };
    let changed: Vec<(Key, Fact)> = said
        .into_iter()
        .map(|(key, said)| {
            let fact = Fact {
                month: month(said.at, manual.offset()),
                site: about.site.to_owned(),
                department: department.clone(),
                person: about.person.map(str::to_owned),
                said,
            };
            (key, fact)
        })
        .filter(|(key, fact)| kept.get(key) != Some(fact))
        .collect();
    for (key, fact) in changed {
        put(tx, about, key, fact);
    }
    Ok(())
}

async fn delete(tx: &Tx, gone: &[&Key]) -> Result<(), Problem> {
    for chunk in gone.chunks(CHUNK) {
        let pairs =
            (0..chunk.len()).map(|n| format!("(clause = ${} and subject = ${})", 2 * n + 1, 2 * n + 2));
        let pairs: Vec<String> = pairs.collect();
        let values = chunk
            .iter()
            .flat_map(|(clause, subject)| vals![clause.clone(), subject.clone()])
            .collect();
        tx.run(&format!("delete from fact where {}", pairs.join(" or ")), values)
            .await?;
    }
    Ok(())
}

fn put(tx: &Tx, about: &About<'_>, (clause, subject): Key, fact: Fact) {
    tx.later(
        "fact (clause, subject, case_id, contact_id, month, at, site_id, department, staff_id, met)",
        "on conflict (clause, subject) do update set month = excluded.month, at = excluded.at, \
         site_id = excluded.site_id, department = excluded.department, staff_id = excluded.staff_id, \
         met = excluded.met",
        vals![
            clause,
            subject,
            about.case.map(str::to_owned),
            about.contact.map(str::to_owned),
            fact.month,
            fact.said.at,
            fact.site,
            fact.department,
            fact.person,
            fact.said.met,
        ],
    );
}

#[derive(FromQueryResult)]
struct Post {
    post: String,
    site_id: Option<String>,
}

/// Department of the first of a person's posts, in the manual's order; those held where the matter is come first.
async fn department(tx: &Tx, manual: &Manual, about: &About<'_>, person: &str) -> Result<String, Problem> {
    if let Some(member) = about.roster.iter().find(|m| m.id == person) {
        let first = manual.posts.iter().find(|p| member.posts.contains(&p.name));
        return Ok(first.map(|p| p.department.clone()).unwrap_or_default());
    }
    let site = about.site;
    let held: Vec<Post> = tx
        .rows(
            "select post, site_id from staff_post where staff_id = $1",
            vals![person.to_owned()],
        )
        .await?;
    let ranked = held.iter().filter_map(|h| {
        let elsewhere = h.site_id.as_deref().is_some_and(|s| s != site);
        let rank = manual.posts.iter().position(|p| p.name == h.post)?;
        Some((elsewhere, rank))
    });
    Ok(ranked
        .min()
        .map(|(_, rank)| manual.posts[rank].department.clone())
        .unwrap_or_default())
}
