//! A running server on a test's database, with a virtual clock and a cast of people.

use super::TestDb;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use yizhan::app::{App, Config};
use yizhan::clock::{Clock, Ids};
use yizhan::db::Sql;
use yizhan::{auth, router, vals};

/// Monday, 2026-11-16 09:00 in Beijing.
pub const START: i64 = 1_794_790_800_000;
/// An hour in milliseconds.
pub const HOUR: i64 = 3_600_000;
/// The password of everybody in the cast.
pub const PASSWORD: &str = "yizhan-test";

/// A server in this process.
pub struct Server {
    /// What it runs on.
    pub app: App,
    /// Moves its time.
    pub clock: Clock,
    base: String,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    _files: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Ids of the world the cast lives in.
pub struct World {
    /// Site with homes.
    pub site: String,
    /// Another site.
    pub elsewhere: String,
    /// 1栋1单元101, handed over on 2026-01-10.
    pub home: String,
    /// Its owner 王秀英, phone 13800001234.
    pub customer: String,
}

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

impl Server {
    /// Starts on the database of the test.
    pub async fn start(db: &TestDb) -> Server {
        let _ = tracing_subscriber::fmt()
            .with_env_filter("warn")
            .with_test_writer()
            .try_init();
        let files = tempfile::tempdir().expect("temporary folder");
        let config = Config {
            database: db.url().to_owned(),
            files: files.path().to_owned(),
            ..Config::default()
        };
        let clock = Clock::virtual_at(START);
        let app = App::open(config, clock.clone(), Ids::system())
            .await
            .expect("open");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("listen");
        let base = format!("http://{}/api/v1", listener.local_addr().expect("address"));
        let routes = router::build(app.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        Server {
            app,
            clock,
            base,
            serving,
            _files: files,
        }
    }

    /// Address of the API.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Two sites, a home with its owner, and one holder of every post of the manual at the first site, whose login is
    /// the name of the post; `desk-elsewhere` is a front desk at the other site.
    pub async fn cast(&self) -> World {
        let id = || self.app.id();
        let (site, elsewhere, building, home, customer) = (id(), id(), id(), id(), id());
        let password = auth::password::hash(PASSWORD.to_owned()).await.expect("hash");
        let posts: Vec<String> = self
            .app
            .manuals
            .current()
            .posts
            .iter()
            .map(|p| p.name.clone())
            .collect();
        let mut staff: Vec<(String, String, String, String)> = posts
            .into_iter()
            .map(|post| (id(), post.clone(), post, site.clone()))
            .collect();
        staff.push((
            id(),
            "desk-elsewhere".to_owned(),
            "front-desk".to_owned(),
            elsewhere.clone(),
        ));
        let world = World {
            site: site.clone(),
            elsewhere: elsewhere.clone(),
            home: home.clone(),
            customer: customer.clone(),
        };
        let now = self.clock.now();
        self.app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let statements: Vec<(&str, Vec<sea_orm::Value>)> = vec![
                        ("insert into site (id, name, code) values ($1, '测试花园', 'CS')", vals![site.clone()]),
                        ("insert into site (id, name, code) values ($1, '别处花园', 'BC')", vals![elsewhere]),
                        (
                            "insert into building (id, site_id, name) values ($1, $2, '1栋')",
                            vals![building.clone(), site.clone()],
                        ),
                        (
                            "insert into home (id, site_id, building_id, unit, room, title, room_key, delivered_on) \
                             values ($1, $2, $3, '1单元', '101', '1栋1单元101', '1-1-101', '2026-01-10')",
                            vals![home.clone(), site, building],
                        ),
                        (
                            "insert into customer (id, name, pinyin, initials, created_at) \
                             values ($1, '王秀英', 'wangxiuying', 'wxy', $2)",
                            vals![customer.clone(), now],
                        ),
                        (
                            "insert into customer_phone (id, customer_id, number, last4) \
                             values ($1, $1, '13800001234', '1234')",
                            vals![customer.clone()],
                        ),
                        (
                            "insert into home_person (home_id, customer_id, relation) values ($1, $2, 'owner')",
                            vals![home, customer],
                        ),
                    ];
                    for (sql, values) in statements {
                        tx.run(sql, values).await?;
                    }
                    for (id, login, post, site) in staff {
                        tx.run(
                            "insert into staff (id, name, login, password, created_at) values ($1, $2, $2, $3, $4)",
                            vals![id.clone(), login, password.clone(), now],
                        )
                        .await?;
                        tx.run(
                            "insert into staff_post (staff_id, post, site_id) values ($1, $2, $3)",
                            vals![id, post, site],
                        )
                        .await?;
                    }
                    Ok::<_, sea_orm::DbErr>(())
                })
            })
            .await
            .expect("cast");
        world
    }

    /// Puts somebody on the duty list around the clock.
    pub async fn duty(&self, login: &str, post: &str, site: &str) {
        let (id, now) = (self.app.id(), self.clock.now());
        let values = vals![
            id,
            login.to_owned(),
            post.to_owned(),
            site.to_owned(),
            now - HOUR,
            now + 1000 * HOUR
        ];
        let sql = "insert into duty (id, staff_id, post, site_id, from_at, to_at) \
                   select $1, id, $3, $4, $5, $6 from staff where login = $2";
        self.app
            .db
            .write(move |tx| Box::pin(async move { tx.run(sql, values).await }))
            .await
            .map_err(|e: sea_orm::DbErr| e)
            .expect("duty");
    }

    /// Signs in whoever has that login.
    pub async fn person(&self, login: &str) -> Person {
        Person::sign_in(&self.base, login).await
    }

    /// Lets time pass, and fires what falls due.
    pub async fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        while yizhan::cases::scheduler::fire_due(&self.app)
            .await
            .expect("scheduler")
            > 0
        {}
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
        // The client speaks no TLS here, but asks for a provider all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
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
