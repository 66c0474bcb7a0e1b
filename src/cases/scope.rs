//! Which cases a member of staff sees: the closed list of scopes, compiled to SQL here and nowhere else.

use crate::auth::Me;
use engine::def::{AssignTo, Effect, Relation, Scope, Who};
use engine::load::Manual;
use sea_orm::Value;

/// A condition with its values, whose placeholders begin after those given before it.
pub struct Filter {
    /// SQL, true of what may be seen; the case's row is called `c`.
    pub sql: String,
    /// Values of its placeholders.
    pub values: Vec<Value>,
}

/// The condition under which `me` sees a case. `used`: how many placeholders stand before it.
pub fn visible(me: &Me, manual: &Manual, used: usize) -> Filter {
    let mut filter = Filter {
        sql: String::new(),
        values: Vec::new(),
    };
    let mut ways: Vec<String> = Vec::new();
    for (scope, site) in &me.scopes {
        match (scope, site) {
            (Scope::Company, None) | (Scope::Site, None) => ways.push("true".to_owned()),
            (Scope::Company | Scope::Site, Some(site)) => {
                let site = filter.bind(used, site.clone());
                ways.push(format!("c.site_id = {site}"));
            }
            (Scope::Area, site) => {
                let areas: Vec<String> = me.areas.iter().map(|a| filter.bind(used, a.clone())).collect();
                if areas.is_empty() {
                    continue;
                }
                let mut way = format!("c.area_id in ({})", areas.join(", "));
                if let Some(site) = site {
                    way = format!("({way} and c.site_id = {})", filter.bind(used, site.clone()));
                }
                ways.push(way);
            }
            (Scope::Relation, _) => {}
        }
    }
    if !ways.iter().any(|w| w == "true") {
        let id = filter.bind(used, me.id.clone());
        ways.push(format!(
            "exists (select 1 from case_person p where p.case_id = c.id and p.staff_id = {id})"
        ));
        ways.push(format!("c.passing_to = {id}"));
        ways.push(format!(
            "exists (select 1 from sign_wait w where w.case_id = c.id and w.staff_id = {id})"
        ));
        ways.extend(asked_by_post(me, &mut filter, used));
        ways.extend(pool(me, manual, &mut filter, used));
        filter.sql = format!("({})", ways.join(" or "));
    } else {
        // Placeholders that nothing refers to would be an error on PostgreSQL.
        filter = Filter {
            sql: "true".to_owned(),
            values: Vec::new(),
        };
    }
    filter
}

/// Signatures waited for of a post held at the case's site.
fn asked_by_post(me: &Me, filter: &mut Filter, used: usize) -> Vec<String> {
    let mut ways = Vec::new();
    for held in &me.posts {
        let post = filter.bind(used, held.post.clone());
        let at = site_of(held.site.as_ref(), filter, used);
        ways.push(format!(
            "({at}exists (select 1 from sign_wait w where w.case_id = c.id and w.post = {post}))"
        ));
    }
    ways
}

/// Cases nobody works on yet, which the actor's post may take from the pool 抢单.
pub fn pool(me: &Me, manual: &Manual, filter: &mut Filter, used: usize) -> Vec<String> {
    let mut ways = Vec::new();
    for held in &me.posts {
        let kinds: Vec<String> = pool_kinds(manual, &held.post)
            .into_iter()
            .map(|kind| filter.bind(used, kind))
            .collect();
        if kinds.is_empty() {
            continue;
        }
        let at = site_of(held.site.as_ref(), filter, used);
        ways.push(format!(
            "({at}c.closed_at is null and c.kind in ({}) and not exists \
             (select 1 from case_person p where p.case_id = c.id and p.relation = 'assignee'))",
            kinds.join(", ")
        ));
    }
    ways
}

fn site_of(site: Option<&String>, filter: &mut Filter, used: usize) -> String {
    match site {
        Some(site) => format!("c.site_id = {} and ", filter.bind(used, site.clone())),
        None => String::new(),
    }
}

/// Kinds that a holder of the post may take for themselves.
fn pool_kinds(manual: &Manual, post: &str) -> Vec<String> {
    let takes = |effect: &Effect| {
        matches!(
            effect,
            Effect::Assign {
                relation: Relation::Assignee,
                to: AssignTo::Actor
            }
        )
    };
    manual
        .kinds
        .values()
        .filter(|rules| {
            rules.kind.actions.iter().any(|action| {
                action.effects.iter().any(takes)
                    && action
                        .by
                        .iter()
                        .any(|who| matches!(who, Who::Post(p) if p == post))
            })
        })
        .map(|rules| rules.kind.name.clone())
        .collect()
}

impl Filter {
    /// Adds a value and gives its placeholder.
    pub fn bind(&mut self, used: usize, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", used + self.values.len())
    }
}
