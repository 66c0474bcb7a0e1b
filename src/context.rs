//! What every request shares.

use crate::base::hex;
use crate::clock::{Clock, Ids};
use crate::db::{Db, Sql};
use crate::live::Live;
use crate::manual::Manuals;
use crate::vals;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The application. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What is inside [`App`].
pub struct Inner {
    /// Database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where ids come from.
    pub ids: Ids,
    /// Manuals by hash, and the one in force.
    pub manuals: Manuals,
    /// Live updates to browsers.
    pub live: Live,
    /// What single features keep in this process.
    own: Own,
    /// Settings of this process.
    pub config: Config,
    /// Keys the tokens of links; from the database, so that all nodes share it.
    pub secret: Vec<u8>,
}

#[derive(Default)]
struct Own(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

/// Settings of this process, from the command line and the environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database: String,
    /// Where uploaded files are kept.
    pub files: PathBuf,
    /// Shows demonstration sign-ins.
    pub demo: bool,
    /// Address people reach the server by, for links in mails; without a slash at the end.
    pub base_url: String,
    /// `smtp://user:password@host:port`; absent: mails wait in the outbox.
    pub smtp: Option<String>,
    /// Address mails come from.
    pub mail_from: String,
    /// Cookies only over TLS.
    pub secure_cookies: bool,
    /// A proxy stands before the server and writes the caller's address into `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Other systems may be told at addresses of the own network.
    pub private_hooks: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            database: "sqlite://data/yizhan.sqlite".to_owned(),
            files: PathBuf::from("data/files"),
            demo: false,
            base_url: "http://127.0.0.1:8080".to_owned(),
            smtp: None,
            mail_from: "yizhan@localhost".to_owned(),
            secure_cookies: false,
            behind_proxy: false,
            private_hooks: false,
        }
    }
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// Opens the database, and the manual in force; a fresh database gets the built-in manual.
    ///
    /// # Errors
    /// When the database cannot be opened or its manual cannot be read.
    pub(crate) async fn open(config: Config, clock: Clock, ids: Ids) -> anyhow::Result<App> {
        let db = Db::open(&config.database).await?;
        let secret = secret(&db).await?;
        let manuals = Manuals::open(&db, clock.now()).await?;
        let live = Live::default();
        Ok(App(Arc::new(Inner {
            db,
            clock,
            ids,
            manuals,
            live,
            own: Own::default(),
            config,
            secret,
        })))
    }

    /// What one feature keeps in this process, by its type; made when it is first asked for.
    pub fn own<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut all = self.own.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        one.clone().downcast().unwrap_or_default()
    }

    /// A new id.
    pub fn id(&self) -> String {
        self.ids.next(self.clock.now())
    }
}

/// The database's secret; made once, whoever comes first.
async fn secret(db: &Db) -> anyhow::Result<Vec<u8>> {
    use rand::RngCore;
    let mut fresh = [0u8; 32];
    rand::rng().fill_bytes(&mut fresh);
    let fresh = serde_json::json!(hex(&fresh));
    db.write(|tx| {
        Box::pin(async move {
            tx.run(
                "insert into setting (name, value) values ('secret', $1) on conflict do nothing",
                vals![fresh],
            )
            .await
        })
    })
    .await
    .map_err(|e: sea_orm::DbErr| e)?;
    let kept: Option<serde_json::Value> = db
        .read()
        .scalar("select value from setting where name = 'secret'", vals![])
        .await?;
    let kept = kept.and_then(|v| v.as_str().map(|s| s.as_bytes().to_vec()));
    kept.ok_or_else(|| anyhow::anyhow!("the database holds no secret"))
}
