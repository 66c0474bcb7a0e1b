//! A mail server small enough for tests: takes what it is given, or refuses as told.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The server; it ends with the runtime.
pub struct Smtp {
    /// Address for the configuration.
    pub url: String,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    mails: Mutex<Vec<String>>,
    /// What to answer to a receiver instead of yes.
    refusal: Mutex<Option<&'static str>>,
}

impl Smtp {
    /// Starts it on a free port.
    pub async fn start() -> Smtp {
        Smtp::start_at(0).await
    }

    /// Starts it on that port.
    pub async fn start_at(port: u16) -> Smtp {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("port");
        let url = format!("smtp://{}", listener.local_addr().expect("address"));
        let inner = Arc::new(Inner::default());
        let shared = inner.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { talk(stream, &shared).await });
            }
        });
        Smtp { url, inner }
    }

    /// From now on refuses receivers with this answer, or accepts them again.
    pub fn refuse(&self, answer: Option<&'static str>) {
        *self.inner.refusal.lock().expect("lock") = answer;
    }

    /// The mails that came, headers and all.
    pub fn mails(&self) -> Vec<String> {
        self.inner.mails.lock().expect("lock").clone()
    }
}

async fn talk(stream: TcpStream, shared: &Inner) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let refusal = *shared.refusal.lock().expect("lock");
        let answer = match verb.as_str() {
            "EHLO" => "250 8BITMIME",
            "RCPT" => refusal.unwrap_or("250 ok"),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                shared.mails.lock().expect("lock").push(mail);
                "250 kept"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
