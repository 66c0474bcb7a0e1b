//! Bringing messages in: a contact and a case each, at the message's own time, and its answer at its own.
//!
//! Each message is one transaction, known by its outside number: a run that was cut off is simply run again. What the
//! past brings about is recorded and told to nobody.

use super::answer::{answer, open_children};
use super::classify;
use super::place::prepare;
use super::read::{Bad, Message, Messages};
use super::summary::Summary;
use crate::cases::load;
use crate::cases::pen::Pen;
use crate::cases::scheduler::pass_time;
use crate::contacts::register::register;
use crate::contacts::request::{ContactRequest, JudgementRequest};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Data;
use engine::def::{RuleFile, TextRule};
use engine::load::Manual;
use engine::step::Actor;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

/// Messages that share a commit.
const BATCH: usize = 25;
/// Characters of a form's text where its field names no limit.
const TEXT: usize = 10_000;

/// What a row became.
enum Row {
    There,
    New {
        answered: bool,
        open: bool,
        judgement: String,
        missing_years: BTreeSet<i32>,
    },
}

/// What all rows share.
#[derive(Clone)]
struct Desk {
    app: App,
    manual: Arc<Manual>,
    site: String,
    staff: String,
}

/// Imports a table of messages. `site`: code of the site they come to; [`super::SITE`] is made when it is missing.
///
/// # Errors
/// When the table's heading cannot be read, the site does not exist, or the database fails; rows before stay.
pub async fn import(app: &App, source: impl Read, site: &str) -> anyhow::Result<Summary> {
    let manual = app.manuals.current();
    let now = app.clock.now();
    let mut messages = Messages::open(source, manual.offset(), now).map_err(anyhow::Error::msg)?;
    let (site, staff) = prepare(app, &manual, site)
        .await
        .map_err(|p| anyhow::anyhow!(p.detail))?;
    let desk = Desk {
        app: app.clone(),
        manual,
        site,
        staff,
    };
    let mut summary = Summary::default();
    loop {
        let batch: Vec<Result<Message, Bad>> = messages.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(summary);
        }
        let shared = desk.clone();
        let rows = app
            .db
            .write(move |tx| Box::pin(async move { shared.batch(tx, batch).await }))
            .await;
        for row in rows.map_err(|p: Problem| anyhow::anyhow!("{p:?}"))? {
            summary.count(row);
        }
    }
}

impl Summary {
    fn count(&mut self, row: Result<Row, Bad>) {
        self.rows += 1;
        match row {
            Err(bad) => self.bad.push(bad),
            Ok(Row::There) => self.there += 1,
            Ok(Row::New {
                answered,
                open,
                judgement,
                missing_years,
            }) => {
                self.imported += 1;
                self.answered += usize::from(answered);
                self.open += usize::from(open);
                *self.judged.entry(judgement).or_default() += 1;
                self.missing_years.extend(missing_years);
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Started {
    body: Value,
}

impl Desk {
    async fn batch(
        &self,
        tx: &Tx,
        batch: Vec<Result<Message, Bad>>,
    ) -> Result<Vec<Result<Row, Bad>>, Problem> {
        let mut rows = Vec::with_capacity(batch.len());
        for message in batch {
            let message = match message {
                Ok(message) => message,
                Err(bad) => {
                    rows.push(Err(bad));
                    continue;
                }
            };
            let part = tx.savepoint().await?;
            match self.bring_in(&part, &message).await {
                Ok(row) => {
                    part.keep().await?;
                    rows.push(Ok(row));
                }
                Err(problem) if matches!(problem.code, Code::Internal | Code::Unavailable) => {
                    return Err(problem);
                }
                Err(problem) => {
                    part.undo().await?;
                    rows.push(Err(Bad {
                        line: message.line,
                        id: message.id,
                        reason: problem.detail,
                    }));
                }
            }
        }
        Ok(rows)
    }

    async fn bring_in(&self, tx: &Tx, message: &Message) -> Result<Row, Problem> {
        let outside = format!("messages:{}", message.id);
        let known: Option<String> = tx
            .scalar(
                "select id from contact where outside_id = $1",
                vals![outside.clone()],
            )
            .await?;
        if known.is_some() {
            return Ok(Row::There);
        }
        let file = self.manual.classify.as_ref();
        let rule = file.and_then(|rules| classify(rules, &message.said));
        let rule =
            rule.ok_or_else(|| Problem::new(Code::Refused, "制度里没有判断来件的规则（classify.toml）"))?;
        let pen = self.pen(tx, message.at);
        let contact = ContactRequest {
            site: self.site.clone(),
            channel: "import".to_owned(),
            caller_name: message.user.chars().take(60).collect(),
            said: message.said.clone(),
            judgements: vec![self.judgement(rule, &message.said)],
            outside_id: Some(outside),
            ..ContactRequest::default()
        };
        let registered = register(&pen, contact).await?;
        let mut row = (false, BTreeSet::new());
        for case in &registered.cases {
            if let Some((at, reply)) = &message.reply {
                let answers = file
                    .and_then(|f: &RuleFile| f.import.as_ref())
                    .map(|i| i.answers.as_slice());
                answer(&self.pen(tx, *at), answers.unwrap_or_default(), &case.id, reply).await?;
            }
            row.0 |= self.catch_up(tx, &case.id).await?;
            row.1.extend(missing_years(tx, &case.id).await?);
        }
        Ok(Row::New {
            answered: message.reply.is_some(),
            open: row.0,
            judgement: self
                .manual
                .judgement(&rule.judgement)
                .map(|j| j.title.clone())
                .unwrap_or_default(),
            missing_years: row.1,
        })
    }

    fn pen<'a>(&'a self, tx: &'a Tx, at: i64) -> Pen<'a> {
        let (actor, actor_id) = (Actor::Staff(self.staff.clone()), Some(self.staff.clone()));
        Pen {
            app: &self.app,
            tx,
            actor,
            actor_id,
            at,
            quiet: true,
        }
    }

    /// What is said goes into the field the kind is known by, as much of it as fits there; the contact has it whole.
    fn judgement(&self, rule: &TextRule, said: &str) -> JudgementRequest {
        let mut data: Data = rule
            .set
            .iter()
            .map(|(field, value)| (field.clone(), json!(value)))
            .collect();
        let kind = self
            .manual
            .judgement(&rule.judgement)
            .and_then(|j| j.kind.as_ref());
        if let Some(rules) = kind.and_then(|kind| self.manual.kind(kind)) {
            let most = rules
                .field(&rules.kind.heading)
                .and_then(|f| f.max)
                .map_or(TEXT, |max| max as usize);
            let text: String = said.chars().take(most).collect();
            data.insert(rules.kind.heading.clone(), json!(text));
        }
        JudgementRequest {
            judgement: rule.judgement.clone(),
            urgency: 0,
            answer: None,
            data,
        }
    }

    /// Lets the time since then pass for a case and its children; gives whether it is still open.
    async fn catch_up(&self, tx: &Tx, case: &str) -> Result<bool, Problem> {
        let now = self.app.clock.now();
        let pen = self.pen(tx, now).system();
        let mut ids = vec![case.to_owned()];
        ids.extend(open_children(&pen, case).await?.into_iter().map(|c| c.id));
        for id in ids {
            pass_time(&pen, &load::locked(tx, &id).await?, now).await?;
        }
        Ok(!load::any(tx, case).await?.closed())
    }
}

async fn missing_years(tx: &Tx, case: &str) -> Result<BTreeSet<i32>, Problem> {
    let started: Vec<Started> = tx
        .rows(
            "select e.body from case_event e join case_record c on c.id = e.case_id \
             where e.type = 'clock-started' and (c.id = $1 or c.parent_id = $1)",
            vals![case.to_owned()],
        )
        .await?;
    let years = started
        .iter()
        .flat_map(|s| s.body["missing_years"].as_array().into_iter().flatten());
    Ok(years
        .filter_map(Value::as_i64)
        .filter_map(|year| i32::try_from(year).ok())
        .collect())
}
