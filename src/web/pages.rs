//! Hands out the built files: three documents by path, everything else by name.

use crate::api::text_header;
use crate::error::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `make web` builds. It may be missing, so that Rust builds without npm.
#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Dist;

/// Shown in place of the pages when they were not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>一站</title>\
    <h1>页面还没有构建</h1><p>服务已经启动，但缺少浏览器页面。请在源码目录运行 <code>make web</code>（需要 npm），\
    再重新编译并启动。</p><p>接口照常可用：<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a></p></html>";

/// Encodings of built files, the best first: name in headers, ending of the file.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A built file, or the document whose application draws that path.
pub(super) async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found().into_response();
    }
    if let Some(file) = Dist::get(path).filter(|_| !path.ends_with(".html")) {
        return answer(path, file, &headers);
    }
    // A file of an older build that is gone must not be answered with a page.
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with("assets/") || (last.contains('.') && !path.starts_with("o/")) {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    let document = document(path);
    match Dist::get(document) {
        Some(file) => answer(document, file, &headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

/// Which of the three applications draws the path.
fn document(path: &str) -> &'static str {
    match path.split('/').next() {
        Some("field") => "field.html",
        Some("o") => "owner.html",
        _ => "index.html",
    }
}

fn answer(path: &str, plain: EmbeddedFile, asked: &HeaderMap) -> Response {
    let hash: String = plain
        .metadata
        .sha256_hash()
        .iter()
        .take(12)
        .map(|b| format!("{b:02x}"))
        .collect();
    // Weak: the encoded forms share it.
    let tag = format!("W/\"{hash}\"");
    // Names of assets carry their hash: what they name never changes.
    let keep = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let media = mime_guess::from_path(path).first_or_octet_stream().to_string();
    let media = if media.starts_with("text/") {
        format!("{media}; charset=utf-8")
    } else {
        media
    };
    let mut response = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag.clone()),
        (header::VARY, "accept-encoding".to_owned()),
    ]
    .into_response();
    if text_header(asked, "if-none-match").is_some_and(|known| known.contains(&tag)) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    let accepted = text_header(asked, "accept-encoding").unwrap_or_default();
    let encoded = ENCODINGS.iter().find_map(|(name, ending)| {
        let file = Dist::get(&format!("{path}{ending}")).filter(|_| accepts(&accepted, name))?;
        Some((*name, file))
    });
    let file = match encoded {
        Some((name, file)) => {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            file
        }
        None => plain,
    };
    *response.body_mut() = file.data.into();
    response
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is = parts.next() == Some(encoding);
        is && !parts.any(|q| q.trim_start_matches("q=").parse() == Ok(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_application_draws_its_paths() {
        for (path, expected) in [
            ("", "index.html"),
            ("cases/1", "index.html"),
            ("field/work", "field.html"),
            ("field", "field.html"),
            ("o/abc", "owner.html"),
            ("orders", "index.html"),
        ] {
            assert_eq!(document(path), expected, "{path}");
        }
    }

    #[test]
    fn encodings_are_chosen_by_what_the_browser_says() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("", "br"));
    }
}
