//! The format a folder is written in, and its templates, before its files are read.

use super::lower::{Format, Head, People, Templates};
use super::place::Place;
use super::problem::{Problem, Severity};
use super::role::Role;
use super::source::{Read, Source};
use std::collections::BTreeMap;

/// Newest format this program reads.
const NEWEST: u8 = 2;

/// The format of a folder; none: format 1, which is read as it stands.
pub(super) fn format<'t>(
    files: &'t BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> (Option<Source<'t>>, Option<Format<'t>>) {
    let Some((path, text)) = files.get_key_value("manual.toml") else {
        return (None, None);
    };
    let (source, head) = Source::read::<Head>(path, text, None, problems);
    let Some(head) = head.and_then(Read::whole) else {
        return (Some(source), None);
    };
    if head.format == 0 || head.format > NEWEST {
        let sentence = format!(
            "本程序读得懂的格式是 1 和 {NEWEST}，这里写的是 {}，请改成 {NEWEST}，或换用更新的程序",
            head.format
        );
        let place = Place::top().at("format");
        problems.push(source.problem(source.offset(&place), Severity::Error, sentence));
    }
    if head.format < NEWEST {
        return (Some(source), None);
    }
    let format = Format {
        calendar: head.calendar,
        people: People::of(files, &head.group),
        templates: templates(files, problems),
    };
    (Some(source), Some(format))
}

/// Reads `templates/`; what is wrong with the words in one is told where it is used.
fn templates<'t>(files: &'t BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Templates<'t> {
    let mut all = Templates::default();
    for (path, text) in files {
        let Role::Template(name) = Role::of(path) else {
            continue;
        };
        let Some(tree) = Source::tree(path, text, problems) else {
            continue;
        };
        let wrong = all.add(name, (path, text), tree.into_inner());
        problems.extend(
            wrong.into_iter().map(|(offset, sentence)| {
                Source::bare(path, text).problem(offset, Severity::Error, sentence)
            }),
        );
    }
    all
}
