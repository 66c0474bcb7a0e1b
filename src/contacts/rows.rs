//! A contact as a row of a list.

use super::channel;
use crate::auth::Me;
use crate::base::mask_phone;
use crate::base::{HomeRef, Named};
use crate::cases::sight::Sight;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use engine::def::Scope;
use sea_orm::{FromQueryResult, Value as Sv};
use serde::Serialize;
use std::collections::BTreeMap;

/// A contact as a row of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ContactRow {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Site.
    pub site_name: String,
    /// Channel.
    pub channel: String,
    /// What people call it.
    pub channel_title: String,
    /// Customer.
    pub customer: Option<Named>,
    /// Home.
    pub home: Option<HomeRef>,
    /// Name of an unknown caller.
    pub caller_name: String,
    /// Their phone, masked.
    pub caller_phone_masked: String,
    /// What was said.
    pub said: String,
    /// Who took it.
    pub taker: Option<Named>,
    /// When.
    pub happened_at: i64,
    /// How it was judged.
    pub judgements: Vec<JudgementRef>,
    /// Cases it leads to.
    pub cases: Vec<CaseRef>,
    /// All its cases are closed.
    pub settled: bool,
}

/// A judgement by name.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct JudgementRef {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
}

/// A case, in short.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CaseRef {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// What people call its kind.
    pub kind_title: String,
    /// What people call its stage.
    pub stage_title: String,
    /// Closed.
    pub closed: bool,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    number: String,
    site_id: String,
    site_name: String,
    channel: String,
    customer_id: Option<String>,
    customer_name: Option<String>,
    home_id: Option<String>,
    home_title: Option<String>,
    caller_name: String,
    caller_phone: String,
    said: String,
    taken_by: Option<String>,
    taker_name: Option<String>,
    happened_at: i64,
    settled_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct JudgementRaw {
    contact_id: String,
    judgement: String,
}

#[derive(FromQueryResult)]
struct CaseRaw {
    contact_id: String,
    id: String,
    number: String,
    kind: String,
    stage: String,
    manual: String,
    closed_at: Option<i64>,
}

/// The condition under which `me` sees a contact, whose row is called `k`: as they see cases of its home, and what they
/// took or follow themselves. About no home it is of no area: whoever serves the site takes it up.
pub fn visible(me: &Me, used: usize) -> Filter {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut ways = Vec::new();
    let mut part = false;
    for (scope, site) in &me.scopes {
        let here = |filter: &mut Filter| match site {
            Some(site) => format!("k.site_id = {}", filter.bind(used, site.clone())),
            None => "true".to_owned(),
        };
        match scope {
            Scope::Company | Scope::Site => ways.push(here(&mut filter)),
            Scope::Area => {
                part = true;
                let areas: Vec<String> = me.areas.iter().map(|a| filter.bind(used, a.clone())).collect();
                let of_area = match &areas[..] {
                    [] => String::new(),
                    areas => format!(
                        " or exists (select 1 from home d join building b on b.id = d.building_id \
                         where d.id = k.home_id and b.area_id in ({}))",
                        areas.join(", ")
                    ),
                };
                let here = here(&mut filter);
                ways.push(format!("({here} and (k.home_id is null{of_area}))"));
            }
            // What they took and follow themselves, below.
            Scope::Relation => part = true,
        }
    }
    // Who sees whole sites and nothing else needs no other way, and an index answers.
    if part || ways.is_empty() {
        let id = filter.bind(used, me.id.clone());
        ways.push(format!("k.taken_by = {id}"));
        ways.push(format!(
            "exists (select 1 from contact_case x join case_person p on p.case_id = x.case_id \
             where x.contact_id = k.id and p.staff_id = {id})"
        ));
    }
    filter.sql = format!("({})", ways.join(" or "));
    filter
}

/// Contacts at the reader's sites among those a condition picks (`k` is the contact), newest first.
///
/// # Errors
/// The database's.
pub async fn pick(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    condition: &str,
    mut values: Vec<Sv>,
    limit: u32,
) -> Result<Vec<ContactRow>, Problem> {
    let seen = visible(me, values.len());
    values.extend(seen.values);
    let seen = seen.sql;
    let raw: Vec<Raw> = sql
        .rows(
            &format!(
                "select k.id, k.number, k.site_id, s.name as site_name, k.channel, k.customer_id, u.name as customer_name, \
                 k.home_id, h.title as home_title, k.caller_name, k.caller_phone, k.said, k.taken_by, \
                 t.name as taker_name, k.happened_at, k.settled_at from contact k \
                 join site s on s.id = k.site_id left join customer u on u.id = k.customer_id \
                 left join home h on h.id = k.home_id left join staff t on t.id = k.taken_by \
                 where {condition} and {seen} order by k.happened_at desc, k.id desc limit {limit}"
            ),
            values,
        )
        .await?;
    render(app, sql, me, raw).await
}

async fn render(app: &App, sql: &impl Sql, me: &Me, raw: Vec<Raw>) -> Result<Vec<ContactRow>, Problem> {
    if raw.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=raw.len()).map(|n| format!("${n}")).collect();
    let (list, ids) = (marks.join(", "), || {
        raw.iter().map(|r| Sv::from(r.id.clone())).collect::<Vec<_>>()
    });
    let judged: Vec<JudgementRaw> = sql
        .rows(
            &format!("select contact_id, judgement from contact_judgement where contact_id in ({list})"),
            ids(),
        )
        .await?;
    let cases: Vec<CaseRaw> = sql
        .rows(
            &format!(
                "select x.contact_id, c.id, c.number, c.kind, c.stage, c.manual, c.closed_at from contact_case x \
                 join case_record c on c.id = x.case_id where x.contact_id in ({list}) order by c.id"
            ),
            ids(),
        )
        .await?;
    let mut by_contact: BTreeMap<String, Vec<CaseRef>> = BTreeMap::new();
    for case in cases {
        let contact = case.contact_id.clone();
        by_contact
            .entry(contact)
            .or_default()
            .push(case_ref(app, case).await?);
    }
    let manual = app.manuals.current();
    let row = |r: Raw| ContactRow {
        judgements: judged
            .iter()
            .filter(|j| j.contact_id == r.id)
            .map(|j| JudgementRef {
                name: j.judgement.clone(),
                title: manual
                    .judgement(&j.judgement)
                    .map_or_else(String::new, |k| k.title.clone()),
            })
            .collect(),
        cases: by_contact.remove(&r.id).unwrap_or_default(),
        channel_title: channel::title(&r.channel).unwrap_or_default().to_owned(),
        customer: r
            .customer_id
            .zip(r.customer_name)
            .map(|(id, name)| Named { id, name }),
        home: r
            .home_id
            .zip(r.home_title)
            .map(|(id, title)| HomeRef { id, title }),
        taker: r.taken_by.zip(r.taker_name).map(|(id, name)| Named { id, name }),
        caller_phone_masked: mask_phone(&r.caller_phone),
        settled: r.settled_at.is_some(),
        id: r.id,
        number: r.number,
        site_name: r.site_name,
        channel: r.channel,
        caller_name: r.caller_name,
        said: Sight::of(me, &r.site_id).text(r.said),
        happened_at: r.happened_at,
    };
    Ok(raw.into_iter().map(row).collect())
}

async fn case_ref(app: &App, case: CaseRaw) -> Result<CaseRef, Problem> {
    let manual = app.manuals.get(&case.manual).await?;
    let rules = manual.kind(&case.kind);
    Ok(CaseRef {
        id: case.id,
        number: case.number,
        kind_title: rules.map_or_else(String::new, |r| r.kind.title.clone()),
        stage_title: rules
            .and_then(|r| r.stage(&case.stage))
            .map_or_else(String::new, |s| s.title.clone()),
        closed: case.closed_at.is_some(),
    })
}

/// Contacts of a customer, newest first.
///
/// # Errors
/// The database's.
pub async fn of_customer(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    id: &str,
    limit: u32,
) -> Result<Vec<ContactRow>, Problem> {
    pick(app, sql, me, "k.customer_id = $1", vec![id.into()], limit).await
}

/// Contacts about a home, newest first.
///
/// # Errors
/// The database's.
pub async fn of_home(
    app: &App,
    sql: &impl Sql,
    me: &Me,
    id: &str,
    limit: u32,
) -> Result<Vec<ContactRow>, Problem> {
    pick(app, sql, me, "k.home_id = $1", vec![id.into()], limit).await
}

/// Contacts by id, newest first; those at other sites are left out.
///
/// # Errors
/// The database's.
pub async fn by_ids(app: &App, sql: &impl Sql, me: &Me, ids: &[String]) -> Result<Vec<ContactRow>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let values = ids.iter().map(|id| id.clone().into()).collect();
    pick(
        app,
        sql,
        me,
        &format!("k.id in ({})", marks.join(", ")),
        values,
        200,
    )
    .await
}
