//! The application behind its router, without a network: what a request test of sign-in, files and channels needs.
#![allow(dead_code, reason = "each test binary uses its part")]

use crate::support::TestDb;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use yizhan::app::{App, Config};
use yizhan::auth::password;
use yizhan::clock::{Clock, Ids};
use yizhan::db::Sql;
use yizhan::error::Problem;
use yizhan::{router, vals};

/// 2026-11-02 09:00 +08:00, a Monday.
pub const START: i64 = 1_793_581_200_000;
/// The site that is there from the beginning, and another.
pub const SITE: &str = "s1";
pub const FAR: &str = "s2";

pub struct Door {
    pub app: App,
    pub db: TestDb,
    router: Router,
    _files: tempfile::TempDir,
}

/// A browser: its cookie and its token.
#[derive(Clone, Default)]
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("JSON: {:?}", self.bytes))
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|v| v.to_str().expect("header"))
            .unwrap_or_default()
    }
}

impl Door {
    pub async fn open(db: TestDb) -> Door {
        Self::open_with(db, |_| {}).await
    }

    /// With other settings.
    pub async fn open_with(db: TestDb, set: impl FnOnce(&mut Config)) -> Door {
        let files = tempfile::tempdir().expect("folder");
        let mut config = Config {
            database: db.url().to_owned(),
            files: files.path().to_owned(),
            ..Config::default()
        };
        set(&mut config);
        let app = yizhan::app::open(config, Clock::virtual_at(START), Ids::system())
            .await
            .expect("open");
        let door = Door {
            router: router::build(app.clone()),
            app,
            db,
            _files: files,
        };
        for (id, name, code) in [(SITE, "一期", "YQ"), (FAR, "二期", "EQ")] {
            door.sql(
                "insert into site (id, name, code) values ($1, $2, $3)",
                vals![id, name, code],
            )
            .await;
        }
        door
    }

    pub async fn sql(&self, sql: &'static str, values: Vec<sea_orm::Value>) {
        let ran = self.app.db.write::<_, Problem, _>(move |tx| {
            Box::pin(async move { tx.run(sql, values).await.map_err(Problem::from) })
        });
        ran.await.expect(sql);
    }

    /// A member of staff with one post, at a site or at all; the password is `secret of <login>`.
    pub async fn staff(&self, login: &str, post: &str, site: Option<&str>) -> String {
        let id = self.app.id();
        let hash = password::hash(secret(login)).await.expect("hash");
        let values = vals![id.clone(), login.to_owned(), login.to_owned(), hash, START];
        self.sql(
            "insert into staff (id, name, login, password, created_at) values ($1, $2, $3, $4, $5)",
            values,
        )
        .await;
        let values = vals![id.clone(), post.to_owned(), site.map(str::to_owned)];
        self.sql(
            "insert into staff_post (staff_id, post, site_id) values ($1, $2, $3)",
            values,
        )
        .await;
        id
    }

    /// A case at a site, as little of it as its row needs.
    pub async fn case(&self, id: &'static str, site: &'static str) {
        let values = vals![
            id,
            self.app.manuals.current().hash.clone(),
            site,
            format!("TS-{id}"),
            START,
            json!({}),
            json!({})
        ];
        self.sql(
            "insert into case_record (id, kind, manual, site_id, number, heading, stage, urgency, level, reminders, \
             opened_at, seq, data, state) values ($1, 'complaint', $2, $3, $4, '', 'new', 0, 0, 0, $5, 1, $6, $7)",
            values,
        )
        .await;
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("answer");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("body");
        Reply {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    /// The body as it comes, for what does not end.
    pub async fn stream(&self, browser: &Browser, path: &str) -> axum::body::BodyDataStream {
        let request = ask("GET", path, browser).body(Body::empty()).expect("request");
        self.router
            .clone()
            .oneshot(request)
            .await
            .expect("answer")
            .into_body()
            .into_data_stream()
    }

    pub async fn get(&self, browser: &Browser, path: &str) -> Reply {
        self.send(ask("GET", path, browser).body(Body::empty()).expect("request"))
            .await
    }

    /// A write with JSON.
    pub async fn write(&self, browser: &Browser, method: &str, path: &str, body: Value) -> Reply {
        let request = ask(method, path, browser).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("request"))
            .await
    }

    pub async fn try_sign_in(&self, login: &str, password: &str) -> Reply {
        let body = json!({ "login": login, "password": password });
        self.write(&Browser::default(), "POST", "/api/v1/session", body)
            .await
    }

    pub async fn sign_in(&self, login: &str) -> Browser {
        browser(&self.try_sign_in(login, &secret(login)).await)
    }
}

/// The password of a member of staff made by [`Door::staff`].
pub fn secret(login: &str) -> String {
    format!("secret of {login}")
}

/// The browser that got this answer to its sign-in.
pub fn browser(reply: &Reply) -> Browser {
    assert_eq!(reply.status, 200, "{:?}", reply.bytes);
    let cookie = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let csrf = reply.json()["csrf"].as_str().expect("token").to_owned();
    Browser { cookie, csrf }
}

pub fn ask(method: &str, path: &str, browser: &Browser) -> axum::http::request::Builder {
    let key = format!("{:032x}", rand::random::<u128>());
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("idempotency-key", key);
    request
        .header("cookie", &browser.cookie)
        .header("x-csrf-token", &browser.csrf)
}
