//! Doing over HTTP what was done in a story.

mod entered;
mod page;
mod report;
mod standing;

use crate::browser::Stage;
use crate::company::{SITE, at_one_site, duty, found};
use crate::support::TestDb;
use crate::support::person::{Answer, Person, key};
use crate::support::server::{HOUR, Server};
use engine::def::{Link, Who};
use engine::example::trace::{Deed, Played, Trace, What};
use engine::world::{Actor, Member};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yizhan::db::Sql;
use yizhan::vals;

/// How far a story was done.
pub enum End {
    /// To its end.
    Whole,
    /// There is no door for what comes next.
    Left(String),
}

struct Replay<'b> {
    server: Server,
    /// Where it is done with the controls of the pages instead of over HTTP.
    stage: Option<&'b mut Stage>,
    /// What people call the homes, by their ids.
    titles: BTreeMap<String, String>,
    /// Signed in, and since when.
    people: BTreeMap<String, (Person, i64)>,
    /// Ids of cases and files here, by those of the story.
    ids: BTreeMap<String, String>,
    /// Names that files have in the story, by their ids here.
    files: BTreeMap<String, String>,
}

/// Does it all again; the error tells the first difference.
pub async fn replay(db: &TestDb, trace: &Trace, stage: Option<&mut Stage>) -> Result<End, String> {
    let server = Server::start(db).await;
    let early = trace.start.0 - server.clock.now();
    if early < 0 {
        return Ok(End::Left("begins before the clock of tests".to_owned()));
    }
    if !at_one_site(trace) {
        return Ok(End::Left("homes at two sites".to_owned()));
    }
    server.clock.advance(early);
    found(&server, trace).await;
    // What comes round is due from here on.
    server.pass(0).await;
    let homes = trace.homes.iter();
    let titles = homes.filter_map(|(id, home)| Some((id.clone(), home.title.clone()?)));
    let mut replay = Replay {
        server,
        stage,
        titles: titles.collect(),
        people: BTreeMap::new(),
        ids: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    let mut roster = trace.roster.clone();
    for (nth, step) in trace.steps.iter().enumerate() {
        for look in step.looks.iter().chain([&step.now]) {
            replay.server.pass(look.0 - replay.server.clock.now()).await;
        }
        for (was, is) in roster.iter_mut().zip(&step.roster) {
            if was.on_duty != is.on_duty {
                duty(&replay.server, is, step.now.0).await;
            }
            was.on_duty = is.on_duty;
        }
        let done = match &step.deed {
            Some(deed) => {
                replay.meet(deed, step).await?;
                replay.perform(deed, step).await
            }
            None => Ok(End::Whole),
        };
        match done {
            Ok(End::Whole) => {}
            left => return left,
        }
        // What was asked for later is done by the same watch.
        replay.server.pass(0).await;
        let same = replay.compare(step).await;
        same.map_err(|sentence| format!("step {}: {sentence}", nth + 1))?;
    }
    Ok(End::Whole)
}

impl Replay<'_> {
    async fn person(&mut self, id: &str) -> Person {
        let now = self.server.clock.now();
        match self.people.remove(id).filter(|(_, since)| now - since < HOUR) {
            Some((person, _)) => person,
            None => self.server.person(id).await,
        }
    }

    /// A case that time opened since the last step.
    async fn meet(&mut self, deed: &Deed, step: &Played) -> Result<(), String> {
        let opened = matches!(deed.what, What::Open(_));
        let case = step.cases.iter().find(|case| case.id == deed.case);
        match case.filter(|_| !opened && !self.ids.contains_key(&deed.case)) {
            Some(case) => self.find(step, case).await,
            None => Ok(()),
        }
    }

    async fn perform(&mut self, deed: &Deed, step: &Played) -> Result<End, String> {
        let (door, link) = match &deed.actor {
            Actor::Staff(id) => (id.clone(), None),
            Actor::Link(Link::Gate) => (self.guard(deed, step), Some(Link::Gate)),
            Actor::Link(link) => (borrowed(step), Some(link.clone())),
            Actor::System => return Ok(End::Left("the system acts by itself".to_owned())),
        };
        if let (What::Open(start), Some(link)) = (&deed.what, &link) {
            return match link {
                Link::Owner => self.report(deed, step, start).await,
                _ => Ok(End::Left("an outsider opens a case".to_owned())),
            };
        }
        if matches!(&deed.what, What::Open(start) if start.channel.as_deref() != Some("call")) {
            return Ok(End::Left("it comes from elsewhere".to_owned()));
        }
        if step.cases.iter().any(|case| case.repeats > 0) {
            return Ok(End::Left(
                "the desk names what is repeated by its number".to_owned(),
            ));
        }
        let sort = page::sort(deed, step, self.outside(&door, step), link.as_ref());
        if self
            .stage
            .as_ref()
            .is_some_and(|stage| !stage.seen.contains(&sort))
        {
            let end = self.on_the_page(deed, step, &door, link).await?;
            self.stage.as_mut().expect("it is there").seen.insert(sort);
            return Ok(end);
        }
        let person = self.person(&door).await;
        let answer = match (&deed.what, link) {
            (What::Open(start), _) => {
                let body = json!({
                    "kind": start.kind, "site": SITE, "home": start.home, "customer": start.customer,
                    "urgency": start.urgency, "data": self.entered(&person, None, &start.data).await?,
                });
                person.post("/cases", body).await
            }
            (What::Act(input), None) => {
                let id = self.ids.get(&deed.case).cloned().ok_or("the case is not here")?;
                let entered = self.entered(&person, None, &input.values).await?;
                let seen = person.get(&format!("/cases/{id}")).await;
                if seen.status == 404 {
                    self.people
                        .insert(door.clone(), (person, self.server.clock.now()));
                    return blind(deed, step, &input.action, &door);
                }
                let seq = seen.body["seq"].clone();
                let mut body = json!({"action": input.action, "input": entered});
                if deed.happened != step.now {
                    body["happened_at"] = json!(deed.happened.0);
                }
                let headers = [("idempotency-key", key()), ("if-match", format!("\"{seq}\""))];
                person
                    .send(
                        Method::POST,
                        &format!("/cases/{id}/actions"),
                        Some(body),
                        &headers,
                    )
                    .await
            }
            (What::Act(input), Some(link)) => {
                let id = self.ids.get(&deed.case).cloned().ok_or("the case is not here")?;
                let Some(token) = self.token(&id, link.clone()).await else {
                    // Nobody without a link acts at all, which is a refusal as good as any.
                    return Ok(if deed.refused.is_some() {
                        End::Whole
                    } else {
                        End::Left(format!("{link:?} has no link"))
                    });
                };
                // Whoever stands at the gate is staff, and sends what they photograph as staff.
                let owner = (link != Link::Gate).then_some(token.as_str());
                let entered = self.entered(&person, owner, &input.values).await?;
                self.outsider(&person, (&id, link, &token), &input.action, entered)
                    .await
            }
        };
        self.people.insert(door, (person, self.server.clock.now()));
        self.answered(deed, answer)
    }

    /// Who stands at the gate: a holder of a post that the manual names beside the gate.
    fn guard(&self, deed: &Deed, step: &Played) -> String {
        let manual = self.server.app.manuals.current();
        let case = step.cases.iter().find(|case| case.id == deed.case);
        let rules = case.and_then(|case| manual.kind(&case.kind));
        let actions = rules.into_iter().flat_map(|rules| &rules.kind.actions);
        let at_gate = actions.filter(|action| action.by.contains(&Who::Link(Link::Gate)));
        let posts: Vec<&Who> = at_gate.flat_map(|action| &action.by).collect();
        let holds = |member: &&Member| {
            let mut held = member.posts.iter();
            held.any(|post| posts.contains(&&Who::Post(post.clone())))
        };
        let guard = step.roster.iter().find(holds);
        guard.map_or_else(|| borrowed(step), |member| member.id.clone())
    }

    async fn outsider(
        &self,
        person: &Person,
        (id, link, token): (&str, Link, &str),
        action: &str,
        input: Value,
    ) -> Answer {
        let body = json!({"action": action, "input": input});
        if link == Link::Gate {
            return person.post(&format!("/gate/{token}/use"), body).await;
        }
        let case = self.state(id).await.expect("the case is here");
        let headers = [
            ("x-owner-token", token.to_owned()),
            ("idempotency-key", key()),
            ("if-match", format!("\"{}\"", case.seq)),
        ];
        person
            .send(
                Method::POST,
                &format!("/owner/cases/{id}/actions"),
                Some(body),
                &headers,
            )
            .await
    }

    fn answered(&mut self, deed: &Deed, answer: Answer) -> Result<End, String> {
        match &deed.refused {
            None if answer.status.is_success() => {
                if matches!(deed.what, What::Open(_)) {
                    let id = answer.body["id"].as_str().ok_or("a case without an id")?;
                    self.ids.insert(deed.case.clone(), id.to_owned());
                }
                Ok(End::Whole)
            }
            None => Err(format!("{:?}: {} {}", deed.what, answer.status, answer.body)),
            Some(_) if answer.status.is_success() => Err(format!("{:?} is not refused", deed.what)),
            // Who may not even see a case is told nothing of it.
            Some(_) if answer.status == 404 => Ok(End::Whole),
            Some(words)
                if answer
                    .body
                    .to_string()
                    .contains(&json!(words).to_string().trim_matches('"').to_owned()) =>
            {
                Ok(End::Whole)
            }
            Some(words) => Err(format!(
                "refused, but not with “{words}”: {} {}",
                answer.status, answer.body
            )),
        }
    }

    /// What opens the case to the holder of a link.
    async fn token(&self, case: &str, link: Link) -> Option<String> {
        let sql = "select id from access_link where case_id = $1 and link = $2 and revoked_at is null";
        let found: Option<String> = self
            .server
            .app
            .db
            .read()
            .scalar(sql, vals![case.to_owned(), link.name()])
            .await
            .expect("read");
        found.map(|id| yizhan::owner::links::token(&self.server.app, &id))
    }
}

/// Whose line an outsider's request goes over: theirs is the link in it.
fn borrowed(step: &Played) -> String {
    let mut roster = step.roster.iter();
    roster.next().map(|member| member.id.clone()).unwrap_or_default()
}

/// Whoever does not see a case is told nothing of it, which is a refusal as good as any.
fn blind(deed: &Deed, step: &Played, action: &str, who: &str) -> Result<End, String> {
    if deed.refused.is_some() {
        return Ok(End::Whole);
    }
    let case = step.cases.iter().find(|case| case.id == deed.case);
    let kind = case.map_or("", |case| case.kind.as_str());
    Err(format!(
        "blind: {kind} {action} by {who}, who does not see the case"
    ))
}
