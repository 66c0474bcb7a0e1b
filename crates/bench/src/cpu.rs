//! How much of the processor somebody took.

use std::time::Instant;

/// Ticks a second, as Linux counts them for everybody.
const TICKS: f64 = 100.0;

/// From when on.
pub struct Meter {
    begin: Instant,
    own: f64,
}

impl Meter {
    pub fn start() -> Meter {
        Meter {
            begin: Instant::now(),
            own: seconds("self"),
        }
    }

    /// Processors this program kept busy since: 0.3 is 30 % of one.
    pub fn share(&self) -> f64 {
        (seconds("self") - self.own) / self.begin.elapsed().as_secs_f64()
    }
}

/// Seconds of processor a process has had.
pub fn seconds(pid: &str) -> f64 {
    (field(pid, 11).unwrap_or(0.0) + field(pid, 12).unwrap_or(0.0)) / TICKS
}

/// Seconds of processor its children had that have ended.
pub fn of_dead_children(pid: u32) -> f64 {
    let pid = pid.to_string();
    (field(&pid, 13).unwrap_or(0.0) + field(&pid, 14).unwrap_or(0.0)) / TICKS
}

/// The process that started it.
pub fn parent(pid: u32) -> Option<u32> {
    field(&pid.to_string(), 1).map(|parent| parent as u32)
}

/// A field of its `stat`, counted from the state.
fn field(pid: &str, nth: usize) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold spaces.
    let rest = stat.rsplit(')').next()?;
    rest.split_whitespace().nth(nth)?.parse().ok()
}

/// What the machine is busy with beside us, for the record.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("?").to_owned()
}
