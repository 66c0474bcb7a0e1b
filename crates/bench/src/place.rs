//! Databases to measure on: a file in a folder of its own, or a database of the PostgreSQL that `with-postgres
//! --durable` started.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Those to measure; PostgreSQL is left out, loudly, where there is none.
    pub fn those(asked: Option<Kind>) -> Vec<Kind> {
        let mut kinds = asked.map_or_else(|| vec![Kind::Sqlite, Kind::Postgres], |one| vec![one]);
        if kinds.contains(&Kind::Postgres) && std::env::var_os("TEST_POSTGRES_URL").is_none() {
            eprintln!("SKIPPED: PostgreSQL (run under scripts/with-postgres --durable)");
            kinds.retain(|kind| *kind != Kind::Postgres);
        }
        kinds
    }
}

/// An empty database, removed when dropped.
pub struct Place {
    pub kind: Kind,
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
    /// The folder of uploads, and of SQLite's file.
    pub folder: PathBuf,
    keep: bool,
}

impl Place {
    /// A database called `name`, made anew.
    pub fn fresh(kind: Kind, name: &str) -> anyhow::Result<Place> {
        let place = Place::at(kind, name, false)?;
        if place.folder.exists() {
            std::fs::remove_dir_all(&place.folder)?;
        }
        std::fs::create_dir_all(&place.folder)?;
        if kind == Kind::Postgres {
            psql(&server()?, &format!("drop database if exists {name}"))?;
            psql(&server()?, &format!("create database {name}"))?;
        }
        Ok(place)
    }

    /// The database called `name`, which stays when `keep`.
    pub fn at(kind: Kind, name: &str, keep: bool) -> anyhow::Result<Place> {
        // Beside the program: on the disk that is measured, not in a memory file system.
        let root = std::env::current_exe()?;
        let folder = root
            .parent()
            .context("a program in no folder")?
            .join("bench")
            .join(format!("{name}-{kind:?}").to_lowercase());
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}/yizhan.sqlite", folder.display()),
            Kind::Postgres => server()?.replace("/postgres?", &format!("/{name}?")),
        };
        Ok(Place {
            kind,
            url,
            folder,
            keep,
        })
    }

    /// A copy of a database of PostgreSQL.
    pub fn copy(of: &str, name: &str) -> anyhow::Result<Place> {
        let place = Place::fresh(Kind::Postgres, name)?;
        psql(&server()?, &format!("drop database {name}"))?;
        psql(&server()?, &format!("create database {name} template {of}"))?;
        Ok(place)
    }

    /// SQLite's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("yizhan.sqlite")
    }

    /// Leaves it where it is.
    pub fn kept(mut self) -> Place {
        self.keep = true;
        self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.keep {
            return;
        }
        // What cannot be removed is found and made anew by the next run.
        let _ = std::fs::remove_dir_all(&self.folder);
        if let (Kind::Postgres, Ok(server), Some(name)) = (self.kind, server(), database(&self.url)) {
            let _ = psql(&server, &format!("drop database if exists {name} with (force)"));
        }
    }
}

fn database(url: &str) -> Option<&str> {
    url.rsplit('/')
        .find(|part| part.contains('?'))?
        .split('?')
        .next()
        .or_else(|| url.split('/').nth(3))
}

fn server() -> anyhow::Result<String> {
    std::env::var("TEST_POSTGRES_URL").context("no TEST_POSTGRES_URL")
}

/// Runs a statement with psql and gives what it prints.
pub fn psql(url: &str, sql: &str) -> anyhow::Result<String> {
    told(Command::new("psql").args(["-qtAX", "-v", "ON_ERROR_STOP=1", "-c", sql, url]))
}

/// Runs a script as the sqlite3 shell does.
pub fn sqlite(file: &Path, script: &Path, preload: Option<&Path>) -> anyhow::Result<String> {
    let mut command = Command::new(shell()?);
    command.arg(file).arg(script);
    if let Some(library) = preload {
        command.env("LD_PRELOAD", library);
    }
    told(&mut command)
}

/// A shell with the SQLite that the program has: that of the machine may be older and not know its search index. It is
/// compiled at first, which takes half a minute: to be asked for before anything is timed.
pub fn shell() -> anyhow::Result<PathBuf> {
    let folder = std::env::current_exe()?.with_file_name("bench");
    let path = folder.join("sqlite3-shell");
    if path.exists() {
        return Ok(path);
    }
    std::fs::create_dir_all(&folder)?;
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/shell.c");
    let script = format!(
        "src=$(ls -d \"${{CARGO_HOME:-$HOME/.cargo}}\"/registry/src/*/libsqlite3-sys-*/sqlite3 | sort -V | tail -n 1) && \
         cc -O2 -DSQLITE_ENABLE_FTS5 -DSQLITE_THREADSAFE=1 -I \"$src\" -o {} {source} \"$src/sqlite3.c\" -lm -lpthread -ldl",
        path.display()
    );
    told(Command::new("sh").args(["-c", &script]))?;
    Ok(path)
}

/// Runs a program to its end and gives what it printed.
pub fn told(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
