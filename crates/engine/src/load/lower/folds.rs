//! Words that are folded into one: type and title of a field, tone and title of a stage, a rung of a ladder.

use super::schema;
use super::tree::{Node, array, headed, pieces, put, table_of, take, text, words, yes};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// `{ text = "标题" }`: the one of these words that is a key says what stands in `key`, its value is the title.
pub(super) fn one_of(table: &mut DeTable<'_>, known: &[&str], key: &str) {
    if table.contains_key(key) {
        return;
    }
    let found = known.iter().find(|word| table.contains_key(**word));
    if let Some((word, (span, title))) = found.and_then(|word| Some((word, take(table, word)?))) {
        put(table, span.clone(), key, text(span.clone(), *word));
        put(table, span, "title", title);
    }
}

/// `"files: 照片"`: a text whose head is one of the words says what stands in `key`, the rest is the title.
pub(super) fn titled<'t>(node: &Node<'t>, known: &[&str], key: &str) -> DeTable<'t> {
    let span = node.span();
    match headed(node) {
        Some((head, title)) if known.iter().any(|word| head.get_ref().as_str() == Some(word)) => table_of([
            (key.to_owned(), span.clone(), head),
            ("title".to_owned(), span, title),
        ]),
        _ => table_of([("title".to_owned(), span, node.clone())]),
    }
}

/// `title = "受理 | 已受理"`: what customers read stands behind the bar.
pub(super) fn public(table: &mut DeTable<'_>) {
    let Some(title) = table.get_mut("title") else {
        return;
    };
    let Some(whole) = title.get_ref().as_str().filter(|title| title.contains('|')) else {
        return;
    };
    let whole = whole.to_owned();
    if let [own, public] = pieces(title, &whole, |c| c == '|').as_slice() {
        *title = own.clone();
        put(table, public.span(), "public", public.clone());
    }
}

/// A field: `{ choice = "严重程度", of = "一般|严重|重大" }`; without a type it is one line.
pub(super) fn field(table: &mut DeTable<'_>) {
    one_of(table, &schema::constants("FieldType"), "type");
    if let Some(title) = table.get("title").map(Spanned::span) {
        put(table, title.clone(), "type", text(title, "line"));
    }
    if table.contains_key("items") {
        checklist(table);
    }
    let choosing = ["choice", "choices", "checklist"];
    let sort = table.get("type").and_then(|sort| sort.get_ref().as_str());
    if sort.is_some_and(|sort| choosing.contains(&sort))
        && let Some((span, of)) = take(table, "of")
    {
        put(table, span, "choices", of);
    }
}

/// `{ checklist = "验房", items = "入户门 | 燃气阀?" }`: with items of which something is found, it is a table of them.
fn checklist(table: &mut DeTable<'_>) {
    let mut list = DeTable::new();
    let mut first = None;
    for key in ["items", "rooms", "rooms_from", "states", "failed", "ask"] {
        if let Some((span, value)) = take(table, key) {
            first.get_or_insert(span.clone());
            put(&mut list, span, key, value);
        }
    }
    let Some(span) = first else { return };
    if table.get("type").and_then(|sort| sort.get_ref().as_str()) == Some("checklist") {
        table.remove("type");
        put(table, span.clone(), "type", text(span.clone(), "table"));
    }
    put(
        table,
        span.clone(),
        "checklist",
        Spanned::new(span, DeValue::Table(list)),
    );
}

/// A stage: `{ good = "已办结" }`; one that is good or void ends the case.
pub(super) fn stage(table: &mut DeTable<'_>) {
    one_of(table, &schema::constants("Tone"), "tone");
    let tone = table.get("tone");
    if let Some(span) = tone
        .filter(|tone| matches!(tone.get_ref().as_str(), Some("good" | "void")))
        .map(Spanned::span)
    {
        put(table, span.clone(), "ends", yes(span));
    }
}

/// `from = "new, handling → done"`; what names nobody is done by the system.
pub(super) fn way(table: &mut DeTable<'_>) {
    let whole = table.get("from").filter(|from| from.get_ref().is_str()).cloned();
    if let Some(whole) = whole
        && let Some(arrow) = whole.get_ref().as_str().filter(|way| way.contains('→'))
        && let Some((span, _)) = take(table, "from")
    {
        let ends = pieces(&whole, arrow, |c| c == '→');
        if let Some(to) = ends.last() {
            put(table, span.clone(), "to", to.clone());
        }
        if let [from, _] = ends.as_slice() {
            put(table, span, "from", array(from.span(), words(from)));
        }
    }
    let first = table
        .iter()
        .map(|(key, _)| key.span())
        .min_by_key(|span| span.start);
    let span = first.unwrap_or(0..0);
    put(
        table,
        span.clone(),
        "by",
        array(span.clone(), vec![text(span, "system")]),
    );
}

/// The calendar of the folder, a limit in words, and that a limit which hangs on a field may run again: the field changes.
pub(super) fn clock(table: &mut DeTable<'_>, calendar: Option<&str>) {
    let Some(limit) = table.get_mut("limit") else {
        return;
    };
    worded(limit);
    let span = limit.span();
    let on_field = limit
        .get_ref()
        .as_table()
        .is_some_and(|by| by.contains_key("until") || by.contains_key("before"));
    if on_field {
        put(table, span.clone(), "repeats", yes(span.clone()));
    }
    if let Some(calendar) = calendar {
        put(table, span.clone(), "calendar", text(span, calendar));
    }
}

/// `until next_answer_at`, `3d after starts_on`, `1d before sign_on`, `2h since opening`.
fn worded(limit: &mut Node<'_>) {
    let span = limit.span();
    let Some(whole) = limit.get_ref().as_str() else {
        return;
    };
    let said: Vec<String> = whole.split_whitespace().map(str::to_owned).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let entry = |key: &str, value: Node<'static>| table_of([(key.to_owned(), span.clone(), value)]);
    let by = match said.as_slice() {
        ["until", field] => entry("until", text(span.clone(), *field)),
        [by, "since", "opening"] => entry("since-opening", text(span.clone(), *by)),
        [by, way @ ("after" | "before"), field] => {
            let both = table_of([
                ("field".to_owned(), span.clone(), text(span.clone(), *field)),
                ("by".to_owned(), span.clone(), text(span.clone(), *by)),
            ]);
            entry(way, Spanned::new(span.clone(), DeValue::Table(both)))
        }
        _ => return,
    };
    *limit = Spanned::new(span, DeValue::Table(by));
}

/// A rung: `-30m: responsible, front-desk`, `0: supervisor, raise 1`, `0: act to-pool`.
pub(super) fn step<'t>(node: &Node<'t>) -> Node<'t> {
    let span = node.span();
    let (at, rest) = headed(node).unwrap_or((node.clone(), text(span.clone(), "")));
    let mut rung = table_of([("at".to_owned(), at.span(), at)]);
    let mut tell = Vec::new();
    for word in words(&rest) {
        let told = word.get_ref().as_str().unwrap_or_default();
        match told.split_once(' ') {
            Some(("raise", level)) => {
                let value = match level.trim().parse::<u8>() {
                    Ok(level) if level < 10 => integer(word.span(), level),
                    _ => text(word.span(), level),
                };
                put(&mut rung, word.span(), "raise", value);
            }
            Some(("act", action)) => put(&mut rung, word.span(), "act", text(word.span(), action.trim())),
            _ => tell.push(word),
        }
    }
    if !tell.is_empty() {
        put(&mut rung, span.clone(), "tell", array(span.clone(), tell));
    }
    Spanned::new(span, DeValue::Table(rung))
}

/// A number that stood in words; the reader of numbers is the only maker of them.
pub(super) fn integer<'t>(span: std::ops::Range<usize>, number: u8) -> Node<'t> {
    let mut value = DeValue::parse(DIGITS[usize::from(number.min(9))])
        .map_or(DeValue::Boolean(false), Spanned::into_inner);
    value.make_owned();
    Spanned::new(span, value)
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// A clause about a clock: what is late is broken. A clause about each site, home or member of staff.
pub(super) fn clause(table: &mut DeTable<'_>) {
    let place = |node: &Node<'_>| node.span();
    if let Some((span, clock)) = take(table, "clock") {
        base(
            table,
            ("runs", "clock"),
            (span.clone(), clock),
            &[("kinds", "kinds")],
        );
        for (key, words) in [("met", "!run.breached"), ("month_of", "run.started_at")] {
            put(table, span.clone(), key, text(span.clone(), words));
        }
    }
    if let Some((span, anchor)) = take(table, "each") {
        base(
            table,
            ("each", "anchor"),
            (span.clone(), anchor),
            &[("count", "cases"), ("among", "among")],
        );
        put(table, span.clone(), "month_of", text(span, "case.closed_at"));
    }
    let Some(span) = table.get("title").map(place) else {
        return;
    };
    for (key, word) in [("figure", "share"), ("threshold", "= 100%")] {
        put(table, span.clone(), key, text(span.clone(), word));
    }
}

/// `of = { base = { key = …, … } }`, gathered from words that stood side by side.
fn base<'t>(
    table: &mut DeTable<'t>,
    (base, key): (&str, &str),
    (span, first): (std::ops::Range<usize>, Node<'t>),
    others: &[(&str, &str)],
) {
    let at = first.span();
    let mut inner = table_of([(key.to_owned(), span.clone(), first)]);
    for (written, meant) in others {
        if let Some((span, node)) = take(table, written) {
            put(&mut inner, span, meant, node);
        }
    }
    let of = table_of([(
        base.to_owned(),
        span.clone(),
        Spanned::new(at.clone(), DeValue::Table(inner)),
    )]);
    put(table, span, "of", Spanned::new(at, DeValue::Table(of)));
}

/// Kinds name their sources; other files may name none.
pub(super) fn sources(called: &str, table: &mut DeTable<'_>) {
    if called == "Table" && !table.contains_key("source") {
        put(table, 0..0, "source", array(0..0, Vec::new()));
    }
}
