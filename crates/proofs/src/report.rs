//! What the test runners reported, as JUnit XML.

use anyhow::Context;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A test that ran, or was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The suite: with nextest the package and the test binary, `yizhan::cases`.
    pub suite: String,
    /// Name, as the runner says it.
    pub name: String,
    /// It ran and held.
    pub passed: bool,
}

/// Reads a report. `None` when there is none: that runner did not run.
///
/// # Errors
/// When the file is no JUnit report.
pub fn read(path: &Path) -> anyhow::Result<Option<Vec<Ran>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path)?;
    parse(&text).with_context(|| path.display().to_string()).map(Some)
}

/// Whether each story that was done in a browser held there, by the name of its proof. `None` when none was done.
///
/// # Errors
/// When a report cannot be read.
pub fn staged(folder: &Path) -> anyhow::Result<Option<BTreeMap<String, bool>>> {
    #[derive(Deserialize)]
    struct Staged {
        proof: String,
        passed: bool,
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(None);
    };
    let mut all: Option<BTreeMap<String, bool>> = None;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !(name.starts_with("stage-") && name.ends_with(".json")) {
            continue;
        }
        let told: Vec<Staged> =
            serde_json::from_slice(&std::fs::read(&path)?).with_context(|| path.display().to_string())?;
        all.get_or_insert_default()
            .extend(told.into_iter().map(|one| (one.proof, one.passed)));
    }
    Ok(all)
}

/// Reads the text of a report.
///
/// # Errors
/// When it is no XML.
pub fn parse(text: &str) -> anyhow::Result<Vec<Ran>> {
    let mut reader = Reader::from_str(text);
    let mut suites: Vec<String> = Vec::new();
    let mut all: Vec<Ran> = Vec::new();
    loop {
        match reader.read_event()? {
            Event::Start(tag) if tag.name().as_ref() == "testsuite" => suites.push(attribute(&tag, "name")?),
            Event::End(tag) if tag.name().as_ref() == "testsuite" => drop(suites.pop()),
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "testcase" => all.push(Ran {
                    suite: suites.last().cloned().unwrap_or_default(),
                    name: attribute(&tag, "name")?,
                    passed: true,
                }),
                "failure" | "error" | "skipped" => {
                    if let Some(last) = all.last_mut() {
                        last.passed = false;
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(all),
            _ => {}
        }
    }
}

fn attribute(tag: &BytesStart, name: &str) -> anyhow::Result<String> {
    let found = tag.try_get_attribute(name)?;
    Ok(match found {
        Some(value) => value.normalized_value(XmlVersion::Implicit1_0)?.into_owned(),
        None => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_or_was_left_out_did_not_pass() {
        let text = r#"<?xml version="1.0"?><testsuites><testsuite name="yizhan::cases">
            <testcase name="a::sqlite"/><testcase name="b"><failure message="no"/></testcase></testsuite>
            <testcase name="says &quot;x&quot;"><skipped/></testcase></testsuites>"#;
        let told: Vec<(String, String, bool)> = parse(text)
            .expect("a report")
            .into_iter()
            .map(|r| (r.suite, r.name, r.passed))
            .collect();
        let case = |suite: &str, name: &str, passed| (suite.to_owned(), name.to_owned(), passed);
        assert_eq!(
            told,
            [
                case("yizhan::cases", "a::sqlite", true),
                case("yizhan::cases", "b", false),
                case("", "says \"x\"", false)
            ]
        );
    }
}
