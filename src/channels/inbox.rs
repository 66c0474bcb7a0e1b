//! Notices to a member of staff.

use crate::api::{Json, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::{DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};

/// Notices shown: older ones are on the cases themselves.
const SHOWN: i64 = 100;
/// Notices that may be marked in one request.
const MOST: usize = 500;

/// Notices.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Inbox {
    /// The newest first, a hundred at most.
    items: Vec<Notice>,
    /// How many are not read yet.
    unread: i64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Notice {
    id: String,
    text: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    case: Option<NoticeCase>,
    /// The page of the desk it leads to, by its path; of a notice about a case none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page: Option<String>,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    read_at: Option<i64>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct NoticeCase {
    id: String,
    number: String,
    kind: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    text: String,
    at: i64,
    read_at: Option<i64>,
    case_id: Option<String>,
    number: Option<String>,
    kind: Option<String>,
    page: Option<String>,
}

impl From<Row> for Notice {
    fn from(row: Row) -> Notice {
        let case = row.case_id.zip(row.number).zip(row.kind);
        let case = case.map(|((id, number), kind)| NoticeCase { id, number, kind });
        Notice {
            id: row.id,
            text: row.text,
            case,
            page: row.page,
            at: row.at,
            read_at: row.read_at,
        }
    }
}

/// Which notices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those that are not read yet.
    #[serde(default)]
    unread: bool,
}

/// One's own notices.
#[utoipa::path(get, path = "/inbox", tag = "inbox", params(Which), responses((status = 200, body = Inbox)))]
pub async fn list_inbox(
    State(app): State<App>,
    me: Me,
    Query(which): Query<Which>,
) -> Result<Json<Inbox>, Problem> {
    let unread = if which.unread { "and i.read_at is null" } else { "" };
    let sql = format!(
        "select i.id, i.text, i.at, i.read_at, i.case_id, i.page, c.number, c.kind from inbox i \
         left join case_record c on c.id = i.case_id \
         where i.staff_id = $1 {unread} order by i.at desc, i.id desc limit $2"
    );
    let rows: Vec<Row> = app.db.read().rows(&sql, vals![me.id.clone(), SHOWN]).await?;
    let unread = unread_of(&app, &me.id).await?;
    Ok(Json(Inbox {
        items: rows.into_iter().map(Notice::from).collect(),
        unread,
    }))
}

/// How many notices a member of staff has not read.
pub(crate) async fn unread_of(app: &App, staff: &str) -> Result<i64, DbErr> {
    let sql = "select count(*) from inbox where staff_id = $1 and read_at is null";
    Ok(app
        .db
        .read()
        .scalar(sql, vals![staff.to_owned()])
        .await?
        .unwrap_or(0))
}

/// Which notices were read: `{"ids": [...]}` or `{"all": true}`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadNotices {
    /// These.
    #[serde(default)]
    ids: Vec<String>,
    /// All of them.
    #[serde(default)]
    all: bool,
}

/// Marks one's own notices as read.
#[utoipa::path(post, path = "/inbox/read", tag = "inbox", request_body = ReadNotices,
    responses((status = 204, description = "Marked")))]
pub async fn read_inbox(
    State(app): State<App>,
    me: Me,
    Json(read): Json<ReadNotices>,
) -> Result<StatusCode, Problem> {
    if read.ids.len() > MOST {
        return Err(Problem::field("ids", "一次最多标记 500 条"));
    }
    let (now, live) = (app.clock.now(), app.live.clone());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let mut values = vals![now, me.id.clone()];
                let names: Vec<String> = (0..read.ids.len()).map(|n| format!("${}", n + 3)).collect();
                let which = match (read.all, names.is_empty()) {
                    (true, _) => String::new(),
                    (false, true) => return Ok(StatusCode::NO_CONTENT),
                    (false, false) => {
                        values.extend(read.ids.into_iter().map(sea_orm::Value::from));
                        format!(" and id in ({})", names.join(", "))
                    }
                };
                let sql =
                    format!("update inbox set read_at = $1 where staff_id = $2 and read_at is null{which}");
                tx.run(&sql, values).await?;
                // Other screens of the same person count anew.
                tx.after_commit(move || live.tell(Wake::Inbox { staff: me.id }));
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            })
        })
        .await
}
