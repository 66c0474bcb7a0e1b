//! An answer that came with its message: what `classify.toml` says it means is done at its own time.

use crate::cases::act::act;
use crate::cases::load;
use crate::cases::pen::Pen;
use crate::cases::scheduler::pass_time;
use crate::cases::world::Around;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::{Case, Data};
use engine::def::{AnswerRule, AnswerStep};
use engine::step::{self, Builtin, HomeFacts, Input};
use sea_orm::FromQueryResult;
use serde_json::json;

/// Characters of a note.
const NOTE: usize = 4000;

/// Does what an answer of `reply` means, at the instant of the pen. Where the manual allows it no further, what was
/// answered stands as a note, so that nothing is lost.
///
/// # Errors
/// The database's.
pub(super) async fn answer(
    pen: &Pen<'_>,
    rules: &[AnswerRule],
    case: &str,
    reply: &str,
) -> Result<(), Problem> {
    let case = pass_time(pen, &load::locked(pen.tx, case).await?, pen.at).await?;
    let around = Around::of(pen.app, pen.tx, &case).await?;
    let offers = step::offers(&around.world(pen.at, pen.now(), pen.quiet), &case, &pen.actor);
    let begins = |rule: &&AnswerRule| {
        let first = rule.steps.first();
        rule.kind == case.kind && first.is_some_and(|s| offers.iter().any(|offer| offer.name == s.act))
    };
    let steps = rules
        .iter()
        .find(begins)
        .map(|rule| rule.steps.as_slice())
        .unwrap_or_default();
    let mut done = 0;
    for step in steps {
        let part = pen.tx.savepoint().await?;
        match perform(
            &Pen {
                tx: &part,
                ..pen.clone()
            },
            &case.id,
            step,
            reply,
        )
        .await
        {
            Ok(()) => {
                part.keep().await?;
                done += 1;
            }
            Err(problem) if refused(&problem) => {
                part.undo().await?;
                break;
            }
            Err(problem) => return Err(problem),
        }
    }
    if done == 0 {
        let words: String = format!("答复：{reply}").chars().take(NOTE).collect();
        let values = Data::from_iter([("words".to_owned(), json!(words))]);
        let case = load::any(pen.tx, &case.id).await?;
        act(
            pen,
            &case,
            Input {
                action: Builtin::Note.name().to_owned(),
                values,
            },
        )
        .await?;
    }
    Ok(())
}

/// A rule of the manual said no.
fn refused(problem: &Problem) -> bool {
    matches!(problem.code, Code::Refused | Code::Forbidden | Code::Invalid)
}

async fn perform(pen: &Pen<'_>, case: &str, step: &AnswerStep, reply: &str) -> Result<(), Problem> {
    let on: Vec<String> = match &step.child {
        None => vec![case.to_owned()],
        Some(kind) => open_children(pen, case)
            .await?
            .into_iter()
            .filter(|c| &c.kind == kind)
            .map(|c| c.id)
            .collect(),
    };
    for id in on {
        let case = load::locked(pen.tx, &id).await?;
        let values = entered(pen, &case, step, reply).await?;
        act(
            pen,
            &case,
            Input {
                action: step.act.clone(),
                values,
            },
        )
        .await?;
    }
    Ok(())
}

async fn entered(pen: &Pen<'_>, case: &Case, step: &AnswerStep, reply: &str) -> Result<Data, Problem> {
    let manual = pen.app.manuals.get(&case.manual).await?;
    let rules = manual
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let text = |said: &str| match said {
        "{reply}" => reply.to_owned(),
        said => engine::tell::fill(said, rules, case, &HomeFacts::default(), &[]),
    };
    Ok(step
        .set
        .iter()
        .map(|(field, said)| (field.clone(), json!(text(said))))
        .collect())
}

#[derive(FromQueryResult)]
pub(super) struct OpenChild {
    pub id: String,
    kind: String,
}

/// Children that are not closed.
pub(super) async fn open_children(pen: &Pen<'_>, case: &str) -> Result<Vec<OpenChild>, Problem> {
    let sql = "select id, kind from case_record where parent_id = $1 and closed_at is null order by id";
    Ok(pen.tx.rows(sql, vals![case.to_owned()]).await?)
}
