//! How much of the processor the nodes, the database and this program take.

use crate::cpu;
use crate::place::{Place, psql};
use crate::server::Server;
use std::time::Instant;

/// From when on.
pub struct Usage {
    begin: Instant,
    /// Name, process, whether its children count, seconds it had.
    parts: Vec<(String, u32, bool, f64)>,
}

impl Usage {
    pub fn begin(place: &Place, nodes: &[Server]) -> anyhow::Result<Usage> {
        let mut parts: Vec<_> = (1..)
            .zip(nodes)
            .map(|(number, node)| (format!("node {number}"), node.pid(), false))
            .collect();
        if place.kind == crate::place::Kind::Postgres {
            let backend: u32 = psql(&place.url, "select pg_backend_pid()")?.trim().parse()?;
            let parent = psql(
                &place.url,
                "select split_part(pg_read_file('postmaster.pid'), chr(10), 1)",
            )?;
            parts.push((
                "database".to_owned(),
                parent.trim().parse().unwrap_or(backend),
                true,
            ));
        }
        parts.push(("this program".to_owned(), std::process::id(), false));
        let with = |(name, pid, family)| {
            let had = had(pid, family);
            (name, pid, family, had)
        };
        Ok(Usage {
            begin: Instant::now(),
            parts: parts.into_iter().map(with).collect(),
        })
    }

    /// Processors each kept busy since.
    pub fn end(&self) -> String {
        let seconds = self.begin.elapsed().as_secs_f64();
        let share = |(name, pid, family, before): &(String, u32, bool, f64)| {
            format!("{name} {:.2}", (had(*pid, *family) - before) / seconds)
        };
        let shares: Vec<String> = self.parts.iter().map(share).collect();
        format!("{} over {seconds:.0} s", shares.join(", "))
    }
}

/// Seconds a process has had; with those of its children, living and dead, where they count.
fn had(pid: u32, family: bool) -> f64 {
    if !family {
        return cpu::seconds(&pid.to_string());
    }
    let children = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = children
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|child| cpu::parent(*child) == Some(pid));
    let living: f64 = own.map(|child| cpu::seconds(&child.to_string())).sum();
    living + cpu::seconds(&pid.to_string()) + cpu::of_dead_children(pid)
}
