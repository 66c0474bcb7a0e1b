//! Sign-offs: what holds for all rounds is said once, slots are texts, bands follow each other.

use super::folds::integer;
use super::people::People;
use super::schema::Part;
use super::tree::{Node, array, entries, headed, pieces, put, table_of, take, text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is said once for a sign-off holds for each round and slot that says nothing else.
pub(super) fn signoff(table: &mut DeTable<'_>) {
    let clock = take(table, "clock");
    let ask = take(table, "ask");
    for key in ["round", "band"] {
        if let Some(node) = table.get_mut(key) {
            inherit(node, clock.as_ref(), ask.as_ref());
        }
    }
}

type Entry<'t> = (std::ops::Range<usize>, Node<'t>);

fn inherit<'t>(node: &mut Node<'t>, clock: Option<&Entry<'t>>, ask: Option<&Entry<'t>>) {
    match node.get_mut() {
        DeValue::Array(items) => items.iter_mut().for_each(|item| inherit(item, clock, ask)),
        DeValue::Table(table) => {
            let nested = ["round"].iter().any(|key| table.contains_key(*key));
            if nested || table.values().any(|value| value.get_ref().is_array()) {
                table.iter_mut().for_each(|(_, value)| inherit(value, clock, ask));
                return;
            }
            for (key, entry) in [("clock", clock), ("ask", ask)] {
                if let Some((span, value)) = entry {
                    put(table, span.clone(), key, value.clone());
                }
            }
        }
        _ => {}
    }
}

/// A round: `{ title = "…", manager = "物业经理: manager" }`; what is no word of rounds is a slot.
pub(super) fn round(part: Part<'_>, table: &mut DeTable<'_>) {
    let ask = take(table, "ask");
    let mut slots = Vec::new();
    for (key, span, value) in entries(std::mem::take(table)) {
        if part.has(&key) {
            put(table, span, &key, value);
        } else {
            let whole = value.span();
            let mut slot = match value.get_ref() {
                DeValue::Table(slot) => slot.clone(),
                _ => said_slot(&value),
            };
            put(&mut slot, span.clone(), "name", text(span.clone(), key));
            if let Some((span, ask)) = &ask {
                put(&mut slot, span.clone(), "ask", ask.clone());
            }
            slots.push(Spanned::new(whole, DeValue::Table(slot)));
        }
    }
    if let Some(span) = slots.first().map(Spanned::span) {
        put(table, span.clone(), "slot", array(span, slots));
    }
}

/// `"新员工: field:newcomer; ask learned"`: who signs, and what is asked.
fn said_slot<'t>(node: &Node<'t>) -> DeTable<'t> {
    let whole = node.get_ref().as_str().unwrap_or_default().to_owned();
    let mut slot = DeTable::new();
    for piece in pieces(node, &whole, |c| matches!(c, ';' | '；')) {
        let said = piece.get_ref().as_str().unwrap_or_default().to_owned();
        match said.strip_prefix("ask ") {
            Some(fields) => put(&mut slot, piece.span(), "ask", text(piece.span(), fields)),
            None => put(&mut slot, piece.span(), "who", piece),
        }
    }
    slot
}

/// `"物业经理: manager"`; without a title it is that of the post.
pub(super) fn slot(table: &mut DeTable<'_>, people: &People) {
    let Some(who) = table.get_mut("who").filter(|who| who.get_ref().is_str()) else {
        return;
    };
    let title = match headed(who) {
        Some((title, rest)) => {
            *who = rest;
            Some(title)
        }
        None => {
            let post = who.get_ref().as_str().and_then(|post| people.title(post.trim()));
            post.map(|title| text(who.span(), title))
        }
    };
    if let Some(title) = title {
        put(table, title.span(), "title", title);
    }
}

/// Bands by the choice they are for.
pub(super) fn bands<'t>(table: DeTable<'t>) -> Vec<Node<'t>> {
    let mut all = Vec::new();
    for (choice, place, node) in entries(table) {
        let list = match node.into_inner() {
            DeValue::Array(list) => list.iter().cloned().collect(),
            other => vec![Spanned::new(place.clone(), other)],
        };
        for mut band in list {
            if let DeValue::Table(band) = band.get_mut() {
                put(band, place.clone(), "of", text(place.clone(), &*choice));
            }
            all.push(band);
        }
    }
    all
}

/// A band begins where the one before it ends; what is neither word of bands nor round is a slot of its one round.
pub(super) fn overs(bands: &mut [Node<'_>]) {
    let mut before: Option<(Option<String>, Node<'_>)> = None;
    for band in bands {
        let span = band.span();
        let DeValue::Table(band) = band.get_mut() else {
            continue;
        };
        let of = band
            .get("of")
            .and_then(|of| of.get_ref().as_str())
            .map(str::to_owned);
        let over = before.take().filter(|(choice, _)| *choice == of);
        let over = over.map_or_else(
            || integer(span.clone(), 0),
            |(_, top)| Spanned::new(span.clone(), top.into_inner()),
        );
        put(band, span.clone(), "over", over);
        one_round(band, &span);
        before = band.get("up_to").cloned().map(|top| (of, top));
    }
}

/// A band of one round: its title and slots stand in the band.
fn one_round<'t>(band: &mut DeTable<'t>, span: &std::ops::Range<usize>) {
    if band.contains_key("round") {
        return;
    }
    let (own, round): (Vec<_>, Vec<_>) = entries(std::mem::take(band))
        .into_iter()
        .partition(|(key, _, _)| matches!(key.as_str(), "of" | "over" | "up_to"));
    *band = table_of(own);
    let round = Spanned::new(span.clone(), DeValue::Table(table_of(round)));
    put(band, span.clone(), "round", round);
}
