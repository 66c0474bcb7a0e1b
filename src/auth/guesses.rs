//! How long one must wait after wrong passwords.

use crate::base::hex;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// This many may be wrong before the first wait.
const FREE: i64 = 5;
const FIRST_WAIT_MS: i64 = 30_000;
const LONGEST_WAIT_MS: i64 = 3_600_000;
/// Logins that nobody has are remembered up to this number.
const MOST_UNKNOWN: usize = 10_000;

/// Wrong passwords so far, and until when none is listened to (epoch ms).
#[derive(Debug, Clone, Copy, Default, FromQueryResult)]
pub(super) struct Count {
    failures: i64,
    locked_until: Option<i64>,
}

impl Count {
    /// Counts an attempt *before* its password is looked at, so that a hundred at once are not a hundred guesses.
    /// A right password sets the count back to nothing.
    fn attempt(self, now: i64) -> Result<Count, Problem> {
        if let Some(until) = self.locked_until.filter(|until| *until > now) {
            return Err(locked(until - now));
        }
        let failures = self.failures + 1;
        Ok(Count {
            failures,
            locked_until: wait_ms(failures).map(|wait| now + wait),
        })
    }
}

/// The wait after so many failures: 30 s, 1 min, 2 min … 1 h.
fn wait_ms(failures: i64) -> Option<i64> {
    let doublings = failures.checked_sub(FREE).filter(|more| *more >= 0)?.min(7);
    Some((FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS))
}

fn locked(left_ms: i64) -> Problem {
    let seconds = (left_ms + 999) / 1000;
    let left = if seconds < 60 {
        format!("{seconds} 秒")
    } else {
        format!("{} 分钟", (seconds + 59) / 60)
    };
    Problem::new(Code::LockedOut, format!("密码错误次数过多，请 {left}后再试"))
}

/// Counts an attempt of a member of staff.
///
/// # Errors
/// [`Code::LockedOut`] while attempts are not listened to.
pub(super) async fn attempt(tx: &Tx, staff: &str, now: i64) -> Result<(), Problem> {
    let lock = if tx.is_postgres() { " for update" } else { "" };
    let sql = format!("select failures, locked_until from staff where id = $1{lock}");
    let count: Option<Count> = tx.row(&sql, vals![staff.to_owned()]).await?;
    let next = count.unwrap_or_default().attempt(now)?;
    tx.run(
        "update staff set failures = $1, locked_until = $2 where id = $3",
        vals![next.failures, next.locked_until, staff.to_owned()],
    )
    .await?;
    Ok(())
}

/// Takes the last attempt back: it was no guess.
pub(super) async fn take_back(tx: &Tx, staff: &str) -> Result<(), Problem> {
    let sql = "update staff set failures = failures - 1, locked_until = null where id = $1 and failures > 0";
    tx.run(sql, vals![staff.to_owned()]).await?;
    Ok(())
}

/// Sets the count of a member of staff back.
pub(super) async fn forgive(tx: &Tx, staff: &str) -> Result<(), Problem> {
    let sql = "update staff set failures = 0, locked_until = null where id = $1 and failures > 0";
    tx.run(sql, vals![staff.to_owned()]).await?;
    Ok(())
}

/// Attempts at logins that nobody has: they are made to wait just like others, so that waiting does not tell which
/// logins exist. By login and not by address: behind a proxy or in an office all addresses are one. In memory, since
/// whoever invents logins must not be able to fill the database.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<String, Count>>);

impl Guesses {
    /// Counts an attempt.
    ///
    /// # Errors
    /// [`Code::LockedOut`] while attempts are not listened to.
    pub(super) fn attempt(&self, login: &str, now: i64) -> Result<(), Problem> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_UNKNOWN {
            known.retain(|_, count| count.locked_until.is_some_and(|until| until > now));
        }
        if known.len() >= MOST_UNKNOWN {
            known.clear();
        }
        // The digest, not the login: people type passwords into the wrong box.
        let count = known.entry(hex(&Sha256::digest(login.as_bytes()))).or_default();
        *count = count.attempt(now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_an_hour() {
        assert_eq!(wait_ms(4), None);
        assert_eq!(wait_ms(5), Some(30_000));
        assert_eq!(wait_ms(6), Some(60_000));
        assert_eq!(wait_ms(12), Some(3_600_000));
        assert_eq!(wait_ms(i64::MAX), Some(3_600_000));
    }

    #[test]
    fn unknown_logins_wait_too_and_do_not_fill_the_memory() {
        let guesses = Guesses::default();
        for _ in 0..5 {
            guesses.attempt("nobody", 0).expect("free");
        }
        assert_eq!(
            guesses.attempt("nobody", 29_999).map_err(|p| p.code),
            Err(Code::LockedOut)
        );
        guesses
            .attempt("nobody", 30_000)
            .expect("one more after the wait");
        assert!(guesses.attempt("nobody", 31_000).is_err());
        for n in 0..2 * MOST_UNKNOWN {
            guesses.attempt(&n.to_string(), 0).expect("others are free");
        }
        assert!(guesses.0.lock().expect("lock").len() <= MOST_UNKNOWN);
    }
}
