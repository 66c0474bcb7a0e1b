//! Who is on duty: out of hours a contact reaches the person on the list (INTAKE-15).

use crate::api::{Answer, Json, Once, Path, Query};
use crate::auth::Me;
use crate::base::Named;
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::{estate, vals};
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const DAY_MS: i64 = 86_400_000;
/// Longest duty.
const LONGEST_MS: i64 = 7 * DAY_MS;
/// Rows shown.
const SHOWN: usize = 1000;

/// Which duties.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DutyQuery {
    /// Site; absent: all of one's own.
    site: Option<String>,
    /// Those that end after this (epoch ms); a day ago.
    from: Option<i64>,
    /// Those that begin before this (epoch ms); 31 days after `from`.
    to: Option<i64>,
}

/// Duties.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DutyList {
    items: Vec<DutyRow>,
}

/// A duty.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DutyRow {
    id: String,
    staff: Named,
    /// Name of the post.
    post: String,
    post_title: String,
    site: Named,
    /// Area 片区; absent: the whole site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    area: Option<Named>,
    /// Beginning (epoch ms).
    from_at: i64,
    /// End (epoch ms).
    to_at: i64,
}

/// A new duty.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyInput {
    /// Who.
    staff: String,
    /// As what: a post they hold at the site.
    post: String,
    /// Where.
    site: String,
    /// Area 片区; absent: the whole site.
    area: Option<String>,
    /// Beginning (epoch ms).
    from_at: i64,
    /// End (epoch ms), at most seven days later.
    to_at: i64,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    staff_id: String,
    staff_name: String,
    post: String,
    site_id: String,
    site_name: String,
    area_id: Option<String>,
    area_name: Option<String>,
    from_at: i64,
    to_at: i64,
}

/// Duties at one's sites, in order of time.
#[utoipa::path(get, path = "/duty", tag = "people", params(DutyQuery), responses((status = 200, body = DutyList)))]
pub async fn list_duty(
    State(app): State<App>,
    me: Me,
    Query(query): Query<DutyQuery>,
) -> Result<Json<DutyList>, Problem> {
    let sites = estate::only(me.sites(), query.site);
    let from = query.from.unwrap_or_else(|| app.clock.now() - DAY_MS);
    let to = query.to.unwrap_or_else(|| from.saturating_add(31 * DAY_MS));
    let mut filter = Filter {
        sql: String::new(),
        values: vals![from, to],
    };
    let here = estate::within(&mut filter, 0, "d.site_id", sites.as_ref());
    let items = select(
        &app,
        app.db.read(),
        &format!("d.to_at > $1 and d.from_at < $2 and {here}"),
        filter,
    )
    .await?;
    Ok(Json(DutyList { items }))
}

async fn select(app: &App, sql: &impl Sql, condition: &str, filter: Filter) -> Result<Vec<DutyRow>, Problem> {
    let raw: Vec<Raw> = sql
        .rows(
            &format!(
                "select d.id, d.staff_id, s.name as staff_name, d.post, d.site_id, t.name as site_name, d.area_id, \
                 a.name as area_name, d.from_at, d.to_at from duty d join staff s on s.id = d.staff_id \
                 join site t on t.id = d.site_id left join area a on a.id = d.area_id \
                 where {condition} order by d.from_at, d.id limit {SHOWN}"
            ),
            filter.values,
        )
        .await?;
    let manual = app.manuals.current();
    let row = |raw: Raw| DutyRow {
        id: raw.id,
        staff: Named {
            id: raw.staff_id,
            name: raw.staff_name,
        },
        post_title: manual
            .post(&raw.post)
            .map_or_else(|| raw.post.clone(), |post| post.title.clone()),
        post: raw.post,
        site: Named {
            id: raw.site_id,
            name: raw.site_name,
        },
        area: raw
            .area_id
            .zip(raw.area_name)
            .map(|(id, name)| Named { id, name }),
        from_at: raw.from_at,
        to_at: raw.to_at,
    };
    Ok(raw.into_iter().map(row).collect())
}

/// Puts somebody on duty; nobody is on duty twice at a time.
#[utoipa::path(post, path = "/duty", tag = "people", request_body = DutyInput,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DutyRow)))]
pub async fn create_duty(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(asked): Json<DutyInput>,
) -> Result<Answer, Problem> {
    let reach = estate::reach(&me, &app.manuals.current(), &[Area::People])?;
    if reach.as_ref().is_some_and(|sites| !sites.contains(&asked.site)) {
        return Err(Problem::field("site", "所选项目不存在，或您无权排班"));
    }
    let length = asked.to_at.saturating_sub(asked.from_at);
    if length <= 0 {
        return Err(Problem::field("to_at", "结束时间应晚于开始时间"));
    }
    if length > LONGEST_MS {
        return Err(Problem::field("to_at", "一次值班最长七天"));
    }
    let own = app.clone();
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move { create(&own, tx, asked).await })
    })
    .await
}

async fn create(app: &App, tx: &Tx, asked: DutyInput) -> Result<DutyRow, Problem> {
    if tx.is_postgres() {
        // Of two lists made at once the second sees the first.
        tx.run(
            "select pg_advisory_xact_lock(hashtextextended($1, 3))",
            vals![asked.staff.clone()],
        )
        .await?;
    }
    let holds: Option<String> = tx
        .scalar(
            "select s.id from staff s join staff_post p on p.staff_id = s.id where s.id = $1 and s.active \
             and p.post = $2 and (p.site_id is null or p.site_id = $3)",
            vals![asked.staff.clone(), asked.post.clone(), asked.site.clone()],
        )
        .await?;
    holds.ok_or_else(|| Problem::field("staff", "此人不在这个项目担任该岗位"))?;
    if let Some(area) = &asked.area {
        let found: Option<String> = tx
            .scalar(
                "select id from area where id = $1 and site_id = $2",
                vals![area.clone(), asked.site.clone()],
            )
            .await?;
        found.ok_or_else(|| Problem::field("area", "所选片区不在这个项目"))?;
    }
    let site: Option<String> = tx
        .scalar("select id from site where id = $1", vals![asked.site.clone()])
        .await?;
    site.ok_or_else(|| Problem::field("site", "所选项目不存在，或您无权排班"))?;
    let other: Option<i64> = tx
        .scalar(
            "select from_at from duty where staff_id = $1 and from_at < $3 and to_at > $2 limit 1",
            vals![asked.staff.clone(), asked.from_at, asked.to_at],
        )
        .await?;
    if other.is_some() {
        return Err(super::keep::taken("from_at", "此人这段时间已经排了班"));
    }
    let id = app.id();
    tx.run(
        "insert into duty (id, staff_id, post, site_id, area_id, from_at, to_at) values ($1, $2, $3, $4, $5, $6, $7)",
        vals![id.clone(), asked.staff, asked.post, asked.site, asked.area, asked.from_at, asked.to_at],
    )
    .await?;
    let made = select(
        app,
        tx,
        "d.id = $1",
        Filter {
            sql: String::new(),
            values: vals![id],
        },
    )
    .await?
    .pop();
    made.ok_or_else(|| Problem::internal("the duty vanished"))
}

/// Takes a duty off the list.
#[utoipa::path(delete, path = "/duty/{id}", tag = "people",
    params(("id" = String, Path, description = "Duty")), responses((status = 204, description = "Gone")))]
pub async fn delete_duty(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let reach: Option<BTreeSet<String>> = estate::reach(&me, &app.manuals.current(), &[Area::People])?;
    let mut filter = Filter {
        sql: String::new(),
        values: vals![id],
    };
    let here = estate::within(&mut filter, 0, "site_id", reach.as_ref());
    let sql = format!("delete from duty where id = $1 and {here}");
    let gone = app
        .db
        .write(move |tx| Box::pin(async move { tx.run(&sql, filter.values).await.map_err(Problem::from) }))
        .await?;
    if gone == 0 {
        Err(Problem::not_found())
    } else {
        Ok(StatusCode::NO_CONTENT)
    }
}
