//! Where something stands in a file: a path of keys and indexes, and the pen that marks it.

use super::problem::{Problem, Severity, one_quoting};
use super::source::Source;

/// One step of a path into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Key of a table.
    Key(String),
    /// Index in an array.
    Index(usize),
}

impl From<&str> for Part {
    fn from(key: &str) -> Part {
        Part::Key(key.to_owned())
    }
}

impl From<usize> for Part {
    fn from(index: usize) -> Part {
        Part::Index(index)
    }
}

/// A path into a file, such as `action`, 3, `to`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place(pub(super) Vec<Part>);

impl Place {
    /// The head of the file.
    pub(super) fn top() -> Place {
        Place::default()
    }

    /// One step further.
    pub(super) fn at(&self, part: impl Into<Part>) -> Place {
        let mut parts = self.0.clone();
        parts.push(part.into());
        Place(parts)
    }
}

/// Marks problems in one file.
pub(super) struct Pen<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Pen<'a> {
        Pen {
            source,
            problems: Vec::new(),
        }
    }

    /// The manual cannot be run with this.
    pub(super) fn error(&mut self, place: &Place, sentence: impl Into<String>) {
        let offset = self.source.offset(place);
        self.mark(offset, Severity::Error, sentence.into());
    }

    /// This is probably not meant.
    pub(super) fn warn(&mut self, place: &Place, sentence: impl Into<String>) {
        let offset = self.source.offset(place);
        self.mark(offset, Severity::Warning, sentence.into());
    }

    /// An error so many bytes into the string that stands at the place.
    pub(super) fn error_inside(&mut self, place: &Place, text: &str, bytes: usize, sentence: String) {
        let offset = self.source.offset_inside(place, text, bytes);
        self.mark(offset, Severity::Error, sentence);
    }

    fn mark(&mut self, offset: usize, severity: Severity, sentence: String) {
        self.problems
            .push(self.source.problem(offset, severity, one_quoting(&sentence)));
    }
}
