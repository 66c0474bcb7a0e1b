//! A running server on a test's database, with a virtual clock and a cast of people.

use super::TestDb;
use super::person::Person;
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
        let app = yizhan::app::open(config, clock.clone(), Ids::system())
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

    /// Puts a contractor on record, for repairs to name.
    pub async fn contractor(&self, world: &World, name: &str) {
        let keeper = self.person("engineering-manager").await;
        let data = serde_json::json!({ "name": name, "contract_no": "HT-1", "trades": ["防水"],
            "contact_name": "联系人", "contact_phone": "13700000000" });
        let body = serde_json::json!({ "kind": "builder", "site": world.site, "data": data });
        keeper.post("/cases", body).await.ok();
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
