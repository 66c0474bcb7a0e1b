//! When a contact counts as answered and as settled: it follows from its cases (C-36).

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::{measure, vals};
use engine::case::Case;
use sea_orm::FromQueryResult;

#[derive(FromQueryResult)]
struct CaseEnd {
    closed_at: Option<i64>,
    responded_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct ContactId {
    contact_id: String,
}

/// Works out both instants anew for every contact of a case: those that led to it and those that hang under it.
///
/// # Errors
/// The database's.
pub async fn refresh_of_case(app: &App, tx: &Tx, case: &str) -> Result<(), Problem> {
    // In order of id, so that two cases that share contacts cannot wait for each other.
    let sql = "select contact_id from contact_case where case_id = $1 order by contact_id";
    let contacts: Vec<ContactId> = tx.rows(sql, vals![case.to_owned()]).await?;
    for contact in contacts {
        refresh(app, tx, &contact.contact_id).await?;
    }
    Ok(())
}

/// Both instants of a contact that was just registered with these cases, written where there are any.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &Tx,
    contact: &str,
    at: i64,
    cases: &[Case],
) -> Result<(Option<i64>, Option<i64>), Problem> {
    let (answered, settled) = ends(at, cases);
    if answered.is_some() || settled.is_some() {
        tx.run(
            "update contact set answered_at = $1, settled_at = $2 where id = $3",
            vals![answered, settled, contact.to_owned()],
        )
        .await?;
    }
    Ok((answered, settled))
}

/// When a contact of that instant, which led to these cases, was answered and settled. Without cases it was settled by
/// who took it, at once.
pub fn ends(at: i64, cases: &[Case]) -> (Option<i64>, Option<i64>) {
    if cases.is_empty() {
        return (Some(at), Some(at));
    }
    let responded = |case: &Case| {
        let runs = case.runs.iter().filter(|r| r.clock == "response");
        runs.filter_map(|r| r.ended).map(|(at, _)| at.0).min()
    };
    let ends = cases.iter().map(|case| CaseEnd {
        closed_at: case.closed_at.map(|t| t.0),
        responded_at: responded(case),
    });
    instants(&ends.collect::<Vec<_>>())
}

/// When a contact with such cases was answered and settled.
fn instants(cases: &[CaseEnd]) -> (Option<i64>, Option<i64>) {
    let closed: Option<Vec<i64>> = cases.iter().map(|c| c.closed_at).collect();
    let answered = cases.iter().filter_map(|c| c.responded_at.or(c.closed_at)).min();
    (answered, closed.and_then(|ends| ends.into_iter().max()))
}

/// Works out both instants anew. A contact without cases was settled by who took it, at once.
///
/// # Errors
/// The database's.
pub async fn refresh(app: &App, tx: &Tx, contact: &str) -> Result<(), Problem> {
    if tx.is_postgres() {
        // Two of its cases may end at once: the second must see the first.
        tx.run(
            "select 1 from contact where id = $1 for update",
            vals![contact.to_owned()],
        )
        .await?;
    }
    let cases: Vec<CaseEnd> = tx
        .rows(
            "select c.closed_at, (select min(r.ended_at) from clock_run r where r.case_id = c.id \
             and r.clock = 'response') as responded_at \
             from contact_case x join case_record c on c.id = x.case_id where x.contact_id = $1",
            vals![contact.to_owned()],
        )
        .await?;
    let (answered, settled) = if cases.is_empty() {
        let at: Option<i64> = tx
            .scalar(
                "select happened_at from contact where id = $1",
                vals![contact.to_owned()],
            )
            .await?;
        (at, at)
    } else {
        instants(&cases)
    };
    tx.run(
        "update contact set answered_at = $1, settled_at = $2 where id = $3",
        vals![answered, settled, contact.to_owned()],
    )
    .await?;
    measure::refresh_contact(app, tx, contact).await
}
