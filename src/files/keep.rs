//! Receiving an upload and keeping it.

use super::picture::{self, Kind};
use super::place::{move_into, place, put, thumb_place};
use crate::base::hex;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

/// Largest file in bytes.
const MOST_BYTES: u64 = 10 * 1024 * 1024;
/// Room for the borders of the form around it.
const BORDERS: usize = 64 * 1024;
/// Pictures decoded at once: each may take some hundred megabytes.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A file that is kept.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FileView {
    /// Id.
    pub id: String,
    /// Name it was uploaded under.
    pub name: String,
    /// Media type, found in its bytes.
    pub r#type: String,
    /// Bytes.
    pub size: i64,
    /// Pixels, as it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub width: Option<i64>,
    /// Pixels, as it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub height: Option<i64>,
}

/// An upload whose bytes are on the disk; its row is still to be written by [`keep`].
#[derive(Debug)]
pub struct Received {
    view: FileView,
    digest: String,
    /// The case it is to hang on, as the form says: only a wish.
    wished: Option<String>,
    case: Option<String>,
}

impl Received {
    /// Digest of its bytes.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The case the form wishes it to hang on. Whoever sees that case says so by [`Received::hang_on_wished`].
    pub fn wished(&self) -> Option<&str> {
        self.wished.as_deref()
    }

    /// Grants the wish.
    #[must_use]
    pub fn hang_on_wished(self) -> Received {
        Received {
            case: self.wished.clone(),
            ..self
        }
    }
}

/// A temporary file, gone when it is dropped unless it was moved.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.0.display(), "a temporary file stays");
        }
    }
}

struct Stored {
    name: String,
    temporary: Temporary,
    size: i64,
    digest: String,
}

/// Reads a multipart form with a `file` and perhaps a `case`, and keeps the bytes.
///
/// # Errors
/// Too large, of another type, broken; or the disk's.
pub async fn receive(app: &App, mut request: Request) -> Result<Received, Problem> {
    let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX) + BORDERS;
    DefaultBodyLimit::max(most).apply(&mut request);
    let form = Multipart::from_request(request, app).await;
    let mut form =
        form.map_err(|_| Problem::new(Code::UnsupportedType, "请用表单（multipart/form-data）上传文件"))?;
    let (mut stored, mut wished) = (None, None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("file") if stored.is_none() => stored = Some(to_disk(app, field).await?),
            Some("case") => {
                wished =
                    Some(field.text().await.map_err(unreadable)?.trim().to_owned()).filter(|c| !c.is_empty());
            }
            _ => return Err(Problem::new(Code::BadRequest, "一次只能上传一个文件")),
        }
    }
    let stored = stored.ok_or_else(|| Problem::field("file", "请选择要上传的文件"))?;
    let kind = settle(app, &stored).await?;
    Ok(Received {
        wished,
        ..received(app, stored, &kind)
    })
}

fn received(app: &App, stored: Stored, kind: &Kind) -> Received {
    let view = FileView {
        id: app.id(),
        name: stored.name,
        r#type: kind.media.to_owned(),
        size: stored.size,
        width: kind.size.map(|(width, _)| width.into()),
        height: kind.size.map(|(_, height)| height.into()),
    };
    Received {
        view,
        digest: stored.digest,
        wished: None,
        case: None,
    }
}

/// Writes the row of an upload. `uploader`: id of a member of staff, or `link:` and the id of a link.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &Tx, received: Received, uploader: &str, now: i64) -> Result<FileView, Problem> {
    let view = received.view;
    tx.run(
        "insert into file (id, name, type, size, digest, width, height, case_id, uploaded_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        vals![
            view.id.clone(),
            view.name.clone(),
            view.r#type.clone(),
            view.size,
            received.digest,
            view.width,
            view.height,
            received.case,
            uploader.to_owned(),
            now,
        ],
    )
    .await?;
    Ok(view)
}

impl Received {
    /// The same bytes, to be kept under that id.
    pub fn under(&self, id: String) -> Received {
        let view = FileView {
            id,
            ..self.view.clone()
        };
        Received {
            view,
            digest: self.digest.clone(),
            wished: None,
            case: None,
        }
    }
}

/// Puts bytes the program made itself on the disk, like an upload of that name.
///
/// # Errors
/// When they are not a picture or paper; the disk's.
pub async fn receive_bytes(app: &App, name: &str, bytes: Vec<u8>) -> Result<Received, Problem> {
    let folder = app.config.files.join("incoming");
    tokio::fs::create_dir_all(&folder).await?;
    let temporary = Temporary(folder.join(app.id()));
    tokio::fs::write(&temporary.0, &bytes).await?;
    let size = i64::try_from(bytes.len()).map_err(Problem::internal)?;
    let stored = Stored {
        name: plain_name(name),
        temporary,
        size,
        digest: hex(&Sha256::digest(&bytes)),
    };
    let kind = settle(app, &stored).await?;
    Ok(received(app, stored, &kind))
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(Code::BadRequest, "上传的内容不完整，请重试")
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge, "文件过大（最大 10 MB）")
}

async fn to_disk(app: &App, mut field: Field<'_>) -> Result<Stored, Problem> {
    let name = plain_name(field.file_name().unwrap_or_default());
    let folder = app.config.files.join("incoming");
    tokio::fs::create_dir_all(&folder).await?;
    let temporary = Temporary(folder.join(app.id()));
    let mut file = tokio::fs::File::create_new(&temporary.0).await?;
    let (mut size, mut digest) = (0u64, Sha256::new());
    while let Some(bytes) = field.chunk().await.map_err(unreadable)? {
        size += bytes.len() as u64;
        if size > MOST_BYTES {
            return Err(too_large());
        }
        digest.update(&bytes);
        file.write_all(&bytes).await?;
    }
    if size == 0 {
        return Err(Problem::field("file", "文件是空的"));
    }
    // Without it the error of the last write would be lost.
    file.flush().await?;
    file.sync_all().await?;
    let size = i64::try_from(size).map_err(Problem::internal)?;
    Ok(Stored {
        name,
        temporary,
        size,
        digest: hex(&digest.finalize()),
    })
}

/// Recognises the file and moves it to its place, with its small picture.
async fn settle(app: &App, stored: &Stored) -> Result<Kind, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(Problem::internal)?;
    let (root, temporary, digest) = (
        app.config.files.clone(),
        stored.temporary.0.clone(),
        stored.digest.clone(),
    );
    let work = move || {
        let kind = picture::recognise(&temporary)?;
        move_into(&temporary, &place(&root, &digest))?;
        if let Some(small) = &kind.thumb {
            put(&root, &thumb_place(&root, &digest), small)?;
        }
        Ok(kind)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Problem::internal)?
}

/// The last part of the name, without what would confuse people or headers.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        "附件".to_owned()
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_are_plain() {
        for (name, plain) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\照片\\漏水.jpg", "漏水.jpg"),
            ("a\r\nb", "ab"),
            ("", "附件"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
    }
}
