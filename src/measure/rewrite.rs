//! The rows of `fact`: what there is, and making it what the clauses say.

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::def::Period;
use engine::load::Manual;
use engine::measure::{Compliance, Key, Said};
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
    period: String,
    site: String,
    department: String,
    person: Option<String>,
    said: Said,
}

impl Fact {
    /// One of nobody's department.
    pub(super) fn of(about: &About<'_>, period: &str, said: Said) -> Fact {
        Fact {
            period: period.to_owned(),
            site: about.site.to_owned(),
            department: String::new(),
            person: about.person.map(str::to_owned),
            said,
        }
    }
}

/// Facts there are of one case or contact.
pub type Kept = BTreeMap<Key, Fact>;

#[derive(FromQueryResult)]
struct Row {
    manual: Value,
    case_id: Option<String>,
    clause: Option<String>,
    subject: Option<String>,
    period: Option<String>,
    at: Option<i64>,
    site_id: Option<String>,
    department: Option<String>,
    staff_id: Option<String>,
    compliance: Option<String>,
    reason: Option<String>,
    due_at: Option<i64>,
    value: Option<f64>,
    anchor_id: Option<String>,
}

/// Columns of a fact `f` as they are read.
const COLUMNS: &str = "s.value as manual, f.case_id, f.clause, f.subject, f.period, f.at, f.site_id, f.department, \
                       f.staff_id, f.compliance, f.reason, f.due_at, f.value, f.anchor_id";

/// The facts there are, and the manual in force, in one round trip. The database is asked which manual that is: a
/// node that has not heard of a new one yet would write facts of clauses as they were, behind the back of
/// [`super::fill`].
///
/// # Errors
/// The database's.
pub async fn kept(app: &App, tx: &Tx, column: &str, id: &str) -> Result<(Arc<Manual>, Kept), Problem> {
    let sql = format!(
        "select {COLUMNS} from setting s left join fact f on f.{column} = $1 where s.name = 'manual'"
    );
    let rows: Vec<Row> = tx.rows(&sql, vals![id.to_owned()]).await?;
    let hash = rows
        .first()
        .and_then(|row| row.manual.as_str())
        .unwrap_or_default();
    let manual = manual_of(app, hash).await;
    Ok((manual, rows.into_iter().filter_map(fact).collect()))
}

/// The facts there are of these cases, by case.
///
/// # Errors
/// The database's.
pub async fn kept_of(tx: &Tx, cases: &[String]) -> Result<HashMap<String, Kept>, Problem> {
    let sql = format!(
        "select {COLUMNS} from fact f join setting s on s.name = 'manual' where f.case_id in {}",
        tx.listed(1)
    );
    let mut all: HashMap<String, Kept> = HashMap::new();
    for row in tx.rows::<Row>(&sql, vals![json!(cases)]).await? {
        let Some(case) = row.case_id.clone() else { continue };
        all.entry(case).or_default().extend(fact(row));
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
        period: row.period?,
        site: row.site_id?,
        department: row.department?,
        person: row.staff_id,
        said: Said {
            at: row.at?,
            is: Compliance::named(&row.compliance?)?,
            reason: row.reason,
            due_at: row.due_at,
            value: row.value,
            anchor: row.anchor_id,
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
    for key in &gone {
        recount(tx, &key.0, &kept[*key].said);
    }
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
            let per = manual
                .clause(&key.0)
                .map_or(Period::Month, |clause| clause.def.per);
            let fact = Fact {
                period: per.name_at(said.at, manual.offset()),
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
        let was = kept.get(&key).map(|fact| &fact.said);
        for said in was.into_iter().chain([&fact.said]) {
            recount(tx, &key.0, said);
        }
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

/// The site, home or person that a case was counted for is to be looked at again.
fn recount(tx: &Tx, clause: &str, said: &Said) {
    if let (Compliance::Counted, Some(anchor)) = (said.is, &said.anchor) {
        tx.later(
            "fact_recount (clause, anchor_id, at)",
            "",
            vals![clause.to_owned(), anchor.clone(), said.at],
        );
    }
}

/// Writes a fact at the end of the transaction, together with all others.
pub(super) fn put(tx: &Tx, about: &About<'_>, (clause, subject): Key, fact: Fact) {
    tx.later(
        "fact (clause, subject, case_id, contact_id, anchor_id, period, at, site_id, department, staff_id, compliance, \
         reason, due_at, value)",
        "on conflict (clause, subject) do update set anchor_id = excluded.anchor_id, period = excluded.period, \
         at = excluded.at, site_id = excluded.site_id, department = excluded.department, \
         staff_id = excluded.staff_id, compliance = excluded.compliance, reason = excluded.reason, \
         due_at = excluded.due_at, value = excluded.value",
        vals![
            clause,
            subject,
            about.case.map(str::to_owned),
            about.contact.map(str::to_owned),
            fact.said.anchor,
            fact.period,
            fact.said.at,
            fact.site,
            fact.department,
            fact.person,
            fact.said.is.name(),
            fact.said.reason,
            fact.said.due_at,
            fact.said.value,
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
