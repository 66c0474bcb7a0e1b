//! Uploading by staff.

use super::keep::{FileView, keep, receive};
use crate::api::{Answer, Once};
use crate::auth::Me;
use crate::cases;
use crate::context::App;
use crate::error::Problem;
use axum::extract::{Request, State};
use axum::http::StatusCode;

/// The form of an upload.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "describes the form; it is read as a stream")]
pub struct UploadForm {
    /// JPEG, PNG, WebP or PDF, up to 10 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The case it hangs on; absent: it is named by an action later.
    case: Option<String>,
}

/// Stores a photo or paper.
#[utoipa::path(post, path = "/files", tag = "files",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = FileView)))]
pub async fn upload_file(
    State(app): State<App>,
    me: Me,
    once: Once,
    request: Request,
) -> Result<Answer, Problem> {
    let mut received = receive(&app, request).await?;
    if let Some(case) = received.wished() {
        cases::load::visible(&app, app.db.read(), &me, case).await?;
        received = received.hang_on_wished();
    }
    let (uploader, now) = (me.id.clone(), app.clock.now());
    let once = once.holding(received.digest());
    app.write_as(&me, once, StatusCode::CREATED, move |tx| {
        Box::pin(async move { keep(tx, received, &uploader, now).await })
    })
    .await
}
