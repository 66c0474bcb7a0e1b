//! Photos from the owner's page.

use super::view;
use super::visitor::Visitor;
use crate::api::{Answer, Once, Path};
use crate::context::App;
use crate::error::Problem;
use crate::files::upload::UploadForm;
use crate::files::{self, FileView};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Stores a photo of the owner.
#[utoipa::path(post, path = "/owner/files", tag = "owner",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    params(("X-Owner-Token" = String, Header), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = FileView)))]
pub async fn upload_as_owner(
    State(app): State<App>,
    visitor: Visitor,
    once: Once,
    request: Request,
) -> Result<Answer, Problem> {
    let received = files::receive(&app, request).await?;
    let (uploader, now) = (format!("link:{}", visitor.held.id), app.clock.now());
    let actor = uploader.clone();
    let once = once.holding(received.digest());
    app.write_once(&actor, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move { files::keep(tx, received, &uploader, now).await })
    })
    .await
}

/// A file that the page shows: a photo small, a paper whole.
#[utoipa::path(get, path = "/owner/files/{id}", tag = "owner",
    params(("id" = String, Path), ("X-Owner-Token" = String, Header)),
    responses((status = 200, content_type = "image/jpeg")))]
pub async fn get_owner_file(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut shows = false;
    for case in view::ids(app.db.read(), &visitor).await? {
        shows = shows
            || view::files(&app, app.db.read(), &visitor, &case)
                .await?
                .contains(&id);
    }
    let shown = files::for_link(&app, &id, &format!("link:{}", visitor.held.id), shows).await?;
    files::answer(&app, &shown, shown.smallest(), &headers).await
}
