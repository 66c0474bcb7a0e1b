//! `yizhan test`: the manual's examples.

use super::manuals::{read, tell};
use super::{End, print, say};
use engine::example::{self, Failure, mutate, reach::Reach};
use engine::load::Manual;
use serde::Serialize;
use std::path::Path;
use std::time::Instant;

/// What `--json` prints.
#[derive(Serialize)]
struct Tested {
    examples: usize,
    passed: usize,
    failed: Vec<Failure>,
    reached: Reach,
    /// Those that hold, with the demands they prove.
    proved: Vec<Proved>,
    seconds: f64,
}

#[derive(Serialize)]
struct Proved {
    file: String,
    title: String,
    demands: Vec<String>,
}

pub(super) fn test(folder: Option<&Path>, json: bool, changed: bool) -> anyhow::Result<End> {
    let manual = match Manual::from_files(read(folder)?) {
        Ok(manual) => manual,
        Err(problems) => return Ok(tell(&problems)),
    };
    if changed {
        return mutated(&manual, json);
    }
    let begun = Instant::now();
    let report = example::run(&manual);
    let good = report.failed.is_empty();
    let tested = Tested {
        examples: report.examples,
        passed: report.passed,
        reached: report.reached.of(&manual),
        proved: report
            .proved
            .into_iter()
            .map(|(file, title, demands)| Proved { file, title, demands })
            .collect(),
        failed: report.failed,
        seconds: begun.elapsed().as_secs_f64(),
    };
    if json {
        print(&tested)?;
    } else {
        told(&tested)?;
    }
    Ok(if good { End::Good } else { End::Bad })
}

fn told(tested: &Tested) -> anyhow::Result<()> {
    for Failure { file, line, sentence } in &tested.failed {
        say(&format!("{file}:{line}: {sentence}"))?;
    }
    for words in &tested.reached.missing {
        say(&format!("没有走到：{words}"))?;
    }
    let Reach {
        actions,
        refusals,
        steps,
        bands,
        guards,
        ..
    } = &tested.reached;
    say(&format!(
        "示例 {} 个，符合 {} 个；走到动作 {}/{}、拒绝 {}/{}、督办梯级 {}/{}、审批档 {}/{}、条件两面 {}/{}；用时 {:.1} 秒",
        tested.examples,
        tested.passed,
        actions.0,
        actions.1,
        refusals.0,
        refusals.1,
        steps.0,
        steps.1,
        bands.0,
        bands.1,
        guards.0,
        guards.1,
        tested.seconds
    ))
}

fn mutated(manual: &Manual, json: bool) -> anyhow::Result<End> {
    let result = match mutate::mutate(manual, |_| true) {
        Ok(result) => result,
        Err(failed) => {
            for Failure { file, line, sentence } in &failed {
                say(&format!("{file}:{line}: {sentence}"))?;
            }
            say("示例本身还有不符的地方，改好之后再看它们能不能发现改动")?;
            return Ok(End::Bad);
        }
    };
    if json {
        print(&result)?;
    } else {
        for survivor in &result.survived {
            say(&format!("{}: 没有示例发现：{}", survivor.file, survivor.what))?;
        }
        for outdated in &result.outdated {
            say(&format!(
                "mutants.toml: 不必再写，示例已能发现，或没有这处改动：{}：{}",
                outdated.file, outdated.what
            ))?;
        }
        let (all, killed, accepted) = (result.mutants, result.killed, result.accepted);
        say(&format!(
            "改动 {all} 处，示例发现 {killed} 处，说明过不必发现的 {accepted} 处"
        ))?;
    }
    Ok(if result.survived.is_empty() {
        End::Good
    } else {
        End::Bad
    })
}
