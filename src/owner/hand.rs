//! Handing the link of a guest over: it is shown to whoever may hand it out, and that it was stands in the story.

use super::links;
use crate::api::{Json, Path};
use crate::auth::Me;
use crate::cases::world::Around;
use crate::cases::{guests::guests, links::record, load, pen::Pen};
use crate::channels;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use axum::extract::State;
use engine::case::Case;
use engine::def::Link;
use engine::event::{Event, HandedBy};
use engine::step::Actor;
use serde::{Deserialize, Serialize};

/// How the link is handed over.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandRequest {
    /// copy, paper, mail
    pub way: String,
    /// Address of the mail.
    #[serde(default)]
    pub to: Option<String>,
}

/// A link that was handed over.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HandedLink {
    /// Address of the page.
    pub url: String,
    /// The same as a code 二维码, an SVG picture.
    pub code: String,
    /// Words to send with it.
    pub words: String,
}

/// Hands the link of a guest over: copied, on paper, or by mail. It takes no `Idempotency-Key`: a kept answer would keep
/// the key to the page too.
#[utoipa::path(post, path = "/cases/{id}/guests/{guest}", tag = "cases", request_body = HandRequest,
    params(("id" = String, Path), ("guest" = String, Path)), responses((status = 200, body = HandedLink)))]
pub async fn hand_link(
    State(app): State<App>,
    me: Me,
    Path((id, guest)): Path<(String, String)>,
    Json(request): Json<HandRequest>,
) -> Result<Json<HandedLink>, Problem> {
    load::visible(&app, app.db.read(), &me, &id).await?;
    let way = match request.way.as_str() {
        "copy" => HandedBy::Copy,
        "paper" => HandedBy::Paper,
        "mail" => HandedBy::Mail,
        _ => return Err(Problem::field("way", "请选择复制、打印或邮件")),
    };
    let address = request
        .to
        .filter(|to| way == HandedBy::Mail && to.contains('@') && to.len() < 200);
    if way == HandedBy::Mail && address.is_none() {
        return Err(Problem::field("to", "请填写对方的邮箱"));
    }
    let shared = app.clone();
    let handed = app.db.write(move |tx| {
        Box::pin(async move {
            let case = load::locked(tx, &id).await?;
            let around = Around::of(&shared, tx, &case).await?;
            let now = shared.clock.now();
            let mine = guests(&around.world(now, now, false), &case, &me);
            let Some(guest) = mine.into_iter().find(|one| one.name == guest) else {
                return Err(Problem::new(Code::Forbidden, "链接不归您发，或已失效"));
            };
            let link: Link = guest.name.parse().map_err(Problem::internal)?;
            let handed = shown(&shared, tx, &case, &link, &guest.title).await?;
            let pen = Pen {
                app: &shared,
                tx,
                actor: Actor::Staff(me.id.clone()),
                actor_id: Some(me.id.clone()),
                at: now,
                quiet: false,
            };
            record(&pen, &case, Event::LinkHanded { link, way }).await?;
            if let Some(address) = &address {
                channels::mail_outside(tx, &shared, address, &handed.words, now);
            }
            Ok(handed)
        })
    });
    handed.await.map(Json)
}

async fn shown(
    app: &App,
    sql: &impl Sql,
    case: &Case,
    link: &Link,
    title: &str,
) -> Result<HandedLink, Problem> {
    let path = links::link_for(app, sql, case, link)
        .await?
        .ok_or_else(Problem::not_found)?;
    let url = format!("{}{path}", app.config.base_url.trim_end_matches('/'));
    let code = qrcode::QrCode::new(&url).map_err(Problem::internal)?;
    let code = code
        .render::<qrcode::render::svg::Color>()
        .min_dimensions(220, 220)
        .build();
    let words = format!(
        "{title}您好：事项 {} 请您查看并办理，无需登录：{url}",
        case.number
    );
    Ok(HandedLink { url, code, words })
}
