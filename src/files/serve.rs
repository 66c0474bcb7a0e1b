//! Handing files out, to those who may see them.

use super::picture;
use super::place::{place, put, thumb_place};
use crate::api::{Path, text_header};
use crate::auth::Me;
use crate::cases;
use crate::contacts;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sea_orm::FromQueryResult;
use std::fmt::Write as _;
use std::io;

/// A file's row, loaded for somebody who may see it.
#[derive(Debug, FromQueryResult)]
pub struct Shown {
    name: String,
    r#type: String,
    digest: String,
    case_id: Option<String>,
    uploaded_by: Option<String>,
}

impl Shown {
    /// What is enough to look at it: a picture small, a paper whole.
    pub fn smallest(&self) -> Part {
        if self.r#type.starts_with("image/") {
            Part::Thumb
        } else {
            Part::Whole
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file as it was uploaded.
    Whole,
    /// A JPEG of at most 320 pixels.
    Thumb,
}

/// A photo or paper.
#[utoipa::path(get, path = "/files/{id}", tag = "files", params(("id" = String, Path)),
    responses((status = 200, description = "The file as it was uploaded", content_type = "application/octet-stream")))]
pub async fn download_file(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = for_reader(&app, &me, &id).await?;
    answer(&app, &shown, Part::Whole, &headers).await
}

/// A small JPEG of a photo.
#[utoipa::path(get, path = "/files/{id}/thumb", tag = "files", params(("id" = String, Path)),
    responses((status = 200, description = "At most 320 pixels", content_type = "image/jpeg")))]
pub async fn file_thumbnail(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = for_reader(&app, &me, &id).await?;
    answer(&app, &shown, Part::Thumb, &headers).await
}

async fn any(app: &App, id: &str) -> Result<Shown, Problem> {
    let sql = "select name, type, digest, case_id, uploaded_by from file where id = $1";
    let row: Option<Shown> = app.db.read().row(sql, vals![id.to_owned()]).await?;
    row.ok_or_else(Problem::not_found)
}

/// The file, for its uploader, for whoever sees its case, and a customer's signature for whoever sees the contact.
async fn for_reader(app: &App, me: &Me, id: &str) -> Result<Shown, Problem> {
    let shown = any(app, id).await?;
    if shown.uploaded_by.as_deref() == Some(me.id.as_str()) {
        return Ok(shown);
    }
    let read = app.db.read();
    if let Some(case) = shown.case_id.as_deref() {
        cases::load::visible(app, read, me, case).await?;
    } else {
        let contact = contacts::feedback::signed_by(read, id).await?;
        contacts::register::site_of(read, me, &contact.ok_or_else(Problem::not_found)?).await?;
    }
    Ok(shown)
}

/// The file, for the holder of a link: what they uploaded themselves (`uploader` is `link:` and its id), and what
/// their page shows (`shows`), whichever case it was taken for.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn for_link(app: &App, id: &str, uploader: &str, shows: bool) -> Result<Shown, Problem> {
    let shown = any(app, id).await?;
    let own = shown.uploaded_by.as_deref() == Some(uploader);
    if own || shows {
        Ok(shown)
    } else {
        Err(Problem::not_found())
    }
}

/// The answer with the bytes. A browser asks again each time, so that who has signed out sees nothing; what it has
/// already it is not sent again.
///
/// # Errors
/// Not found, when there is no small picture of it; the disk's.
pub async fn answer(app: &App, shown: &Shown, part: Part, asked: &HeaderMap) -> Result<Response, Problem> {
    if part == Part::Thumb && !shown.r#type.starts_with("image/") {
        return Err(Problem::not_found());
    }
    let tag = format!(
        "\"{}{}\"",
        shown.digest,
        if part == Part::Thumb { "-s" } else { "" }
    );
    let headers = headers(shown, part, &tag);
    if text_header(asked, "if-none-match").is_some_and(|known| known == tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let bytes = match part {
        Part::Whole => tokio::fs::read(place(&app.config.files, &shown.digest))
            .await
            .map_err(Problem::internal)?,
        Part::Thumb => small(app, &shown.digest).await?,
    };
    Ok((headers, bytes).into_response())
}

/// The small picture; made again when it was lost.
async fn small(app: &App, digest: &str) -> Result<Vec<u8>, Problem> {
    let kept = thumb_place(&app.config.files, digest);
    match tokio::fs::read(&kept).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => return other.map_err(Problem::internal),
    }
    let (root, whole) = (app.config.files.clone(), place(&app.config.files, digest));
    let work = move || {
        let bytes = picture::small(&whole)?;
        put(&root, &kept, &bytes).map_err(Problem::internal)?;
        Ok(bytes)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Problem::internal)?
}

fn headers(shown: &Shown, part: Part, tag: &str) -> [(HeaderName, String); 6] {
    let media = if part == Part::Thumb {
        "image/jpeg"
    } else {
        &shown.r#type
    };
    // A paper may carry scripts: it is saved, not opened on our own address.
    let manner = if media.starts_with("image/") {
        "inline"
    } else {
        "attachment"
    };
    let name = encoded(&shown.name);
    [
        (header::CONTENT_TYPE, media.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("{manner}; filename*=UTF-8''{name}"),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag.to_owned()),
    ]
}

/// A name in a header, RFC 5987.
fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_survive_headers() {
        assert_eq!(super::encoded("漏水 1\".jpg"), "%E6%BC%8F%E6%B0%B4%201%22.jpg");
    }
}
