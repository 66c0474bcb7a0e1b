//! Doing over HTTP what was done in a story.

use crate::browser::Browser;
use crate::company::{CUSTOMER, SITE, duty, found};
use crate::support::TestDb;
use crate::support::person::{Answer, Person, key};
use crate::support::server::{HOUR, PASSWORD, Server};
use engine::case::{Case, Data};
use engine::def::{Area, Link, Who};
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
    browser: Option<&'b mut Browser>,
    /// Signed in, and since when.
    people: BTreeMap<String, (Person, i64)>,
    /// Ids of cases and files here, by those of the story.
    ids: BTreeMap<String, String>,
    /// Names that files have in the story, by their ids here.
    files: BTreeMap<String, String>,
}

/// Does it all again; the error tells the first difference.
pub async fn replay(db: &TestDb, trace: &Trace, browser: Option<&mut Browser>) -> Result<End, String> {
    let server = Server::start(db).await;
    let early = trace.start.0 - server.clock.now();
    if early < 0 {
        return Ok(End::Left("begins before the clock of tests".to_owned()));
    }
    server.clock.advance(early);
    found(&server, trace).await;
    let mut replay = Replay {
        server,
        browser,
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
            Actor::Link(link) => ("front-desk".to_owned(), Some(link.clone())),
            Actor::System => return Ok(End::Left("the system acts by itself".to_owned())),
        };
        if link.is_some() && matches!(deed.what, What::Open(_)) {
            return Ok(End::Left("an outsider opens a case".to_owned()));
        }
        if link.is_some() && !step.roster.iter().any(|m| m.id == door) {
            return Ok(End::Left("no browser for an outsider".to_owned()));
        }
        if matches!(&deed.what, What::Open(start) if start.channel.as_deref() != Some("call")) {
            return Ok(End::Left("it comes from elsewhere".to_owned()));
        }
        if step.cases.iter().any(|case| case.repeats > 0) {
            return Ok(End::Left(
                "the desk names what is repeated by its number".to_owned(),
            ));
        }
        if self.browser.is_some() {
            return self.on_the_page(deed, step, &door, link).await;
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

    async fn on_the_page(
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
        let names: BTreeMap<&str, &str> = step
            .roster
            .iter()
            .map(|member| (member.id.as_str(), member.name.as_str()))
            .chain([(CUSTOMER, "业主")])
            .collect();
        let request = json!({
            "base": self.server.base().trim_end_matches("/api/v1"), "password": PASSWORD, "now": self.server.clock.now(),
            "who": who, "phone": self.outside(who, step) && deed.happened == step.now && open.is_none(),
            "link": link.as_ref().map(Link::name), "token": token, "case": case, "action": action,
            "input": serde_json::from_str::<Value>(&input).map_err(|error| error.to_string())?,
            "open": open.map(|start| json!({
                "kind": start.kind, "home": start.home, "customer": start.customer, "urgency": start.urgency,
            })),
            "happened": (deed.happened != step.now).then_some(deed.happened.0), "names": names,
        });
        let browser = self.browser.as_mut().ok_or("no browser")?;
        let said = browser.perform(&request).await?;
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

    fn here(&self, case: &str) -> Result<String, String> {
        self.ids
            .get(case)
            .cloned()
            .ok_or_else(|| "the case is not here".to_owned())
    }

    /// Whether somebody works with a phone in the hand: no post of theirs has a place at the desk.
    fn outside(&self, who: &str, step: &Played) -> bool {
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
        guard.map_or_else(|| "front-desk".to_owned(), |member| member.id.clone())
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

    /// What is entered, with files that whoever enters it has sent before.
    async fn entered(&mut self, person: &Person, token: Option<&str>, data: &Data) -> Result<Value, String> {
        let mut text = json!(data).to_string();
        let mut known: Vec<(String, String)> = self.ids.clone().into_iter().collect();
        for name in names_of_files(&json!(data)) {
            let picture = include_bytes!("../support/dot.png").to_vec();
            let part = reqwest::multipart::Part::bytes(picture).file_name("照片.png");
            let form = reqwest::multipart::Form::new().part("file", part);
            let kept = match token {
                None => person.form("/files", form).await,
                Some(token) => person.form_as_owner(token, form).await,
            };
            let id = kept.body["id"]
                .as_str()
                .ok_or_else(|| format!("upload: {} {}", kept.status, kept.body))?;
            self.files.insert(id.to_owned(), name.clone());
            known.push((name, id.to_owned()));
        }
        for (name, id) in known {
            text = text.replace(&format!("\"{name}\""), &format!("\"{id}\""));
        }
        serde_json::from_str(&text).map_err(|error| error.to_string())
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

    async fn state(&self, id: &str) -> Option<Case> {
        let sql = "select state from case_record where id = $1";
        let read = self.server.app.db.read();
        let state: Option<Value> = read.scalar(sql, vals![id.to_owned()]).await.expect("read");
        state.and_then(|state| serde_json::from_value(state).ok())
    }

    /// Every case stands as it does in the story.
    async fn compare(&mut self, step: &Played) -> Result<(), String> {
        for case in &step.cases {
            if !self.ids.contains_key(&case.id) {
                self.find(step, case).await?;
            }
        }
        for case in &step.cases {
            let here = self.state(&self.ids[&case.id]).await.ok_or("a case is gone")?;
            let (wanted, is) = (self.plain(case), self.plain(&here));
            let differs = |name: &&String| wanted[name.as_str()] != is[name.as_str()];
            let names = wanted.as_object().into_iter().flatten().map(|(name, _)| name);
            let differing: Vec<String> = names
                .filter(differs)
                .map(|name| {
                    format!(
                        "{name}: {} here, {} in the story",
                        is[name.as_str()],
                        wanted[name.as_str()]
                    )
                })
                .collect();
            if !differing.is_empty() {
                return Err(format!("{}: {}", case.kind, differing.join("; ")));
            }
        }
        Ok(())
    }

    /// A case that another one opened: the same in order of those of its kind under it.
    async fn find(&mut self, step: &Played, case: &Case) -> Result<(), String> {
        let parent = case
            .parent
            .as_ref()
            .ok_or_else(|| format!("{} is not here", case.kind))?;
        let of = |c: &&Case| c.parent.as_ref() == Some(parent) && c.kind == case.kind;
        let nth = step
            .cases
            .iter()
            .filter(of)
            .take_while(|c| c.id != case.id)
            .count();
        let sql = "select state from case_record where parent_id = $1 and kind = $2";
        let read = self.server.app.db.read();
        let here = self
            .ids
            .get(parent)
            .cloned()
            .ok_or("the case above is not here")?;
        let states: Vec<(Value,)> = rows(read, sql, vals![here, case.kind.clone()]).await;
        let mut found: Vec<Case> = states
            .into_iter()
            .filter_map(|(state,)| serde_json::from_value(state).ok())
            .collect();
        found.sort_by_key(|c| (c.opened_at, c.number.clone()));
        let id = found.get(nth).map(|c| c.id.clone());
        let id = id.ok_or_else(|| format!("{} was not opened", case.kind))?;
        self.ids.insert(case.id.clone(), id);
        Ok(())
    }

    /// A case without what is each database's own, and with the names of the story.
    fn plain(&self, case: &Case) -> Value {
        let own = Case {
            number: String::new(),
            manual: String::new(),
            channel: None,
            contact: None,
            ..case.clone()
        };
        let mut text = json!(own).to_string();
        let cases = self.ids.iter().map(|(there, here)| (here, there));
        for (here, there) in cases.chain(&self.files) {
            text = text.replace(here.as_str(), there);
        }
        serde_json::from_str(&text).expect("JSON")
    }
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

async fn rows(sql: &impl Sql, text: &str, values: Vec<sea_orm::Value>) -> Vec<(Value,)> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        state: Value,
    }
    let found: Vec<Row> = sql.rows(text, values).await.expect("read");
    found.into_iter().map(|row| (row.state,)).collect()
}

/// The files and signatures that are entered, by the names the story gives them.
fn names_of_files(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.starts_with("file-") || text.starts_with("signature-") => {
            vec![text.clone()]
        }
        Value::Array(items) => items.iter().flat_map(names_of_files).collect(),
        Value::Object(map) => map.values().flat_map(names_of_files).collect(),
        _ => Vec::new(),
    }
}
