//! Figures of this process for Prometheus, on an address of their own: what they tell is not for the public.

use crate::background::{Health, Pulse};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Upper bounds in seconds of the classes that answers are counted in.
const CLASSES: [f64; 10] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
const TOOK: &str = "yizhan_http_request_seconds";
const RESTARTS: &str = "yizhan_background_restarts_total";
const FAILING: &str = "yizhan_background_failing_seconds";
const LOOKED: &str = "yizhan_background_looked_seconds";

/// What waits, each a name, what it tells, and the question to the database that `$1`, now, is given to.
const WAITING: [(&str, &str, &str); 4] = [
    (
        "yizhan_outbox_waiting",
        "Mails that are not delivered yet",
        "select count(*) from outbox where sent_at is null and failed_at is null and created_at <= $1",
    ),
    (
        "yizhan_outbox_failed",
        "Mails that were given up",
        "select count(*) from outbox where failed_at is not null and created_at <= $1",
    ),
    (
        "yizhan_clocks_overdue",
        "Cases whose clock steps should have fired and have not",
        "select count(*) from case_record where wake_at is not null and wake_at <= $1",
    ),
    (
        "yizhan_clocks_overdue_ms",
        "How long the oldest of them has waited",
        "select $1 - coalesce(min(wake_at), $1) from case_record where wake_at is not null and wake_at <= $1",
    ),
];

/// Begins to count; from here on [`measure`] is remembered. Once in a process.
///
/// # Errors
/// When it was begun already.
pub fn begin() -> anyhow::Result<PrometheusHandle> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(TOOK.to_owned()), &CLASSES)?;
    let handle = builder.install_recorder()?;
    metrics::describe_histogram!(TOOK, metrics::Unit::Seconds, "Time from request to answer");
    metrics::describe_counter!(RESTARTS, "How often work in the background was begun again");
    metrics::describe_gauge!(FAILING, "How long it has been failing");
    metrics::describe_gauge!(LOOKED, "How long ago it last did all there was to do");
    for (name, told, _) in WAITING {
        metrics::describe_gauge!(name, told);
    }
    Ok(handle)
}

/// Counts a request by its route, never by its address, which holds ids.
pub async fn measure(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |m| m.as_str().to_owned());
    let method = request.method().to_string();
    let answer = next.run(request).await;
    let status = answer.status().as_u16().to_string();
    metrics::histogram!(TOOK, "method" => method, "route" => route, "status" => status)
        .record(began.elapsed().as_secs_f64());
    answer
}

/// Answers `/metrics` until the process ends.
///
/// # Errors
/// When the address can no longer be served.
pub async fn serve(
    app: App,
    listener: TcpListener,
    handle: PrometheusHandle,
    mut pulse: Pulse,
) -> Result<(), Problem> {
    let routes = Router::new()
        .route("/metrics", get(render))
        .with_state((app, handle));
    let served = pulse
        .unless_stopped(axum::serve(listener, routes).into_future())
        .await;
    served.transpose().map_err(Problem::internal)?;
    Ok(())
}

/// How the work in the background fares.
fn background(app: &App) {
    let seconds = |since: Option<Instant>| since.map(|since| since.elapsed().as_secs_f64());
    for (task, fares) in app.own::<Health>().tasks() {
        metrics::counter!(RESTARTS, "task" => task).absolute(fares.restarts);
        metrics::gauge!(FAILING, "task" => task).set(seconds(fares.failing).unwrap_or(0.0));
        if let Some(looked) = seconds(fares.looked) {
            metrics::gauge!(LOOKED, "task" => task).set(looked);
        }
    }
}

async fn render(State((app, handle)): State<(App, PrometheusHandle)>) -> String {
    for (name, _, question) in WAITING {
        let asked = app.db.read().scalar::<i64>(question, vals![app.clock.now()]);
        match tokio::time::timeout(Duration::from_secs(2), asked).await {
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
            Ok(Ok(count)) => metrics::gauge!(name).set(count.unwrap_or(0) as f64),
            // The process still tells what it knows by itself: that is when it is needed most.
            _ => metrics::gauge!(name).set(f64::NAN),
        }
    }
    background(&app);
    handle.run_upkeep();
    handle.render()
}
