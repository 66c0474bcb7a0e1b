//! A receiver of hooks small enough for tests: keeps what it is told, answers as it is told to.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The receiver; it ends with the runtime.
#[derive(Clone, Default)]
pub struct Receiver(Arc<Inner>);

#[derive(Default)]
struct Inner {
    told: Mutex<Vec<(HeaderMap, String)>>,
    answer: Mutex<Option<StatusCode>>,
    slow: Mutex<Option<Duration>>,
}

impl Receiver {
    /// Starts it on a free port; gives its address too.
    pub async fn start() -> (Receiver, String) {
        let receiver = Receiver::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("port");
        let url = format!("http://{}/hook", listener.local_addr().expect("address"));
        let routes = Router::new()
            .route("/hook", post(hear))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (receiver, url)
    }

    /// From now on answers so.
    pub fn answer(&self, status: StatusCode) {
        *self.0.answer.lock().expect("lock") = Some(status);
    }

    /// From now on takes so long.
    pub fn slow(&self, time: Duration) {
        *self.0.slow.lock().expect("lock") = Some(time);
    }

    /// Headers and body of everything it was told.
    pub fn told(&self) -> Vec<(HeaderMap, String)> {
        self.0.told.lock().expect("lock").clone()
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let slow = *receiver.0.slow.lock().expect("lock");
    if let Some(time) = slow {
        tokio::time::sleep(time).await;
    }
    let body = String::from_utf8(body.to_vec()).expect("text");
    receiver.0.told.lock().expect("lock").push((headers, body));
    receiver.0.answer.lock().expect("lock").unwrap_or(StatusCode::OK)
}
