//! What tests of both databases share. A test binary says
//! `#[macro_use] #[path = "../support/mod.rs"] mod support;` and then `both! { async fn name(db: TestDb) { … } }`.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod person;
pub mod server;

use std::any::Any;
use std::ops::Deref;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use yizhan::db::{Db, fingerprint};

/// Runs each function on both databases, as `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($db: $crate::support::TestDb) $body

        // A module may bear the function's name, so that the report says `name::sqlite`.
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::support::TestDb::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match $crate::support::TestDb::postgres().await {
                    Some(db) => super::$name(db).await,
                    None => println!("SKIPPED: no TEST_POSTGRES_URL"),
                }
            }
        }
    )+};
}

/// A migrated, empty database of its own, removed with the value.
pub struct TestDb {
    db: Db,
    url: String,
    /// The folder or the database that goes with the test.
    _rest: Box<dyn Any + Send>,
}

impl TestDb {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        yizhan::webhooks::choose_tls();
        let folder = tempfile::tempdir().expect("temporary folder");
        let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
        let db = Db::open(&url).await.expect("open SQLite");
        Self {
            db,
            url,
            _rest: Box::new(folder),
        }
    }

    /// A fresh database of the server at `TEST_POSTGRES_URL` (`scripts/with-postgres` starts one); none without it.
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok()?;
        yizhan::webhooks::choose_tls();
        let name = format!("yz_{:016x}", rand::random::<u64>());
        let template = ensure_template(&server).await;
        let mut admin = PgConnection::connect(&server)
            .await
            .expect("connect to PostgreSQL");
        let sql = format!("create database {name} template {template}");
        admin
            .execute(AssertSqlSafe(sql))
            .await
            .expect("create the test's database");
        let url = on_database(&server, &name);
        let db = Db::open(&url).await.expect("open PostgreSQL");
        Some(Self {
            db,
            url,
            _rest: Box::new(Dropped { server, name }),
        })
    }

    /// A database that is somewhere already; it stays.
    pub async fn at(url: &str) -> Self {
        yizhan::webhooks::choose_tls();
        Self {
            db: Db::open(url).await.expect("open"),
            url: url.to_owned(),
            _rest: Box::new(()),
        }
    }

    /// Lets go of the database; what it is kept in goes with what is given back.
    pub fn release(self) -> Box<dyn Any + Send> {
        self._rest
    }

    /// The address, for a test that opens the database a second time.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Migrating once and copying is much faster than migrating for each test. The template is named by the migrations,
/// and made under a lock, since every test is a process of its own.
async fn ensure_template(server: &str) -> String {
    const LOCK: i64 = 0x79_69_7a_68_61_6e;
    let template = format!("yz_template_{}", fingerprint());
    let mut admin = PgConnection::connect(server)
        .await
        .expect("connect to PostgreSQL");
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut admin)
        .await
        .expect("lock");
    let exists: bool = sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
        .bind(&template)
        .fetch_one(&mut admin)
        .await
        .expect("look for the template");
    if !exists {
        // Built under another name: a test that is killed here leaves no half-made template.
        let building = format!("{template}_building");
        for sql in [
            format!("drop database if exists {building} with (force)"),
            format!("create database {building} template template0"),
        ] {
            admin
                .execute(AssertSqlSafe(sql))
                .await
                .expect("create the template");
        }
        let db = Db::open(&on_database(server, &building))
            .await
            .expect("migrate the template");
        db.close().await;
        let rename = format!("alter database {building} rename to {template}");
        admin
            .execute(AssertSqlSafe(rename))
            .await
            .expect("name the template");
    }
    // The lock goes with the connection.
    admin.close().await.expect("close");
    template
}

fn on_database(server: &str, name: &str) -> String {
    let options = PgConnectOptions::from_str(server).expect("TEST_POSTGRES_URL is a postgres:// address");
    options.database(name).to_url_lossy().to_string()
}

/// Drops the database, best effort: the server itself is thrown away in the end.
struct Dropped {
    server: String,
    name: String,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        let (server, name) = (std::mem::take(&mut self.server), std::mem::take(&mut self.name));
        // A thread, because the test's own runtime is busy running this.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .ok()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect(&server).await.ok()?;
                let sql = format!("drop database if exists {name} with (force)");
                admin.execute(AssertSqlSafe(sql)).await.ok()
            })
        });
        let _ = thread.join();
    }
}
