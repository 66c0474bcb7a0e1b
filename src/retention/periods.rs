//! How long what is kept: a file of its own, read strictly.

use anyhow::{Context, bail};
use engine::load::Manual;
use serde::Deserialize;
use std::collections::BTreeSet;

/// How long one sort of records is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Kind, or `contacts`.
    pub of: String,
    /// Years after its end, or after it was registered.
    pub years: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Periods {
    keep: Vec<Keep>,
}

/// The periods that come with the program.
pub fn built_in() -> &'static str {
    include_str!("periods.toml")
}

/// Reads periods and holds them against the manual.
///
/// # Errors
/// With a sentence: what cannot be read, kinds nobody knows, kinds named twice, less than a year.
pub fn read(text: &str, manual: &Manual) -> anyhow::Result<Vec<Keep>> {
    let read: Periods = toml::from_str(text).context("保存期限文件读不了")?;
    let mut seen = BTreeSet::new();
    for keep in &read.keep {
        if keep.of != "contacts" && manual.kind(&keep.of).is_none() {
            bail!("保存期限里的“{}”不是制度里的事项类型", keep.of);
        }
        if !(1..=100).contains(&keep.years) {
            bail!("“{}”的保存期限应为 1 到 100 年", keep.of);
        }
        if !seen.insert(&keep.of) {
            bail!("“{}”写了两次", keep.of);
        }
    }
    Ok(read.keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said() {
        let manual = Manual::from_files(crate::manual::built_in()).expect("manual");
        assert!(read(built_in(), &manual).is_ok_and(|keeps| keeps.len() > 5));
        for (text, said) in [
            ("[[keep]]\nof = 'nothing'\nyears = 3", "不是制度里的事项类型"),
            ("[[keep]]\nof = 'repair'\nyears = 0", "1 到 100 年"),
            (
                "[[keep]]\nof = 'repair'\nyears = 3\n[[keep]]\nof = 'repair'\nyears = 4",
                "写了两次",
            ),
            ("[[keep]]\nof = 'repair'\nyear = 3", "读不了"),
        ] {
            let error = read(text, &manual).expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
