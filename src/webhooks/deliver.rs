//! Delivery: at least once, one at a time to each hook, so that a slow receiver holds up nobody but itself.

use super::target::{Outside, is_inside, literal};
use crate::background::Pulse;
use crate::base::hex;
use crate::channels::{CLAIM_MS, MOST_ATTEMPTS, delay_ms, while_claimed};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use hmac::{Hmac, Mac};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use sea_orm::FromQueryResult;
use sha2::Sha256;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Deliveries claimed at once for one hook.
const BATCH: i64 = 10;
const TIMEOUT: Duration = Duration::from_secs(10);
/// Wake-ups may be lost: look this often anyway.
const PATROL: Duration = Duration::from_secs(10);
/// Characters kept of an answer.
const ANSWER: usize = 500;
/// What is over is kept this long.
const KEEP_MS: i64 = 30 * 86_400_000;

#[derive(FromQueryResult)]
struct HookId {
    id: String,
}

#[derive(FromQueryResult)]
struct Due {
    id: String,
    event: String,
    body: String,
    attempts: i64,
}

#[derive(FromQueryResult)]
struct Target {
    url: String,
    secret: String,
}

/// What came of an attempt.
struct Outcome {
    good: bool,
    status: Option<i64>,
    answer: String,
    took_ms: i64,
}

/// Delivers what is due, for as long as the process runs.
///
/// # Errors
/// The database's: it is to be begun again then.
pub async fn run(app: App, mut pulse: Pulse) -> Result<(), Problem> {
    let mut wakes = app.live.listen();
    let mut busy: BTreeSet<String> = BTreeSet::new();
    let mut work: JoinSet<String> = JoinSet::new();
    let mut swept = 0;
    loop {
        let now = app.clock.now();
        if now - swept > 3_600_000 {
            swept = now;
            sweep(&app, now).await?;
        }
        let hooks = due_hooks(&app).await?;
        for hook in hooks.into_iter().filter(|hook| busy.insert(hook.clone())) {
            let app = app.clone();
            work.spawn(async move {
                if let Err(error) = serve(&app, &hook).await {
                    tracing::warn!(?error, hook, "a hook cannot be served");
                }
                hook
            });
        }
        pulse.well();
        let waiting = async {
            tokio::select! {
                Some(done) = work.join_next() => match done {
                    Ok(hook) => drop(busy.remove(&hook)),
                    // Which one it was is not known: those that still work are due to nobody else for a while.
                    Err(_) => busy.clear(),
                },
                () = woken(&mut wakes) => {}
                () = tokio::time::sleep(PATROL) => {}
            }
        };
        if pulse.unless_stopped(waiting).await.is_none() {
            return Ok(());
        }
    }
}

async fn woken(wakes: &mut tokio::sync::broadcast::Receiver<Wake>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match wakes.recv().await {
            Ok(Wake::Outbox) | Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // The time wakes up then.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Tries everything that is due, once; gives the number of attempts.
///
/// # Errors
/// The database's.
pub async fn deliver_due(app: &App) -> Result<usize, Problem> {
    let serving = due_hooks(app).await?.into_iter().map(|hook| {
        let app = app.clone();
        async move { serve(&app, &hook).await }
    });
    let tried = futures::future::try_join_all(serving).await?;
    Ok(tried.into_iter().sum())
}

async fn due_hooks(app: &App) -> Result<Vec<String>, Problem> {
    let rows: Vec<HookId> = app
        .db
        .read()
        .rows(
            "select h.id from hook h where h.active and exists (select 1 from hook_delivery d where d.hook_id = h.id \
             and d.sent_at is null and d.failed_at is null and d.due_at <= $1)",
            vals![app.clock.now()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// One batch of a hook.
async fn serve(app: &App, hook: &str) -> Result<usize, Problem> {
    let target: Option<Target> = app
        .db
        .read()
        .row(
            "select url, secret from hook where id = $1",
            vals![hook.to_owned()],
        )
        .await?;
    let Some(target) = target else { return Ok(0) };
    let claimed = claim(app, hook).await?;
    let http = client(app.config.private_hooks)?;
    for (at, due) in claimed.iter().enumerate() {
        let waiting = claimed[at..].iter().map(|d| d.id.clone()).collect();
        let sending = send(app, &http, &target, due);
        let outcome = while_claimed(app, "hook_delivery", waiting, sending).await;
        settle(app, due, outcome).await?;
    }
    Ok(claimed.len())
}

async fn claim(app: &App, hook: &str) -> Result<Vec<Due>, Problem> {
    let (now, hook) = (app.clock.now(), hook.to_owned());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let skip = if tx.is_postgres() {
                    "for update skip locked"
                } else {
                    ""
                };
                let sql = format!(
                    "update hook_delivery set due_at = $1, attempts = attempts + 1 where id in (\
                     select id from hook_delivery where hook_id = $2 and sent_at is null and failed_at is null \
                     and due_at <= $3 order by due_at, id limit $4 {skip}) returning id, event, body, attempts"
                );
                let mut claimed: Vec<Due> = tx
                    .rows(&sql, vals![now + CLAIM_MS, hook, now, BATCH])
                    .await
                    .map_err(Problem::from)?;
                // Ids grow with time: the receiver hears things in their order, as far as nothing fails.
                claimed.sort_by(|a, b| a.id.cmp(&b.id));
                Ok(claimed)
            })
        })
        .await
}

/// Chooses the cryptography of TLS for this process: the one the mails go by too. Whoever comes first sets it.
pub fn choose_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn client(private: bool) -> Result<Client, Problem> {
    Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Outside { private }))
        .user_agent(concat!("yizhan/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Problem::internal)
}

/// What proves that a body is ours: `t=<seconds>,v1=<hex of HMAC-SHA256 over "<seconds>.<body>">`.
pub fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap_or_else(|_| unreachable!("any length"));
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()))
}

async fn send(app: &App, http: &Client, target: &Target, due: &Due) -> Outcome {
    let began = Instant::now();
    let result = post(app, http, target, due).await;
    let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    match result {
        Ok((status, answer)) => Outcome {
            good: (200..300).contains(&status),
            status: Some(status),
            answer,
            took_ms,
        },
        Err(why) => Outcome {
            good: false,
            status: None,
            answer: why,
            took_ms,
        },
    }
}

async fn post(app: &App, http: &Client, target: &Target, due: &Due) -> Result<(i64, String), String> {
    let url = Url::parse(&target.url).map_err(|e| e.to_string())?;
    // Names are looked at when they are looked up; an address never is.
    if !app.config.private_hooks && literal(&url).is_some_and(is_inside) {
        return Err("不能推送到内网地址".to_owned());
    }
    let seconds = app.clock.now() / 1000;
    let mut response = http
        .post(url)
        .header("content-type", "application/json")
        .header("x-yizhan-event", &due.event)
        .header("x-yizhan-delivery", &due.id)
        .header(
            "x-yizhan-signature",
            signature(&target.secret, seconds, &due.body),
        )
        .body(due.body.clone())
        .send()
        .await
        .map_err(said)?;
    let status = i64::from(response.status().as_u16());
    let mut answer = Vec::new();
    // No more is read than is kept: a receiver may answer without end.
    while answer.len() < ANSWER {
        match response.chunk().await {
            Ok(Some(part)) => answer.extend_from_slice(&part),
            Ok(None) | Err(_) => break,
        }
    }
    let text: String = String::from_utf8_lossy(&answer).chars().take(ANSWER).collect();
    Ok((status, text.replace('\0', "")))
}

/// Why there was no answer, in one line.
fn said(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "对方 10 秒内没有回应".to_owned();
    }
    let mut why: &dyn std::error::Error = &error;
    while let Some(deeper) = why.source() {
        why = deeper;
    }
    format!("没有连上：{why}")
}

async fn settle(app: &App, due: &Due, outcome: Outcome) -> Result<(), Problem> {
    let (id, now, attempts) = (due.id.clone(), app.clock.now(), due.attempts);
    let sent = outcome.good.then_some(now);
    let failed = (!outcome.good && attempts >= MOST_ATTEMPTS).then_some(now);
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "update hook_delivery set sent_at = $1, failed_at = $2, due_at = $3, status = $4, \
                           answer = $5, took_ms = $6 where id = $7";
                let values = vals![
                    sent,
                    failed,
                    now + delay_ms(attempts),
                    outcome.status,
                    outcome.answer,
                    outcome.took_ms,
                    id
                ];
                tx.run(sql, values).await.map_err(Problem::from)
            })
        })
        .await?;
    Ok(())
}

async fn sweep(app: &App, now: i64) -> Result<(), Problem> {
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "delete from hook_delivery where created_at < $1 \
                           and (sent_at is not null or failed_at is not null)";
                tx.run(sql, vals![now - KEEP_MS]).await.map_err(Problem::from)
            })
        })
        .await?;
    Ok(())
}
