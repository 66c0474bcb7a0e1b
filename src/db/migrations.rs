//! Migrations: narrated SQL in `migrations/NNNN_name.sql`, written once for both databases.
//!
//! - `{json}` is `jsonb` on PostgreSQL and `text` on SQLite.
//! - A line `-- only: sqlite` or `-- only: postgres` keeps the statement that follows for that database.
//! - A statement ends with `;` at the end of a line; the body of a SQLite trigger and of a PostgreSQL function
//!   (between `$$`) belongs to its statement.
//!
//! The rendered text goes to sqlx's migrator, which keeps versions, checksums and the lock between nodes. A file
//! that has been released is never edited: add another.

use std::fmt::Write as _;

use futures::future::BoxFuture;
use sea_orm::{DbBackend, DbErr};
use sha2::{Digest, Sha256};
use sqlx::ConnectOptions;
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migration, MigrationSource, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// Every file, in order. A test compares the list with the folder.
const FILES: &[(&str, &str)] = &[
    ("0001_start", include_str!("../../migrations/0001_start.sql")),
    ("0002_search", include_str!("../../migrations/0002_search.sql")),
    ("0003_measure", include_str!("../../migrations/0003_measure.sql")),
    ("0004_access", include_str!("../../migrations/0004_access.sql")),
    ("0005_lists", include_str!("../../migrations/0005_lists.sql")),
    ("0007_speed", include_str!("../../migrations/0007_speed.sql")),
    (
        "0008_feedback",
        include_str!("../../migrations/0008_feedback.sql"),
    ),
    ("0009_board", include_str!("../../migrations/0009_board.sql")),
    ("0010_passing", include_str!("../../migrations/0010_passing.sql")),
    (
        "0011_queue_of_a_kind",
        include_str!("../../migrations/0011_queue_of_a_kind.sql"),
    ),
    ("0012_deed", include_str!("../../migrations/0012_deed.sql")),
    (
        "0013_claim_span",
        include_str!("../../migrations/0013_claim_span.sql"),
    ),
    (
        "0014_recurrence",
        include_str!("../../migrations/0014_recurrence.sql"),
    ),
    (
        "0015_compliance",
        include_str!("../../migrations/0015_compliance.sql"),
    ),
    ("0018_sight", include_str!("../../migrations/0018_sight.sql")),
    ("0019_rounds", include_str!("../../migrations/0019_rounds.sql")),
    (
        "0020_claim_identity",
        include_str!("../../migrations/0020_claim_identity.sql"),
    ),
    (
        "0021_notice_page",
        include_str!("../../migrations/0021_notice_page.sql"),
    ),
];

/// The migrations as one database reads them.
#[derive(Debug)]
struct Files(DbBackend);

impl MigrationSource<'static> for Files {
    fn resolve(self) -> BoxFuture<'static, Result<Vec<Migration>, BoxDynError>> {
        let all = FILES.iter().map(|(name, text)| {
            let (version, title) = name.split_once('_').ok_or("a migration is named NNNN_name")?;
            let sql = render(text, self.0).map_err(|why| format!("migrations/{name}.sql: {why}"))?;
            Ok(Migration::new(
                version.parse()?,
                title.into(),
                MigrationType::Simple,
                AssertSqlSafe(sql).into_sql_str(),
                false,
            ))
        });
        let all = all.collect();
        Box::pin(async move { all })
    }
}

/// Brings a SQLite file up to date, before anything else opens it.
pub(super) async fn sqlite(options: &SqliteConnectOptions) -> Result<(), DbErr> {
    // Off while tables are rebuilt: `drop table` would otherwise delete what refers to the old one.
    let options = options.clone().foreign_keys(false);
    let mut connection = options.connect().await.map_err(super::conn_err)?;
    let migrator = Migrator::new(Files(DbBackend::Sqlite)).await.map_err(explain)?;
    migrator.run(&mut connection).await.map_err(explain)?;
    check(&mut connection).await?;
    sqlx::Connection::close(connection).await.map_err(super::conn_err)
}

/// Looks whether every foreign key still points somewhere, once after each migration: with a million cases it takes half
/// a minute. The file's `user_version` is the last migration after which it was so.
async fn check(connection: &mut SqliteConnection) -> Result<(), DbErr> {
    let last = FILES.last().and_then(|(name, _)| name.split_once('_'));
    let last: i64 = last.and_then(|(version, _)| version.parse().ok()).unwrap_or(0);
    let checked: i64 = sqlx::query_scalar("pragma user_version")
        .fetch_one(&mut *connection)
        .await
        .map_err(super::conn_err)?;
    if checked == last {
        return Ok(());
    }
    let broken = sqlx::query("pragma foreign_key_check")
        .fetch_optional(&mut *connection)
        .await;
    if broken.map_err(super::conn_err)?.is_some() {
        return Err(DbErr::Migration(
            "a foreign key points nowhere: see `pragma foreign_key_check`".to_owned(),
        ));
    }
    let done = sqlx::query(AssertSqlSafe(format!("pragma user_version = {last}")));
    done.execute(connection)
        .await
        .map(|_| ())
        .map_err(super::conn_err)
}

/// Brings a PostgreSQL database up to date; of several nodes one migrates and the others wait.
pub(super) async fn postgres(pool: &PgPool) -> Result<(), DbErr> {
    let migrator = Migrator::new(Files(DbBackend::Postgres)).await.map_err(explain)?;
    migrator.run(pool).await.map_err(explain)
}

/// A short digest of all migrations: databases with the same one have the same tables.
pub fn fingerprint() -> String {
    let mut digest = Sha256::new();
    for (name, text) in FILES {
        digest.update(name);
        digest.update(text);
    }
    digest
        .finalize()
        .iter()
        .take(6)
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn explain(error: MigrateError) -> DbErr {
    let remedy = match error {
        MigrateError::VersionMismatch(_) => {
            "; a migration that has run may not be edited: restore it and add another (while developing: delete the \
             database)"
        }
        MigrateError::VersionMissing(_) => "; the database was last opened by a newer version of the program",
        _ => "",
    };
    DbErr::Migration(format!("{error}{remedy}"))
}

/// The text for one database: foreign statements left out, types filled in.
fn render(text: &str, backend: DbBackend) -> Result<String, String> {
    let mut rendered = String::with_capacity(text.len());
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let keep = match line.trim().strip_prefix("-- only:").map(str::trim) {
            None => {
                writeln!(rendered, "{line}").map_err(|error| error.to_string())?;
                continue;
            }
            Some("sqlite") => backend == DbBackend::Sqlite,
            Some("postgres") => backend == DbBackend::Postgres,
            Some(other) => return Err(format!("line {}: no such database: {other}", number + 1)),
        };
        let mut statement = String::new();
        while !is_whole(&statement) {
            let (_, line) = lines
                .next()
                .ok_or_else(|| format!("line {}: the statement after this line has no end", number + 1))?;
            statement.push_str(line);
            statement.push('\n');
        }
        if keep {
            rendered.push_str(&statement);
        }
    }
    fill(&rendered, backend)
}

fn is_whole(statement: &str) -> bool {
    let last = statement
        .lines()
        .last()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    let in_function = statement.matches("$$").count() % 2 == 1;
    let in_trigger = statement
        .lines()
        .any(|line| line.trim().eq_ignore_ascii_case("begin"));
    last.ends_with(';')
        && !last.trim_start().starts_with("--")
        && !in_function
        && (!in_trigger || last == "end;" || statement.contains("$$"))
}

fn fill(text: &str, backend: DbBackend) -> Result<String, String> {
    let json = if backend == DbBackend::Postgres {
        "jsonb"
    } else {
        "text"
    };
    let text = text.replace("{json}", json);
    // `'{}'` is an empty object; a word in braces, outside the narration, is a placeholder nobody knows.
    let statements = text.lines().filter(|line| !line.trim_start().starts_with("--"));
    let unknown = statements
        .flat_map(|line| line.split('{').skip(1))
        .find_map(|rest| {
            let word = rest.split_once('}')?.0;
            (!word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase())).then_some(word)
        });
    unknown.map_or(Ok(text.clone()), |word| {
        Err(format!("no such placeholder: {{{word}}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "\
-- Why it is here: numbers read {site}-{seq}.
create table t (body {json} not null default '{}');
-- only: sqlite
create virtual table t_search using fts5(words);
-- only: sqlite
create trigger t_locked before update on t
begin
  select raise(abort, 'append-only');
end;
-- only: postgres
-- The same;
create function t_locked() returns trigger as $$
begin
  raise exception 'append-only';
end;
$$ language plpgsql;
create index t_body on t (body);
";

    #[test]
    fn each_database_reads_its_own_statements() {
        let sqlite = render(BOTH, DbBackend::Sqlite).expect("renders");
        assert!(sqlite.contains("body text not null default '{}'"), "{sqlite}");
        assert!(
            sqlite.contains("fts5") && sqlite.contains("raise(abort"),
            "{sqlite}"
        );
        assert!(!sqlite.contains("plpgsql") && !sqlite.contains("$$"), "{sqlite}");
        let postgres = render(BOTH, DbBackend::Postgres).expect("renders");
        assert!(
            postgres.contains("body jsonb") && postgres.contains("$$ language plpgsql;"),
            "{postgres}"
        );
        assert!(
            !postgres.contains("fts5") && !postgres.contains("raise(abort"),
            "{postgres}"
        );
        for text in [sqlite, postgres] {
            assert!(
                text.contains("create index t_body"),
                "what follows is for both: {text}"
            );
        }
    }

    #[test]
    fn mistakes_are_refused() {
        for (text, why) in [
            ("-- only: mysql\nselect 1;\n", "no such database: mysql"),
            ("-- only: sqlite\nselect 1\n", "no end"),
            ("create table t (body {jsn});\n", "no such placeholder: {jsn}"),
        ] {
            let refused = render(text, DbBackend::Sqlite).expect_err(text);
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[test]
    fn the_list_names_every_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("folder of migrations")
            .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
            .collect();
        names.sort();
        let listed: Vec<String> = FILES.iter().map(|(name, _)| format!("{name}.sql")).collect();
        assert_eq!(
            listed, names,
            "add the missing file to FILES in src/db/migrations.rs"
        );
    }
}
