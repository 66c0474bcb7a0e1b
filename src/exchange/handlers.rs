//! Templates and imports over HTTP.

use super::book::download;
use super::{Actor, MOST_BYTES, Report, What, import_as, template};
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::error::{Code, Problem};
use crate::estate;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::Response;
use engine::def::Area;
use serde::Deserialize;

/// The workbook to fill in.
#[utoipa::path(get, path = "/imports/{what}/template", tag = "exchange",
    params(("what" = inline(What), Path, description = "What is imported")),
    responses((status = 200, description = "An Excel file", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn get_template(
    State(app): State<App>,
    me: Me,
    Path(what): Path<What>,
) -> Result<Response, Problem> {
    may(&app, &me, what)?;
    let book = tokio::task::spawn_blocking(move || template::template(what))
        .await
        .map_err(Problem::internal)??;
    Ok(download(template::name(what), book))
}

/// Whether it is only a rehearsal.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only says what would be wrong.
    #[serde(default)]
    dry_run: bool,
}

/// The form of an import.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "describes the form; it is read as a stream")]
pub struct ImportForm {
    /// The filled-in workbook, up to 10 MB and 20 000 rows.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Imports a workbook: all of it, or nothing when a row is bad. What is there already is left as it is, so that it
/// may be sent again; that is why it takes no `Idempotency-Key`.
#[utoipa::path(post, path = "/imports/{what}", tag = "exchange",
    params(("what" = inline(What), Path, description = "What is imported"), ImportQuery),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Report)))]
pub async fn import_file(
    State(app): State<App>,
    me: Me,
    Path(what): Path<What>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Json<Report>, Problem> {
    let actor = may(&app, &me, what)?;
    let bytes = receive(request).await?;
    import_as(&app, actor, what, bytes, query.dry_run).await.map(Json)
}

/// Whoever imports needs the right to, and that to change what is imported, at the same sites.
fn may(app: &App, me: &Me, what: What) -> Result<Actor, Problem> {
    let manual = app.manuals.current();
    let mut sites = estate::reach(me, &manual, &[Area::Exchange])?;
    let own = match what {
        What::Staff => estate::reach(me, &manual, &[Area::People])?,
        What::Homes | What::Customers => estate::reach(me, &manual, &[Area::Estate])?,
    };
    sites = match (sites, own) {
        (None, other) | (other, None) => other,
        (Some(one), Some(other)) => Some(one.intersection(&other).cloned().collect()),
    };
    Ok(Actor {
        me: Some(me.clone()),
        sites,
    })
}

async fn receive(request: Request) -> Result<Vec<u8>, Problem> {
    let broken = || Problem::new(Code::BadRequest, "上传的内容不完整，请重试");
    let form = Multipart::from_request(request, &()).await;
    let mut form =
        form.map_err(|_| Problem::new(Code::UnsupportedType, "请用表单（multipart/form-data）上传文件"))?;
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        if field.name() != Some("file") {
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(part) = field.chunk().await.map_err(|_| broken())? {
            if bytes.len() + part.len() > MOST_BYTES {
                return Err(Problem::new(Code::TooLarge, "文件过大（最大 10 MB）"));
            }
            bytes.extend_from_slice(&part);
        }
        return Ok(bytes);
    }
    Err(Problem::field("file", "请选择要导入的文件"))
}
