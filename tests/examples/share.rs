//! What CI leaves to another of its runs: all stories on both databases and on the pages would take it an hour. By hand
//! everything is done.

use engine::load::Manual;

/// Of so many stories one is done over HTTP on PostgreSQL; in memory all are, in every run.
pub const POSTGRES: usize = 6;
/// Of so many stories one is done over HTTP on SQLite. None is done on both.
pub const SQLITE: usize = 3;
/// Of so many files of stories one is done on the pages: a browser is slow.
pub const PAGES: usize = 6;

/// Whether this is a run of CI.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some()
}

/// Whether what has this number is the one of `shares` that is drawn under the manual as it is. Another is drawn whenever
/// the manual changes.
pub fn drawn(manual: &Manual, nth: usize, shares: usize) -> bool {
    let turn = manual.hash.bytes().map(usize::from).sum::<usize>();
    (nth + turn).is_multiple_of(shares)
}
