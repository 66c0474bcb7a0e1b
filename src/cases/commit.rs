//! Writing what the engine decided: events, snapshot, projections, notices, and what they bring about in other
//! cases, all in the one transaction.

use super::world::Around;
use super::{ledger, load, numbers, projections, snapshot, values};
use crate::app::App;
use crate::channels;
use crate::db::Tx;
use crate::error::Problem;
use crate::estate::mask_numbers;
use crate::live::Wake;
use crate::{files, measure, owner, search, webhooks};
use engine::case::{Case, Data};
use engine::event::{Entry, Event};
use engine::load::Rules;
use engine::step::{self, Actor, Outcome, Start};
use futures::FutureExt;
use futures::future::BoxFuture;

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

/// Writes an outcome. `before` is the case as it was, none for a new one.
///
/// # Errors
/// [`crate::error::Code::Taken`] when a claim is held by another case; references that do not exist; the database's.
pub async fn write(
    pen: &Pen<'_>,
    around: &Around,
    before: Option<&Case>,
    mut outcome: Outcome,
) -> Result<Case, Problem> {
    if outcome.entries.is_empty() {
        return Ok(outcome.case);
    }
    let rules = around
        .manual()
        .kind(&outcome.case.kind)
        .ok_or_else(|| Problem::internal("unknown kind"))?;
    let uploads = references(pen, rules, &outcome).await?;
    if before.is_none() {
        give_number(pen, rules, &mut outcome).await?;
    }
    let case = &outcome.case;
    let manual = snapshot::write(pen, around, rules, before, case).await?;
    if !uploads.is_empty() {
        files::attach(pen.tx, &uploads, &case.id).await?;
    }
    let chain = around.ahead().map(|ahead| ahead.chain.as_str());
    ledger::append(
        pen,
        before.map_or(0, |c| c.seq),
        chain,
        &case.id,
        &outcome.entries,
    )
    .await?;
    projections::project(pen, before, case, &outcome.entries).await?;
    if words_changed(before, case) {
        let text = values::searchable(rules, case);
        let at = case.opened_at.0;
        if before.is_none() {
            let when = (at, pen.now());
            search::index_new_case(&pen.app.seats, pen.tx, &case.id, &case.site, when, &text).await?;
        } else {
            search::index_case(pen.tx, &case.id, &case.site, at, &text).await?;
        }
    }
    for entry in &outcome.entries {
        // What time brings about happens when it was due, not when somebody looked.
        let then = Pen {
            at: entry.happened_at.0,
            ..pen.clone()
        };
        follow(&then, around, rules, case, &entry.event).await?;
    }
    // What happened in cases under it may have come back to it.
    let under = |entry: &Entry| {
        matches!(
            entry.event,
            Event::ChildOpened { .. } | Event::ChildrenClosed { .. }
        )
    };
    let case = if outcome.entries.iter().any(under) {
        let case = load::any(pen.tx, &outcome.case.id).await?;
        remeasure(pen, None, before, &case).await?;
        case
    } else {
        remeasure(pen, Some((around, &manual)), before, &outcome.case).await?;
        outcome.case.clone()
    };
    if !pen.quiet && around.ahead().is_none_or(|ahead| ahead.hooks) {
        webhooks::of_case(pen.app, pen.tx, before, &case, &outcome.entries).await?;
    }
    wake(pen, &case);
    Ok(case)
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
/// What an event brings about outside its own case.
fn follow<'a>(
    pen: &'a Pen<'_>,
    around: &'a Around,
    rules: &'a Rules,
    case: &'a Case,
    event: &'a Event,
) -> BoxFuture<'a, Result<(), Problem>> {
    async move {
        match event {
            Event::Notified {
                to,
                text,
                quiet: false,
                ..
            } => {
                let text = notice(rules, case, text);
                let known = around.ahead().map(|ahead| &*ahead.told);
                channels::notify(pen.tx, pen.app, to, known, Some(&case.id), &text, pen.now()).await?;
            }
            Event::ChildOpened {
                id,
                kind,
                data,
                people,
            } => {
                let start = Start {
                    id: id.clone(),
                    kind: kind.clone(),
                    data: data.clone(),
                    people: people.clone(),
                    ..under(case)
                };
                open_under(pen, &case.manual, start).await?;
            }
            Event::ParentAsked { act, or, set } => {
                ask_parent(pen, case, (act, or.as_deref()), set).await?;
            }
            Event::LinkGiven { link } => owner::links::give(pen.app, pen.tx, case, *link),
            Event::LinkTaken { link } => owner::links::take(pen.tx, case, *link, pen.now()).await?,
            Event::ChildrenClosed { kind } => super::close_children::close(&pen.system(), case, kind).await?,
            _ => {}
        }
        Ok(())
    }
    .boxed()
}

/// What a case under another one takes over from it.
pub fn under(parent: &Case) -> Start {
    Start {
        site: parent.site.clone(),
        home: parent.home.clone(),
        customer: parent.customer.clone(),
        parent: Some(parent.id.clone()),
        channel: parent.channel.clone(),
        urgency: parent.urgency,
        partial: true,
        ..Start::default()
    }
}

/// What a notice says of a case. It lies in inboxes and mailboxes of who may not see personal numbers: who may see them
/// finds them in the case.
pub fn notice(rules: &Rules, case: &Case, text: &str) -> String {
    let said = format!("{}：{text}", engine::tell::heading(rules, case));
    format!("{} {}", case.number, mask_numbers(&said))
}

/// A child keeps to the manual of its parent: the two were written to fit each other.
async fn open_under(pen: &Pen<'_>, manual: &str, start: Start) -> Result<Case, Problem> {
    let pen = pen.system();
    let (app, tx) = (pen.app, pen.tx);
    let around = Around::fresh(app, tx, manual, &start.site, start.home.as_deref()).await?;
    let outcome = step::open(&around.world(pen.at, pen.now(), pen.quiet), start, &Actor::System)?;
    write(&pen, &around, None, outcome).await
}

/// The parent may have moved on: then it does the second, and nothing if that does not fit either.
async fn ask_parent(
    pen: &Pen<'_>,
    case: &Case,
    (act, or): (&str, Option<&str>),
    set: &Data,
) -> Result<(), Problem> {
    let Some(parent) = &case.parent else { return Ok(()) };
    let parent = load::locked(pen.tx, parent).await?;
    let around = Around::of(pen.app, pen.tx, &parent).await?;
    let pen = pen.system();
    let world = around.world(pen.at, pen.now(), pen.quiet);
    let outcome = step::system_act(&world, &parent, act, or, set)?;
    write(&pen, &around, Some(&parent), outcome).await?;
    Ok(())
}

fn words_changed(before: Option<&Case>, case: &Case) -> bool {
    before.is_none_or(|b| b.data != case.data || b.number != case.number)
}

/// Facts of the case, and of its parent, whose clauses may look at children.
/// `known`: what is around it and the manual in force, where it has no facts yet if it is new.
async fn remeasure(
    pen: &Pen<'_>,
    known: Option<(&Around, &str)>,
    before: Option<&Case>,
    case: &Case,
) -> Result<(), Problem> {
    let ahead = known.and_then(|(around, _)| Some((around, around.ahead()?)));
    match (before, known, ahead) {
        (None, Some((around, manual)), _) => {
            measure::begin_case(pen.app, pen.tx, manual, (around.roster(), &[]), case).await?;
        }
        (Some(_), _, Some((around, ahead))) => {
            let (roster, children) = (around.roster(), around.children());
            measure::refresh_known(pen.tx, &ahead.manual, roster, children, case, ahead.facts.clone())
                .await?;
        }
        _ => measure::refresh_case(pen.app, pen.tx, case).await?,
    }
    // A batch sees to the parents of all its cases.
    if let Some(parent) = case.parent.as_ref().filter(|_| ahead.is_none()) {
        let parent = load::any(pen.tx, parent).await?;
        measure::refresh_case(pen.app, pen.tx, &parent).await?;
    }
    // A contact looks at the ends of its cases and of their clocks; a new case hangs under none yet.
    let ends = |c: &Case| (c.closed_at, c.runs.iter().filter(|r| r.ended.is_some()).count());
    if before.is_some_and(|b| ends(b) != ends(case)) {
        crate::contacts::settling::refresh_of_case(pen.app, pen.tx, &case.id).await?;
    }
    Ok(())
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
