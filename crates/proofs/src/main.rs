//! Writes `docs/proofs.json` and the figure in the README from what the tests last reported; with `--check` it only
//! says whether they are out of date.

use anyhow::{Context, bail, ensure};
use clap::Parser;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yizhan_engine::load::{Manual, Proof, coverage};
use yizhan_proofs::marks::{self, Runner};
use yizhan_proofs::record::{record, text};
use yizhan_proofs::{folder, report, with_figure};

#[derive(Parser)]
struct Args {
    /// Root of the repository.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Profile of nextest.
    #[arg(long, env = "NEXTEST_PROFILE", default_value = "default")]
    profile: String,
    /// Change nothing; fail when something is out of date.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("proofs: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> anyhow::Result<()> {
    let manual = Manual::from_files(folder(&args.root.join("manual"))?).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", told.join("\n"))
    })?;
    let list = args.root.join("docs/proofs.json");
    let kept_text = std::fs::read_to_string(&list).unwrap_or_default();
    let kept: Vec<Proof> = match kept_text.as_str() {
        "" => Vec::new(),
        text => serde_json::from_str(text).with_context(|| list.display().to_string())?,
    };
    let staged = report::staged(&args.root.join("target/reports"))?;
    if staged.is_none() {
        eprintln!("PROOFS NOT COMPARED: stories in a browser (no Chromium?)");
    }
    let marks = marks::scan(&args.root)?;
    let mut found = record(&manual, &marks, &reports(args)?, staged.as_ref(), &kept);
    if args.check {
        found.without_gains_on_pages(&kept);
    }
    found
        .unfit
        .iter()
        .for_each(|said| eprintln!("does not count, it enters elsewhere: {said}"));
    ensure!(
        found.unknown.is_empty(),
        "no such demand in the catalogue:\n{}",
        found.unknown.join("\n")
    );
    let failed = found.proofs.iter().filter(|p| !p.passed);
    failed.for_each(|p| eprintln!("NOT PROVEN, it failed or did not run: {} {}", p.demand, p.proof));

    let figure = coverage(&manual, &[], &found.proofs).sentence();
    println!("{figure}");
    let path = args.root.join("README.md");
    let readme = std::fs::read_to_string(&path)?;
    let readme_now = with_figure(&readme, &figure).context("README.md has no place for the figure")?;
    let mut stale = Vec::new();
    for (path, was, now) in [
        (&list, &kept_text, text(&found.proofs)?),
        (&path, &readme, readme_now),
    ] {
        if *was != now {
            stale.push(shown(path));
            if !args.check {
                std::fs::write(path, now)?;
            }
        }
    }
    match (stale.is_empty(), args.check) {
        (true, _) => Ok(()),
        (false, false) => {
            println!("rewritten: {}", stale.join(", "));
            Ok(())
        }
        (false, true) => bail!(
            "out of date: {}; run make test and commit what it writes",
            stale.join(", ")
        ),
    }
}

/// What each runner reported. One that did not run is told of, loudly.
fn reports(args: &Args) -> anyhow::Result<BTreeMap<Runner, Vec<report::Ran>>> {
    // nextest keeps its store below the workspace, wherever cargo builds.
    let nextest = args
        .root
        .join("target/nextest")
        .join(&args.profile)
        .join("junit.xml");
    let mut all = BTreeMap::new();
    for (runner, path, said) in [
        (Runner::Rust, nextest, "tests of Rust (no cargo-nextest?)"),
        (
            Runner::Pages,
            args.root.join("target/reports/web.xml"),
            "unit tests of the pages",
        ),
        (
            Runner::Browser,
            args.root.join("target/reports/e2e.xml"),
            "tests in a browser (no Chromium?)",
        ),
    ] {
        match report::read(&path)? {
            Some(ran) => drop(all.insert(runner, ran)),
            None => eprintln!("PROOFS NOT COMPARED: {said}, there is no {}", shown(&path)),
        }
    }
    Ok(all)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
