//! Links for people who are not staff.
//!
//! A token is the link's id and a keyed digest of it, so that it can be shown again to staff without being stored,
//! and a copy of the table opens nothing.

use crate::base::hex;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Case;
use engine::def::Link;
use sea_orm::{DbErr, FromQueryResult};
use sha2::{Digest, Sha256};

/// Characters of the digest in a token: 80 bits.
const DIGEST: usize = 20;

/// Who holds a link, and what it is for.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Held {
    /// Id of the link; stands in the ledger as the actor.
    pub id: String,
    /// owner, gate, or the name of a guest
    pub link: String,
    /// The one case it is for; none: every matter of the home and customer.
    pub case_id: Option<String>,
    /// Home.
    pub home_id: Option<String>,
    /// Customer.
    pub customer_id: Option<String>,
}

/// The token of a link.
pub fn token(app: &App, id: &str) -> String {
    let mut inner = Sha256::new();
    inner.update(&app.secret);
    inner.update(id);
    let mut outer = Sha256::new();
    outer.update(&app.secret);
    outer.update(inner.finalize());
    format!("{id}{}", &hex(&outer.finalize())[..DIGEST])
}

/// The link of a token, if it is genuine and has not been taken back.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn open(app: &App, sql: &impl Sql, given: &str) -> Result<Held, Problem> {
    let id = given.get(..26).filter(|id| id.is_ascii()).ok_or_else(expired)?;
    if token(app, id) != given {
        return Err(expired());
    }
    let held: Option<Held> = sql
        .row(
            "select id, link, case_id, home_id, customer_id from access_link where id = $1 and revoked_at is null",
            vals![id.to_owned()],
        )
        .await?;
    held.ok_or_else(expired)
}

/// The answer to a link that opens nothing, or nothing any more.
pub fn expired() -> Problem {
    Problem::new(Code::NotFound, "链接无效或已失效，请联系物业客服")
}

/// Makes the link of a case, when one is handed out.
pub fn give(app: &App, tx: &Tx, case: &Case, link: &Link) {
    tx.later(
        "access_link (id, link, case_id, home_id, customer_id, created_at)",
        "",
        vals![
            app.id(),
            link.name(),
            case.id.clone(),
            case.home.clone(),
            case.customer.clone(),
            app.clock.now()
        ],
    );
}

/// Makes the links of a case worthless.
///
/// # Errors
/// The database's.
pub async fn take(tx: &Tx, case: &Case, link: &Link, now: i64) -> Result<(), DbErr> {
    tx.run(
        "update access_link set revoked_at = $1 where case_id = $2 and link = $3 and revoked_at is null",
        vals![now, case.id.clone(), link.name()],
    )
    .await
    .map(|_| ())
}

/// The link of a case that is in force, as a path or, at the gate, a code.
///
/// # Errors
/// The database's.
pub async fn link_for(
    app: &App,
    sql: &impl Sql,
    case: &Case,
    link: &Link,
) -> Result<Option<String>, Problem> {
    if !case.links.contains(link) {
        return Ok(None);
    }
    let id: Option<String> = sql
        .scalar(
            "select id from access_link where case_id = $1 and link = $2 and revoked_at is null \
             order by id desc limit 1",
            vals![case.id.clone(), link.name()],
        )
        .await?;
    let token = id.map(|id| token(app, &id));
    Ok(token.map(|t| if *link == Link::Gate { t } else { format!("/o/{t}") }))
}

/// The standing link of a customer for a home; made when there is none. Gives its token.
///
/// # Errors
/// The database's.
pub async fn home_link(app: &App, tx: &Tx, home: &str, customer: &str) -> Result<String, DbErr> {
    let known: Option<String> = tx
        .scalar(
            "select id from access_link where home_id = $1 and customer_id = $2 and case_id is null \
             and link = 'owner' and revoked_at is null",
            vals![home.to_owned(), customer.to_owned()],
        )
        .await?;
    if let Some(id) = known {
        return Ok(token(app, &id));
    }
    let id = app.id();
    tx.run(
        "insert into access_link (id, link, home_id, customer_id, created_at) values ($1, 'owner', $2, $3, $4)",
        vals![id.clone(), home.to_owned(), customer.to_owned(), app.clock.now()],
    )
    .await?;
    Ok(token(app, &id))
}
