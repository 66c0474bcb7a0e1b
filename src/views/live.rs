//! Live updates to an open browser, as server-sent events.

use crate::auth::{self, Me};
use crate::cases::{load, scope};
use crate::channels::inbox;
use crate::context::App;
use crate::error::Problem;
use crate::live::Wake;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use rand::Rng;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, Interval, interval_at};

/// Proxies close connections that are silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Who misses wake-ups is told to look at everything after so long, and not sooner.
const CALM: Duration = Duration::from_secs(2);
/// How soon a session that has ended, or a post that was taken away, is noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

struct Listening {
    app: App,
    me: Me,
    wakes: Receiver<Wake>,
    look: Interval,
}

/// Wake-ups for one member of staff: `inbox` {unread}; `case` {id, kind, site, seq} of cases they see;
/// `pool` {} when a case they could have taken changed hands; `resync` {}
/// when some were lost. Whoever hears one asks for what it shows.
#[utoipa::path(get, path = "/live", tag = "inbox",
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream")))]
pub async fn live_updates(
    State(app): State<App>,
    me: Me,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let wakes = app.live.listen();
    let listening = Listening {
        app,
        me,
        wakes,
        // Browsers that came together, as after a restart, are not looked at together for ever.
        look: interval_at(
            Instant::now() + LOOK_AGAIN.mul_f64(rand::rng().random()),
            LOOK_AGAIN,
        ),
    };
    let events = stream::unfold(listening, |mut listening| async move {
        let (name, data) = listening.next().await?;
        Some((Ok(Event::default().event(name).data(data.to_string())), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

impl Listening {
    /// What to send next; nothing once the session has ended.
    async fn next(&mut self) -> Option<(&'static str, Value)> {
        loop {
            tokio::select! {
                _ = self.look.tick() => self.me = auth::again(&self.app, &self.me).await.ok()?,
                heard = self.wakes.recv() => match heard {
                    Ok(Wake::Stop) | Err(RecvError::Closed) => return None,
                    Ok(wake) => if let Some(event) = self.of_interest(wake).await {
                        return Some(event);
                    },
                    Err(RecvError::Lagged(_)) => return self.caught_up().await,
                },
            }
        }
    }

    /// Too much happened to tell it all. While it does, the browser is not sent to look at everything again and again.
    async fn caught_up(&mut self) -> Option<(&'static str, Value)> {
        tokio::time::sleep(CALM).await;
        loop {
            match self.wakes.try_recv() {
                Ok(Wake::Stop) | Err(TryRecvError::Closed) => return None,
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty) => return Some(self.resync()),
            }
        }
    }

    /// With the time: the clock of a demonstration may have been moved.
    fn resync(&self) -> (&'static str, Value) {
        ("resync", json!({ "now": self.app.clock.now() }))
    }

    /// A case goes only to whoever sees it. Who may take cases of its kind hears, without a word of which one, that
    /// the pool changed: another may just have taken it, and then it is not theirs to see any more.
    async fn of_case(
        &self,
        id: String,
        kind: String,
        site: String,
        seq: i64,
    ) -> Option<(&'static str, Value)> {
        let manual = self.app.manuals.current();
        let sees = scope::whole_site(&self.me, &site)
            || load::visible(&self.app, self.app.db.read(), &self.me, &id)
                .await
                .is_ok();
        if sees {
            return Some((
                "case",
                json!({ "id": id, "kind": kind, "site": site, "seq": seq }),
            ));
        }
        scope::may_take(&self.me, &manual, &kind, &site).then(|| ("pool", json!({})))
    }

    async fn of_interest(&self, wake: Wake) -> Option<(&'static str, Value)> {
        match wake {
            Wake::Inbox { staff } if staff == self.me.id => {
                let unread = inbox::unread_of(&self.app, &self.me.id).await.ok()?;
                Some(("inbox", json!({ "unread": unread })))
            }
            Wake::Case { id, kind, site, seq } if self.me.sees_site(&site) => {
                self.of_case(id, kind, site, seq).await
            }
            Wake::Resync => Some(self.resync()),
            Wake::Inbox { .. } | Wake::Case { .. } | Wake::Outbox | Wake::Stop => None,
        }
    }
}
