//! The `yizhan` program: see [`yizhan::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    yizhan::cli::main()
}
