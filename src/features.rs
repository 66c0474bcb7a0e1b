//! What the program does by itself, with the requirements it serves: the part of coverage that no manual can tell.

use engine::load::Served;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    feature: Vec<Feature>,
}

/// Something the program does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// What people call it.
    pub title: String,
    /// Ids of requirements.
    pub source: Vec<String>,
    /// Operations of the API that carry it, `POST /contacts`.
    pub operations: Vec<String>,
}

/// All of them.
///
/// # Errors
/// When the built-in list cannot be read.
pub fn all() -> Result<Vec<Feature>, toml::de::Error> {
    toml::from_str::<List>(include_str!("features.toml")).map(|list| list.feature)
}

/// What the program serves beside the manual, by requirement.
///
/// # Errors
/// When the built-in list cannot be read.
pub fn serving() -> Result<Vec<(String, Served)>, toml::de::Error> {
    let one = |f: &Feature, id: &String| {
        let (file, title) = ("—".to_owned(), f.title.clone());
        (id.clone(), Served { file, title })
    };
    let all = all()?;
    Ok(all
        .iter()
        .flat_map(|f| f.source.iter().map(move |id| one(f, id)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn operations() -> BTreeSet<String> {
        let described = serde_json::to_value(crate::router::openapi()).expect("a description");
        let paths = described["paths"].as_object().expect("paths");
        let each = |(path, item): (&String, &serde_json::Value)| {
            let path = path.trim_start_matches(crate::api::API).to_owned();
            let item = item.as_object().cloned().unwrap_or_default();
            item.into_iter()
                .map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
        };
        paths.iter().flat_map(each).collect()
    }

    #[test]
    fn every_feature_names_operations_and_requirements_that_exist() {
        let (operations, features) = (operations(), all().expect("the list"));
        let manual = engine::load::Manual::from_files(crate::manual::built_in()).expect("the manual");
        for feature in features {
            for operation in &feature.operations {
                assert!(
                    operations.contains(operation),
                    "{}: no {operation}",
                    feature.title
                );
            }
            for id in &feature.source {
                assert!(manual.catalogue.contains_key(id), "{}: no {id}", feature.title);
            }
        }
    }
}
