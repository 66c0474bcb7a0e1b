//! A browser, as far as the API needs one.

use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static KEYS: AtomicU64 = AtomicU64::new(0);

/// Connections that stay open; answers of all sorts are answers.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

/// Somebody who is signed in.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    cookie: String,
    csrf: String,
}

impl Client {
    pub fn sign_in(base: &str, login: &str) -> anyhow::Result<Client> {
        let agent = agent();
        let mut answer = agent
            .post(format!("{base}/api/v1/session"))
            .send_json(json!({ "login": login, "password": crate::company::PASSWORD }))?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|v| v.to_str().ok()?.split(';').next().map(str::to_owned));
        let body: Value = answer.body_mut().read_json()?;
        let csrf = body["csrf"]
            .as_str()
            .with_context(|| format!("no session: {body}"))?;
        Ok(Client {
            agent,
            base: base.to_owned(),
            cookie: cookie.context("no cookie")?,
            csrf: csrf.to_owned(),
        })
    }

    /// The body of an answer, read to its end.
    pub fn get(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let mut answer = self
            .agent
            .get(format!("{}/api/v1{path}", self.base))
            .header("cookie", &self.cookie)
            .call()?;
        let body = answer.body_mut().read_to_vec()?;
        if !answer.status().is_success() {
            bail!("{path}: {} {}", answer.status(), String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Writes, with a key of its own. `seen`: the version for `If-Match`.
    pub fn post(&self, path: &str, seen: Option<i64>, body: &Value) -> anyhow::Result<Vec<u8>> {
        let key = format!(
            "{:08}-{:012}",
            std::process::id(),
            KEYS.fetch_add(1, Ordering::Relaxed)
        );
        let mut request = self
            .agent
            .post(format!("{}/api/v1{path}", self.base))
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header("idempotency-key", &key);
        if let Some(seen) = seen {
            request = request.header("if-match", format!("\"{seen}\""));
        }
        let mut answer = request.send_json(body)?;
        let bytes = answer.body_mut().read_to_vec()?;
        if !answer.status().is_success() {
            bail!("{path}: {} {}", answer.status(), String::from_utf8_lossy(&bytes));
        }
        Ok(bytes)
    }
}
