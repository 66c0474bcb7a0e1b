//! Making and changing customers.

use super::bulk::insert_all;
use super::customers::is_seen;
use super::keep::{self, NewCustomer, RELATIONS, create_customers, normal_phone, normal_plate};
use super::look::look;
use super::mask::mask_phone;
use super::reach::{reach, within};
use super::story::{CustomerView, story};
use crate::api::{Answer, Json, Once, Path};
use crate::app::App;
use crate::auth::Me;
use crate::cases::rows::Named;
use crate::cases::scope::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::search::names;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Phones of new customers that are compared with those that are there, in an hour.
const MOST_PHONES: i64 = 300;
/// Phones, and plates, of one customer.
const MOST_EACH: usize = 20;

/// A new customer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerInput {
    /// Name, up to 60 characters.
    name: String,
    /// Phone in any form.
    phone: Option<String>,
    /// Home they belong to.
    home: Option<String>,
    /// owner (default), family, tenant, other
    relation: Option<String>,
    /// What to mind with this customer.
    note: Option<String>,
}

/// A customer as it shall be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// Name, up to 60 characters.
    name: String,
    /// What to mind with this customer.
    #[serde(default)]
    care_note: String,
    /// All phones: those that stay by id, new ones as numbers.
    #[serde(default)]
    phones: Vec<PhoneInput>,
    /// All plates.
    #[serde(default)]
    plates: Vec<String>,
    /// Fees are owed; absent: as it is.
    arrears: Option<bool>,
}

/// A phone that stays, or a new one.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
enum PhoneInput {
    /// A new number.
    Number(String),
    /// One that is there.
    Kept {
        /// Its id.
        id: String,
    },
}

#[derive(FromQueryResult)]
struct Phone {
    id: String,
    number: String,
}

/// Makes a customer. One with the same name and phone is the same person: no second one is made, and `existed` says
/// so; `same_phone` names others with that phone.
#[utoipa::path(post, path = "/customers", tag = "estate", request_body = CustomerInput,
    responses((status = 201, body = CustomerView)))]
pub async fn create_customer(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(asked): Json<CustomerInput>,
) -> Result<Answer, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Desk, Area::Estate])?;
    let wanted = Wanted::read(asked)?;
    if let Some(phone) = &wanted.phone {
        look(&app, &me, "phone", &mask_phone(phone), "登记客户", MOST_PHONES).await?;
    }
    let (own, actor) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::CREATED, |tx| {
        Box::pin(async move { make(&own, tx, &actor, wanted, sites.as_ref()).await })
    })
    .await
}

struct Wanted {
    name: String,
    phone: Option<String>,
    home: Option<String>,
    relation: String,
    note: String,
}

impl Wanted {
    fn read(asked: CustomerInput) -> Result<Wanted, Problem> {
        let relation = asked.relation.unwrap_or_else(|| "owner".to_owned());
        if !RELATIONS.iter().any(|(name, _)| *name == relation) {
            return Err(Problem::field(
                "relation",
                "与房屋的关系只能是业主、家属、租户、其他",
            ));
        }
        let phone = asked.phone.filter(|phone| !phone.trim().is_empty());
        Ok(Wanted {
            name: checked_name(&asked.name)?,
            phone: phone.map(|phone| checked_phone("phone", &phone)).transpose()?,
            home: asked.home,
            relation,
            note: checked_note("note", asked.note.unwrap_or_default())?,
        })
    }
}

async fn make(
    app: &App,
    tx: &Tx,
    me: &Me,
    wanted: Wanted,
    sites: Option<&BTreeSet<String>>,
) -> Result<CustomerView, Problem> {
    if let Some(home) = &wanted.home {
        home_within(tx, home, sites).await?;
    }
    let same = match &wanted.phone {
        Some(phone) => with_phone(tx, phone).await?,
        None => Vec::new(),
    };
    let mut twin = None;
    let mut others = Vec::new();
    for other in same {
        let seen = is_seen(tx, &other.id, sites).await?;
        if other.name == wanted.name && (seen || wanted.home.is_some()) && twin.is_none() {
            twin = Some(other.id);
        } else if seen {
            others.push(other);
        }
    }
    let existed = twin.is_some();
    let id = match twin {
        Some(id) => id,
        None => {
            let phones = wanted
                .phone
                .into_iter()
                .map(|number| (number, String::new()))
                .collect();
            let new = NewCustomer {
                name: wanted.name,
                phones,
                care_note: wanted.note,
                ..NewCustomer::default()
            };
            create_customers(tx, app, &[new]).await?.swap_remove(0)
        }
    };
    if let Some(home) = wanted.home {
        let sql = "insert into home_person (home_id, customer_id, relation) values ($1, $2, $3) on conflict do nothing";
        tx.run(sql, vals![home, id.clone(), wanted.relation]).await?;
    }
    let mut view = story(app, tx, me, &id, sites).await?;
    (view.same_phone, view.existed) = (others, existed);
    Ok(view)
}

/// Customers with that number. Whoever asks next waits for the end of this write, so that of two who make the same
/// customer at once the second finds the first one's.
async fn with_phone(tx: &Tx, phone: &str) -> Result<Vec<Named>, Problem> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        name: String,
    }
    if tx.is_postgres() {
        tx.run(
            "select pg_advisory_xact_lock(hashtextextended($1, 2))",
            vals![phone.to_owned()],
        )
        .await?;
    }
    let rows: Vec<Row> = tx
        .rows(
            "select distinct u.id, u.name from customer_phone p join customer u on u.id = p.customer_id \
             where p.number = $1 order by u.id limit 20",
            vals![phone.to_owned()],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| Named {
            id: r.id,
            name: r.name,
        })
        .collect())
}

async fn home_within(tx: &Tx, home: &str, sites: Option<&BTreeSet<String>>) -> Result<(), Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: vals![home.to_owned()],
    };
    let here = within(&mut filter, 0, "site_id", sites);
    let found: Option<String> = tx
        .scalar(
            &format!("select id from home where id = $1 and {here}"),
            filter.values,
        )
        .await?;
    found
        .map(drop)
        .ok_or_else(|| Problem::field("home", "房屋不存在，或您无权查看"))
}

/// Changes a customer: name, note, all phones, all plates.
#[utoipa::path(put, path = "/customers/{id}", tag = "estate", request_body = CustomerChange,
    params(("id" = String, Path, description = "Customer")), responses((status = 200, body = CustomerView)))]
pub async fn change_customer(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    once: Once,
    Json(asked): Json<CustomerChange>,
) -> Result<Answer, Problem> {
    let sites = reach(&me, &app.manuals.current(), &[Area::Desk, Area::Estate])?;
    let name = checked_name(&asked.name)?;
    let note = checked_note("care_note", asked.care_note)?;
    let plates = checked_plates(asked.plates)?;
    if asked.phones.len() > MOST_EACH {
        return Err(Problem::field("phones", "电话最多 20 个"));
    }
    let (own, actor) = (app.clone(), me.clone());
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            if !is_seen(tx, &id, sites.as_ref()).await? {
                return Err(Problem::not_found());
            }
            let (pinyin, initials) = names::pinyin(&name);
            tx.run(
                "update customer set name = $1, pinyin = $2, initials = $3, care_note = $4, \
                 arrears = coalesce($5, arrears) where id = $6",
                vals![name.clone(), pinyin, initials, note, asked.arrears, id.clone()],
            )
            .await?;
            keep_phones(&own, tx, &id, asked.phones).await?;
            tx.run(
                "delete from customer_plate where customer_id = $1",
                vals![id.clone()],
            )
            .await?;
            let rows = plates
                .iter()
                .map(|plate| vals![id.clone(), plate.clone()])
                .collect();
            insert_all(
                tx,
                "customer_plate (customer_id, plate)",
                rows,
                "on conflict do nothing",
            )
            .await?;
            keep::rekey(tx, &id, &name, &plates).await?;
            story(&own, tx, &actor, &id, sites.as_ref()).await
        })
    })
    .await
}

/// Makes the phones those asked for; one that is there already under the number stays, with its note.
async fn keep_phones(app: &App, tx: &Tx, customer: &str, asked: Vec<PhoneInput>) -> Result<(), Problem> {
    let there: Vec<Phone> = tx
        .rows(
            "select id, number from customer_phone where customer_id = $1",
            vals![customer.to_owned()],
        )
        .await?;
    let (mut kept, mut fresh) = (BTreeSet::new(), BTreeSet::new());
    for phone in asked {
        match phone {
            PhoneInput::Kept { id } if there.iter().any(|p| p.id == id) => {
                kept.insert(id);
            }
            PhoneInput::Kept { .. } => return Err(Problem::field("phones", "有电话已被删除，请刷新后重试")),
            PhoneInput::Number(text) => {
                let number = checked_phone("phones", &text)?;
                match there.iter().find(|p| p.number == number) {
                    Some(known) => kept.insert(known.id.clone()),
                    None => fresh.insert(number),
                };
            }
        }
    }
    for gone in there.iter().filter(|p| !kept.contains(&p.id)) {
        tx.run("delete from customer_phone where id = $1", vals![gone.id.clone()])
            .await?;
    }
    let rows = fresh
        .iter()
        .map(|number| keep::phone_row(app, customer, number, ""))
        .collect();
    insert_all(tx, keep::PHONE_COLUMNS, rows, "").await?;
    Ok(())
}

fn checked_name(name: &str) -> Result<String, Problem> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let good = (1..=60).contains(&name.chars().count()) && !name.contains('\0');
    if good {
        Ok(name)
    } else {
        Err(Problem::field("name", "请填写姓名（60 字以内）"))
    }
}

fn checked_note(field: &str, note: String) -> Result<String, Problem> {
    let good = note.chars().count() <= 500 && !note.contains('\0');
    if good {
        Ok(note)
    } else {
        Err(Problem::field(field, "备注最多 500 字"))
    }
}

fn checked_phone(field: &str, phone: &str) -> Result<String, Problem> {
    normal_phone(phone).ok_or_else(|| Problem::field(field, "电话不对：请填写 5 到 16 位数字"))
}

fn checked_plates(plates: Vec<String>) -> Result<Vec<String>, Problem> {
    if plates.len() > MOST_EACH {
        return Err(Problem::field("plates", "车牌最多 20 个"));
    }
    let read = plates
        .iter()
        .map(|plate| normal_plate(plate))
        .collect::<Option<BTreeSet<String>>>();
    let read = read.ok_or_else(|| Problem::field("plates", "车牌不对：请填写完整车牌，如京A12345"))?;
    Ok(read.into_iter().collect())
}
