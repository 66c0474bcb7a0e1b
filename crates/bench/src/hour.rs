//! What happens in a busy hour: deeds, how often each, and doing them by HTTP as the screens do.

use crate::crowd::{Crowd, Person, text};
use crate::tally::Tally;
use rand::Rng;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Register,
    Answer,
    Dispatch,
    Accept,
    Arrive,
    Look,
    Queue,
    Search,
    Work,
    Inbox,
    Owner,
    Board,
}

/// The assumption: how often at one site in its busiest hour.
pub const HOUR: [(Deed, usize); 12] = [
    (Deed::Register, 6),
    (Deed::Answer, 3),
    (Deed::Dispatch, 1),
    (Deed::Accept, 1),
    (Deed::Arrive, 1),
    (Deed::Look, 30),
    (Deed::Queue, 12),
    (Deed::Search, 12),
    (Deed::Work, 12),
    (Deed::Inbox, 6),
    (Deed::Owner, 10),
    (Deed::Board, 1),
];

/// A case that waits for the next deed.
struct Card {
    case: String,
    site: usize,
    engineer: String,
}

/// Cases that were registered and have not come further yet.
#[derive(Default)]
struct Desk {
    consultations: Mutex<VecDeque<Card>>,
    repairs: Mutex<VecDeque<Card>>,
    orders: Mutex<VecDeque<Card>>,
    accepted: Mutex<VecDeque<Card>>,
}

/// The hour, as it goes on.
pub struct Hour {
    pub crowd: Crowd,
    pub tally: Tally,
    /// What was said in each contact that was acknowledged.
    pub acknowledged: Mutex<Vec<String>>,
    http: Client,
    /// For what stays open.
    live: Client,
    bases: Vec<String>,
    desk: Desk,
    photo: Vec<u8>,
    next: AtomicU64,
}

impl Hour {
    pub fn new(crowd: Crowd, bases: Vec<String>, photo: Vec<u8>) -> anyhow::Result<Hour> {
        Ok(Hour {
            crowd,
            tally: Tally::default(),
            acknowledged: Mutex::default(),
            http: Client::builder().timeout(crate::tally::PATIENCE).build()?,
            live: Client::new(),
            bases,
            desk: Desk::default(),
            photo,
            next: AtomicU64::new(0),
        })
    }

    /// Does it; what is asked is noted in the tally, the first request from when it was `due`.
    pub async fn perform(&self, deed: Deed, due: Instant) {
        let any = |count: usize| rand::rng().random_range(0..count);
        let site = any(self.crowd.sites.len());
        let desk = &self.crowd.desks[site];
        match deed {
            Deed::Register => self.register(site, due).await,
            Deed::Answer => self.answer(due).await,
            Deed::Dispatch => self.dispatch(due).await,
            Deed::Accept => self.accept(due).await,
            Deed::Arrive => self.arrive(due).await,
            Deed::Look => {
                let (case, at) = &self.crowd.cases[any(self.crowd.cases.len())];
                self.get("case", due, &self.crowd.desks[*at], &format!("/cases/{case}"))
                    .await;
            }
            Deed::Queue => {
                let path = format!("/cases?site={}&sort=due", self.crowd.sites[site].id);
                self.get("queue", due, desk, &path).await;
            }
            Deed::Search => {
                let room = ["101", "1-1-102", "王", "装修押金"][any(4)];
                self.get("search", due, desk, &format!("/search?q={room}")).await;
            }
            Deed::Work => {
                let engineer = &self.crowd.sites[site].crew[6 + any(3)];
                self.get("work", due, &self.crowd.engineers[engineer], "/work")
                    .await;
            }
            Deed::Inbox => drop(self.get("inbox", due, desk, "/inbox").await),
            Deed::Board => {
                let path = format!("/clauses?site={}", self.crowd.sites[site].id);
                self.get("board", due, &self.crowd.managers[site], &path).await;
            }
            Deed::Owner => {
                let request = self.request(Method::GET, "/owner");
                let request = request
                    .header("x-owner-token", &self.crowd.owners[site])
                    // Every owner has an address of their own, and each may only knock so often.
                    .header("x-forwarded-for", format!("10.{}.{}.1", site / 250, site % 250));
                self.tally.note("owner", due, request).await;
            }
        }
    }

    async fn register(&self, site: usize, due: Instant) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let kind = [
            "consultation",
            "repair",
            "consultation",
            "complaint",
            "consultation",
        ][number as usize % 5];
        let place = &self.crowd.sites[site];
        let (home, customer, _) = &place.homes[number as usize % place.homes.len()];
        let said = format!("peak-{number}");
        let mut data = json!({ "content": "门口的灯坏了，晚上看不清路，麻烦派人看看" });
        if kind == "repair" {
            data["place"] = json!("公共部位");
        }
        let body = json!({
            "site": place.id, "channel": "call", "customer": customer, "home": home, "said": said,
            "judgements": [{ "judgement": kind, "data": data }], "read_back": true,
        });
        let desk = &self.crowd.desks[site];
        let request = self.write(desk, "/contacts", None).json(&body);
        let Some(done) = self.tally.note("register", due, request).await else {
            return;
        };
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(said);
        let card = Card {
            case: text(&done["cases"][0]["id"]),
            site,
            engineer: String::new(),
        };
        match kind {
            "consultation" => put(&self.desk.consultations, card),
            "repair" => put(&self.desk.repairs, card),
            _ => {}
        }
    }

    async fn answer(&self, due: Instant) {
        let Some(card) = take(&self.desk.consultations) else {
            return;
        };
        let desk = &self.crowd.desks[card.site];
        let input = json!({ "answer": "已经安排人去看，处理好后给您回电话" });
        self.act("act", due, desk, &card.case, &[("answer", input)]).await;
    }

    async fn dispatch(&self, due: Instant) {
        let Some(card) = take(&self.desk.repairs) else {
            return;
        };
        let desk = &self.crowd.desks[card.site];
        let deeds = [
            ("to-property", json!({})),
            ("dispatch", json!({ "trade": "电气" })),
        ];
        let Some(case) = self.act("act", due, desk, &card.case, &deeds).await else {
            return;
        };
        let order = &case["children"][0];
        put(
            &self.desk.orders,
            Card {
                case: text(&order["id"]),
                site: card.site,
                engineer: text(&order["assignee"]["id"]),
            },
        );
    }

    async fn accept(&self, due: Instant) {
        let Some(card) = take(&self.desk.orders) else {
            return;
        };
        let engineer = &self.crowd.engineers[&card.engineer];
        if self
            .act("act", due, engineer, &card.case, &[("accept", json!({}))])
            .await
            .is_some()
        {
            put(&self.desk.accepted, card);
        }
    }

    async fn arrive(&self, due: Instant) {
        let Some(card) = take(&self.desk.accepted) else {
            return;
        };
        let engineer = &self.crowd.engineers[&card.engineer];
        let part = reqwest::multipart::Part::bytes(self.photo.clone()).file_name("photo.jpg");
        let Ok(part) = part.mime_str("image/jpeg") else {
            return;
        };
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.write(engineer, "/files", None).multipart(form);
        let Some(file) = self.tally.note("upload", due, request).await else {
            return;
        };
        let input = json!({ "arrived_place": { "text": "门口" }, "before_photos": [file["id"]] });
        self.act("act", Instant::now(), engineer, &card.case, &[("arrive", input)])
            .await;
    }

    /// Looks at the case and does one thing after the other to it.
    async fn act(
        &self,
        name: &'static str,
        due: Instant,
        who: &Person,
        case: &str,
        deeds: &[(&str, Value)],
    ) -> Option<Value> {
        let path = format!("/cases/{case}");
        let mut seen = self.get("case", due, who, &path).await?;
        for (action, input) in deeds {
            let body = json!({ "action": action, "input": input });
            let request = self
                .write(who, &format!("{path}/actions"), seen["seq"].as_i64())
                .json(&body);
            seen = self.tally.note(name, Instant::now(), request).await?;
        }
        Some(seen)
    }

    async fn get(&self, name: &'static str, due: Instant, who: &Person, path: &str) -> Option<Value> {
        let request = self.request(Method::GET, path);
        let request = request.header("cookie", format!("yizhan={}", who.cookie));
        self.tally.note(name, due, request).await
    }

    fn write(&self, who: &Person, path: &str, seen: Option<i64>) -> RequestBuilder {
        let key = format!("peak-key-{:012}", self.next.fetch_add(1, Ordering::Relaxed));
        let request = self
            .request(Method::POST, path)
            .header("cookie", format!("yizhan={}", who.cookie))
            .header("x-csrf-token", &who.csrf)
            .header("idempotency-key", key);
        match seen {
            Some(seen) => request.header("if-match", format!("\"{seen}\"")),
            None => request,
        }
    }

    /// At one node or another, as a proxy would choose.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let base = &self.bases[rand::rng().random_range(0..self.bases.len())];
        self.http.request(method, format!("{base}/api/v1{path}"))
    }

    /// Keeps the live updates of a site's desk open; every event is counted.
    pub async fn listen(&self, site: usize) {
        use futures::StreamExt;
        let desk = &self.crowd.desks[site];
        let base = &self.bases[site % self.bases.len()];
        let request = self
            .live
            .get(format!("{base}/api/v1/live"))
            .header("cookie", format!("yizhan={}", desk.cookie));
        let Ok(answer) = request.send().await.and_then(reqwest::Response::error_for_status) else {
            return;
        };
        self.tally.listening(1);
        let mut events = Box::pin(answer.bytes_stream());
        while let Some(Ok(bytes)) = events.next().await {
            self.tally
                .heard(bytes.windows(6).filter(|w| w == b"event:").count());
        }
        self.tally.listening(-1);
    }
}

fn put(cards: &Mutex<VecDeque<Card>>, card: Card) {
    cards
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push_back(card);
}

fn take(cards: &Mutex<VecDeque<Card>>) -> Option<Card> {
    cards.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}
