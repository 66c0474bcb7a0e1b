//! A signed-in member of staff, who asks over HTTP.

use super::server::{PASSWORD, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// A signed-in member of staff.
pub struct Person {
    http: reqwest::Client,
    base: String,
    csrf: String,
    /// Id.
    pub id: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Body.
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must be a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    /// The stable code of an answer that must be a problem.
    #[track_caller]
    pub fn code(&self) -> &str {
        assert!(!self.status.is_success(), "{} {}", self.status, self.body);
        self.body["code"].as_str().expect("a problem has a code")
    }
}

/// A key no other write has.
pub fn key() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("test-key-{:08}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Person {
    /// Signs in at the API of that address.
    pub async fn sign_in(base: &str, login: &str) -> Person {
        // The client speaks no TLS here, but asks for a provider all the same, and would read the machine's
        // certificates for each person.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .cookie_store(true)
            .build()
            .expect("client");
        let response = http
            .post(format!("{base}/session"))
            .json(&json!({"login": login, "password": PASSWORD}))
            .send()
            .await
            .expect("sign in");
        let body: Value = response.json().await.expect("json");
        let csrf = body["csrf"]
            .as_str()
            .unwrap_or_else(|| panic!("{login}: {body}"))
            .to_owned();
        let id = body["staff"]["id"].as_str().expect("id").to_owned();
        Person {
            http,
            base: base.to_owned(),
            csrf,
            id,
        }
    }

    /// Any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, String)],
    ) -> Answer {
        self.try_send(method, path, body, headers).await.expect("answer")
    }

    /// Any request, to a server that may be gone.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, String)],
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = request.header("x-csrf-token", &self.csrf);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        Ok(Answer {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        })
    }

    /// Any request at all: its status, the type of its content and its bytes.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
    ) -> (u16, String, Vec<u8>) {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let mut request = request.header("x-csrf-token", &self.csrf).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await.expect("answer");
        let kind = response
            .headers()
            .get("content-type")
            .map(|v| v.to_str().expect("text").to_owned());
        let status = response.status().as_u16();
        let bytes = response.bytes().await.expect("body").to_vec();
        (status, kind.unwrap_or_default(), bytes)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// An answer whose body is read as it comes.
    pub async fn open(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.base));
        request.send().await.expect("answer")
    }

    /// Takes a list or a report away as a file, saying why.
    pub async fn taken(&self, path: &str) -> Vec<u8> {
        let request = self.http.post(format!("{}{path}", self.base));
        let asked = request
            .header("x-csrf-token", &self.csrf)
            .json(&json!({ "reason": "核对" }));
        let answer = asked.send().await.expect("answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("body").to_vec()
    }

    /// Writes, with a key of its own.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[("idempotency-key", key())])
            .await
    }

    /// Performs an action on a case as it is now.
    pub async fn act(&self, case: &str, action: &str, input: Value) -> Answer {
        let seq = self.get(&format!("/cases/{case}")).await.body["seq"].clone();
        let headers = [("idempotency-key", key()), ("if-match", format!("\"{seq}\""))];
        let body = json!({"action": action, "input": input});
        self.send(
            Method::POST,
            &format!("/cases/{case}/actions"),
            Some(body),
            &headers,
        )
        .await
    }

    /// Uploads a photo and gives its id.
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let kept = self.file("/files", name, bytes).await.ok();
        kept["id"].as_str().unwrap_or_else(|| panic!("{kept}")).to_owned()
    }

    /// Sends a file to any address.
    pub async fn file(&self, path: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        self.form(path, reqwest::multipart::Form::new().part("file", part))
            .await
    }

    /// Sends a form, with a key of its own.
    pub async fn form(&self, path: &str, form: reqwest::multipart::Form) -> Answer {
        let request = self.http.post(format!("{}{path}", self.base)).multipart(form);
        let response = request
            .header("x-csrf-token", &self.csrf)
            .header("idempotency-key", key())
            .send()
            .await
            .expect("answer");
        let status = response.status();
        Answer {
            status,
            body: response.json().await.expect("json"),
        }
    }

    /// Sends a file as the holder of a link.
    pub async fn form_as_owner(&self, token: &str, form: reqwest::multipart::Form) -> Answer {
        let request = self
            .http
            .post(format!("{}/owner/files", self.base))
            .multipart(form);
        let response = request
            .header("x-owner-token", token)
            .header("idempotency-key", key())
            .send()
            .await
            .expect("answer");
        Answer {
            status: response.status(),
            body: response.json().await.unwrap_or_default(),
        }
    }

    /// Registers a call that is judged one way, and gives the id of the case it opened.
    pub async fn call(&self, world: &World, judgement: &str, said: &str, data: Value) -> String {
        let body = json!({
            "site": world.site, "channel": "call", "customer": world.customer, "home": world.home, "said": said,
            "judgements": [{"judgement": judgement, "data": data}], "read_back": true,
        });
        let registered = self.post("/contacts", body).await.ok();
        registered["cases"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{registered}"))
            .to_owned()
    }
}
