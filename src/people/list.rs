//! Staff as lists and pickers show them.

use crate::api::{Json, Query};
use crate::auth::Me;
use crate::base::Named;
use crate::base::mask_phone;
use crate::cases::scope;
use crate::context::App;
use crate::db::Filter;
use crate::db::Sql;
use crate::error::Problem;
use crate::estate::within;
use crate::search::names::plain;
use axum::extract::State;
use engine::def::Area;
use engine::load::Manual;
use sea_orm::{DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows shown: beyond them one types a name.
const SHOWN: usize = 300;

/// Which members of staff.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffQuery {
    /// Part of the name, or the beginning of pinyin or initials.
    q: Option<String>,
    /// Holds this post.
    post: Option<String>,
    /// Holds a post at this site, or at all.
    site: Option<String>,
    /// Only who may be given work from the pool: they hold a post that does it.
    #[serde(default)]
    takes_work: bool,
}

/// Staff.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffList {
    items: Vec<StaffRow>,
}

/// A member of staff.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffRow {
    id: String,
    name: String,
    /// Only for who manages people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    login: Option<String>,
    /// Only for who manages people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone_masked: Option<String>,
    posts: Vec<PostView>,
    skills: Vec<String>,
    /// Areas 片区 they look after.
    areas: Vec<Named>,
    /// On duty now.
    on_duty: bool,
    /// Open cases in their hands.
    open_work: i64,
}

/// A post a person holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PostView {
    name: String,
    title: String,
    /// Absent: at all sites.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    site: Option<Named>,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    name: String,
    login: String,
    phone: Option<String>,
    on_duty: i64,
    open_work: i64,
}

#[derive(FromQueryResult)]
struct Held {
    staff_id: String,
    post: String,
    site_id: Option<String>,
    site_name: Option<String>,
}

#[derive(FromQueryResult)]
struct SkillRow {
    staff_id: String,
    skill: String,
}

#[derive(FromQueryResult)]
struct AreaRow {
    staff_id: String,
    id: String,
    name: String,
    site_id: String,
}

/// Staff at one's sites, by name.
#[utoipa::path(get, path = "/staff", tag = "people", params(StaffQuery), responses((status = 200, body = StaffList)))]
pub async fn list_staff(
    State(app): State<App>,
    me: Me,
    Query(query): Query<StaffQuery>,
) -> Result<Json<StaffList>, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let sites = me.sites();
    let mut held = vec![match &sites {
        None => "true".to_owned(),
        Some(_) => format!(
            "(p.site_id is null or {})",
            within(&mut filter, 0, "p.site_id", sites.as_ref())
        ),
    }];
    if let Some(post) = query.post {
        held.push(format!("p.post = {}", filter.bind(0, post)));
    }
    if query.takes_work {
        let posts = scope::pool_posts(&app.manuals.current());
        let marks: Vec<String> = posts.into_iter().map(|post| filter.bind(0, post)).collect();
        held.push(match marks.is_empty() {
            true => "false".to_owned(),
            false => format!("p.post in ({})", marks.join(", ")),
        });
    }
    if let Some(site) = query.site {
        held.push(format!(
            "(p.site_id is null or p.site_id = {})",
            filter.bind(0, site)
        ));
    }
    let mut all = vec![format!(
        "exists (select 1 from staff_post p where p.staff_id = s.id and {})",
        held.join(" and ")
    )];
    let words = plain(query.q.as_deref().unwrap_or_default());
    if !words.is_empty() {
        let part = filter.bind(0, format!("%{words}%"));
        let start = filter.bind(0, format!("{words}%"));
        all.push(format!(
            "(s.name like {part} or s.pinyin like {start} or s.initials like {start})"
        ));
    }
    let items = select(&app, &me, &all.join(" and "), filter).await?;
    Ok(Json(StaffList { items }))
}

/// One member of staff.
///
/// # Errors
/// [`crate::error::Code::NotFound`]; the database's.
pub(super) async fn staff_by_id(app: &App, me: &Me, id: &str) -> Result<StaffRow, Problem> {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let condition = format!("s.id = {}", filter.bind(0, id.to_owned()));
    select(app, me, &condition, filter)
        .await?
        .pop()
        .ok_or_else(Problem::not_found)
}

async fn select(app: &App, me: &Me, condition: &str, mut filter: Filter) -> Result<Vec<StaffRow>, Problem> {
    let now = filter.bind(0, app.clock.now());
    // What somebody has to do at other sites is not for these eyes, nor that they work there.
    let sites = me.sites();
    let duty_here = within(&mut filter, 0, "d.site_id", sites.as_ref());
    let work_here = within(&mut filter, 0, "c.site_id", sites.as_ref());
    let sql = format!(
        "select s.id, s.name, s.login, s.phone, \
         (select count(*) from duty d where d.staff_id = s.id and d.from_at <= {now} and d.to_at > {now} \
         and {duty_here}) as on_duty, \
         (select count(distinct c.id) from case_person x join case_record c on c.id = x.case_id where x.staff_id = s.id \
          and x.relation in ('assignee', 'responsible') and c.closed_at is null and {work_here}) as open_work \
         from staff s where s.active and not s.service and {condition} order by s.name, s.id limit {SHOWN}"
    );
    let raw: Vec<Raw> = app.db.read().rows(&sql, filter.values).await?;
    let ids: Vec<String> = raw.iter().map(|row| row.id.clone()).collect();
    let mut lists = Lists::read(app.db.read(), me, &app.manuals.current(), &ids).await?;
    let manages = me.may.contains(&Area::People);
    let row = |raw: Raw| StaffRow {
        posts: lists.posts.remove(&raw.id).unwrap_or_default(),
        skills: lists.skills.remove(&raw.id).unwrap_or_default(),
        areas: lists.areas.remove(&raw.id).unwrap_or_default(),
        login: manages.then_some(raw.login),
        phone_masked: raw.phone.filter(|_| manages).map(|phone| mask_phone(&phone)),
        on_duty: raw.on_duty > 0,
        open_work: raw.open_work,
        id: raw.id,
        name: raw.name,
    };
    Ok(raw.into_iter().map(row).collect())
}

/// What hangs on people, by person.
#[derive(Default)]
struct Lists {
    posts: BTreeMap<String, Vec<PostView>>,
    skills: BTreeMap<String, Vec<String>>,
    areas: BTreeMap<String, Vec<Named>>,
}

impl Lists {
    async fn read(sql: &impl Sql, me: &Me, manual: &Manual, ids: &[String]) -> Result<Lists, DbErr> {
        let mut lists = Lists::default();
        if ids.is_empty() {
            return Ok(lists);
        }
        let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let (these, values) = (marks.join(", "), || {
            ids.iter().map(|id| id.clone().into()).collect()
        });
        let held: Vec<Held> = sql
            .rows(
                &format!(
                    "select p.staff_id, p.post, p.site_id, t.name as site_name from staff_post p \
                     left join site t on t.id = p.site_id where p.staff_id in ({these}) order by p.post, t.name"
                ),
                values(),
            )
            .await?;
        for Held {
            staff_id,
            post,
            site_id,
            site_name,
        } in held
            .into_iter()
            .filter(|h| h.site_id.as_ref().is_none_or(|site| me.sees_site(site)))
        {
            let title = manual
                .post(&post)
                .map_or_else(|| post.clone(), |p| p.title.clone());
            let site = site_id.zip(site_name).map(|(id, name)| Named { id, name });
            lists.posts.entry(staff_id).or_default().push(PostView {
                name: post,
                title,
                site,
            });
        }
        let pairs: Vec<SkillRow> = sql
            .rows(
                &format!(
                    "select staff_id, skill from staff_skill where staff_id in ({these}) order by skill"
                ),
                values(),
            )
            .await?;
        for pair in pairs {
            lists.skills.entry(pair.staff_id).or_default().push(pair.skill);
        }
        let areas: Vec<AreaRow> = sql
            .rows(
                &format!(
                    "select x.staff_id, a.id, a.name, a.site_id from staff_area x join area a on a.id = x.area_id \
                     where x.staff_id in ({these}) order by a.name"
                ),
                values(),
            )
            .await?;
        for AreaRow {
            staff_id,
            id,
            name,
            site_id,
        } in areas
        {
            if !me.sees_site(&site_id) {
                continue;
            }
            lists.areas.entry(staff_id).or_default().push(Named { id, name });
        }
        Ok(lists)
    }
}
