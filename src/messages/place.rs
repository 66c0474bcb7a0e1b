//! Where messages come to, and who brings them in.

use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::load::Manual;

/// Code of the site that messages without one come to; it is made when it is missing.
pub const SITE: &str = "LY";
const SITE_NAME: &str = "导入留言";
/// Who the import acts as: nobody can sign in with an empty password.
const LOGIN: &str = "messages@import";
const NAME: &str = "导入";
/// The site and the member of staff of the import; what is missing of them is made.
pub(super) async fn prepare(app: &App, manual: &Manual, code: &str) -> Result<(String, String), Problem> {
    let (shared, code) = (app.clone(), code.to_owned());
    let posts = manual
        .classify
        .as_ref()
        .and_then(|file| file.import.as_ref())
        .map(|i| i.posts.clone());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let site = site(&shared, tx, &code).await?;
                let staff = staff(&shared, tx).await?;
                for post in posts.unwrap_or_default() {
                    tx.run(
                        "insert into staff_post (staff_id, post, site_id) values ($1, $2, $3) on conflict do nothing",
                        vals![staff.clone(), post, site.clone()],
                    )
                    .await?;
                }
                Ok((site, staff))
            })
        })
        .await
}

async fn site(app: &App, tx: &Tx, code: &str) -> Result<String, Problem> {
    let known: Option<String> = tx
        .scalar("select id from site where code = $1", vals![code.to_owned()])
        .await?;
    if let Some(id) = known {
        return Ok(id);
    }
    if code != SITE {
        return Err(Problem::new(
            Code::Refused,
            format!("没有编号为“{code}”的项目，请先建立项目"),
        ));
    }
    let id = app.id();
    tx.run(
        "insert into site (id, name, code) values ($1, $2, $3)",
        vals![id.clone(), SITE_NAME, SITE],
    )
    .await?;
    Ok(id)
}

async fn staff(app: &App, tx: &Tx) -> Result<String, Problem> {
    let known: Option<String> = tx
        .scalar("select id from staff where login = $1", vals![LOGIN])
        .await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = app.id();
    tx.run(
        "insert into staff (id, name, login, password, created_at) values ($1, $2, $3, '', $4)",
        vals![id.clone(), NAME, LOGIN, app.clock.now()],
    )
    .await?;
    Ok(id)
}
