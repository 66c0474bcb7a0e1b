//! What conditions answered while somebody watches: examples tell which sides of a guard they reach.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Kind and text of a condition → whether it was seen true, and whether false.
pub type Answers = BTreeMap<(String, String), (bool, bool)>;

thread_local! {
    static WATCHED: RefCell<Option<Answers>> = const { RefCell::new(None) };
}

/// Runs something and gives, beside its result, what conditions answered in this thread meanwhile.
pub fn watch<R>(run: impl FnOnce() -> R) -> (R, Answers) {
    WATCHED.with_borrow_mut(|watched| *watched = Some(Answers::new()));
    let result = run();
    let answers = WATCHED.with_borrow_mut(Option::take);
    (result, answers.unwrap_or_default())
}

pub(super) fn note(kind: &str, text: &str, answer: bool) {
    WATCHED.with_borrow_mut(|watched| {
        let Some(watched) = watched else { return };
        let seen = watched.entry((kind.to_owned(), text.to_owned())).or_default();
        seen.0 |= answer;
        seen.1 |= !answer;
    });
}
