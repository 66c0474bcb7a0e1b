//! Playing all stories of a manual.

use super::play::play;
use super::reach::Reached;
use super::story::{Example, ExampleFile};
use crate::load::{Manual, watch};
use serde::Serialize;
use std::collections::BTreeSet;

/// Something in a story does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// File, beginning inside the manual.
    pub file: String,
    /// Line of the step.
    pub line: usize,
    /// What was expected, and what is.
    pub sentence: String,
}

/// What became of the stories.
#[derive(Debug, Default)]
pub struct Report {
    /// How many were played.
    pub examples: usize,
    /// How many of them hold.
    pub passed: usize,
    /// What does not hold.
    pub failed: Vec<Failure>,
    /// File and title of the stories that hold, with the demands they prove.
    pub proved: Vec<(String, String, Vec<String>)>,
    /// What they reach.
    pub reached: Reached,
    /// Kinds of the cases of each story, in order.
    kinds: Vec<BTreeSet<String>>,
}

impl Report {
    /// The stories, by their place, in which cases of that kind occur.
    pub fn touching<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = usize> + 'r {
        let stories = self.kinds.iter().enumerate();
        stories
            .filter(move |(_, kinds)| kinds.contains(kind))
            .map(|(nth, _)| nth)
    }
}

/// Plays every story of the manual.
pub fn run(manual: &Manual) -> Report {
    run_some(manual, |_| true)
}

/// Plays some of the stories, by their place, until one does not hold; gives whether that was so.
pub(super) fn run_first(manual: &Manual, wanted: impl Fn(usize) -> bool) -> bool {
    let stories = |file| ExampleFile::examples(file).map(move |story| (file, story));
    let stories = manual.examples.iter().flat_map(|source| stories(&source.file));
    let mut stories = stories.enumerate().filter(|(nth, _)| wanted(*nth));
    stories.any(|(_, (file, story))| !play(manual, file, story, &mut Reached::default()).0.is_empty())
}

/// Plays the stories that `wanted` names.
pub fn run_some(manual: &Manual, wanted: impl Fn(&Example) -> bool) -> Report {
    let mut report = Report::default();
    for source in manual.examples.iter() {
        for example in &source.file.examples {
            let story = example.get_ref();
            if !wanted(story) {
                continue;
            }
            report.examples += 1;
            let line = |offset: usize| 1 + source.text[..offset.min(source.text.len())].matches('\n').count();
            let ((failed, kinds), answers) = watch(|| play(manual, &source.file, story, &mut report.reached));
            report.kinds.push(kinds);
            report.reached.answers(answers);
            if failed.is_empty() {
                report.passed += 1;
                report
                    .proved
                    .push((source.path.clone(), story.title.clone(), story.proves.clone()));
            }
            report
                .failed
                .extend(failed.into_iter().map(|(offset, sentence)| Failure {
                    file: source.path.clone(),
                    line: line(offset.unwrap_or(example.span().start)),
                    sentence: format!("{}：{sentence}", story.title),
                }));
        }
    }
    report
}
