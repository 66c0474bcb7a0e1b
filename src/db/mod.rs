//! One door to two databases: SQLite (the embedded default) and PostgreSQL.
//!
//! ```no_run
//! # use yizhan::{db::{Db, Sql}, vals};
//! # async fn example(db: &Db) -> Result<(), sea_orm::DbErr> {
//! let changed = db
//!     .write(|tx| Box::pin(async move {
//!         tx.after_commit(|| tracing::debug!("durable"));
//!         tx.run("update home set room = $1 where id = $2", vals!["3-201", "01J"]).await
//!     }))
//!     .await?;
//! let homes: Option<i64> = db.read().scalar("select count(*) from home", vals![]).await?;
//! # Ok(()) }
//! ```

mod aside;
mod filter;
mod hosts;
mod migrations;
mod sql;
mod tx;
mod writer;

use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, TransactionTrait};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tracing::Instrument;

pub use filter::Filter;
pub use migrations::fingerprint;
pub use sql::{Reader, Snapshot, Sql};
pub use tx::{Savepoint, Tx};

/// Reading connections of SQLite.
const READERS: u32 = 4;
/// Connections of PostgreSQL unless told otherwise.
const POOL: u32 = 10;
/// How long a request waits for a connection to PostgreSQL before it is told that the database is away.
const AWAY: Duration = Duration::from_secs(5);
/// Pages of the log, of 4 kB, after which SQLite writes them into the database. A shared commit writes hundreds: after a
/// thousand, its default, every fifth commit would wait for the disk three times.
const CHECKPOINT_PAGES: u32 = 8_000;
/// How long to wait for another process (a command line beside the server) to end its write.
const BUSY: Duration = Duration::from_secs(10);

/// Opens a database that is there, for reading alone: nothing is made, nothing is migrated.
///
/// # Errors
/// When the address is not understood or the database cannot be reached.
pub async fn look_at(url: &str) -> Result<Reader, DbErr> {
    let pool = if url.starts_with("sqlite:") {
        let options = SqliteConnectOptions::from_str(url).map_err(conn_err)?;
        let options = options.read_only(true).busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(1);
        pool.connect_with(options).await.map_err(conn_err)?.into()
    } else {
        let options = hosts::Hosts::of(url)?.first().await?;
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(AWAY);
        pool.connect_with(options).await.map_err(conn_err)?.into()
    };
    Ok(Reader(pool))
}

/// One connection to PostgreSQL, for what is done to a whole database.
///
/// # Errors
/// When the address is not understood or the database cannot be reached.
pub async fn connect(url: &str) -> Result<PgConnection, DbErr> {
    let options = hosts::Hosts::of(url)?.first().await?;
    options.connect().await.map_err(conn_err)
}

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    pools: Pools,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite {
        reader: SqlitePool,
        writer: writer::Writer,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens `sqlite://path` (made when it is missing) or `postgres://…` and migrates it.
    ///
    /// # Errors
    /// When the address is not understood, the database cannot be reached, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        Self::open_with(url, POOL).await
    }

    /// [`Db::open`] with `connections` to PostgreSQL at most; SQLite ignores the number.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_with(url: &str, connections: u32) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url, connections).await
        } else {
            Err(DbErr::Custom(
                "the database's address begins with sqlite:// or postgres://".to_owned(),
            ))
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, DbErr> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            // Every connection would get a database of its own.
            return Err(DbErr::Custom("SQLite needs a file, not memory".to_owned()));
        }
        let shared = SqliteConnectOptions::from_str(url)
            .map_err(conn_err)?
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .statement_cache_capacity(256);
        let writing = shared
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
            .optimize_on_close(true, None);
        migrations::sqlite(&writing).await?;
        let writer = writer::Writer::start(writing).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(shared.read_only(true))
            .await
            .map_err(conn_err)?;
        Ok(Self {
            reader: Reader(reader.clone().into()),
            pools: Pools::Sqlite { reader, writer },
        })
    }

    async fn open_postgres(url: &str, connections: u32) -> Result<Self, DbErr> {
        let hosts = hosts::Hosts::of(url)?;
        let mut options = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(AWAY);
        if hosts.several() {
            options = options.after_connect(|connection, _| {
                Box::pin(async move {
                    if hosts::is_primary(connection).await? {
                        return Ok(());
                    }
                    Err(sqlx::Error::Protocol("the server is a standby".to_owned()))
                })
            });
        }
        let pool = options
            .connect_with(hosts.first().await?)
            .await
            .map_err(conn_err)?;
        if hosts.several() {
            tokio::spawn(hosts.follow(pool.clone()));
        }
        migrations::postgres(&pool).await?;
        Ok(Self {
            reader: Reader(pool.clone().into()),
            pools: Pools::Postgres(pool),
        })
    }

    /// For reading. On SQLite it cannot write.
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// The pool of PostgreSQL, for what only PostgreSQL has (`listen`); none on SQLite.
    pub fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Postgres(pool) => Some(pool),
            Pools::Sqlite { .. } => None,
        }
    }

    /// The one way to write: runs `verb` in a transaction of its own and returns once its changes are durable. An
    /// error, and a panic, take back all it did. The verb must do nothing slow beside SQL (no file, no hashing, no
    /// network): on SQLite all others wait for it. It may not call `write` again. It runs to its end even when the
    /// caller is dropped.
    ///
    /// # Errors
    /// The verb's own, or the database's.
    pub async fn write<T, E, F>(&self, verb: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbErr> + Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        if tx::writing() {
            return Err(DbErr::Custom("a verb may not begin another write".to_owned()).into());
        }
        match &self.pools {
            Pools::Sqlite { writer, .. } => writer.write(verb).await,
            Pools::Postgres(_) => {
                let verb = write_postgres(self.reader.0.clone(), verb).in_current_span();
                let stopped = |error| E::from(DbErr::Custom(format!("the write was stopped: {error}")));
                tokio::spawn(verb).await.map_err(stopped)?
            }
        }
    }

    /// Closes the connections; waits for statements under way. Writes that still wait may be refused.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { reader, .. } => reader.close().await,
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn write_postgres<T, E, F>(pool: DatabaseConnection, verb: F) -> Result<T, E>
where
    E: From<DbErr>,
    F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, E>>,
{
    let tx = Tx::new(pool.begin().await?);
    match tx::attempt(&tx, verb).await {
        Ok(value) => {
            tx.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(undo) = tx.rollback().await {
                // The server takes the changes back by itself when the connection ends.
                tracing::warn!(error = %undo, "a rollback failed");
            }
            Err(error)
        }
    }
}

fn conn_err(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
