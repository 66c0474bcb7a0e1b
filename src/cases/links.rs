//! What joins a case to other things: merging, linking, the home and customer found later.

use super::offers::{OfferView, plain};
use super::pen::Pen;
use super::pick;
use super::rows::CaseRow;
use super::{deciding, load};
use crate::auth::Me;
use crate::channels::{About, notify};
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::estate;
use crate::vals;
use engine::case::{Case, Data};
use engine::def::{Area, FieldType, Relation};
use engine::event::Event;
use engine::family::Family;
use engine::load::Manual;
use engine::step;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// A case it has to do with.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkView {
    /// The case.
    pub case: CaseRow,
    /// Why.
    pub why: String,
}

/// Verbs of this file, offered beside those of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// The same matter as another case (INTAKE-16): `case` (number), `why`.
    MergeInto,
    /// Has to do with another case: `case` (number), `why`.
    LinkTo,
    /// Repeats an earlier matter (COMPLAINT-6): `case` (number), `why`; urgency rises.
    RepeatOf,
    /// The home became known: `home`.
    JoinHome,
    /// The customer became known: `customer`.
    JoinCustomer,
}

impl Verb {
    const ALL: [Verb; 5] = [
        Verb::LinkTo,
        Verb::RepeatOf,
        Verb::MergeInto,
        Verb::JoinHome,
        Verb::JoinCustomer,
    ];

    fn name(self) -> &'static str {
        match self {
            Verb::MergeInto => "merge-into",
            Verb::LinkTo => "link-to",
            Verb::RepeatOf => "repeat-of",
            Verb::JoinHome => "join-home",
            Verb::JoinCustomer => "join-customer",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Verb::MergeInto => "并入其他事项",
            Verb::LinkTo => "关联事项",
            Verb::RepeatOf => "标为重复",
            Verb::JoinHome => "确认房屋",
            Verb::JoinCustomer => "确认客户",
        }
    }

    /// Looks one up by its name.
    pub fn by_name(name: &str) -> Option<Verb> {
        Verb::ALL.into_iter().find(|v| v.name() == name)
    }

    fn may(self, me: &Me, manual: &Manual, case: &Case) -> bool {
        match self {
            Verb::MergeInto => {
                let follows =
                    [Relation::Responsible, Relation::Assignee].map(|relation| case.is(relation, &me.id));
                let served = may(me, Area::Desk, case) || may(me, Area::Assign, case);
                !case.closed()
                    && case.parent.is_none()
                    && case.open_signing().is_none()
                    && is_asked(manual, &case.kind)
                    && (served || follows.contains(&true))
            }
            Verb::LinkTo | Verb::RepeatOf => case.merged_into.is_none(),
            Verb::JoinHome | Verb::JoinCustomer => !case.closed() && case.parent.is_none(),
        }
    }
}

/// Whether a post of theirs where the case is has the right.
fn may(me: &Me, area: Area, case: &Case) -> bool {
    let here = |site: &Option<String>| site.as_ref().is_none_or(|site| *site == case.site);
    me.may_at.iter().any(|(has, site)| *has == area && here(site))
}

/// Only what customers ask may be asked twice: a register, an approval or a report of one's own is no duplicate of another.
fn is_asked(manual: &Manual, kind: &str) -> bool {
    manual
        .judgements
        .iter()
        .any(|judgement| judgement.kind.as_deref() == Some(kind))
}

/// The verbs of this file that fit the case now. Whoever sees the case may, but for merging: that ends it.
pub fn offers(me: &Me, manual: &Manual, case: &Case) -> Vec<OfferView> {
    let fitting = Verb::ALL.into_iter().filter(|v| v.may(me, manual, case));
    fitting
        .map(|verb| OfferView {
            name: verb.name().to_owned(),
            title: verb.title().to_owned(),
            main: false,
            confirm: (verb == Verb::MergeInto).then(|| "并入后本事项不再单独办理，确定吗？".to_owned()),
            ask: match verb {
                Verb::JoinHome => vec![plain("home", "房屋", FieldType::Home, true)],
                Verb::JoinCustomer => vec![plain("customer", "客户", FieldType::Customer, true)],
                _ => vec![
                    plain("case", "事项编号", FieldType::Line, true),
                    plain("why", "说明", FieldType::Text, true),
                ],
            },
            builtin: true,
            to: None,
            about: None,
        })
        .collect()
}

/// Does one of the verbs on a locked case.
///
/// # Errors
/// [`Code::Refused`] when it does not fit; what is entered wrong.
pub async fn perform(pen: &Pen<'_>, me: &Me, case: &Case, verb: Verb, input: &Data) -> Result<(), Problem> {
    if !verb.may(me, &pen.app.manuals.current(), case) {
        return Err(Problem::new(Code::Refused, format!("现在不能“{}”", verb.title())));
    }
    let asked: &[&str] = match verb {
        Verb::JoinHome => &["home"],
        Verb::JoinCustomer => &["customer"],
        Verb::MergeInto | Verb::LinkTo | Verb::RepeatOf => &["case", "why"],
    };
    step::only(input, asked)?;
    match verb {
        Verb::JoinHome => {
            let home = needed(input, "home", "请选择房屋")?;
            let site: Option<String> = pen
                .tx
                .scalar("select site_id from home where id = $1", vals![home.clone()])
                .await?;
            if site.as_deref() != Some(case.site.as_str()) {
                return Err(Problem::field("home", "房屋不存在，或不属于本项目"));
            }
            join_home(pen, case, home).await?;
        }
        Verb::JoinCustomer => {
            let customer = needed(input, "customer", "请选择客户")?;
            estate::customer_seen(pen.app, pen.tx, me, Some(&customer)).await?;
            record(pen, case, Event::CustomerJoined { customer }).await?;
        }
        Verb::MergeInto | Verb::LinkTo | Verb::RepeatOf => join(pen, me, case, verb, input).await?,
    }
    Ok(())
}

/// What the home is known by, its age say, decides what is computed of the case: the world is the new home's.
async fn join_home(pen: &Pen<'_>, case: &Case, home: String) -> Result<(), Problem> {
    let set = Data::new();
    record(pen, case, Event::HomeJoined { home, set }).await?;
    Ok(())
}

async fn join(pen: &Pen<'_>, me: &Me, case: &Case, verb: Verb, input: &Data) -> Result<(), Problem> {
    let number = needed(input, "case", "请填写事项编号")?;
    let why = needed(input, "why", "请填写说明")?;
    let other = other_case(pen, me, &number).await?;
    if other.id == case.id {
        return Err(Problem::field("case", "不能与自己关联"));
    }
    if verb == Verb::MergeInto {
        return merge(pen, me, case, &other, why).await;
    }
    let repeat = verb == Verb::RepeatOf;
    let (case_id, other_id) = (case.id.clone(), other.id.clone());
    for (a, b) in [(case_id.clone(), other_id.clone()), (other_id, case_id)] {
        pen.tx
            .run(
                "insert into case_link (case_id, other_id, why) values ($1, $2, $3) on conflict do nothing",
                vals![a, b, why.clone()],
            )
            .await?;
    }
    let after = record(
        pen,
        case,
        Event::Linked {
            case: other.id.clone(),
            number: other.number.clone(),
            why,
            repeat,
        },
    )
    .await?;
    if repeat && after.urgency < 2 {
        record(
            pen,
            &after,
            Event::Urged {
                urgency: after.urgency + 1,
            },
        )
        .await?;
    }
    Ok(())
}

/// The other case gets the contacts, a reminder and the urgency; nothing of this one is lost.
async fn merge(pen: &Pen<'_>, me: &Me, case: &Case, other: &Case, why: String) -> Result<(), Problem> {
    let other = load::locked(pen.tx, &other.id).await?;
    if other.closed() {
        return Err(Problem::field("case", "该事项已办结，不能并入"));
    }
    if other.kind != case.kind {
        return Err(Problem::field(
            "case",
            "不是同一类事项，不能并入；有关系的请办“关联事项”",
        ));
    }
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let one_matter = same(&case.customer, &other.customer) || same(&case.home, &other.home);
    if !one_matter && !may(me, Area::Assign, case) {
        let sentence = "不是同一位客户、同一套房屋的事，要由主管并入；有关系的请办“关联事项”";
        return Err(Problem::field("case", sentence));
    }
    let open: Option<i64> = pen
        .tx
        .scalar(
            "select count(*) from case_record where parent_id = $1 and closed_at is null",
            vals![case.id.clone()],
        )
        .await?;
    if open.unwrap_or_default() > 0 {
        let sentence = "它下面还有没办完的事项，先办完或了结，再并入";
        return Err(Problem::new(Code::Refused, sentence));
    }
    let words = format!("{}并入了{}：{why}", case.number, other.number);
    let told: Vec<String> = [case, &other]
        .into_iter()
        .flat_map(|case| {
            [Relation::Responsible, Relation::Assignee].map(|relation| case.in_relation(relation))
        })
        .flatten()
        .filter(|id| *id != me.id)
        .map(str::to_owned)
        .collect();
    notify(pen.tx, pen.app, &told, About::Case(&other.id), &words, pen.now()).await?;
    pen.tx
        .run(
            "update contact_case set case_id = $1 where case_id = $2 and not exists \
             (select 1 from contact_case x where x.case_id = $1 and x.contact_id = contact_case.contact_id)",
            vals![other.id.clone(), case.id.clone()],
        )
        .await?;
    let (id, number) = (case.id.clone(), case.number.clone());
    let after = record(
        pen,
        &other,
        Event::MergedFrom {
            case: id,
            number,
            why: why.clone(),
        },
    )
    .await?;
    let words = format!("{}并入：{why}", case.number);
    record(
        pen,
        &after,
        Event::Reminded {
            words,
            contact: case.contact.clone(),
        },
    )
    .await?;
    record(
        pen,
        case,
        Event::MergedInto {
            case: other.id.clone(),
            why,
        },
    )
    .await?;
    Ok(())
}

async fn other_case(pen: &Pen<'_>, me: &Me, number: &str) -> Result<Case, Problem> {
    let id: Option<String> = pen
        .tx
        .scalar(
            "select id from case_record where number = $1",
            vals![number.to_owned()],
        )
        .await?;
    let missing = || Problem::field("case", "没有这个编号的事项，或您无权查看");
    let id = id.ok_or_else(missing)?;
    load::visible(pen.app, pen.tx, me, &id)
        .await
        .map_err(|_| missing())?;
    load::any(pen.tx, &id).await
}

/// Appends an event that carries no rule of the manual.
///
/// # Errors
/// What [`deciding::perform`] refuses.
pub async fn record(pen: &Pen<'_>, case: &Case, event: Event) -> Result<Case, Problem> {
    let deed = |family: Family| family.record(&case.id, &pen.actor, event.clone());
    Ok(deciding::perform(pen, case, deed).await?.0)
}

#[derive(FromQueryResult)]
struct LinkRow {
    other_id: String,
    why: String,
}

/// Cases that a case has to do with, as far as `me` sees them.
///
/// # Errors
/// The database's.
pub async fn read(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<Vec<LinkView>, Problem> {
    let links: Vec<LinkRow> = sql
        .rows(
            "select other_id, why from case_link where case_id = $1",
            vals![id.to_owned()],
        )
        .await?;
    let ids: Vec<String> = links.iter().map(|l| l.other_id.clone()).collect();
    let found = pick::by_ids(app, sql, me, &ids).await?;
    let why = |id: &str| {
        links
            .iter()
            .find(|l| l.other_id == id)
            .map(|l| l.why.clone())
            .unwrap_or_default()
    };
    Ok(found
        .into_iter()
        .map(|case| LinkView {
            why: why(&case.id),
            case,
        })
        .collect())
}

fn needed(input: &Data, field: &str, sentence: &str) -> Result<String, Problem> {
    let text = input
        .get(field)
        .and_then(|v| v.as_str())
        .map(str::trim)
        .unwrap_or_default();
    if text.is_empty() || text.chars().count() > 2000 {
        return Err(Problem::field(field, sentence));
    }
    Ok(text.to_owned())
}
