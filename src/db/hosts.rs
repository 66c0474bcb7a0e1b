//! Several servers of one PostgreSQL, `postgres://user@one:5432,two:5432/db`: the one that takes writes is used, and
//! when it is lost, the one that has become primary. Who promotes a standby is not our business.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::DbErr;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::{ConnectOptions, Connection};

/// How often the primary is asked whether it still is one.
const WATCH: Duration = Duration::from_secs(1);
/// A server that does not answer within this is passed over.
const PATIENCE: Duration = Duration::from_secs(2);

/// The servers of an address.
#[derive(Clone, Debug)]
pub(super) struct Hosts(Vec<PgConnectOptions>);

impl Hosts {
    pub(super) fn of(url: &str) -> Result<Hosts, DbErr> {
        let options = each(url).into_iter().map(|url| {
            let options = PgConnectOptions::from_str(&url)
                .map_err(super::conn_err)?
                .statement_cache_capacity(512);
            Ok(options.application_name("yizhan"))
        });
        Ok(Hosts(options.collect::<Result<_, DbErr>>()?))
    }

    /// Whether there is a choice.
    pub(super) fn several(&self) -> bool {
        self.0.len() > 1
    }

    /// The server to begin with: the primary, or the first when none is found.
    pub(super) async fn first(&self) -> Result<PgConnectOptions, DbErr> {
        if let Some(primary) = self.primary().await {
            return Ok(primary.clone());
        }
        let first = self.0.first().cloned();
        first.ok_or_else(|| DbErr::Custom("the address names no server".to_owned()))
    }

    async fn primary(&self) -> Option<&PgConnectOptions> {
        if let [only] = self.0.as_slice() {
            return Some(only);
        }
        for options in &self.0 {
            let asked = async {
                let mut connection = options.connect().await?;
                let takes_writes = is_primary(&mut connection).await;
                connection.close().await?;
                takes_writes
            };
            if let Ok(Ok(true)) = tokio::time::timeout(PATIENCE, asked).await {
                return Some(options);
            }
        }
        None
    }

    /// Keeps the pool on the primary until it is closed.
    pub(super) async fn follow(self, pool: PgPool) {
        while !pool.is_closed() {
            tokio::time::sleep(WATCH).await;
            let asked = async { is_primary(&mut *pool.acquire().await?).await };
            if let Ok(Ok(true)) = tokio::time::timeout(PATIENCE, asked).await {
                continue;
            }
            let Some(primary) = self.primary().await else {
                continue;
            };
            let current = pool.connect_options();
            if (current.get_host(), current.get_port()) != (primary.get_host(), primary.get_port()) {
                let (host, port) = (primary.get_host(), primary.get_port());
                tracing::warn!(host, port, "another server is the primary of the database now");
                pool.set_connect_options(primary.clone());
            }
        }
    }
}

/// Whether the server takes writes: a standby does not.
pub(super) async fn is_primary(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let standby: bool = sqlx::query_scalar("select pg_is_in_recovery()")
        .fetch_one(connection)
        .await?;
    Ok(!standby)
}

/// One address for each server named between `@` and the path, separated by commas.
fn each(url: &str) -> Vec<String> {
    let begin = url.find("://").map_or(0, |at| at + 3);
    let end = url[begin..].find(['/', '?']).map_or(url.len(), |at| begin + at);
    let begin = url[begin..end].rfind('@').map_or(begin, |at| begin + at + 1);
    let (before, after) = (&url[..begin], &url[end..]);
    let hosts = url[begin..end].split(',');
    hosts.map(|host| format!("{before}{host}{after}")).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn servers_are_told_apart() {
        assert_eq!(
            each("postgres://u:p@a:1,b:2/db?sslmode=require"),
            [
                "postgres://u:p@a:1/db?sslmode=require",
                "postgres://u:p@b:2/db?sslmode=require"
            ]
        );
        assert_eq!(each("postgres://a,b"), ["postgres://a", "postgres://b"]);
        let socket = "postgres://postgres@localhost/postgres?host=/tmp/x,y";
        assert_eq!(each(socket), [socket], "only what stands before the path");
    }
}
