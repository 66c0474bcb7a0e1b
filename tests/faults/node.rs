//! The built program as a child process, which can be killed as a power cut would.

use crate::support::person::Person;
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long anything that must come about is waited for. Generous: nothing here measures speed.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A running server.
pub struct Node {
    child: Child,
    port: u16,
    log: PathBuf,
}

/// How a server is started.
#[derive(Clone)]
pub struct Plan {
    pub database: String,
    /// Folder for files and logs.
    pub folder: PathBuf,
    pub port: u16,
    /// Further arguments of `serve`.
    pub more: Vec<String>,
    /// What runs the program: `strace` and its arguments.
    pub under: Vec<String>,
}

impl Plan {
    pub fn new(database: &str, folder: &Path) -> Plan {
        Plan {
            database: database.to_owned(),
            folder: folder.to_owned(),
            port: free_port(),
            more: Vec::new(),
            under: Vec::new(),
        }
    }

    /// Address of the API.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    /// Starts the program and waits until it is ready.
    pub async fn start(&self) -> Node {
        let mut node = self.spawn();
        node.ready().await;
        node
    }

    pub fn spawn(&self) -> Node {
        let log = self.folder.join(format!("{}.log", self.port));
        let out = File::options().create(true).append(true).open(&log).expect("log");
        let mut words = self.under.clone();
        words.push(env!("CARGO_BIN_EXE_yizhan").to_owned());
        let child = Command::new(&words[0])
            .args(&words[1..])
            .args(["serve", "--database", &self.database])
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--files"])
            .arg(self.folder.join("files"))
            .args(&self.more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .process_group(0)
            .spawn()
            .expect("start the program");
        Node {
            child,
            port: self.port,
            log,
        }
    }
}

impl Node {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it answers that it can work.
    pub async fn ready(&mut self) {
        let log = self.log.clone();
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        let begun = Instant::now();
        while self.readiness().await != Some(200) {
            if let Some(end) = self.child.try_wait().expect("state of the child") {
                panic!("the program ended: {end}\n{}", said());
            }
            assert!(begun.elapsed() < PATIENCE, "not ready:\n{}", said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What `/readyz` answers; none while nobody listens.
    pub async fn readiness(&self) -> Option<u16> {
        let asked = reqwest::get(format!("http://127.0.0.1:{}/readyz", self.port)).await;
        asked.ok().map(|response| response.status().as_u16())
    }

    /// Whether the process still runs.
    pub fn alive(&mut self) -> bool {
        self.child.try_wait().expect("state of the child").is_none()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        // Its whole group: what traces it must not outlive it, nor it what traces it.
        let group = format!("-{}", self.child.id());
        let killed = Command::new("kill").args(["-9", "--", &group]).status();
        assert!(killed.is_ok_and(|status| status.success()), "kill {group}");
        self.child.wait().expect("wait");
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("address").port()
}

/// Runs the program to its end.
pub fn yizhan(line: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yizhan"));
    let command = command.env_remove("DATABASE_URL").env_remove("YIZHAN_FILES");
    command.args(line).output().expect("run")
}

/// Asserts that the ledger is whole.
#[track_caller]
pub fn audit(database: &str) -> String {
    let out = yizhan(&["audit", "verify", "--database", database]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        out.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    said
}

/// Tries until it holds; fails with `what` when that takes too long.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Somebody signed in at a node.
pub async fn person(plan: &Plan, login: &str) -> Person {
    Person::sign_in(&plan.base(), login).await
}

/// Whether a command is there; a test that needs it is left out loudly.
pub fn have(command: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|folder| folder.join(command).exists());
    if !there {
        println!("SKIPPED: no {command} on this machine");
    }
    there
}
