//! Claims in the database: whatever the concurrency, of two who want the same exactly one gets it.

use super::pen::Pen;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::{Case, HeldClaim};
use engine::event::Event;
use sea_orm::FromQueryResult;

/// Takes or lets go what the event says.
///
/// # Errors
/// [`Code::Taken`] when another case holds it; the database's.
pub(super) async fn project(pen: &Pen<'_>, case: &Case, event: &Event) -> Result<(), Problem> {
    match event {
        Event::Claimed(claim) => match (claim.from, claim.to) {
            (Some(from), Some(to)) => span(pen, case, claim, from.0, to.0).await,
            _ => whole(pen, case, claim).await,
        },
        Event::Released { name } => {
            for sql in [
                "delete from claim where name = $1 and case_id = $2",
                "delete from claim_span where name = $1 and case_id = $2",
            ] {
                pen.tx.run(sql, vals![name.clone(), case.id.clone()]).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

#[derive(FromQueryResult)]
struct Holder {
    number: String,
}

/// For good: the key decides.
async fn whole(pen: &Pen<'_>, case: &Case, claim: &HeldClaim) -> Result<(), Problem> {
    let sql =
        "insert into claim (name, resource, case_id, said) values ($1, $2, $3, $4) on conflict do nothing";
    let values = vals![
        claim.name.clone(),
        claim.resource.clone(),
        case.id.clone(),
        claim.said.clone()
    ];
    if pen.tx.run(sql, values).await? > 0 {
        return Ok(());
    }
    let holder: Option<Holder> = pen
        .tx
        .row(
            "select c.number from claim x join case_record c on c.id = x.case_id \
             where x.name = $1 and x.resource = $2",
            vals![claim.name.clone(), claim.resource.clone()],
        )
        .await?;
    Err(taken(pen, case, &claim.name, holder).await?)
}

/// For a time: the resource's row is locked until the commit, so nobody else can be looking meanwhile.
async fn span(pen: &Pen<'_>, case: &Case, claim: &HeldClaim, from: i64, to: i64) -> Result<(), Problem> {
    pen.tx
        .run(
            "insert into claim_resource (name, resource) values ($1, $2) \
             on conflict (name, resource) do update set name = excluded.name",
            vals![claim.name.clone(), claim.resource.clone()],
        )
        .await?;
    let holder: Option<Holder> = pen
        .tx
        .row(
            "select c.number from claim_span x join case_record c on c.id = x.case_id \
             where x.name = $1 and x.resource = $2 and x.from_at < $4 and x.to_at > $3 limit 1",
            vals![claim.name.clone(), claim.resource.clone(), from, to],
        )
        .await?;
    if holder.is_some() {
        return Err(taken(pen, case, &claim.name, holder).await?);
    }
    pen.tx
        .run(
            "insert into claim_span (name, resource, from_at, to_at, case_id) values ($1, $2, $3, $4, $5)",
            vals![
                claim.name.clone(),
                claim.resource.clone(),
                from,
                to,
                case.id.clone()
            ],
        )
        .await?;
    Ok(())
}

/// The sentence of the claim, and who holds it.
async fn taken(pen: &Pen<'_>, case: &Case, name: &str, holder: Option<Holder>) -> Result<Problem, Problem> {
    let manual = pen.app.manuals.get(&case.manual).await?;
    let said = manual
        .kind(&case.kind)
        .and_then(|r| r.kind.claims.iter().find(|c| c.name == name));
    let said = said.map_or("已被占用", |c| c.taken.as_str());
    let by = holder.map(|h| format!("（{}）", h.number)).unwrap_or_default();
    Ok(Problem::new(Code::Taken, format!("{said}{by}")))
}
