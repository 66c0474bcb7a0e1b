//! Writing what the engine decided for a case: events, snapshot, projections, notices, all in the one transaction.

use super::world::Around;
use super::{deeds, ledger, numbers, projections, snapshot, values};
use crate::base::mask_numbers;
use crate::channels;
use crate::context::App;
use crate::db::Tx;
use crate::error::Problem;
use crate::live::Wake;
use crate::{files, owner, search, webhooks};
use engine::case::Case;
use engine::event::Event;
use engine::family::Written;
use engine::load::Rules;
use engine::step::{Actor, Outcome};

/// Who writes, and when.
#[derive(Clone)]
pub struct Pen<'a> {
    /// Application.
    pub app: &'a App,
    /// Transaction.
    pub tx: &'a Tx,
    /// Who acts.
    pub actor: Actor,
    /// Id written beside events, for holders of links.
    pub actor_id: Option<String>,
    /// When it happened.
    pub at: i64,
    /// Record notices without sending them.
    pub quiet: bool,
}

impl Pen<'_> {
    /// The same, as the product itself.
    pub fn system(&self) -> Self {
        Pen {
            actor: Actor::System,
            actor_id: None,
            ..self.clone()
        }
    }

    /// When it is recorded.
    pub fn now(&self) -> i64 {
        self.app.clock.now()
    }
}

/// A case that was written.
pub struct Done {
    /// What surrounded it.
    pub around: Around,
    /// What was decided, with its number.
    pub written: Written,
    /// Hash of the manual in force, asked while it was written.
    pub manual: String,
}

/// Writes what was decided for one case.
///
/// # Errors
/// [`crate::error::Code::Taken`] when a claim is held by another case; references that do not exist; the database's.
pub async fn write(pen: &Pen<'_>, around: Around, mut written: Written) -> Result<Done, Problem> {
    let kind = written.outcome.case.kind.clone();
    let manual = around.manual().clone();
    let rules = manual
        .kind(&kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let uploads = references(pen, rules, &written.outcome).await?;
    if written.before.is_none() {
        give_number(pen, rules, &mut written.outcome).await?;
    }
    let (before, outcome) = (written.before.as_ref(), &written.outcome);
    let case = &outcome.case;
    let manual = snapshot::write(pen, &around, rules, before, case).await?;
    if !uploads.is_empty() {
        files::attach(pen.tx, &uploads, &case.id).await?;
    }
    let chain = around.prefetched().map(|known| known.chain.as_str());
    let seq = before.map_or(0, |c| c.seq);
    ledger::append(pen, seq, chain, &case.id, &outcome.entries).await?;
    projections::project(pen, before, case, &outcome.entries).await?;
    index(pen, rules, before, case).await?;
    for entry in &outcome.entries {
        follow(pen, &around, rules, case, &entry.event).await?;
    }
    if !pen.quiet && around.prefetched().is_none_or(|known| known.hooks) {
        webhooks::of_case(pen.app, pen.tx, before, case, &outcome.entries).await?;
    }
    wake(pen, case);
    Ok(Done {
        around,
        written,
        manual,
    })
}

async fn index(pen: &Pen<'_>, rules: &Rules, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    if !words_changed(before, case) {
        return Ok(());
    }
    let (text, at) = (values::searchable(rules, case), case.opened_at.0);
    if before.is_none() {
        let when = (at, pen.now());
        search::index_new_case(&pen.app.own(), pen.tx, &case.id, &case.site, when, &text).await?;
    } else {
        search::index_case(pen.tx, &case.id, &case.site, at, &text).await?;
    }
    Ok(())
}

/// The number comes last of what is decided: a refusal before it must not use one up.
async fn give_number(pen: &Pen<'_>, rules: &Rules, outcome: &mut Outcome) -> Result<(), Problem> {
    let offset = pen.app.manuals.current().offset();
    let case = &outcome.case;
    let number = numbers::next(pen.tx, &rules.kind.number, &case.site, case.opened_at.0, offset).await?;
    numbered(outcome, number);
    Ok(())
}

/// Writes the number of a new case wherever it belongs.
pub fn numbered(outcome: &mut Outcome, number: String) {
    for entry in &mut outcome.entries {
        match &mut entry.event {
            Event::Opened(opened) => opened.number.clone_from(&number),
            Event::Notified { text, .. } => *text = text.replace("{case.number}", &number),
            _ => {}
        }
    }
    outcome.case.number = number;
}

/// People, homes, customers and files that were entered must exist, and be the actor's to name. Gives the files.
async fn references(pen: &Pen<'_>, rules: &Rules, outcome: &Outcome) -> Result<Vec<String>, Problem> {
    let mut uploads = Vec::new();
    for entry in &outcome.entries {
        match &entry.event {
            Event::Opened(o) => {
                uploads.extend(values::check_references(pen.tx, rules, &outcome.case.site, &o.data).await?)
            }
            Event::Acted { set, .. } | Event::Signed { set, .. } => {
                uploads.extend(values::check_references(pen.tx, rules, &outcome.case.site, set).await?);
            }
            Event::Noted { files, .. } => uploads.extend(files.iter().cloned()),
            _ => {}
        }
    }
    if let Some(owner) = owner_of_files(pen) {
        files::check_owned(pen.tx, &uploads, &owner, &outcome.case.id).await?;
    }
    Ok(uploads)
}

/// What stands beside uploads of this actor; the system uploads nothing and may name any.
fn owner_of_files(pen: &Pen<'_>) -> Option<String> {
    match &pen.actor {
        Actor::Staff(id) => Some(id.clone()),
        Actor::Link(_) => pen.actor_id.as_ref().map(|id| format!("link:{id}")),
        Actor::System => None,
    }
}

/// What an event brings about outside the cases.
async fn follow(
    pen: &Pen<'_>,
    around: &Around,
    rules: &Rules,
    case: &Case,
    event: &Event,
) -> Result<(), Problem> {
    match event {
        Event::Notified {
            to,
            text,
            quiet: false,
            ..
        } => {
            let text = notice(rules, case, text);
            let known = around.prefetched().map(|known| &*known.told);
            channels::notify(pen.tx, pen.app, to, known, Some(&case.id), &text, pen.now()).await
        }
        Event::Asked {
            case: other,
            act,
            or,
            set,
            later: true,
            ..
        } => {
            deeds::put(pen, case, other, (act, or.as_deref()), set);
            Ok(())
        }
        Event::LinkGiven { link } => {
            owner::links::give(pen.app, pen.tx, case, *link);
            Ok(())
        }
        Event::LinkTaken { link } => Ok(owner::links::take(pen.tx, case, *link, pen.now()).await?),
        _ => Ok(()),
    }
}

/// What a notice says of a case. It lies in inboxes and mailboxes of who may not see personal numbers: who may see them
/// finds them in the case.
pub fn notice(rules: &Rules, case: &Case, text: &str) -> String {
    let said = format!("{}：{text}", engine::tell::heading(rules, case));
    format!("{} {}", case.number, mask_numbers(&said))
}

fn words_changed(before: Option<&Case>, case: &Case) -> bool {
    before.is_none_or(|b| b.data != case.data || b.number != case.number)
}

fn wake(pen: &Pen<'_>, case: &Case) {
    if pen.quiet {
        return;
    }
    let live = pen.app.live.clone();
    let wake = Wake::Case {
        id: case.id.clone(),
        kind: case.kind.clone(),
        site: case.site.clone(),
        seq: case.seq,
    };
    pen.tx.after_commit(move || live.tell(wake));
}
