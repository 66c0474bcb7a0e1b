//! Writing so that a retry repeats nothing.

use super::extract::text_header;
use crate::auth::Me;
use crate::base::hex;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Largest JSON body.
const MOST_JSON: usize = 1 << 20;

/// What makes a write repeatable: its key, and a digest of what was asked.
#[derive(Debug, Clone)]
pub struct Once {
    key: String,
    request: String,
}

impl Once {
    /// The same where what is asked lies in content that only the handler can read: an upload.
    pub fn holding(self, digest: &str) -> Once {
        Once {
            request: format!("{}/{digest}", self.request),
            ..self
        }
    }

    /// The same for one of several things that a request asks for, each of them written apart.
    pub fn part(&self, of: &str) -> Once {
        Once {
            key: format!("{}/{of}", self.key),
            request: self.request.clone(),
        }
    }
}

#[derive(Clone)]
struct RequestDigest(String);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = text_header(&parts.headers, "idempotency-key");
        let key = key.filter(|k| (8..=128).contains(&k.len()));
        let missing = || Problem::new(Code::BadRequest, "缺少 Idempotency-Key（8 到 128 个字符）");
        let digest = parts
            .extensions
            .get::<RequestDigest>()
            .map(|d| d.0.clone())
            .unwrap_or_default();
        Ok(Once {
            key: key.ok_or_else(missing)?,
            request: digest,
        })
    }
}

/// Leaves the digest of a write where [`Once`] finds it: of what is done to which address and, in JSON, of the body, read
/// once. Of an upload the body is left out: a browser that sends it again draws its parts' borders anew.
pub async fn digest_request(request: Request, next: Next) -> Response {
    let is_write = !matches!(request.method().as_str(), "GET" | "HEAD" | "OPTIONS");
    let is_json =
        text_header(request.headers(), "content-type").is_some_and(|t| t.starts_with("application/json"));
    if !is_write {
        return next.run(request).await;
    }
    let (mut parts, mut body) = request.into_parts();
    let mut hasher = Sha256::new();
    hasher.update(parts.method.as_str());
    hasher.update(parts.uri.path());
    hasher.update(text_header(&parts.headers, "if-match").unwrap_or_default());
    if is_json {
        let Ok(bytes) = axum::body::to_bytes(body, MOST_JSON).await else {
            return Problem::new(Code::TooLarge, "请求内容过大").into_response();
        };
        hasher.update(&bytes);
        body = Body::from(bytes);
    }
    parts.extensions.insert(RequestDigest(hex(&hasher.finalize())));
    next.run(Request::from_parts(parts, body)).await
}

const KEPT: &str = "idempotency (actor, key, request, status, body, created_at)";

#[derive(FromQueryResult)]
struct Answered {
    request: String,
    status: i64,
    body: Value,
}

/// An answer with its status, from a write or from the write it repeats.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    body: Value,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.body)).into_response()
    }
}

impl App {
    /// Writes once: the key is kept in the same transaction as the change, so that whoever sends it again gets the
    /// first answer, whatever happened in between. A refusal keeps nothing: it may be sent again.
    ///
    /// # Errors
    /// The verb's; [`Code::IdempotencyMismatch`] when the key came with another request before.
    pub async fn write_once<T, F>(
        &self,
        actor: &str,
        once: Once,
        status: StatusCode,
        verb: F,
    ) -> Result<Answer, Problem>
    where
        T: Serialize + Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, Problem>> + Send + 'static,
    {
        let (actor, now) = (actor.to_owned(), self.clock.now());
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    if !tx.is_postgres() {
                        // Nobody else writes meanwhile: the row can wait for the answer.
                        if let Some(answer) = repeat(tx, &actor, &once).await? {
                            return Ok(answer);
                        }
                        let body = serde_json::to_value(verb(tx).await?)?;
                        let code = i64::from(status.as_u16());
                        tx.later(
                            KEPT,
                            "",
                            vals![actor, once.key, once.request, code, body.clone(), now],
                        );
                        return Ok(Answer { status, body });
                    }
                    let fresh = tx
                        .run(
                            &format!(
                                "insert into {KEPT} values ($1, $2, $3, 0, $4, $5) on conflict do nothing"
                            ),
                            vals![
                                actor.clone(),
                                once.key.clone(),
                                once.request.clone(),
                                Value::Null,
                                now
                            ],
                        )
                        .await?;
                    if fresh == 0 {
                        let answer = repeat(tx, &actor, &once).await?;
                        return answer.ok_or_else(|| Problem::internal("idempotency row vanished"));
                    }
                    let body = serde_json::to_value(verb(tx).await?)?;
                    tx.run(
                        "update idempotency set status = $1, body = $2 where actor = $3 and key = $4",
                        vals![i64::from(status.as_u16()), body.clone(), actor, once.key],
                    )
                    .await?;
                    Ok(Answer { status, body })
                })
            })
            .await
    }

    /// [`App::write_once`] for a member of staff.
    ///
    /// # Errors
    /// As there.
    pub async fn write_as<T, F>(
        &self,
        me: &Me,
        once: Once,
        status: StatusCode,
        verb: F,
    ) -> Result<Answer, Problem>
    where
        T: Serialize + Send + 'static,
        F: for<'a> FnOnce(&'a Tx) -> BoxFuture<'a, Result<T, Problem>> + Send + 'static,
    {
        self.write_once(&me.id, once, status, verb).await
    }
}

/// The answer that was given to that key before, if it was.
async fn repeat(tx: &Tx, actor: &str, once: &Once) -> Result<Option<Answer>, Problem> {
    let kept: Option<Answered> = tx
        .row(
            "select request, status, body from idempotency where actor = $1 and key = $2",
            vals![actor.to_owned(), once.key.clone()],
        )
        .await?;
    let Some(kept) = kept else { return Ok(None) };
    if kept.request != once.request {
        return Err(Problem::new(
            Code::IdempotencyMismatch,
            "同一个请求编号用在了不同的内容上，请刷新后重试",
        ));
    }
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|s| StatusCode::from_u16(s).ok());
    Ok(Some(Answer {
        status: status.unwrap_or(StatusCode::OK),
        body: kept.body,
    }))
}
