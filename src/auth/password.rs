//! Passwords: kept as argon2id, checked off the runtime's threads.

use super::{Me, guesses};
use crate::api::Json;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Each takes 19 MiB and a core for some 20 ms (the parameters OWASP recommends, the default of the crate):
/// more at once would only take memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// Checked when nobody has the login, so that the time taken does not tell.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| compute("nobody has this").ok());

const SHORTEST: usize = 8;
/// Characters; longer ones would only cost time.
const LONGEST: usize = 128;
const TOO_COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "password1",
    "qwertyui",
    "11111111",
    "88888888",
    "abcd1234",
];

fn compute(password: &str) -> Result<String, Problem> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// The form a password is kept in. Never inside a transaction: it is slow.
///
/// # Errors
/// When the machine has no memory or randomness left.
pub async fn hash(password: String) -> Result<String, Problem> {
    blocking(move || compute(&password)).await?
}

/// Whether the password is the one that was kept; against nothing, it takes as long and is wrong.
pub(super) async fn verify(password: String, kept: Option<String>) -> Result<bool, Problem> {
    blocking(move || {
        let known = kept.is_some();
        let right = kept.or_else(|| NOBODY.clone()).is_some_and(|kept| {
            PasswordVerifier::<str>::verify_password(&Argon2::default(), password.as_bytes(), &kept).is_ok()
        });
        right && known
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(Problem::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// Refuses a new password that is easily guessed; `field` is what the form calls it.
///
/// # Errors
/// [`Code::Invalid`].
pub fn check_new(field: &str, login: &str, password: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Problem::field(field, "密码至少 8 个字符"));
    }
    if length > LONGEST {
        return Err(Problem::field(field, "密码最多 128 个字符"));
    }
    let lower = password.to_lowercase();
    if lower == login.to_lowercase() || TOO_COMMON.contains(&lower.as_str()) {
        return Err(Problem::field(field, "密码太容易猜到，请换一个"));
    }
    Ok(())
}

/// Refuses unless it is the password of who is signed in; `field` is what the form calls it. Wrong ones are counted
/// as at sign-in.
///
/// # Errors
/// [`Code::Invalid`], [`Code::LockedOut`].
pub(super) async fn again(app: &App, me: &Me, field: &str, given: String) -> Result<(), Problem> {
    right(app, me, field, given).await?;
    let staff = me.id.clone();
    app.db
        .write(move |tx| Box::pin(async move { guesses::forgive(tx, &staff).await }))
        .await
}

/// [`again`], with the attempt still counted: what follows may be a guess too.
///
/// # Errors
/// As there.
pub(super) async fn right(app: &App, me: &Me, field: &str, given: String) -> Result<(), Problem> {
    let (staff, now) = (me.id.clone(), app.clock.now());
    app.db
        .write(move |tx| Box::pin(async move { guesses::attempt(tx, &staff, now).await }))
        .await?;
    let kept: Option<String> = app
        .db
        .read()
        .scalar("select password from staff where id = $1", vals![me.id.clone()])
        .await?;
    if verify(given, kept).await? {
        Ok(())
    } else {
        Err(Problem::field(field, "现在的密码不对"))
    }
}

/// A change of one's own password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one until now.
    current: String,
    /// The one from now on, 8 to 128 characters.
    new: String,
}

/// Changes one's own password; all other sessions end.
#[utoipa::path(put, path = "/session/password", tag = "session", request_body = NewPassword,
    responses((status = 204, description = "Changed")))]
pub async fn change_password(
    State(app): State<App>,
    me: Me,
    Json(asked): Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    check_new("new", &me.login, &asked.new)?;
    again(&app, &me, "current", asked.current).await?;
    let fresh = hash(asked.new).await?;
    app.db
        .write(move |tx| {
            Box::pin(async move {
                tx.run(
                    "update staff set password = $1 where id = $2",
                    vals![fresh, me.id.clone()],
                )
                .await?;
                let sql = "delete from session where staff_id = $1 and digest <> $2";
                tx.run(sql, vals![me.id, me.session]).await?;
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            })
        })
        .await
}

/// The problem of a wrong login or password: it does not say which.
pub(super) fn wrong() -> Problem {
    Problem::new(Code::Invalid, "账号或密码不对")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_argon2id_and_checks() {
        let kept = hash("开门 sesame".to_owned()).await.expect("hash");
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert!(
            verify("开门 sesame".to_owned(), Some(kept.clone()))
                .await
                .expect("verify")
        );
        assert!(
            !verify("开门 Sesame".to_owned(), Some(kept))
                .await
                .expect("verify")
        );
        assert!(!verify("nobody has this".to_owned(), None).await.expect("verify"));
    }

    #[test]
    fn easy_ones_are_refused() {
        for (password, good) in [
            ("short", false),
            ("12345678", false),
            ("Li.Na.2026", false),
            ("一二三四五六七八", true),
        ] {
            assert_eq!(
                check_new("password", "li.na.2026", password).is_ok(),
                good,
                "{password}"
            );
        }
    }
}
