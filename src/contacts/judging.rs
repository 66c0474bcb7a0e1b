//! Judging a contact 判断, opening the case it leads to, and answering that at once (INTAKE-2, INTAKE-4, INTAKE-5).

use super::request::{ContactRequest, JudgementRequest, OpenedCase};
use crate::cases::act::act;
use crate::cases::pen::Pen;
use crate::cases::{load, opening};
use crate::error::Problem;
use crate::vals;
use engine::case::{Case, Data};
use engine::step::{Input, Start};

/// How a contact was judged.
pub const JUDGED: &str = "contact_judgement (contact_id, judgement, urgency)";
/// Cases a contact led to.
pub const LED_TO: &str = "contact_case (contact_id, case_id)";

/// Writes a judgement down; one with a kind opens a case of it.
///
/// # Errors
/// What opening the case refuses.
pub async fn judge(
    pen: &Pen<'_>,
    contact: &ContactRequest,
    id: &str,
    judgement: &JudgementRequest,
) -> Result<Option<OpenedCase>, Problem> {
    Ok(open_for(pen, contact, id, judgement).await?.map(OpenedCase::from))
}

/// [`judge`], with the whole case.
///
/// # Errors
/// As it.
pub async fn open_for(
    pen: &Pen<'_>,
    contact: &ContactRequest,
    id: &str,
    judgement: &JudgementRequest,
) -> Result<Option<Case>, Problem> {
    let manual = pen.app.manuals.current();
    let known = manual.judgement(&judgement.judgement);
    let known = known.ok_or_else(|| Problem::field("judgements", "没有这种判断"))?;
    pen.tx.later(
        JUDGED,
        "on conflict do nothing",
        vals![
            id.to_owned(),
            judgement.judgement.clone(),
            i64::from(judgement.urgency.min(2))
        ],
    );
    let Some(kind) = known.kind.clone() else {
        return match judgement.answer {
            Some(_) => Err(not_at_once()),
            None => Ok(None),
        };
    };
    let start = Start {
        kind,
        site: contact.site.clone(),
        home: contact.home.clone(),
        customer: contact.customer.clone(),
        contact: Some(id.to_owned()),
        channel: Some(contact.channel.clone()),
        urgency: judgement.urgency.min(2),
        data: judgement.data.clone(),
        ..Start::default()
    };
    let case = opening::open(pen, start).await?;
    pen.tx.later(
        LED_TO,
        "on conflict do nothing",
        vals![id.to_owned(), case.id.clone()],
    );
    if let Some(answer) = &judgement.answer {
        answer_at_once(pen, &case.id, answer).await?;
    }
    Ok(Some(case))
}

impl From<Case> for OpenedCase {
    fn from(case: Case) -> OpenedCase {
        OpenedCase {
            id: case.id,
            number: case.number,
            kind: case.kind,
        }
    }
}

fn not_at_once() -> Problem {
    Problem::field("answer", "这一类不能当场答复，请登记后再办")
}

/// Answers a case that was just opened, in the same transaction: what is known is said on the spot (INTAKE-4).
async fn answer_at_once(pen: &Pen<'_>, id: &str, answer: &Data) -> Result<(), Problem> {
    let case = load::locked(pen.tx, id).await?;
    let manual = pen.app.manuals.get(&case.manual).await?;
    let at_once = manual.kind(&case.kind).and_then(|rules| rules.at_once());
    let action = at_once.ok_or_else(not_at_once)?;
    let mut values = answer.clone();
    for ask in &action.ask {
        if let (false, Some(known)) = (values.contains_key(&ask.field), case.data.get(&ask.field)) {
            values.insert(ask.field.clone(), known.clone());
        }
    }
    let input = Input {
        action: action.name.clone(),
        values,
    };
    act(pen, &case, input).await?;
    Ok(())
}
