//! Writing what the engine decided: events, snapshot, projections, notices, and what they bring about in other
//! cases, all in the one transaction.

use super::world::Around;
use super::{load, numbers, values};
use crate::api::hex;
use crate::app::App;
use crate::channels;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::estate::insert_all;
use crate::live::Wake;
use crate::{files, measure, owner, search, vals};
use engine::case::{Case, Data};
use engine::event::{Entry, Event, VERSION};
use engine::load::Rules;
use engine::step::{self, Actor, Outcome, Start};
use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{FromQueryResult, Value as Sv};
use sha2::{Digest, Sha256};

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
/// [`Code::Taken`] when a claim is held by another case; references that do not exist; the database's.
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
    snapshot(pen, around, rules, before, case).await?;
    files::attach(pen.tx, &uploads, &case.id).await?;
    ledger(pen, before.map_or(0, |c| c.seq), &case.id, &outcome.entries).await?;
    projections(pen, before, case, &outcome.entries).await?;
    if words_changed(before, case) {
        let text = values::searchable(rules, case);
        search::index_case(pen.tx, &case.id, &case.site, case.opened_at.0, &text).await?;
    }
    for entry in &outcome.entries {
        follow(pen, rules, case, &entry.event).await?;
    }
    remeasure(pen, before, case).await?;
    wake(pen, case);
    Ok(outcome.case)
}

/// The number comes last of what is decided: a refusal before it must not use one up.
async fn give_number(pen: &Pen<'_>, rules: &Rules, outcome: &mut Outcome) -> Result<(), Problem> {
    let offset = pen.app.manuals.current().offset();
    let case = &mut outcome.case;
    case.number = numbers::next(pen.tx, &rules.kind.number, &case.site, case.opened_at.0, offset).await?;
    for entry in &mut outcome.entries {
        match &mut entry.event {
            Event::Opened(opened) => opened.number.clone_from(&case.number),
            Event::Notified { text, .. } => *text = text.replace("{case.number}", &case.number),
            _ => {}
        }
    }
    Ok(())
}

/// People, homes, customers and files that were entered must exist, and be the actor's to name. Gives the files.
async fn references(pen: &Pen<'_>, rules: &Rules, outcome: &Outcome) -> Result<Vec<String>, Problem> {
    let mut uploads = Vec::new();
    for entry in &outcome.entries {
        match &entry.event {
            Event::Opened(o) => uploads.extend(values::check_references(pen.tx, rules, &o.data).await?),
            Event::Acted { set, .. } | Event::Signed { set, .. } => {
                uploads.extend(values::check_references(pen.tx, rules, set).await?);
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

async fn snapshot(
    pen: &Pen<'_>,
    around: &Around,
    rules: &Rules,
    before: Option<&Case>,
    case: &Case,
) -> Result<(), Problem> {
    let area = match (before, &case.home) {
        (Some(b), home) if b.home == *home => around.area().map(str::to_owned),
        (_, Some(home)) => area_of(pen.tx, home).await?,
        (_, None) => None,
    };
    let mut values: Vec<Sv> = vals![
        case.id.clone(),
        case.stage.clone(),
        engine::tell::heading(rules, case),
        area,
        case.home.clone(),
        case.customer.clone(),
        i64::from(case.urgency),
        i64::from(case.level),
        i64::from(case.reminders),
        case.closed_at.map(|t| t.0),
        case.merged_into.clone(),
        case.passing.as_ref().map(|p| p.to.clone()),
        case.next_due().and_then(|r| r.due_at).map(|t| t.0),
        case.next_wake().map(|t| t.0),
        case.seq,
        serde_json::Value::Object(case.data.clone()),
        serde_json::to_value(case)?,
    ];
    let sql = match before {
        Some(before) => {
            values.extend(vals![before.seq]);
            "update case_record set stage = $2, heading = $3, area_id = $4, home_id = $5, customer_id = $6, \
             urgency = $7, level = $8, reminders = $9, closed_at = $10, merged_into = $11, passing_to = $12, \
             next_due_at = $13, wake_at = $14, seq = $15, data = $16, state = $17 where id = $1 and seq = $18"
        }
        None => {
            values.extend(vals![
                case.kind.clone(),
                case.manual.clone(),
                case.site.clone(),
                case.number.clone(),
                case.contact.clone(),
                case.parent.clone(),
                case.channel.clone(),
                case.opened_at.0,
            ]);
            "insert into case_record (id, stage, heading, area_id, home_id, customer_id, urgency, level, reminders, \
             closed_at, merged_into, passing_to, next_due_at, wake_at, seq, data, state, kind, manual, site_id, \
             number, contact_id, parent_id, channel, opened_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
        }
    };
    if pen.tx.run(sql, values).await? == 0 {
        return Err(Problem::new(
            Code::Stale,
            "刚刚有人修改了这项事项，请看过最新内容再办理",
        ));
    }
    Ok(())
}

async fn area_of(sql: &impl Sql, home: &str) -> Result<Option<String>, Problem> {
    let found: Option<Option<String>> = sql
        .scalar(
            "select b.area_id from home h join building b on b.id = h.building_id where h.id = $1",
            vals![home.to_owned()],
        )
        .await?;
    Ok(found.flatten())
}

/// Appends to the hash chain of the case.
async fn ledger(pen: &Pen<'_>, before: i64, case: &str, entries: &[Entry]) -> Result<(), Problem> {
    let last: Option<String> = pen
        .tx
        .scalar(
            "select chain from case_event where case_id = $1 and seq = $2",
            vals![case.to_owned(), before],
        )
        .await?;
    let mut chain = last.unwrap_or_default();
    let (kind, actor) = actor_columns(pen);
    let now = pen.now();
    let mut rows = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let seq = before + 1 + index as i64;
        let body = serde_json::to_value(&entry.event)?;
        let salt = pen.app.id();
        let digest = digest(&salt, &body);
        chain = link(&chain, seq, entry.happened_at.0, now, &actor, &digest);
        rows.push(vals![
            case.to_owned(),
            seq,
            body["type"].as_str().unwrap_or_default().to_owned(),
            i64::from(VERSION),
            entry.happened_at.0,
            now,
            kind.clone(),
            actor.clone(),
            body,
            salt,
            digest,
            chain.clone(),
        ]);
    }
    let columns = "case_event (case_id, seq, type, version, happened_at, recorded_at, actor_kind, actor_id, body, \
                   salt, digest, chain)";
    insert_all(pen.tx, columns, rows, "").await?;
    Ok(())
}

/// Digest of an event's body with its salt. The body is taken in canonical form: keys sorted, no white space.
pub fn digest(salt: &str, body: &serde_json::Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(body.to_string());
    hex(&hasher.finalize())
}

/// The link of the chain that an event adds.
pub fn link(
    before: &str,
    seq: i64,
    happened: i64,
    recorded: i64,
    actor: &Option<String>,
    digest: &str,
) -> String {
    let actor = actor.as_deref().unwrap_or_default();
    hex(&Sha256::digest(format!(
        "{before}|{seq}|{happened}|{recorded}|{actor}|{digest}"
    )))
}

fn actor_columns(pen: &Pen<'_>) -> (String, Option<String>) {
    match &pen.actor {
        Actor::Staff(id) => ("staff".to_owned(), Some(id.clone())),
        Actor::Link(link) => (link.name().to_owned(), pen.actor_id.clone()),
        Actor::System => ("system".to_owned(), None),
    }
}

async fn projections(
    pen: &Pen<'_>,
    before: Option<&Case>,
    case: &Case,
    entries: &[Entry],
) -> Result<(), Problem> {
    let was = |number: u32| before.and_then(|b| b.runs.iter().find(|r| r.run == number));
    for run in case.runs.iter().filter(|run| was(run.run) != Some(run)) {
        pen.tx
            .run(
                "insert into clock_run (case_id, run, clock, started_at, due_at, paused, ended_at, breached_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (case_id, run) do update set \
                 due_at = excluded.due_at, paused = excluded.paused, ended_at = excluded.ended_at, \
                 breached_at = excluded.breached_at",
                vals![
                    case.id.clone(),
                    i64::from(run.run),
                    run.clock.clone(),
                    run.started_at.0,
                    run.due_at.map(|t| t.0),
                    run.paused(),
                    run.ended.map(|(t, _)| t.0),
                    run.breached_at.map(|t| t.0),
                ],
            )
            .await?;
    }
    people(pen, before, case).await?;
    if before.map(|b| &b.signing) != Some(&case.signing) {
        waits(pen, case).await?;
    }
    for entry in entries {
        claims(pen, case, &entry.event).await?;
    }
    Ok(())
}

async fn people(pen: &Pen<'_>, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    let empty = Vec::new();
    let old = before.map_or(&empty, |b| &b.people);
    for (relation, staff) in old.iter().filter(|p| !case.people.contains(p)) {
        pen.tx
            .run(
                "delete from case_person where case_id = $1 and relation = $2 and staff_id = $3",
                vals![case.id.clone(), relation.name(), staff.clone()],
            )
            .await?;
    }
    for (relation, staff) in case.people.iter().filter(|p| !old.contains(p)) {
        pen.tx
            .run(
                "insert into case_person (case_id, relation, staff_id) values ($1, $2, $3) on conflict do nothing",
                vals![case.id.clone(), relation.name(), staff.clone()],
            )
            .await?;
    }
    Ok(())
}

/// Rows for the signatures that are waited for now.
async fn waits(pen: &Pen<'_>, case: &Case) -> Result<(), Problem> {
    pen.tx
        .run("delete from sign_wait where case_id = $1", vals![case.id.clone()])
        .await?;
    let open = case
        .open_signing()
        .and_then(|s| s.round())
        .into_iter()
        .flat_map(|r| &r.slots);
    for slot in open.filter(|s| s.signed.is_none()) {
        let posts = slot.who.iter().filter_map(|who| match who {
            engine::def::Who::Post(post) => Some((Some(post.clone()), None)),
            engine::def::Who::Field(field) => case
                .data
                .get(field)
                .and_then(|v| v.as_str())
                .map(|staff| (None, Some(staff.to_owned()))),
            engine::def::Who::Relation(relation) => case
                .in_relation(*relation)
                .next()
                .map(|staff| (None, Some(staff.to_owned()))),
            _ => None,
        });
        let named = slot.people.iter().map(|staff| (None, Some(staff.clone())));
        for (post, staff) in posts.chain(named).collect::<Vec<_>>() {
            pen.tx
                .run(
                    "insert into sign_wait (case_id, slot, title, post, staff_id) values ($1, $2, $3, $4, $5)",
                    vals![case.id.clone(), slot.name.clone(), slot.title.clone(), post, staff],
                )
                .await?;
        }
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Holder {
    number: String,
}

async fn claims(pen: &Pen<'_>, case: &Case, event: &Event) -> Result<(), Problem> {
    match event {
        Event::Claimed(claim) => {
            let taken = pen
                .tx
                .run(
                    "insert into claim (name, resource, case_id) values ($1, $2, $3) on conflict do nothing",
                    vals![claim.name.clone(), claim.resource.clone(), case.id.clone()],
                )
                .await?
                == 0;
            if taken {
                return Err(already_taken(pen, case, &claim.name, &claim.resource).await?);
            }
        }
        Event::Released { name } => {
            pen.tx
                .run(
                    "delete from claim where name = $1 and case_id = $2",
                    vals![name.clone(), case.id.clone()],
                )
                .await?;
        }
        _ => {}
    }
    Ok(())
}

/// The sentence of the claim, and who holds it.
async fn already_taken(pen: &Pen<'_>, case: &Case, name: &str, resource: &str) -> Result<Problem, Problem> {
    let holder: Option<Holder> = pen
        .tx
        .row(
            "select c.number from claim x join case_record c on c.id = x.case_id \
             where x.name = $1 and x.resource = $2",
            vals![name.to_owned(), resource.to_owned()],
        )
        .await?;
    let manual = pen.app.manuals.get(&case.manual).await?;
    let said = manual
        .kind(&case.kind)
        .and_then(|r| r.kind.claims.iter().find(|c| c.name == name));
    let said = said.map_or("已被占用", |c| c.taken.as_str());
    let by = holder.map(|h| format!("（{}）", h.number)).unwrap_or_default();
    Ok(Problem::new(Code::Taken, format!("{said}{by}")))
}

/// What an event brings about outside its own case.
fn follow<'a>(
    pen: &'a Pen<'_>,
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
                let text = format!("{} {}：{text}", case.number, engine::tell::heading(rules, case));
                channels::notify(pen.tx, pen.app, to, Some(&case.id), &text, pen.now()).await?;
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
                    site: case.site.clone(),
                    home: case.home.clone(),
                    customer: case.customer.clone(),
                    parent: Some(case.id.clone()),
                    channel: case.channel.clone(),
                    urgency: case.urgency,
                    data: data.clone(),
                    people: people.clone(),
                    partial: true,
                    ..Start::default()
                };
                open_under(pen, &case.manual, start).await?;
            }
            Event::ParentAsked { act, set } => ask_parent(pen, case, act, set).await?,
            Event::LinkGiven { link } => owner::links::give(pen.app, pen.tx, case, *link).await?,
            Event::LinkTaken { link } => owner::links::take(pen.tx, case, *link, pen.now()).await?,
            Event::ChildrenClosed { kind } => super::close_children::close(&pen.system(), case, kind).await?,
            _ => {}
        }
        Ok(())
    }
    .boxed()
}

/// A child keeps to the manual of its parent: the two were written to fit each other.
async fn open_under(pen: &Pen<'_>, manual: &str, start: Start) -> Result<Case, Problem> {
    let pen = pen.system();
    let (app, tx) = (pen.app, pen.tx);
    let around = Around::read(app, tx, manual, &start.site, start.home.as_deref(), &start.id).await?;
    let outcome = step::open(&around.world(pen.at, pen.now(), pen.quiet), start, &Actor::System)?;
    write(&pen, &around, None, outcome).await
}

/// The parent may have moved on: then what the child asks for no longer fits, and is left out.
async fn ask_parent(pen: &Pen<'_>, case: &Case, act: &str, set: &Data) -> Result<(), Problem> {
    let Some(parent) = &case.parent else { return Ok(()) };
    let parent = load::locked(pen.tx, parent).await?;
    let around = Around::of(pen.app, pen.tx, &parent).await?;
    let pen = pen.system();
    let outcome = step::system_act(
        &around.world(pen.at, pen.now(), pen.quiet),
        &parent,
        act,
        set.clone(),
    )?;
    write(&pen, &around, Some(&parent), outcome).await?;
    Ok(())
}

fn words_changed(before: Option<&Case>, case: &Case) -> bool {
    before.is_none_or(|b| b.data != case.data || b.number != case.number)
}

/// Facts of the case, and of its parent, whose clauses may look at children.
async fn remeasure(pen: &Pen<'_>, before: Option<&Case>, case: &Case) -> Result<(), Problem> {
    measure::refresh_case(pen.app, pen.tx, case).await?;
    if let Some(parent) = &case.parent {
        let parent = load::any(pen.tx, parent).await?;
        measure::refresh_case(pen.app, pen.tx, &parent).await?;
    }
    // A contact looks at the ends of its cases and of their clocks.
    let ends = |c: &Case| (c.closed_at, c.runs.iter().filter(|r| r.ended.is_some()).count());
    let settled = before.is_none_or(|b| ends(b) != ends(case));
    if settled {
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
