//! The second step at sign-in: a code of the phone (RFC 6238), good once, or a recovery code.

use super::{Me, company, guesses, password};
use crate::access;
use crate::api::Json;
use crate::base::hex;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use qrcode::QrCode;
use qrcode::render::svg;
use rand::RngCore;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Secret, TOTP};

/// Seconds of a time step, as every app on a phone has it.
const STEP: i64 = 30;
/// Steps a phone's clock may be off, either way.
const SKEW: i64 = 1;
const DIGITS: usize = 6;
/// 160 bits, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Without those that are mistaken for another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
const RECOVERY_LETTERS: usize = 12;

/// Whether somebody's sign-in has a second step.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = TwoStepState)]
pub struct State {
    /// It has.
    on: bool,
    /// Since when.
    since: Option<i64>,
    /// Recovery codes that have not been used.
    recovery_left: i64,
}

#[derive(FromQueryResult)]
struct Row {
    secret: String,
    confirmed_at: Option<i64>,
}

async fn row(sql: &impl Sql, staff: &str) -> Result<Option<Row>, Problem> {
    let text = "select secret, confirmed_at from second_step where staff_id = $1";
    Ok(sql.row(text, vals![staff.to_owned()]).await?)
}

/// How it stands.
///
/// # Errors
/// The database's.
pub(super) async fn state(app: &App, staff: &str) -> Result<State, Problem> {
    let read = app.db.read();
    let Some(since) = row(read, staff).await?.and_then(|row| row.confirmed_at) else {
        return Ok(State::default());
    };
    let left = "select count(*) from recovery_code where staff_id = $1 and used_at is null";
    Ok(State {
        on: true,
        since: Some(since),
        recovery_left: read.scalar(left, vals![staff.to_owned()]).await?.unwrap_or(0),
    })
}

/// The second step of a sign-in whose password was right. The attempt has been counted; asking for the code only takes
/// that back.
///
/// # Errors
/// [`Code::SecondStep`] without a code, [`Code::Invalid`] for a wrong one.
pub(super) async fn check(app: &App, staff: &str, code: Option<&str>) -> Result<(), Problem> {
    let on = row(app.db.read(), staff)
        .await?
        .is_some_and(|row| row.confirmed_at.is_some());
    if !on {
        return Ok(());
    }
    let (staff, now) = (staff.to_owned(), app.clock.now());
    let Some(code) = code.map(plain).filter(|code| !code.is_empty()) else {
        app.db
            .write(move |tx| Box::pin(async move { guesses::take_back(tx, &staff).await }))
            .await?;
        return Err(Problem::new(Code::SecondStep, "请输入手机上的六位动态码"));
    };
    app.db
        .write(move |tx| Box::pin(async move { spend(tx, &staff, &code, now).await }))
        .await
}

/// Uses a code up: of the phone, or for recovery.
async fn spend(tx: &Tx, staff: &str, code: &str, now: i64) -> Result<(), Problem> {
    let wrong = || Problem::field("code", "动态码不对，或已经用过");
    let row = row(tx, staff).await?.ok_or_else(wrong)?;
    let used = if code.len() == DIGITS {
        let step = step_of(&row.secret, code, now)?.ok_or_else(wrong)?;
        let sql = "update second_step set last_step = $1 where staff_id = $2 and last_step < $1";
        tx.run(sql, vals![step, staff.to_owned()]).await?
    } else {
        let sql =
            "update recovery_code set used_at = $1 where staff_id = $2 and digest = $3 and used_at is null";
        tx.run(sql, vals![now, staff.to_owned(), digest(staff, code)])
            .await?
    };
    if used == 0 { Err(wrong()) } else { Ok(()) }
}

/// The time step the code belongs to, the present one or a neighbour.
fn step_of(secret: &str, code: &str, now: i64) -> Result<Option<i64>, Problem> {
    let totp = totp(secret, None, String::new())?;
    let present = now / 1000 / STEP;
    let found = (present - SKEW..=present + SKEW).find(|step| {
        let at = u64::try_from(step * STEP).unwrap_or_default();
        totp.generate(at) == code
    });
    Ok(found)
}

fn totp(secret: &str, issuer: Option<String>, account: String) -> Result<TOTP, Problem> {
    let bytes = Secret::Encoded(secret.to_owned())
        .to_bytes()
        .map_err(|e| Problem::internal(format!("{e:?}")))?;
    let (skew, step) = (SKEW as u8, STEP as u64);
    TOTP::new(Algorithm::SHA1, DIGITS, skew, step, bytes, issuer, account).map_err(Problem::internal)
}

/// A code as it is compared: small letters and digits alone.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric).take(40);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

fn digest(staff: &str, code: &str) -> String {
    hex(&Sha256::digest(format!("{staff}:{code}").as_bytes()))
}

/// The password once more: a browser left open must not be enough.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    password: String,
}

/// What the phone needs.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Enrolment {
    /// For typing in, base32.
    secret: String,
    /// `otpauth://…`.
    uri: String,
    /// The same as a picture.
    svg: String,
}

/// Begins: a secret for the phone. Nothing changes until a code of it is given.
#[utoipa::path(post, path = "/session/two-step", tag = "session", request_body = Password,
    responses((status = 200, body = Enrolment)))]
pub async fn begin_two_step(
    Shared(app): Shared<App>,
    me: Me,
    Json(asked): Json<Password>,
) -> Result<Json<Enrolment>, Problem> {
    password::again(&app, &me, "password", asked.password).await?;
    let mut bytes = [0u8; SECRET_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let secret = Secret::Raw(bytes.to_vec()).to_encoded().to_string();
    let named = |text: String| text.replace(':', " ");
    let uri = totp(
        &secret,
        Some(named(company(&app).await?)),
        named(me.login.clone()),
    )?
    .get_url();
    let picture = QrCode::new(&uri).map_err(Problem::internal)?;
    let picture = picture.render::<svg::Color>().min_dimensions(220, 220).build();
    let (now, kept) = (app.clock.now(), secret.clone());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let begun = "insert into second_step (staff_id, secret, created_at) values ($1, $2, $3) \
                     on conflict (staff_id) do update set secret = excluded.secret, created_at = excluded.created_at, \
                     last_step = 0 where second_step.confirmed_at is null";
                if tx.run(begun, vals![me.id, kept, now]).await? == 0 {
                    return Err(Problem::new(Code::Refused, "已经开启两步登录"));
                }
                Ok(())
            })
        })
        .await?;
    Ok(Json(Enrolment {
        secret,
        uri,
        svg: picture,
    }))
}

/// A code of the phone.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneCode {
    code: String,
}

/// Codes for when the phone is lost, each good once. They are shown this one time.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    recovery: Vec<String>,
}

/// Confirms with a code of the phone: from now on signing in takes one.
#[utoipa::path(put, path = "/session/two-step", tag = "session", request_body = PhoneCode,
    responses((status = 200, body = RecoveryCodes)))]
pub async fn confirm_two_step(
    Shared(app): Shared<App>,
    me: Me,
    Json(asked): Json<PhoneCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let kept: Vec<String> = codes.iter().map(|code| digest(&me.id, &plain(code))).collect();
    let (own, now) = (app.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let begun = row(tx, &me.id).await?;
                if begun.is_none_or(|row| row.confirmed_at.is_some()) {
                    return Err(Problem::new(Code::Refused, "请先扫码，再输入动态码"));
                }
                spend(tx, &me.id, &plain(&asked.code), now).await?;
                let on = "update second_step set confirmed_at = $1 where staff_id = $2";
                tx.run(on, vals![now, me.id.clone()]).await?;
                for digest in kept {
                    let sql = "insert into recovery_code (staff_id, digest) values ($1, $2)";
                    tx.run(sql, vals![me.id.clone(), digest]).await?;
                }
                access::log::record(tx, &own, &me.id, "two-step-on", &me.id, "").await
            })
        })
        .await?;
    Ok(Json(RecoveryCodes { recovery: codes }))
}

/// Password and code, to end it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAndCode {
    password: String,
    /// Of the phone, or for recovery.
    code: String,
}

/// Ends the second step of one's own sign-in.
#[utoipa::path(post, path = "/session/two-step/end", tag = "session", request_body = PasswordAndCode,
    responses((status = 204, description = "Ended")))]
pub async fn end_two_step(
    Shared(app): Shared<App>,
    me: Me,
    Json(asked): Json<PasswordAndCode>,
) -> Result<StatusCode, Problem> {
    password::right(&app, &me, "password", asked.password).await?;
    let (own, now) = (app.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                spend(tx, &me.id, &plain(&asked.code), now).await?;
                guesses::forgive(tx, &me.id).await?;
                take_off(tx, &me.id).await?;
                access::log::record(tx, &own, &me.id, "two-step-off", &me.id, "").await?;
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

/// Takes the second step off somebody's sign-in.
///
/// # Errors
/// The database's.
pub(super) async fn take_off(tx: &Tx, staff: &str) -> Result<(), Problem> {
    for sql in [
        "delete from recovery_code where staff_id = $1",
        "delete from second_step where staff_id = $1",
    ] {
        tx.run(sql, vals![staff.to_owned()]).await?;
    }
    Ok(())
}

/// Sixty bits, in groups that can be copied by hand.
fn recovery_code() -> String {
    let mut bytes = [0u8; RECOVERY_LETTERS];
    rand::rng().fill_bytes(&mut bytes);
    let letters: Vec<char> = bytes
        .iter()
        .map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()]))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared secret of RFC 6238's examples, `12345678901234567890`.
    const EXAMPLE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        // Appendix B, the last six digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            let step = step_of(EXAMPLE, code, seconds * 1000).expect("computes");
            assert_eq!(step, Some(seconds / STEP), "{seconds}");
            let late = step_of(EXAMPLE, code, (seconds + 3 * STEP) * 1000).expect("computes");
            assert_eq!(late, None, "an old code");
        }
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let code = recovery_code();
        assert_eq!(code.len(), RECOVERY_LETTERS + 2);
        assert_eq!(plain(&code.to_uppercase()), plain(&code.replace('-', " ")));
    }
}
