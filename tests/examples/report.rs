//! An owner reports something on the page of their home.

use super::{End, Replay, page};
use crate::support::person::key;
use engine::def::{Link, Who};
use engine::example::trace::{Deed, Played};
use engine::step::Start;
use reqwest::Method;
use serde_json::json;

impl Replay<'_> {
    pub(super) async fn report(&mut self, deed: &Deed, step: &Played, start: &Start) -> Result<End, String> {
        let (Some(home), Some(customer)) = (&start.home, &start.customer) else {
            return Ok(End::Left("an owner without a home".to_owned()));
        };
        let Some(form) = self.reported_as(&start.kind) else {
            return Ok(End::Left("owners find no form for it".to_owned()));
        };
        let token = self.home_token(home, customer).await;
        let sort = page::sort(deed, step, true, Some(&Link::Owner));
        if self
            .stage
            .as_ref()
            .is_some_and(|stage| !stage.seen.contains(&sort))
        {
            let from = json!({"link": Link::Owner.name(), "token": token, "report": form});
            let end = self.by_hand(deed, step, &super::borrowed(step), from).await?;
            self.stage.as_mut().expect("it is there").seen.insert(sort);
            return Ok(end);
        }
        let person = self.person(&super::borrowed(step)).await;
        let body = json!({"form": form, "data": self.entered(&person, Some(&token), &start.data).await?});
        let headers = [("x-owner-token", token), ("idempotency-key", key())];
        let answer = person
            .send(Method::POST, "/owner/reports", Some(body), &headers)
            .await;
        self.answered(deed, answer)
    }

    /// What the form is called by which owners report such a matter.
    fn reported_as(&self, kind: &str) -> Option<String> {
        let manual = self.server.app.manuals.current();
        let by_owners = manual.kind(kind)?.kind.open.by.contains(&Who::Link(Link::Owner));
        let mut judgements = manual.judgements.iter();
        let found = judgements.find(|judgement| judgement.kind.as_deref() == Some(kind));
        by_owners.then(|| found.map_or(kind, |judgement| &judgement.name).to_owned())
    }

    /// The standing link of the home, as the desk hands it out.
    async fn home_token(&self, home: &str, customer: &str) -> String {
        let (app, home, customer) = (self.server.app.clone(), home.to_owned(), customer.to_owned());
        let shared = app.clone();
        let made = app.db.write(move |tx| {
            Box::pin(async move { yizhan::owner::links::home_link(&shared, tx, &home, &customer).await })
        });
        made.await.expect("a link")
    }
}
