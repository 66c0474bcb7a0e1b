//! Marks in the source: a comment `// proves: COMPLAINT-3/a, INTAKE-6/b` right above a test.

use crate::report::Ran;
use anyhow::Context;
use std::path::{Path, PathBuf};
use yizhan_engine::load::Means;

const WORD: &str = "// proves:";
/// Between a mark and its test stand at most attributes and other comments.
const REACH: usize = 8;

/// Where tests are kept, and what those there enter by.
const PLACES: [(&str, Means); 5] = [
    ("crates", Means::Unit),
    ("src", Means::Unit),
    ("tests", Means::Program),
    ("web/src", Means::Unit),
    ("web/e2e", Means::Browser),
];

/// A test that is said to prove demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// File, from the root of the repository.
    pub file: String,
    /// Function, or title of a test of the pages.
    pub test: String,
    /// Demands.
    pub demands: Vec<String>,
    /// What it enters by.
    pub means: Means,
}

impl Mark {
    /// The name that is written down: it has no line number, so that it stays when lines move.
    pub fn name(&self) -> String {
        format!("{} · {}", self.file, self.test)
    }

    /// The runner that reports on it.
    pub fn runner(&self) -> Runner {
        match Path::new(&self.file).extension() {
            Some(end) if end == "rs" => Runner::Rust,
            _ if self.means == Means::Browser => Runner::Browser,
            _ => Runner::Pages,
        }
    }

    /// Whether a report speaks of this test.
    pub fn is(&self, ran: &Ran) -> bool {
        match self.runner() {
            Runner::Rust => self.is_rust(ran),
            Runner::Pages | Runner::Browser => fits(&self.test, &ran.name),
        }
    }

    /// `tests/cases/shop.rs` is module `shop` of the suite `yizhan::cases`. A test of both databases is a module of two.
    fn is_rust(&self, ran: &Ran) -> bool {
        let path = self.file.trim_end_matches(".rs");
        let (package, path) = match path.strip_prefix("crates/").and_then(|rest| rest.split_once('/')) {
            Some((name, rest)) => (format!("yizhan-{name}"), rest),
            None => ("yizhan".to_owned(), path),
        };
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.retain(|part| !["mod", "main", "lib"].contains(part));
        let (suite, module) = match parts.as_slice() {
            ["tests", binary, module @ ..] => (format!("{package}::{binary}"), module),
            ["src", module @ ..] => (package, module),
            _ => return false,
        };
        let said: Vec<&str> = ran.name.split("::").collect();
        ran.suite == suite && said.starts_with(module) && said[module.len()..].contains(&self.test.as_str())
    }
}

/// Who runs a test and reports on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runner {
    /// `cargo nextest`.
    Rust,
    /// vitest.
    Pages,
    /// node's own runner, with a browser.
    Browser,
}

/// Whether a title in the source, `reports on ${name}`, is that of the report, `reports on sqlite`.
fn fits(title: &str, said: &str) -> bool {
    // vitest puts the names of the groups around a test before its title.
    let said = said.rsplit(" > ").next().unwrap_or(said);
    let mut pieces = title
        .split("${")
        .map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
    let Some(rest) = said.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let mut rest = rest;
    let mut last = "";
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        (rest, last) = (&rest[at + piece.len()..], piece);
    }
    rest.is_empty() || (title.contains("${") && last.is_empty())
}

/// All marks under the root, in order of file and place.
///
/// # Errors
/// When a file cannot be read, or a mark stands above no test.
pub fn scan(root: &Path) -> anyhow::Result<Vec<Mark>> {
    let mut marks = Vec::new();
    for (place, means) in PLACES {
        let mut files = Vec::new();
        walk(&root.join(place), &mut files)?;
        files.sort();
        for path in files {
            let file = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&path).with_context(|| file.clone())?;
            marks.extend(of_file(&file, &text, means)?);
        }
    }
    Ok(marks)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            walk(&path, files)?;
        } else if [".rs", ".test.mjs", ".test.ts"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The marks of one file.
///
/// # Errors
/// When a mark names nothing or stands above no test.
pub fn of_file(file: &str, text: &str, means: Means) -> anyhow::Result<Vec<Mark>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut marks: Vec<Mark> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(said) = line.trim_start().strip_prefix(WORD) else {
            continue;
        };
        let demands: Vec<String> = said.split(',').map(|d| d.trim().to_owned()).collect();
        anyhow::ensure!(
            demands.iter().all(|d| !d.is_empty()),
            "{file}:{}: the mark names nothing",
            i + 1
        );
        let below = lines[i + 1..].iter().take(REACH).find_map(|line| test_of(line));
        let test = below.with_context(|| format!("{file}:{}: the mark stands above no test", i + 1))?;
        match marks.last_mut().filter(|last| last.test == test) {
            Some(last) => last.demands.extend(demands),
            None => marks.push(Mark {
                file: file.to_owned(),
                test,
                demands,
                means,
            }),
        }
    }
    Ok(marks)
}

/// The test that begins on the line.
fn test_of(line: &str) -> Option<String> {
    let line = line.trim_start();
    let rust = line
        .strip_prefix("async fn ")
        .or_else(|| line.strip_prefix("fn "));
    if let Some(rest) = rust {
        return rest.split('(').next().map(str::to_owned);
    }
    let starts = ["world.test(", "test(", "it("];
    let rest = starts.iter().find_map(|start| line.strip_prefix(start))?;
    let quote = rest.chars().next().filter(|c| "'\"`".contains(*c))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The word is put together, so that these texts are no marks of this file.
    fn marked(rest: &str) -> String {
        format!("{WORD}{rest}")
    }

    #[test]
    fn a_mark_belongs_to_the_test_below_it() {
        let text = marked(" A-1/a, B-2/c\n#[test]\nfn one() {}\n\n    ")
            + &marked(" A-1/b\n    async fn two(db: TestDb) {\n")
            + &marked(" C-3/a\nworld.test('对“门”说', async () => {\n");
        let marks = of_file("tests/x.rs", &text, Means::Program).expect("marks");
        let told: Vec<(String, usize)> = marks.iter().map(|m| (m.test.clone(), m.demands.len())).collect();
        assert_eq!(
            told,
            [("one".into(), 2), ("two".into(), 1), ("对“门”说".into(), 1)]
        );
    }

    #[test]
    fn a_mark_is_found_in_the_report() {
        let is = |file: &str, test: &str, suite: &str, name: &str| {
            let means = if file.starts_with("web/e2e") {
                Means::Browser
            } else {
                Means::Program
            };
            let mark = Mark {
                file: file.to_owned(),
                test: test.to_owned(),
                demands: Vec::new(),
                means,
            };
            mark.is(&Ran {
                suite: suite.to_owned(),
                name: name.to_owned(),
                passed: true,
            })
        };
        assert!(is(
            "tests/cases/shop.rs",
            "sold",
            "yizhan::cases",
            "shop::sold::sqlite"
        ));
        assert!(!is(
            "tests/cases/shop.rs",
            "sold",
            "yizhan::cases",
            "repair::sold::sqlite"
        ));
        assert!(!is(
            "tests/cases/shop.rs",
            "sold",
            "yizhan::lists",
            "shop::sold::sqlite"
        ));
        assert!(is("tests/auth.rs", "in_and_out", "yizhan::auth", "in_and_out"));
        assert!(is(
            "crates/engine/tests/walks/house/mod.rs",
            "x",
            "yizhan-engine::walks",
            "house::x"
        ));
        assert!(is("src/features.rs", "x", "yizhan", "features::tests::x"));
        assert!(is(
            "web/e2e/a.test.mjs",
            "every page on ${name} here",
            "",
            "every page on desk here"
        ));
        assert!(is(
            "web/e2e/a.test.mjs",
            "reports on ${name}",
            "",
            "reports on phone"
        ));
        assert!(!is("web/e2e/a.test.mjs", "reports", "", "reports on phone"));
    }

    #[test]
    fn a_mark_without_test_or_demand_is_refused() {
        for text in [marked(" A-1/a\n\nlet x = 1;\n"), marked(" A-1/a,\nfn one() {}\n")] {
            let error = of_file("tests/x.rs", &text, Means::Program).expect_err("wrong");
            assert!(error.to_string().starts_with("tests/x.rs:1: "), "{error}");
        }
    }
}
