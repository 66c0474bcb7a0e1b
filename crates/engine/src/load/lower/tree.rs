//! Building blocks of trees that keep their places.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

pub(super) type Node<'t> = Spanned<DeValue<'t>>;

pub(super) fn text<'t>(span: Range<usize>, text: impl Into<String>) -> Node<'t> {
    Spanned::new(span, DeValue::String(text.into().into()))
}

pub(super) fn yes<'t>(span: Range<usize>) -> Node<'t> {
    Spanned::new(span, DeValue::Boolean(true))
}

pub(super) fn array<'t>(span: Range<usize>, items: Vec<Node<'t>>) -> Node<'t> {
    let mut array = DeArray::new();
    items.into_iter().for_each(|item| array.push(item));
    Spanned::new(span, DeValue::Array(array))
}

/// Puts an entry into a table unless it is there.
pub(super) fn put<'t>(table: &mut DeTable<'t>, span: Range<usize>, key: &str, value: Node<'t>) {
    if !table.contains_key(key) {
        table.insert(Spanned::new(span, key.to_owned().into()), value);
    }
}

/// Takes an entry out: the span of its key, and the value.
pub(super) fn take<'t>(table: &mut DeTable<'t>, key: &str) -> Option<(Range<usize>, Node<'t>)> {
    table.remove_entry(key).map(|(key, value)| (key.span(), value))
}

/// The entries of a table in the order in which they are written.
pub(super) fn entries<'t>(table: DeTable<'t>) -> Vec<(String, Range<usize>, Node<'t>)> {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| (key.get_ref().to_string(), key.span(), value))
        .collect();
    entries.sort_by_key(|(_, span, _)| span.start);
    entries
}

pub(super) fn table_of<'t>(
    entries: impl IntoIterator<Item = (String, Range<usize>, Node<'t>)>,
) -> DeTable<'t> {
    let mut table = DeTable::new();
    for (key, span, value) in entries {
        table.insert(Spanned::new(span, key.into()), value);
    }
    table
}

/// The words of a text with their places: between `|` where there is one, else between `,`, `、` and line breaks.
pub(super) fn words<'t>(node: &Node<'t>) -> Vec<Node<'t>> {
    let Some(whole) = node.get_ref().as_str() else {
        return vec![node.clone()];
    };
    let bars = whole.contains('|');
    let ends = move |c: char| match bars {
        true => c == '|',
        false => matches!(c, ',' | '、' | '\n'),
    };
    pieces(node, whole, ends)
}

/// The parts of a text between the characters that end one, trimmed, the empty ones left out.
pub(super) fn pieces<'t>(node: &Node<'t>, whole: &str, ends: impl Fn(char) -> bool) -> Vec<Node<'t>> {
    let mut at = 0;
    let mut found = Vec::new();
    for part in whole.split(ends) {
        if !part.trim().is_empty() {
            found.push(part_of(node, whole, at, part));
        }
        at += part.len() + whole[at + part.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// A text with a head, `owner: 已派工`: what stands before the colon, and what after it. A colon inside a name
/// (`field:guide`) has no space behind it.
pub(super) fn headed<'t>(node: &Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    let whole = node.get_ref().as_str()?;
    let colon = [": ", "："]
        .into_iter()
        .filter_map(|colon| Some((whole.find(colon)?, colon.len())));
    let (at, length) = colon.min()?;
    let (head, rest) = (&whole[..at], &whole[at + length..]);
    Some((
        part_of(node, whole, 0, head),
        part_of(node, whole, at + length, rest),
    ))
}

/// A part of a text, trimmed, in its own place: a text in one line stands behind one quote or none. In any other the
/// part has the place of the whole.
fn part_of<'t>(node: &Node<'t>, whole: &str, at: usize, part: &str) -> Node<'t> {
    let span = node.span();
    let trimmed = part.trim();
    let quotes = match span.len().checked_sub(whole.len()) {
        Some(0) => 0,
        Some(2) => 1,
        _ => return text(span, trimmed),
    };
    let start = span.start + quotes + at + (part.len() - part.trim_start().len());
    text(start..start + trimmed.len(), trimmed)
}
