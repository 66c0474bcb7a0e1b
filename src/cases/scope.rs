//! Which cases a member of staff sees: the closed list of scopes, compiled to SQL here and nowhere else.

use crate::auth::Me;
use crate::db::Filter;
use engine::def::{Action, AssignTo, Effect, Kind, Relation, Scope, Who};
use engine::load::Manual;
use std::collections::BTreeSet;

/// The condition under which `me` sees a case: by one of the ways below, or because they see the case above it so.
/// `used`: how many placeholders stand before it.
pub fn visible(me: &Me, manual: &Manual, used: usize) -> Filter {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    // Placeholders that nothing refers to would be an error on PostgreSQL.
    if me.scopes.iter().any(everything) && kinds(manual, |kind| kind.private).is_empty() {
        filter.sql = "true".to_owned();
        return filter;
    }
    let mut ways = own_ways(me, manual, &mut filter, used, "c");
    ways.extend(pool(me, manual, &mut filter, used, Pool::Take));
    let above = own_ways(me, manual, &mut filter, used, "up").join(" or ");
    ways.push(format!(
        "exists (select 1 from case_record up where up.id = c.parent_id and ({above}))"
    ));
    filter.sql = format!("({})", ways.join(" or "));
    filter
}

fn everything((scope, site): &(Scope, Option<String>)) -> bool {
    matches!(scope, Scope::Company | Scope::Site) && site.is_none()
}

/// Sites and areas of one's posts, kinds that are for them to see, and what one has to do with the case; its row is
/// called `c`.
fn own_ways(me: &Me, manual: &Manual, filter: &mut Filter, used: usize, c: &str) -> Vec<String> {
    let mut ways = by_post(me, manual, filter, used, c);
    let id = filter.bind(used, me.id.clone());
    ways.push(format!(
        "exists (select 1 from case_person p where p.case_id = {c}.id and p.staff_id = {id})"
    ));
    ways.push(format!("{c}.passing_to = {id}"));
    ways.push(format!(
        "exists (select 1 from sign_wait w where w.case_id = {c}.id and w.staff_id = {id})"
    ));
    ways.extend(asked_by_post(me, filter, used, c));
    ways.push(told(me, filter, used, c, &id));
    ways.extend(by_kind(me, manual, filter, used, c));
    ways
}

/// What posts see of the company, a site, an area: not the kinds that are only for who has to do with them.
fn by_post(me: &Me, manual: &Manual, filter: &mut Filter, used: usize, c: &str) -> Vec<String> {
    let mut ways: Vec<String> = Vec::new();
    if me.scopes.iter().any(everything) {
        ways.push("true".to_owned());
    }
    for (scope, site) in &me.scopes {
        match (scope, site) {
            (Scope::Company | Scope::Site, Some(site)) => {
                let site = filter.bind(used, site.clone());
                ways.push(format!("{c}.site_id = {site}"));
            }
            (Scope::Area, site) => {
                let areas: Vec<String> = me.areas.iter().map(|a| filter.bind(used, a.clone())).collect();
                if areas.is_empty() {
                    continue;
                }
                let mut way = format!("{c}.area_id in ({})", areas.join(", "));
                if let Some(site) = site {
                    way = format!("({way} and {c}.site_id = {})", filter.bind(used, site.clone()));
                }
                ways.push(way);
            }
            (Scope::Company | Scope::Site, None) | (Scope::Relation, _) => {}
        }
    }
    let private = kinds(manual, |kind| kind.private);
    if ways.is_empty() || private.is_empty() {
        return ways;
    }
    let private: Vec<String> = private.into_iter().map(|kind| filter.bind(used, kind)).collect();
    vec![format!(
        "(({}) and {c}.kind not in ({}))",
        ways.join(" or "),
        private.join(", ")
    )]
}

/// Whoever was told of a case, which every signer and everybody it was sent round to is, as long as they serve its site.
fn told(me: &Me, filter: &mut Filter, used: usize, c: &str, id: &str) -> String {
    let here = match me.sites() {
        None => String::new(),
        Some(sites) => {
            let sites: Vec<String> = sites.into_iter().map(|site| filter.bind(used, site)).collect();
            format!(" and {c}.site_id in ({})", sites.join(", "))
        }
    };
    format!("(exists (select 1 from inbox n where n.case_id = {c}.id and n.staff_id = {id}){here})")
}

/// Kinds the manual shows to a post; and, of no area, those its holder may act on who looks after areas: nobody else
/// does.
fn by_kind(me: &Me, manual: &Manual, filter: &mut Filter, used: usize, c: &str) -> Vec<String> {
    let mut ways = Vec::new();
    for held in &me.posts {
        let area = manual
            .post(&held.post)
            .is_some_and(|post| post.sees == Scope::Area);
        let shown = kinds(manual, |kind| {
            let mut seen_by = kind.seen_by.iter();
            seen_by.any(|who| *who == Who::Staff || matches!(who, Who::Post(post) if *post == held.post))
        });
        let acted = kinds(manual, |kind| {
            area && kind.actions.iter().any(|action| may(action, &held.post))
        });
        let private = kinds(manual, |kind| {
            kind.private && kind.actions.iter().any(|action| may(action, &held.post))
        });
        let all = [(shown, ""), (private, ""), (acted, "{c}.area_id is null and ")];
        for (kinds, of_no_area) in all {
            if kinds.is_empty() {
                continue;
            }
            let of_no_area = of_no_area.replace("{c}", c);
            let kinds: Vec<String> = kinds.into_iter().map(|kind| filter.bind(used, kind)).collect();
            let at = site_of(held.site.as_ref(), filter, used, c);
            ways.push(format!("({at}{of_no_area}{c}.kind in ({}))", kinds.join(", ")));
        }
    }
    ways
}

fn kinds(manual: &Manual, wanted: impl Fn(&Kind) -> bool) -> Vec<String> {
    let all = manual.kinds.values().map(|rules| &rules.kind);
    all.filter(|kind| wanted(kind))
        .map(|kind| kind.name.clone())
        .collect()
}

/// Signatures waited for of a post held at the case's site.
fn asked_by_post(me: &Me, filter: &mut Filter, used: usize, c: &str) -> Vec<String> {
    let mut ways = Vec::new();
    for held in &me.posts {
        let post = filter.bind(used, held.post.clone());
        let at = site_of(held.site.as_ref(), filter, used, c);
        ways.push(format!(
            "({at}exists (select 1 from sign_wait w where w.case_id = {c}.id and w.post = {post}))"
        ));
    }
    ways
}

/// What one wants of the pool 抢单池.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// Take work for oneself.
    Take,
    /// Take work, or give it to somebody.
    TakeOrGive,
}

/// Cases nobody works on yet, which the actor's posts may take from the pool, or give away.
pub fn pool(me: &Me, manual: &Manual, filter: &mut Filter, used: usize, wants: Pool) -> Vec<String> {
    let mut ways = Vec::new();
    for held in &me.posts {
        let kinds: Vec<String> = pool_kinds(manual, &held.post, wants)
            .into_iter()
            .map(|kind| filter.bind(used, kind))
            .collect();
        if kinds.is_empty() {
            continue;
        }
        let at = site_of(held.site.as_ref(), filter, used, "c");
        ways.push(format!(
            "({at}c.closed_at is null and c.kind in ({}) and not exists \
             (select 1 from case_person p where p.case_id = c.id and p.relation = 'assignee'))",
            kinds.join(", ")
        ));
    }
    ways
}

fn site_of(site: Option<&String>, filter: &mut Filter, used: usize, c: &str) -> String {
    match site {
        Some(site) => format!("{c}.site_id = {} and ", filter.bind(used, site.clone())),
        None => String::new(),
    }
}

/// Whether every case of the site is seen, whatever stands in it.
pub fn whole_site(me: &Me, site: &str) -> bool {
    me.scopes.iter().any(|(scope, at)| {
        matches!(scope, Scope::Company | Scope::Site) && at.as_ref().is_none_or(|at| at == site)
    })
}

/// Whether a post held at the site may take cases of the kind from the pool.
pub fn may_take(me: &Me, manual: &Manual, kind: &str, site: &str) -> bool {
    me.posts
        .iter()
        .filter(|held| held.site.as_ref().is_none_or(|at| at == site))
        .any(|held| {
            pool_kinds(manual, &held.post, Pool::Take)
                .iter()
                .any(|k| k == kind)
        })
}

/// Kinds with a pool whose cases a holder of the post may take for themselves, or give to somebody.
fn pool_kinds(manual: &Manual, post: &str, wants: Pool) -> Vec<String> {
    let wanted = |effect: &Effect| match effect {
        Effect::Assign {
            relation: Relation::Assignee,
            to,
            or,
            ..
        } => std::iter::once(to).chain(or).any(|to| match to {
            AssignTo::Actor => true,
            AssignTo::Field(_) => wants == Pool::TakeOrGive,
            _ => false,
        }),
        _ => false,
    };
    with_pool(manual)
        .filter(|kind| {
            let mut actions = kind.actions.iter();
            actions.any(|action| action.effects.iter().map(Effect::inner).any(wanted) && may(action, post))
        })
        .map(|kind| kind.name.clone())
        .collect()
}

fn may(action: &Action, post: &str) -> bool {
    action
        .by
        .iter()
        .any(|who| matches!(who, Who::Post(name) if name == post))
}

/// Kinds whose work is put back for whoever comes first: only they have a pool. That a matter is nobody's yet does not
/// make it one to be grabbed.
fn with_pool(manual: &Manual) -> impl Iterator<Item = &Kind> {
    let taken =
        |effect: &Effect| matches!(effect, Effect::Unassign { relation } if *relation == Relation::Assignee);
    let given = |effect: &Effect| matches!(effect, Effect::Assign { relation, .. } if *relation == Relation::Assignee);
    // Who is put in and taken out again in one deed had no work to put back.
    let back = move |action: &Action| {
        let does = |what: &dyn Fn(&Effect) -> bool| action.effects.iter().any(|effect| what(effect.inner()));
        does(&taken) && !does(&given)
    };
    let kinds = manual.kinds.values().map(|rules| &rules.kind);
    kinds.filter(move |kind| kind.actions.iter().any(&back))
}

/// Posts whose holders may be given work from the pool: those it is dispatched to, and those who may take it.
pub fn pool_posts(manual: &Manual) -> BTreeSet<String> {
    let mut posts = BTreeSet::new();
    for kind in with_pool(manual) {
        let to = |effect: &Effect| match effect {
            Effect::Assign {
                relation: Relation::Assignee,
                to,
                or,
                ..
            } => Some(std::iter::once(to).chain(or).cloned().collect::<Vec<_>>()),
            _ => None,
        };
        let to = |effect: &Effect| to(effect.inner());
        for to in kind.open.effects.iter().filter_map(to).flatten() {
            if let AssignTo::Dispatch { post, .. } = to {
                posts.insert(post);
            }
        }
        for action in &kind.actions {
            for to in action.effects.iter().filter_map(to).flatten() {
                match to {
                    AssignTo::Dispatch { post, .. } => drop(posts.insert(post)),
                    AssignTo::Actor => posts.extend(action.by.iter().filter_map(|who| match who {
                        Who::Post(post) => Some(post.clone()),
                        _ => None,
                    })),
                    _ => {}
                }
            }
        }
    }
    posts
}
