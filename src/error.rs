//! One error for the whole application: a stable code, a Chinese sentence for people, a context for the log.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::step::{FieldProblem, Refusal, Why};
use sea_orm::{DbErr, RuntimeErr};
use serde::Serialize;
use serde_json::Value;
use std::io;

/// Sorts of problems; the name in kebab-case is the stable `code` of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request cannot be read.
    BadRequest,
    /// No session, or it has ended.
    NotSignedIn,
    /// The password was right; the code of the second step is missing.
    SecondStep,
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
    /// A case that it reaches was taken or changed by somebody else meanwhile; asked again, it may go through.
    Moved,
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
    /// The database cannot be reached, or is too busy.
    Unavailable,
    /// No room on the disk of the database or of the files.
    DiskFull,
}

impl Code {
    /// The stable name and its HTTP status.
    pub fn pair(self) -> (&'static str, StatusCode) {
        match self {
            Code::BadRequest => ("bad-request", StatusCode::BAD_REQUEST),
            Code::NotSignedIn => ("not-signed-in", StatusCode::UNAUTHORIZED),
            Code::SecondStep => ("second-step", StatusCode::UNPROCESSABLE_ENTITY),
            Code::LockedOut => ("locked-out", StatusCode::TOO_MANY_REQUESTS),
            Code::Forbidden => ("forbidden", StatusCode::FORBIDDEN),
            Code::Csrf => ("csrf", StatusCode::FORBIDDEN),
            Code::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Code::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Code::Refused => ("refused", StatusCode::CONFLICT),
            Code::Taken => ("taken", StatusCode::CONFLICT),
            Code::IdempotencyMismatch => ("idempotency-mismatch", StatusCode::CONFLICT),
            Code::Stale => ("stale", StatusCode::PRECONDITION_FAILED),
            Code::Moved => ("moved", StatusCode::CONFLICT),
            Code::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Code::UnsupportedType => ("unsupported-type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Code::Invalid => ("invalid", StatusCode::UNPROCESSABLE_ENTITY),
            Code::TooMany => ("too-many", StatusCode::TOO_MANY_REQUESTS),
            Code::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Code::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
            Code::DiskFull => ("disk-full", StatusCode::INSUFFICIENT_STORAGE),
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
    #[schema(nullable = false)]
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

    /// No room on the disk; nothing was kept.
    pub fn disk_full(context: impl std::fmt::Display) -> Problem {
        Problem {
            context: Some(context.to_string()),
            ..Problem::new(Code::DiskFull, "磁盘空间不足，没有保存；请联系管理员")
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
        let (code, detail) = match why(&error) {
            Trouble::Away => (Code::Unavailable, "数据库暂时连不上，请稍后再试"),
            Trouble::Busy => (Code::Unavailable, "系统正忙，请稍后再试"),
            Trouble::Full => return Problem::disk_full(error),
            Trouble::Text => (Code::BadRequest, "内容里有无法保存的字符"),
            Trouble::Ours => return Problem::internal(error),
        };
        Problem {
            context: Some(error.to_string()),
            ..Problem::new(code, detail)
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::disk_full(error),
            _ => Problem::internal(error),
        }
    }
}

/// Whose fault an error of the database is.
enum Trouble {
    /// It cannot be reached, or is about to go.
    Away,
    /// Others hold what is needed: trying again helps.
    Busy,
    /// Its disk is full.
    Full,
    /// It was given a character it cannot keep: PostgreSQL has no NUL.
    Text,
    /// Ours.
    Ours,
}

fn why(error: &DbErr) -> Trouble {
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return Trouble::Away,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        DbErr::Conn(_) => return Trouble::Away,
        _ => return Trouble::Ours,
    };
    match cause.as_ref() {
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            if said
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .is_some()
            {
                postgres(&code)
            } else {
                sqlite(&code)
            }
        }
        sqlx::Error::Io(io) if io.kind() == io::ErrorKind::StorageFull => Trouble::Full,
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Trouble::Away,
        _ if matches!(error, DbErr::Conn(_)) => Trouble::Away,
        _ => Trouble::Ours,
    }
}

/// By SQLSTATE.
fn postgres(code: &str) -> Trouble {
    match code {
        "53100" => Trouble::Full,
        "22021" | "22P05" => Trouble::Text,
        // Deadlock, lock or statement timeout, serialisation, too many connections, out of memory.
        "40P01" | "55P03" | "57014" | "40001" | "53300" | "53200" => Trouble::Busy,
        // A server that stops or starts, one that has become a standby; class 08: the connection; an I/O error.
        "57P01" | "57P02" | "57P03" | "25006" | "58030" => Trouble::Away,
        _ if code.starts_with("08") => Trouble::Away,
        _ => Trouble::Ours,
    }
}

/// By extended result code, whose lowest byte is the primary one.
fn sqlite(code: &str) -> Trouble {
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        13 => Trouble::Full,
        5 | 6 => Trouble::Busy,
        // I/O error, cannot open, read-only.
        10 | 14 | 8 => Trouble::Away,
        _ => Trouble::Ours,
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
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static("2");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
