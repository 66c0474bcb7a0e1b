//! Whoever asks by a page of people outside, known by the link they hold.

use super::links::{Held, expired, open};
use crate::api::text_header;
use crate::cases::load;
use crate::cases::world::Around;
use crate::context::App;
use crate::error::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use engine::def::Link;
use engine::step;

/// Who asks by a page of people outside: the owner, or a guest of one case.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The link.
    pub held: Held,
    /// Whose link it is.
    pub link: Link,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Problem> {
        let given = text_header(&parts.headers, "x-owner-token").unwrap_or_default();
        let held = open(app, app.db.read(), &given).await?;
        let link: Link = held.link.parse().map_err(|_| expired())?;
        if link == Link::Gate {
            return Err(Problem::forbidden());
        }
        let visitor = Visitor { held, link };
        visitor.stands(app).await?;
        Ok(visitor)
    }
}

impl Visitor {
    /// Whether it is somebody outside whom the kind of the case names.
    pub fn is_guest(&self) -> bool {
        matches!(self.link, Link::Guest(_))
    }

    /// Refuses a guest whose ground is gone, as if the link had never been.
    async fn stands(&self, app: &App) -> Result<(), Problem> {
        let Some(case) = self.held.case_id.as_ref().filter(|_| self.link != Link::Owner) else {
            return Ok(());
        };
        let read = app.db.read();
        let case = load::any(read, case).await?;
        let around = Around::of(app, read, &case).await?;
        let now = app.clock.now();
        if step::stands(&around.world(now, now, false), &case, &self.link) {
            Ok(())
        } else {
            Err(expired())
        }
    }
}
