//! A browser in which deeds of a story are done: the hands are in `web/e2e/stage`.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A browser, and what was done in it already.
pub struct Stage {
    /// The browser.
    pub browser: Browser,
    /// Sorts of deeds that were done on a page.
    pub seen: BTreeSet<String>,
}

/// A browser, and the program that moves its hands.
pub struct Browser {
    _hands: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

/// What came of a deed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Said {
    done: bool,
    /// Id of the case that was opened.
    pub id: Option<String>,
    /// Names that files have in the story, by their ids.
    pub files: BTreeMap<String, String>,
    /// Words that could be read.
    refused: Option<String>,
    /// Whether it was the server that refused.
    sent: bool,
    /// Why the page has no control for it.
    absent: Option<String>,
    /// What went wrong with the page itself.
    wrong: Option<String>,
}

impl Browser {
    /// Starts it; none where there is no node or no Chromium.
    pub async fn start() -> Option<Browser> {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let mut hands = Command::new("node")
            .arg("e2e/stage/main.mjs")
            .current_dir(web)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let (to, from) = (hands.stdin.take()?, hands.stdout.take()?);
        let mut browser = Browser {
            _hands: hands,
            to,
            from: BufReader::new(from).lines(),
        };
        let ready = browser.from.next_line().await.ok()??;
        (ready == "ready").then_some(browser)
    }

    /// Does it.
    pub async fn perform(&mut self, request: &Value) -> Result<Said, String> {
        let gone = || "the browser is gone".to_owned();
        let line = format!("{request}\n");
        self.to.write_all(line.as_bytes()).await.map_err(|_| gone())?;
        let line = self
            .from
            .next_line()
            .await
            .map_err(|_| gone())?
            .ok_or_else(gone)?;
        serde_json::from_str(&line).map_err(|error| format!("{error}: {line}"))
    }
}

impl Said {
    /// Whether it is what the story tells. Words of the manual must stand on the page; a form that is not sent says in
    /// its own words what is missing, and what may not be done at all is not offered.
    pub fn as_told(&self, refused: Option<&str>) -> Result<(), String> {
        let words = self.refused.as_deref().unwrap_or_default();
        match refused {
            _ if self.wrong.is_some() => Err(format!("{self:?}")),
            None if self.done => Ok(()),
            Some(told) if self.refused.is_some() && (!self.sent || words.contains(told)) => Ok(()),
            Some(_) if self.absent.is_some() => Ok(()),
            None => Err(format!("not done: {self:?}")),
            Some(told) => Err(format!("not refused with “{told}”: {self:?}")),
        }
    }
}
