//! A PostgreSQL of the test's own, which keeps what it acknowledges (fsync on) and can be stopped, killed, followed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node::free_port;

/// One server: its data and its port on the loopback address.
pub struct Cluster {
    folder: tempfile::TempDir,
    bin: PathBuf,
    pub port: u16,
}

impl Cluster {
    /// A fresh, running server; none, loudly, when PostgreSQL is not installed.
    pub fn start_new() -> Option<Cluster> {
        let cluster = Cluster::blank()?;
        let data = cluster.data();
        let init = [
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-D",
        ];
        cluster.run("initdb", &[&init, [data.as_str()].as_slice()].concat());
        cluster.configure();
        cluster.start();
        Some(cluster)
    }

    /// A running standby of this server; the server waits for it before it acknowledges.
    pub fn synchronous_standby(&self) -> Cluster {
        let standby = Cluster::blank().expect("PostgreSQL is there");
        let from = format!("host=127.0.0.1 port={} user=postgres", self.port);
        let data = standby.data();
        standby.run(
            "pg_basebackup",
            &["-R", "-X", "stream", "-c", "fast", "-d", &from, "-D", &data],
        );
        standby.configure();
        standby.start();
        self.psql("alter system set synchronous_standby_names = '*'");
        self.psql("select pg_reload_conf()");
        standby
    }

    /// From now on keeps its write-ahead log in a folder.
    pub fn archive(&self) {
        let folder = self.folder.path().join("archive").display().to_string();
        self.psql(&format!(
            "alter system set archive_command = 'mkdir -p {folder} && test ! -f {folder}/%f && cp %p {folder}/%f'"
        ));
        self.psql("alter system set archive_mode = 'on'");
        self.stop();
        self.start();
    }

    /// A base to recover from.
    pub fn base_backup(&self) -> Cluster {
        let base = Cluster::blank().expect("PostgreSQL is there");
        let from = format!("host=127.0.0.1 port={} user=postgres", self.port);
        base.run(
            "pg_basebackup",
            &["-X", "none", "-c", "fast", "-d", &from, "-D", &base.data()],
        );
        base.configure();
        base
    }

    /// Starts the base and replays the archive of this server up to a time.
    pub fn recover(&self, base: Cluster, time: &str) -> Cluster {
        let archive = self.folder.path().join("archive").display().to_string();
        let path = Path::new(&base.data()).join("postgresql.auto.conf");
        let text = format!(
            "restore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{time}'\n\
             recovery_target_action = 'promote'\narchive_mode = off\n"
        );
        fs::write(path, text).expect("settings");
        let signal = Path::new(&base.data()).join("recovery.signal");
        fs::write(&signal, "").expect("signal");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&signal));
        }
        base.start();
        base
    }

    fn blank() -> Option<Cluster> {
        let Some(bin) = binaries() else {
            println!("SKIPPED: no PostgreSQL on this machine");
            return None;
        };
        let folder = tempfile::tempdir().expect("folder");
        if is_root() {
            // PostgreSQL refuses to run as root.
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let port = free_port();
        Some(Cluster { folder, bin, port })
    }

    fn configure(&self) {
        let text = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nfsync = on\n\
             synchronous_commit = on\n",
            self.port,
            self.folder.path().display()
        );
        let path = Path::new(&self.data()).join("postgresql.conf");
        let before = fs::read_to_string(&path).expect("settings");
        fs::write(&path, format!("{before}\n{text}")).expect("settings");
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    pub fn start(&self) {
        let log = self.folder.path().join("log").display().to_string();
        self.run(
            "pg_ctl",
            &["-D", &self.data(), "-l", &log, "-w", "-t", "60", "start"],
        );
    }

    /// Stops in order: sessions are ended, what is written is written.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "fast", "-w", "stop"]);
    }

    /// Stops as a power cut would.
    pub fn abort(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "promote"]);
    }

    pub fn psql(&self, sql: &str) -> String {
        let port = self.port.to_string();
        let line = ["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-XAtc", sql];
        self.run("psql", &line)
    }

    /// Address of a database in it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Process id of the server.
    pub fn id(&self) -> String {
        let file = Path::new(&self.data()).join("postmaster.pid");
        let text = fs::read_to_string(file).expect("a running server");
        text.lines().next().expect("id").to_owned()
    }

    fn run(&self, program: &str, line: &[&str]) -> String {
        let path = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // From a folder that the server's user may read; a server must not hold the test's output open.
        let errors = tempfile::NamedTempFile::new().expect("file");
        let output = fs::File::create(errors.path()).expect("file");
        let out = tempfile::NamedTempFile::new().expect("file");
        let status = command
            .args(line)
            .current_dir("/")
            .stdout(fs::File::create(out.path()).expect("file"))
            .stderr(output)
            .status()
            .expect("run");
        let said = fs::read_to_string(errors.path()).unwrap_or_default();
        assert!(status.success(), "{program} {line:?}: {said}");
        fs::read_to_string(out.path())
            .unwrap_or_default()
            .trim()
            .to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if Path::new(&self.data()).join("postmaster.pid").exists() && !std::thread::panicking() {
            self.abort();
        } else if let Ok(text) = fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")) {
            let id = text.lines().next().unwrap_or_default().to_owned();
            let _ = Command::new("kill").args(["-QUIT", &id]).status();
        }
    }
}

fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok();
    let installed = versions
        .into_iter()
        .flatten()
        .flatten()
        .map(|v| v.path().join("bin"));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = std::env::split_paths(&on_path).chain(installed).collect();
    all.retain(|folder| folder.join("initdb").exists());
    all.pop()
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    assert!(command.status().expect("run").success(), "{command:?}");
}
