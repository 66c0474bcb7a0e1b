//! Writing members of staff, and what may be written.

use crate::auth::Me;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::estate::insert_all;
use crate::search::names;
use crate::vals;
use engine::def::Area;
use engine::load::Manual;
use sea_orm::{DbErr, Value};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Posts, skills and areas of one person, each.
const MOST: usize = 30;

/// A post at one site, or at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostAt {
    /// Name of the post in the manual.
    pub post: String,
    /// Site; absent: all.
    pub site: Option<String>,
}

/// A member of staff to be made.
#[derive(Clone)]
pub struct NewStaff {
    /// Name.
    pub name: String,
    /// Login.
    pub login: String,
    /// Password as [`crate::auth::password::hash`] gives it.
    pub password: String,
    /// Phone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Posts.
    pub posts: Vec<PostAt>,
    /// Skills.
    pub skills: Vec<String>,
    /// Areas 片区 they look after, by id.
    pub areas: Vec<String>,
}

/// Makes a member of staff and gives their id.
///
/// # Errors
/// [`Code::Taken`] when somebody has the login; the database's.
pub async fn insert_staff(tx: &Tx, app: &App, new: &NewStaff) -> Result<String, Problem> {
    let id = app.id();
    let (pinyin, initials) = names::pinyin(&new.name);
    let fresh = tx
        .run(
            "insert into staff (id, name, pinyin, initials, login, password, phone, email, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (login) do nothing",
            vals![
                id.clone(),
                new.name.clone(),
                pinyin,
                initials,
                new.login.clone(),
                new.password.clone(),
                new.phone.clone(),
                new.email.clone(),
                app.clock.now(),
            ],
        )
        .await?;
    if fresh == 0 {
        return Err(login_taken());
    }
    put_lists(tx, &id, &new.posts, &new.skills, &new.areas).await?;
    Ok(id)
}

/// Somebody has the login.
pub(super) fn login_taken() -> Problem {
    taken("login", "这个账号已经有人用了")
}

/// Somebody else holds what a field asks for.
pub(super) fn taken(field: &str, sentence: &str) -> Problem {
    let mut problem = Problem::field(field, sentence);
    problem.code = Code::Taken;
    problem
}

/// Makes posts, skills and areas those given.
pub(super) async fn put_lists(
    tx: &Tx,
    staff: &str,
    posts: &[PostAt],
    skills: &[String],
    areas: &[String],
) -> Result<(), DbErr> {
    let pairs = |all: &[String]| -> Vec<Vec<Value>> {
        all.iter()
            .map(|one| vals![staff.to_owned(), one.clone()])
            .collect()
    };
    let posts: BTreeSet<&PostAt> = posts.iter().collect();
    let posts = posts
        .iter()
        .map(|p| vals![staff.to_owned(), p.post.clone(), p.site.clone()])
        .collect();
    for (table, columns, rows) in [
        ("staff_post", "staff_post (staff_id, post, site_id)", posts),
        ("staff_skill", "staff_skill (staff_id, skill)", pairs(skills)),
        ("staff_area", "staff_area (staff_id, area_id)", pairs(areas)),
    ] {
        tx.run(
            &format!("delete from {table} where staff_id = $1"),
            vals![staff.to_owned()],
        )
        .await?;
        insert_all(tx, columns, rows, "on conflict do nothing").await?;
    }
    Ok(())
}

/// Refuses a login that is not one: letters, digits and `. - _ @`.
///
/// # Errors
/// [`Code::Invalid`].
pub fn check_login(login: &str) -> Result<(), Problem> {
    let plain = login
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || ".-_@".contains(c));
    if plain && (1..=60).contains(&login.len()) {
        return Ok(());
    }
    Err(Problem::field(
        "login",
        "账号请用字母、数字和 . - _ @（60 个字符以内）",
    ))
}

/// Refuses posts that are not in the manual, or not the actor's to give: at sites they manage people of, and the
/// manual's own keepers only by one of them.
///
/// # Errors
/// [`Code::Invalid`], [`Code::Forbidden`].
pub fn check_posts(
    me: &Me,
    manual: &Manual,
    reach: Option<&BTreeSet<String>>,
    posts: &[PostAt],
) -> Result<(), Problem> {
    if posts.is_empty() || posts.len() > MOST {
        return Err(Problem::field("posts", "请选择岗位（最多 30 个）"));
    }
    for held in posts {
        let post = manual.post(&held.post);
        let post = post.ok_or_else(|| Problem::field("posts", &format!("制度里没有岗位“{}”", held.post)))?;
        if !is_mine_to_give(me, &post.may) {
            return Err(Problem::new(
                Code::Forbidden,
                format!("只有制度管理人员能设“{}”", post.title),
            ));
        }
        let within = reach.is_none_or(|sites| held.site.as_ref().is_some_and(|site| sites.contains(site)));
        if !within {
            return Err(Problem::new(Code::Forbidden, "您只能设置自己项目的岗位"));
        }
    }
    Ok(())
}

/// Whoever keeps the manual says what every post may do: only such a one makes another.
pub(super) fn is_mine_to_give(me: &Me, rights: &[Area]) -> bool {
    !rights.contains(&Area::Manual) || me.may.contains(&Area::Manual)
}

/// Refuses skills that are no words, and too many.
pub(super) fn check_skills(skills: &[String]) -> Result<Vec<String>, Problem> {
    let read: BTreeSet<String> = skills
        .iter()
        .map(|s| s.trim().to_owned())
        .filter(|s| !s.is_empty())
        .collect();
    let short = read
        .iter()
        .all(|skill| skill.chars().count() <= 20 && !skill.contains('\0'));
    if short && read.len() <= MOST {
        return Ok(read.into_iter().collect());
    }
    Err(Problem::field("skills", "技能最多 30 个，每个 20 字以内"))
}
