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
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |nth: usize| {
        rest.split_whitespace()
            .nth(nth)
            .and_then(|t| t.parse::<f64>().ok())
    };
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS
}

/// What the machine is busy with beside us, for the record.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("?").to_owned()
}
