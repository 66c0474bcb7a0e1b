//! The real program, in a process of its own.

use crate::place::Place;
use anyhow::{Context, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server, stopped when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub base: String,
    /// From its start until it answered.
    pub started_in: Duration,
}

impl Server {
    /// Starts it and waits until it answers. `preload`: a library put before its own.
    pub fn start(place: &Place, preload: Option<&Path>) -> anyhow::Result<Server> {
        Server::start_with(place, preload, &[])
    }

    /// Starts it with more on its command line.
    pub fn start_with(place: &Place, preload: Option<&Path>, more: &[&str]) -> anyhow::Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(program()?);
        command
            .args(["serve", "--database", &place.url])
            .arg("--files")
            .arg(place.folder.join("files"))
            .arg("--listen")
            .arg(format!("127.0.0.1:{port}"))
            .args(more)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null());
        if let Some(library) = preload {
            command.env("LD_PRELOAD", library);
        }
        let begin = Instant::now();
        let mut server = Server {
            child: command.spawn()?,
            base: format!("http://127.0.0.1:{port}"),
            started_in: Duration::ZERO,
        };
        let agent = crate::client::agent();
        while agent
            .get(format!("{}/api/v1/session", server.base))
            .call()
            .is_err()
        {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            if begin.elapsed() > Duration::from_secs(120) {
                bail!("the server does not answer");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        server.started_in = begin.elapsed();
        Ok(server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked first: it closes its database, as it would for anybody.
        let _ = Command::new("kill").arg(self.pid().to_string()).status();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(20) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("yizhan");
    if !path.exists() {
        bail!("{} is not built", path.display());
    }
    path.canonicalize().context("the program")
}
