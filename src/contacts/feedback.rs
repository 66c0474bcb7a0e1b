//! What the customer answered 客户意见, and their signature (INTAKE-1). Each answer stays as it was given.

use super::joining::change;
use super::list::ContactView;
use crate::api::{Answer, Json, Once, Path};
use crate::auth::Me;
use crate::base::Named;
use crate::cases::sight::Sight;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Most characters of an answer.
const MOST_WORDS: usize = 4000;

/// What the customer answered.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRequest {
    /// Words.
    pub words: String,
    /// Picture of the customer's signature: a file that was just uploaded.
    #[serde(default)]
    pub signature: Option<String>,
}

/// An answer as it was given.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FeedbackView {
    /// Words.
    pub words: String,
    /// Picture of the customer's signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub signature: Option<String>,
    /// Who wrote it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub taker: Option<Named>,
    /// When.
    pub at: i64,
}

/// Writes down what the customer answered, and keeps their signature.
#[utoipa::path(post, path = "/contacts/{id}/feedback", tag = "contacts", request_body = FeedbackRequest,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ContactView)))]
pub async fn feedback(
    State(app): State<App>,
    me: Me,
    once: Once,
    Path(id): Path<String>,
    Json(request): Json<FeedbackRequest>,
) -> Result<Answer, Problem> {
    let words = request.words.trim().to_owned();
    if words.is_empty() || words.chars().count() > MOST_WORDS || words.contains('\0') {
        return Err(Problem::field("words", "请填写客户意见（最多4000字）"));
    }
    let by = me.id.clone();
    change(&app, &me, once, id, move |pen, id| {
        Box::pin(async move {
            if let Some(signature) = &request.signature {
                free_picture(pen.tx, signature, &by).await?;
            }
            let values = vals![pen.app.id(), id, words, request.signature, by, pen.now()];
            pen.tx
                .run(
                    "insert into contact_feedback (id, contact_id, words, signature, taken_by, at) \
                     values ($1, $2, $3, $4, $5, $6)",
                    values,
                )
                .await?;
            Ok(())
        })
    })
    .await
}

/// The signature is a picture that this member of staff uploaded and that stands nowhere else.
async fn free_picture(tx: &Tx, id: &str, uploader: &str) -> Result<(), Problem> {
    let sql = "select f.id from file f where f.id = $1 and f.uploaded_by = $2 and f.case_id is null \
               and f.type like 'image/%' and not exists (select 1 from contact_feedback k where k.signature = f.id)";
    let found: Option<String> = tx.scalar(sql, vals![id.to_owned(), uploader.to_owned()]).await?;
    found.ok_or_else(|| Problem::field("signature", "签名图片不存在，或已用在别处，请重新签名"))?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    words: String,
    signature: Option<String>,
    taken_by: Option<String>,
    name: Option<String>,
    at: i64,
}

/// All answers of a contact, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_contact(sql: &impl Sql, id: &str, sight: Sight) -> Result<Vec<FeedbackView>, Problem> {
    let text = "select k.words, k.signature, k.taken_by, t.name, k.at from contact_feedback k \
                left join staff t on t.id = k.taken_by where k.contact_id = $1 order by k.at, k.id";
    let rows: Vec<Row> = sql.rows(text, vals![id.to_owned()]).await?;
    let view = |r: Row| FeedbackView {
        words: sight.text(r.words),
        signature: r.signature,
        taker: r.taken_by.zip(r.name).map(|(id, name)| Named { id, name }),
        at: r.at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The contact a signature stands under.
///
/// # Errors
/// The database's.
pub async fn signed_by(sql: &impl Sql, file: &str) -> Result<Option<String>, Problem> {
    let text = "select contact_id from contact_feedback where signature = $1";
    Ok(sql.scalar(text, vals![file.to_owned()]).await?)
}
