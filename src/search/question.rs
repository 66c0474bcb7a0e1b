//! What was typed, in words of the index.

use super::words::{HIDDEN, Run, normalise, runs};

/// Words of a question.
const MOST_TERMS: usize = 16;

/// Something every answer must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// This word.
    Word(String),
    /// A word that begins so.
    Begins(String),
    /// One of these words.
    Either(Vec<String>),
}

/// Where the reader may see personal data, of the places that are looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmask {
    /// At none of them.
    Nowhere,
    /// At some of them: a number is looked for there alone.
    Somewhere,
    /// At all of them.
    Everywhere,
}

/// A question in words of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub(super) terms: Vec<Term>,
    /// Runs of Chinese that must stand in the text as they are.
    pub(super) exact: Vec<String>,
    /// It holds a number that may be personal.
    pub(super) personal: bool,
}

impl Question {
    /// Reads what was typed; none when there is nothing to look for, or it asks for a number without the right to see
    /// personal data anywhere.
    pub fn read(query: &str, unmask: Unmask) -> Option<Question> {
        let mut terms: Vec<Term> = Vec::new();
        let (mut exact, mut personal) = (Vec::new(), false);
        for run in runs(&normalise(query)) {
            match run {
                Run::Han(chars) if chars.len() == 1 => terms.push(Term::Begins(chars[0].to_string())),
                Run::Han(chars) => {
                    terms.extend(chars.windows(2).map(|pair| Term::Word(pair.iter().collect())));
                    if chars.len() > 2 {
                        exact.push(chars.into_iter().collect());
                    }
                }
                Run::Word(word) => {
                    let four = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit() || b == b'x');
                    terms.push(if four && unmask == Unmask::Everywhere {
                        Term::Either(vec![format!("{HIDDEN}{word}"), word])
                    } else {
                        Term::Word(word)
                    });
                }
                Run::Number(_) if unmask == Unmask::Nowhere => return None,
                Run::Number(digits) => {
                    personal = true;
                    terms.push(Term::Word(format!("{HIDDEN}{digits}")));
                }
            }
        }
        terms.truncate(MOST_TERMS);
        (!terms.is_empty()).then_some(Question {
            terms,
            exact,
            personal,
        })
    }

    /// Whether a normalised text that has all the words really holds what was asked.
    pub(super) fn fits(&self, body: &str) -> bool {
        self.exact.iter().all(|run| body.contains(run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_asked_for_only_by_who_may_see_it() {
        assert_eq!(Question::read("13800138000", Unmask::Nowhere), None);
        assert_eq!(Question::read("漏水 1380013", Unmask::Nowhere), None);
        let asked = Question::read("13800138000", Unmask::Everywhere).expect("question");
        assert_eq!(asked.terms, [Term::Word("号13800138000".to_owned())]);
        let four = |unmask: Unmask| Question::read("8000", unmask).expect("question").terms;
        assert_eq!(four(Unmask::Nowhere), [Term::Word("8000".to_owned())]);
        assert_eq!(
            four(Unmask::Everywhere),
            [Term::Either(vec!["号8000".to_owned(), "8000".to_owned()])]
        );
        // Part of a number is never asked for.
        assert_eq!(
            Question::read("00138", Unmask::Everywhere)
                .expect("question")
                .terms,
            [Term::Word("00138".to_owned())]
        );
    }

    #[test]
    fn pairs_must_stand_together() {
        let asked = Question::read("卫生间漏水", Unmask::Nowhere).expect("question");
        assert!(asked.fits("三楼卫生间漏水了"));
        assert!(!asked.fits("卫生很好，生间漏，漏水"));
        assert_eq!(Question::read(" ，", Unmask::Nowhere), None);
    }
}
