//! What CI leaves to another of its runs: all stories on both databases and on the pages would take it an hour. By hand
//! everything is done.

use engine::load::Manual;

/// One part of this many is drawn.
const SHARES: usize = 3;

/// Whether this is a run of CI.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some()
}

/// Whether what has this number is drawn under the manual as it is. Another part is drawn whenever the manual changes.
pub fn drawn(manual: &Manual, nth: usize) -> bool {
    let turn = manual.hash.bytes().map(usize::from).sum::<usize>();
    (nth + turn).is_multiple_of(SHARES)
}
