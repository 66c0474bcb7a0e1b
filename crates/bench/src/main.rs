//! `yizhan-bench`: measures what `docs/bench.md` promises. One file a measurement; figures are ratios within one run.

mod cards;
mod client;
mod clocks;
mod company;
mod cpu;
mod crowd;
mod generate;
mod hour;
mod indexes;
mod lives;
mod mill;
mod minute;
mod pages;
mod peak;
mod place;
mod register;
mod rows;
mod server;
mod shell;
mod store;
mod tally;
mod usage;

use clap::{Parser, Subcommand};
use place::Kind;
use std::process::ExitCode;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Registering a contact with its case, against pgbench and the sqlite3 shell
    Register {
        /// Which database; none: both
        #[arg(long)]
        on: Option<Kind>,
        /// Length of each measurement
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Pages with ten thousand cases and with many
    Pages {
        /// Which database; none: both
        #[arg(long)]
        on: Option<Kind>,
        /// How many are many
        #[arg(long, default_value_t = 1_000_000)]
        cases: usize,
        /// Requests a second
        #[arg(long, default_value_t = 20)]
        rate: usize,
        /// Length of each measurement
        #[arg(long, default_value_t = 10)]
        seconds: usize,
        /// Use what an earlier run filled
        #[arg(long)]
        keep: bool,
    },
    /// The busiest hour of a group in minutes, with an error budget
    Peak {
        /// Which database
        #[arg(long, default_value = "postgres")]
        on: Kind,
        /// Sites of the group
        #[arg(long, default_value_t = 1_000)]
        sites: usize,
        /// How long the hour lasts
        #[arg(long, default_value_t = 6)]
        minutes: u64,
    },
    /// Deadlines that pass in one minute, on two nodes
    Clocks {
        /// How many
        #[arg(long, default_value_t = 100_000)]
        steps: usize,
        /// Keep what was filled, and use what an earlier run kept
        #[arg(long)]
        keep: bool,
    },
}

fn main() -> ExitCode {
    let ran = match Cli::parse().what {
        What::Register { on, seconds } => register::run(on, seconds),
        What::Pages {
            on,
            cases,
            rate,
            seconds,
            keep,
        } => pages::run(on, cases, rate, seconds, keep),
        What::Peak { on, sites, minutes } => peak::run(peak::Plan {
            kind: on,
            sites,
            minutes,
        }),
        What::Clocks { steps, keep } => clocks::run(steps, keep),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
