//! The member of staff who asks: posts, rights, scopes.

use crate::base::hex;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use engine::def::{Area, Scope};
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A post held at one site, or at all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Name of the post.
    pub post: String,
    /// Site; none: all.
    pub site: Option<String>,
}

/// The member of staff who is asking. To have one is to be signed in, with the forgery check passed.
#[derive(Debug, Clone)]
pub struct Me {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Login.
    pub login: String,
    /// Token the browser must send with writes; empty for another system.
    pub csrf: String,
    /// Digest of the session; empty for another system.
    pub session: String,
    /// Posts.
    pub posts: Vec<Held>,
    /// Areas 片区 looked after.
    pub areas: BTreeSet<String>,
    /// Rights beside the actions of cases, from all posts.
    pub may: BTreeSet<Area>,
    /// The same rights with the site of the post each comes from (none: all).
    pub may_at: Vec<(Area, Option<String>)>,
    /// Widest scope, and the sites it holds for (none: all).
    pub scopes: Vec<(Scope, Option<String>)>,
}

#[derive(FromQueryResult)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) login: String,
    pub(crate) csrf: String,
    pub(crate) created_at: i64,
    pub(crate) seen_at: i64,
}

/// A post that is held, or an area that is looked after.
#[derive(FromQueryResult)]
struct HeldRow {
    post: Option<String>,
    site_id: Option<String>,
    area_id: Option<String>,
}

impl HeldRow {
    fn post(self) -> Option<Held> {
        let site = self.site_id;
        self.post.map(|post| Held { post, site })
    }
}

impl Me {
    /// Refuses who lacks a right.
    ///
    /// # Errors
    /// [`Code::Forbidden`].
    pub fn must(&self, right: Area) -> Result<(), Problem> {
        if self.may.contains(&right) {
            Ok(())
        } else {
            Err(Problem::forbidden())
        }
    }

    /// Refuses who lacks a right at a site; where they hold no post, as if the site did not exist.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::Forbidden`].
    pub fn must_at(&self, right: Area, site: &str) -> Result<(), Problem> {
        self.at_site(site)?;
        match self.sites_where(right) {
            Some(sites) if !sites.contains(site) => Err(Problem::forbidden()),
            _ => Ok(()),
        }
    }

    /// Sites at which a post that carries the right is held; `None`: all of them.
    pub fn sites_where(&self, right: Area) -> Option<BTreeSet<String>> {
        let held = || self.may_at.iter().filter(|(may, _)| *may == right);
        let all = held().any(|(_, site)| site.is_none());
        (!all).then(|| held().filter_map(|(_, site)| site.clone()).collect())
    }

    /// Whether something of that site may be seen at all.
    pub fn sees_site(&self, site: &str) -> bool {
        self.posts
            .iter()
            .any(|p| p.site.is_none() || p.site.as_deref() == Some(site))
    }

    /// Refuses who holds no post at the site, as if it did not exist.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn at_site(&self, site: &str) -> Result<(), Problem> {
        if self.sees_site(site) {
            Ok(())
        } else {
            Err(Problem::not_found())
        }
    }

    /// Sites a post is held at; `None`: all of them.
    pub fn sites(&self) -> Option<BTreeSet<String>> {
        let all = self.posts.iter().any(|p| p.site.is_none());
        (!all).then(|| self.posts.iter().filter_map(|p| p.site.clone()).collect())
    }
}

/// Digest under which a session is kept.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// The problem of who is not signed in.
pub fn not_signed_in() -> Problem {
    Problem::new(Code::NotSignedIn, "请先登录")
}

/// Whoever the row names, with the posts they hold now.
///
/// # Errors
/// The database's.
pub(crate) async fn person(app: &App, row: SessionRow, digest: &str) -> Result<Me, Problem> {
    let read = app.db.read();
    // One statement: it is asked before every answer.
    let held: Vec<HeldRow> = read
        .rows(
            "select post, site_id, null as area_id from staff_post where staff_id = $1 \
             union all select null, null, area_id from staff_area where staff_id = $1",
            vals![row.id.clone()],
        )
        .await?;
    let areas = held.iter().filter_map(|row| row.area_id.clone()).collect();
    let posts: Vec<Held> = held.into_iter().filter_map(HeldRow::post).collect();
    let manual = app.manuals.current();
    let mut may = BTreeSet::new();
    let (mut may_at, mut scopes) = (Vec::new(), Vec::new());
    for held in &posts {
        if let Some(post) = manual.post(&held.post) {
            may.extend(post.may.iter().copied());
            may_at.extend(post.may.iter().map(|right| (*right, held.site.clone())));
            scopes.push((post.sees, held.site.clone()));
        }
    }
    Ok(Me {
        id: row.id,
        name: row.name,
        login: row.login,
        csrf: row.csrf,
        session: digest.to_owned(),
        posts,
        areas,
        may,
        may_at,
        scopes,
    })
}
