//! One error for the whole application: a stable code, a Chinese sentence for people, a context for the log.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::step::{FieldProblem, Refusal, Why};
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::Value;

/// Sorts of problems; the name in kebab-case is the stable `code` of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request cannot be read.
    BadRequest,
    /// No session, or it has ended.
    NotSignedIn,
    /// Too many wrong passwords.
    LockedOut,
    /// The actor may not.
    Forbidden,
    /// The token against forged requests is missing or wrong.
    Csrf,
    /// It does not exist, for this actor.
    NotFound,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// A rule of the manual refuses.
    Refused,
    /// Somebody else holds it.
    Taken,
    /// The same idempotency key came with another request.
    IdempotencyMismatch,
    /// It was changed meanwhile.
    Stale,
    /// Too large.
    TooLarge,
    /// Not a type of content that is understood.
    UnsupportedType,
    /// What was entered is wrong.
    Invalid,
    /// Too many requests.
    TooMany,
    /// Our fault.
    Internal,
    /// The database cannot be reached.
    Unavailable,
}

impl Code {
    /// The stable name and its HTTP status.
    pub fn pair(self) -> (&'static str, StatusCode) {
        match self {
            Code::BadRequest => ("bad-request", StatusCode::BAD_REQUEST),
            Code::NotSignedIn => ("not-signed-in", StatusCode::UNAUTHORIZED),
            Code::LockedOut => ("locked-out", StatusCode::TOO_MANY_REQUESTS),
            Code::Forbidden => ("forbidden", StatusCode::FORBIDDEN),
            Code::Csrf => ("csrf", StatusCode::FORBIDDEN),
            Code::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Code::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Code::Refused => ("refused", StatusCode::CONFLICT),
            Code::Taken => ("taken", StatusCode::CONFLICT),
            Code::IdempotencyMismatch => ("idempotency-mismatch", StatusCode::CONFLICT),
            Code::Stale => ("stale", StatusCode::PRECONDITION_FAILED),
            Code::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Code::UnsupportedType => ("unsupported-type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Code::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY),
            Code::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS),
            Code::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Code::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// A problem, answered as `application/problem+json`.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Sort.
    pub code: Code,
    /// A sentence to show as it is.
    pub detail: String,
    /// Fields that are wrong.
    pub fields: Vec<FieldProblem>,
    /// What it is now, when the request was stale.
    pub current: Option<Value>,
    /// Nobody can sign in yet: the first administrator is to be made.
    pub setup_needed: bool,
    /// For the log alone.
    context: Option<String>,
}

/// The body of a problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: the code tells.
    pub r#type: &'static str,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable code, kebab-case.
    pub code: &'static str,
    /// A sentence to show as it is.
    pub detail: String,
    /// Fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblemBody>,
    /// The thing as it is now, when the request was stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
    /// True when nobody can sign in yet, since the first administrator is to be made.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub setup_needed: bool,
}

/// What is wrong with a field.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldProblemBody {
    /// Name; `table.3.column` for a cell.
    pub field: String,
    /// A sentence.
    pub sentence: String,
}

impl Problem {
    /// A problem with its sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Problem {
        Problem {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            current: None,
            setup_needed: false,
            context: None,
        }
    }

    /// It does not exist, or not for this actor.
    pub fn not_found() -> Problem {
        Problem::new(Code::NotFound, "没有找到，或您无权查看")
    }

    /// The actor may not.
    pub fn forbidden() -> Problem {
        Problem::new(Code::Forbidden, "您没有这项权限")
    }

    /// One field is wrong.
    pub fn field(field: &str, sentence: &str) -> Problem {
        Problem {
            fields: vec![FieldProblem {
                field: field.to_owned(),
                sentence: sentence.to_owned(),
            }],
            ..Problem::new(Code::Invalid, sentence)
        }
    }

    /// It was changed meanwhile; `current` is what it is now.
    pub fn stale(detail: &str, current: Value) -> Problem {
        Problem {
            current: Some(current),
            ..Problem::new(Code::Stale, detail)
        }
    }

    /// Our fault; `context` goes to the log, never to the reader.
    pub fn internal(context: impl std::fmt::Display) -> Problem {
        Problem {
            context: Some(context.to_string()),
            ..Problem::new(Code::Internal, "系统出错，已记录，请稍后再试")
        }
    }
}

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Problem {
        let away = matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
        if away {
            let detail = "数据库暂时连不上，请稍后再试";
            return Problem {
                context: Some(error.to_string()),
                ..Problem::new(Code::Unavailable, detail)
            };
        }
        Problem::internal(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let code = match refusal.why {
            Why::Unknown => Code::NotFound,
            Why::NotYou => Code::Forbidden,
            Why::NotNow | Why::Condition => Code::Refused,
            Why::Invalid => Code::Invalid,
        };
        Problem {
            fields: refusal.fields,
            ..Problem::new(code, refusal.sentence)
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Problem {
        Problem::internal(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, status) = self.code.pair();
        if let Some(context) = &self.context {
            tracing::error!(code, %context, "request failed");
        }
        let fields = self.fields.into_iter();
        let body = ProblemBody {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code,
            detail: self.detail,
            fields: fields
                .map(|f| FieldProblemBody {
                    field: f.field,
                    sentence: f.sentence,
                })
                .collect(),
            current: self.current,
            setup_needed: self.setup_needed,
        };
        let mut response = (status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
