//! Doing on a page what was done in a story.

use super::{End, Replay};
use crate::company::{CUSTOMER, other_customers};
use crate::support::server::PASSWORD;
use engine::def::{Area, Link};
use engine::example::trace::{Deed, Played, What};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What makes a deed another one for a page: what is done, with which controls, at the desk, on the phone or by a link,
/// and what the page answers. One that was done on a page already is done over HTTP when it comes again: it would be the
/// same taps. Who is offered it is the server's to say, and held to every time.
pub(super) fn sort(deed: &Deed, step: &Played, phone: bool, link: Option<&Link>) -> String {
    let (what, entered) = match &deed.what {
        What::Open(start) => (
            format!(
                "opens {} {:?} {:?}",
                start.kind,
                start.home.is_some(),
                start.customer.is_some()
            ),
            &start.data,
        ),
        What::Act(input) => {
            let case = step.cases.iter().find(|case| case.id == deed.case);
            (
                format!("{} {}", case.map_or("", |case| &case.kind), input.action),
                &input.values,
            )
        }
    };
    let fields: Vec<&String> = entered
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, _)| name)
        .collect();
    let earlier = deed.happened != step.now;
    format!("{what} {phone} {link:?} {fields:?} {earlier} {:?}", deed.refused)
}

impl Replay<'_> {
    pub(super) async fn on_the_page(
        &mut self,
        deed: &Deed,
        step: &Played,
        who: &str,
        link: Option<Link>,
    ) -> Result<End, String> {
        let token = match &link {
            None => None,
            Some(link) => match self.token(&self.here(&deed.case)?, link.clone()).await {
                Some(token) => Some(token),
                None if deed.refused.is_some() => return Ok(End::Whole),
                None => return Ok(End::Left(format!("{link:?} has no link"))),
            },
        };
        let from = json!({"link": link.as_ref().map(Link::name), "token": token});
        self.by_hand(deed, step, who, from).await
    }

    /// `from` says by which link, if by any, and in which form of an owner.
    pub(super) async fn by_hand(
        &mut self,
        deed: &Deed,
        step: &Played,
        who: &str,
        from: Value,
    ) -> Result<End, String> {
        let (input, open) = match &deed.what {
            What::Open(start) => (&start.data, Some(&**start)),
            What::Act(input) => (&input.values, None),
        };
        let action = match &deed.what {
            What::Open(_) => None,
            What::Act(input) => Some(&input.action),
        };
        let case = open.is_none().then(|| self.here(&deed.case)).transpose()?;
        let mut input = json!(input).to_string();
        for (there, here) in &self.ids {
            input = input.replace(&format!("\"{there}\""), &format!("\"{here}\""));
        }
        let others = other_customers();
        let names: BTreeMap<&str, &str> = step
            .roster
            .iter()
            .map(|member| (member.id.as_str(), member.name.as_str()))
            .chain(
                self.titles
                    .iter()
                    .map(|(id, title)| (id.as_str(), title.as_str())),
            )
            .chain([(CUSTOMER, "业主")])
            .chain(others.iter().map(|(id, name)| (id.as_str(), name.as_str())))
            .collect();
        let mut request = json!({
            "base": self.server.base().trim_end_matches("/api/v1"), "password": PASSWORD, "now": self.server.clock.now(),
            "who": who, "phone": self.outside(who, step) && deed.happened == step.now && open.is_none(),
            "case": case, "action": action,
            "input": serde_json::from_str::<Value>(&input).map_err(|error| error.to_string())?,
            "open": open.map(|start| json!({
                "kind": start.kind, "home": start.home, "customer": start.customer, "urgency": start.urgency,
            })),
            "happened": (deed.happened != step.now).then_some(deed.happened.0), "names": names,
        });
        for (name, value) in from.as_object().into_iter().flatten() {
            request[name] = value.clone();
        }
        let stage = self.stage.as_mut().ok_or("no browser")?;
        let said = stage.browser.perform(&request).await?;
        for (here, there) in &said.files {
            self.files.insert(here.clone(), there.clone());
        }
        if let (Some(id), Some(_)) = (&said.id, open) {
            self.ids.insert(deed.case.clone(), id.clone());
        }
        said.as_told(deed.refused.as_deref())
            .map(|()| End::Whole)
            .map_err(|sentence| format!("{who} {}: {sentence}", action.map_or("opens", String::as_str)))
    }

    pub(super) fn here(&self, case: &str) -> Result<String, String> {
        self.ids
            .get(case)
            .cloned()
            .ok_or_else(|| "the case is not here".to_owned())
    }

    /// Whether somebody works with a phone in the hand: no post of theirs has a place at the desk.
    pub(super) fn outside(&self, who: &str, step: &Played) -> bool {
        let manual = self.server.app.manuals.current();
        let posts = step.roster.iter().find(|m| m.id == who).map(|m| &m.posts);
        let may = |area| {
            let held = |post: &&engine::def::Post| posts.is_some_and(|posts| posts.contains(&post.name));
            manual
                .posts
                .iter()
                .filter(held)
                .any(|post| post.may.contains(&area))
        };
        may(Area::Field) && !may(Area::Desk)
    }
}
