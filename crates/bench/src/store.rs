//! Writing lives that were made in memory, by what the product itself makes its rows with.

use crate::mill::{Life, Lived, Picture, Scene};
use anyhow::Context;
use sea_orm::Value;
use yizhan::app::App;
use yizhan::cases::pen::Pen;
use yizhan::cases::{ledger, projections, snapshot, values};
use yizhan::channels::notice;
use yizhan::contacts::judging;
use yizhan::contacts::register::{self};
use yizhan::contacts::request::ContactRequest;
use yizhan::contacts::settling;
use yizhan::db::Tx;
use yizhan::error::Problem;
use yizhan::owner::links;
use yizhan::search::Shelves;
use yizhan::{measure, vals};
use yizhan_engine::event::Event;
use yizhan_engine::load::Manual;
use yizhan_engine::step::{Actor, Child, Member};

/// A contact and what became of it, ready to be written.
pub struct Story {
    pub id: String,
    pub number: String,
    pub at: i64,
    pub request: ContactRequest,
    pub area: String,
    pub taker: String,
    pub cases: Vec<(Lived, Vec<Child>)>,
    pub pictures: Vec<Picture>,
    /// Who holds posts there.
    pub roster: std::sync::Arc<Vec<Member>>,
}

impl Story {
    pub fn of(
        app: &App,
        scene: &mut Scene,
        at: i64,
        (request, mut life): (ContactRequest, Life),
        roster: std::sync::Arc<Vec<Member>>,
    ) -> Story {
        let id = app.id();
        life.cases[0].case.contact = Some(id.clone());
        for written in &mut life.cases[0].ledger {
            if let Event::Opened(opened) = &mut written.entry.event {
                opened.contact = Some(id.clone());
            }
        }
        let children: Vec<Vec<Child>> = (0..life.cases.len()).map(|place| life.children(place)).collect();
        Story {
            number: scene.number(register::NUMBER, at),
            id,
            at,
            request,
            area: scene.site.homes[life.home].2.clone(),
            taker: scene.site.crew[0].clone(),
            cases: life.cases.into_iter().zip(children).collect(),
            pictures: life.pictures,
            roster,
        }
    }
}

/// Puts everything of a story aside, to be written with others.
pub async fn put(app: &App, tx: &Tx, shelves: &mut Shelves, story: Story) -> Result<(), Problem> {
    let manual = app.manuals.current();
    let first = [story.cases[0].0.case.clone()];
    let ends = settling::ends(story.at, &first);
    let taker = Some(story.taker.clone());
    let row = register::row(
        &story.request,
        &story.id,
        &story.number,
        taker,
        (story.at, story.at),
        ends,
    );
    tx.later(register::COLUMNS, "", row);
    for (lived, _) in &story.cases {
        let rules = manual
            .kind(&lived.case.kind)
            .ok_or_else(|| Problem::internal("a kind"))?;
        let row = snapshot::row(rules, &lived.case, Some(story.area.clone()))?;
        tx.later(snapshot::COLUMNS, "", row);
    }
    for judgement in &story.request.judgements {
        tx.later(
            judging::JUDGED,
            "",
            vals![story.id.clone(), judgement.judgement.clone(), 0_i64],
        );
    }
    tx.later(judging::LED_TO, "", vals![story.id.clone(), first[0].id.clone()]);
    for (lived, children) in &story.cases {
        case(
            app,
            tx,
            shelves,
            &manual,
            (&story.roster, children),
            lived,
            story.at,
        )
        .await?;
    }
    for picture in &story.pictures {
        tx.later(
            "file (id, name, type, size, digest, case_id, uploaded_by, created_at)",
            "",
            file(picture, &story.cases[picture.case].0.case.id),
        );
    }
    let words = register::searchable(&story.number, &story.request.said);
    shelves.contact(tx, &story.id, &story.request.site, story.at, &words);
    let new = measure::Registered {
        id: &story.id,
        site: &story.request.site,
        channel: &story.request.channel,
        read_back: story.request.read_back,
        taken_by: Some(&story.taker),
        happened_at: story.at,
        answered_at: ends.0,
        settled_at: ends.1,
        judged: &[story.request.judgements[0].judgement.as_str()],
        cases: 1,
    };
    measure::begin_contact(app, tx, &manual.hash, &new).await
}

async fn case(
    app: &App,
    tx: &Tx,
    shelves: &mut Shelves,
    manual: &Manual,
    around: (&[Member], &[Child]),
    lived: &Lived,
    at: i64,
) -> Result<(), Problem> {
    let case = &lived.case;
    let rules = manual
        .kind(&case.kind)
        .ok_or_else(|| Problem::internal("a kind"))?;
    let mut pen = Pen {
        app,
        tx,
        actor: Actor::System,
        actor_id: None,
        at,
        quiet: false,
    };
    let mut chain = String::new();
    for (index, written) in lived.ledger.iter().enumerate() {
        pen.actor = written.by.clone();
        pen.actor_id = match &written.by {
            Actor::Staff(id) => Some(id.clone()),
            _ => None,
        };
        chain = ledger::put(
            &pen,
            written.at,
            &case.id,
            index as i64 + 1,
            &written.entry,
            &chain,
        )?;
        match &written.entry.event {
            Event::Notified {
                to,
                text,
                quiet: false,
                ..
            } => {
                for staff in to.iter().collect::<std::collections::BTreeSet<_>>() {
                    let words = notice(rules, case, text);
                    let row = vals![app.id(), staff.clone(), case.id.clone(), words, written.at];
                    tx.later("inbox (id, staff_id, case_id, text, at)", "", row);
                }
            }
            Event::LinkGiven { link, .. } => links::give(app, tx, case, link),
            _ => {}
        }
    }
    projections::project(&pen, None, case, &[]).await?;
    let text = values::searchable(rules, case);
    shelves.case(tx, &case.id, &case.site, case.opened_at.0, &text);
    measure::begin_case(app, tx, &manual.hash, around, case).await
}

fn file(picture: &Picture, case: &str) -> Vec<Value> {
    let digest = yizhan::base::hex(&[0; 32]);
    vals![
        picture.id.clone(),
        "现场.jpg",
        "image/jpeg",
        80_000_i64,
        digest,
        case.to_owned(),
        picture.by.clone(),
        picture.at,
    ]
}

/// Next number of each series, as the product will go on with.
pub fn counters(scenes: &[Scene], tx: &Tx) -> anyhow::Result<()> {
    for scene in scenes {
        for (name, next) in &scene.counters {
            tx.later("counter (name, next)", "", vals![name.clone(), *next]);
        }
    }
    scenes.first().context("no sites").map(|_| ())
}
