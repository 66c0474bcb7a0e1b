//! Rewriting the facts of a case or a contact in the transaction that changes it.

use super::rewrite::{About, Kept, kept, kept_of, manual_of, rewrite};
use crate::cases::world;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::Relation;
use engine::load::Manual;
use engine::measure;
use engine::step::{Child, Member};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

/// Makes the facts of a case what the clauses in force say of it. The caller holds the case's lock, and has written
/// its snapshot.
///
/// # Errors
/// The database's.
pub async fn refresh_case(app: &App, tx: &Tx, case: &Case) -> Result<(), Problem> {
    let (manual, kept) = kept(app, tx, "case_id", &case.id).await?;
    measure_case(tx, (&manual, app.clock.now()), &[], None, case, kept).await
}

/// The same, given what has been read: the manual in force, who holds posts at its site, the cases under it, its facts.
///
/// # Errors
/// The database's.
pub async fn refresh_known(
    tx: &Tx,
    (manual, now): (&Manual, i64),
    roster: &[Member],
    children: &[Child],
    case: &Case,
    kept: Kept,
) -> Result<(), Problem> {
    measure_case(tx, (manual, now), roster, Some(children), case, kept).await
}

/// [`refresh_case`] for cases under which something changed; those whose clauses do not look there are left alone.
///
/// # Errors
/// The database's.
pub async fn refresh_parents(tx: &Tx, (manual, now): (&Manual, i64), cases: &[Case]) -> Result<(), Problem> {
    let looking = cases
        .iter()
        .filter(|c| measure::looks_at_children(manual, &c.kind));
    let looking: Vec<&Case> = looking.collect();
    if looking.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = looking.iter().map(|c| c.id.clone()).collect();
    let mut kept = kept_of(tx, &ids).await?;
    let mut children = world::children_of(tx, &ids).await?;
    for case in looking {
        let (kept, under) = (kept.remove(&case.id), children.remove(&case.id));
        let (kept, under) = (kept.unwrap_or_default(), under.unwrap_or_default());
        measure_case(tx, (manual, now), &[], Some(&under), case, kept).await?;
    }
    Ok(())
}

/// The first facts of a case that was just written: nothing is kept of it. `hash`: the manual in force, as asked while
/// the case was written; `around`: who holds posts at its site, and what stands under it already.
///
/// # Errors
/// The database's.
pub async fn begin_case(
    app: &App,
    tx: &Tx,
    hash: &str,
    around: (&[Member], &[Child]),
    case: &Case,
) -> Result<(), Problem> {
    let manual = manual_of(app, hash).await;
    let (roster, children) = around;
    measure_case(
        tx,
        (&manual, app.clock.now()),
        roster,
        Some(children),
        case,
        Kept::new(),
    )
    .await
}

async fn measure_case(
    tx: &Tx,
    (manual, now): (&Manual, i64),
    roster: &[Member],
    children: Option<&[Child]>,
    case: &Case,
    kept: Kept,
) -> Result<(), Problem> {
    let read;
    let children = match children {
        Some(children) => children,
        None if measure::looks_at_children(manual, &case.kind) => {
            read = world::children(tx, &case.id).await?;
            &read
        }
        None => &[],
    };
    let person = [Relation::Assignee, Relation::Responsible]
        .into_iter()
        .find_map(|r| case.in_relation(r).next());
    let about = About {
        case: Some(&case.id),
        contact: None,
        site: &case.site,
        person,
        roster,
    };
    let said = measure::of_case(manual, case, children, now);
    rewrite(tx, manual, &about, said, kept).await
}

#[derive(FromQueryResult)]
struct Contact {
    site_id: String,
    channel: String,
    read_back: bool,
    taken_by: Option<String>,
    happened_at: i64,
    answered_at: Option<i64>,
    settled_at: Option<i64>,
    cases: i64,
}

#[derive(FromQueryResult)]
struct Judged {
    judgement: String,
}

/// Makes the facts of a contact what the clauses in force say of it. The caller has written, or locked, its row.
///
/// # Errors
/// The database's.
pub async fn refresh_contact(app: &App, tx: &Tx, contact_id: &str) -> Result<(), Problem> {
    let (manual, kept) = kept(app, tx, "contact_id", contact_id).await?;
    if kept.is_empty() && manual.clauses.iter().all(|c| c.of(None).is_none()) {
        return Ok(());
    }
    let contact: Option<Contact> = tx
        .row(
            "select site_id, channel, read_back, taken_by, happened_at, answered_at, settled_at, \
             (select count(*) from contact_case x where x.contact_id = k.id) as cases from contact k where k.id = $1",
            vals![contact_id.to_owned()],
        )
        .await?;
    let Some(contact) = contact else { return Ok(()) };
    let judged: Vec<Judged> = tx
        .rows(
            "select judgement from contact_judgement where contact_id = $1",
            vals![contact_id.to_owned()],
        )
        .await?;
    let judged: Vec<&str> = judged.iter().map(|j| j.judgement.as_str()).collect();
    let values = values(&manual, &judged, &contact);
    let about = About {
        case: None,
        contact: Some(contact_id),
        site: &contact.site_id,
        person: contact.taken_by.as_deref(),
        roster: &[],
    };
    let said = measure::of_contact(&manual, contact_id, &values, app.clock.now());
    rewrite(tx, &manual, &about, said, kept).await
}

/// A contact that was just registered.
#[derive(Debug)]
pub struct Registered<'a> {
    /// Id.
    pub id: &'a str,
    /// Site.
    pub site: &'a str,
    /// Channel.
    pub channel: &'a str,
    /// The matter was read back and confirmed.
    pub read_back: bool,
    /// Who took it.
    pub taken_by: Option<&'a str>,
    /// When it happened.
    pub happened_at: i64,
    /// When it was answered, if it was.
    pub answered_at: Option<i64>,
    /// When it was settled, if it is.
    pub settled_at: Option<i64>,
    /// How it is judged.
    pub judged: &'a [&'a str],
    /// How many cases it opened.
    pub cases: i64,
}

/// The first facts of a contact: nothing is kept of it. `hash`: the manual in force, as asked while it was written.
///
/// # Errors
/// The database's.
pub async fn begin_contact(app: &App, tx: &Tx, hash: &str, new: &Registered<'_>) -> Result<(), Problem> {
    let manual = manual_of(app, hash).await;
    if manual.clauses.iter().all(|c| c.of(None).is_none()) {
        return Ok(());
    }
    let contact = Contact {
        site_id: new.site.to_owned(),
        channel: new.channel.to_owned(),
        read_back: new.read_back,
        taken_by: new.taken_by.map(str::to_owned),
        happened_at: new.happened_at,
        answered_at: new.answered_at,
        settled_at: new.settled_at,
        cases: new.cases,
    };
    let about = About {
        case: None,
        contact: Some(new.id),
        site: new.site,
        person: new.taken_by,
        roster: &[],
    };
    let said = measure::of_contact(
        &manual,
        new.id,
        &values(&manual, new.judged, &contact),
        app.clock.now(),
    );
    rewrite(tx, &manual, &about, said, Kept::new()).await
}

/// What clauses over contacts may read. Of several judgements the one that the manual offers first speaks.
fn values(manual: &Manual, judged: &[&str], contact: &Contact) -> Data {
    let mut offered = manual.judgements.iter().map(|j| &j.name);
    let judgement = offered.find(|name| judged.contains(&name.as_str()));
    let values = json!({
        "happened_at": contact.happened_at,
        "answered_at": contact.answered_at,
        "closed_at": contact.settled_at,
        "settled": contact.settled_at.is_some(),
        "confirmed": contact.read_back,
        "judgement": judgement,
        "channel": contact.channel,
        "cases": contact.cases,
    });
    match values {
        Value::Object(values) => values,
        _ => Data::new(),
    }
}
