//! Judging text that comes in without a clerk, by the rules of `classify.toml` (INTAKE-2).

use engine::def::{RuleFile, TextRule};

/// The first rule that fits the text; a verified manual ends with one that always does.
pub fn classify<'r>(file: &'r RuleFile, text: &str) -> Option<&'r TextRule> {
    file.rules.iter().find(|rule| fits(rule, text))
}

fn fits(rule: &TextRule, text: &str) -> bool {
    let stands = |word: &String| text.contains(word.as_str());
    (rule.any.is_empty() || rule.any.iter().any(stands)) && !rule.none.iter().any(stands)
}

#[cfg(test)]
mod tests {
    use super::classify;
    use engine::load::Manual;

    #[test]
    fn the_first_rule_that_fits_decides() {
        let manual = Manual::from_files(crate::manual::built_in()).expect("the built-in manual");
        let rules = manual.classify.as_ref().expect("rules");
        for (text, judgement) in [
            ("有人被困在电梯里了", "complaint"),
            ("楼道灯坏了，请来修", "repair"),
            ("投诉物业一直不修楼道灯", "complaint"),
            ("请问装修怎么办理手续", "consultation"),
            ("建议门口加装雨棚", "suggestion"),
            ("送来锦旗，感谢信一封", "praise"),
            ("。", "other"),
        ] {
            assert_eq!(
                classify(rules, text).expect("a rule").judgement,
                judgement,
                "{text}"
            );
        }
    }
}
