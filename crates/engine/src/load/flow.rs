//! The flow chart of a kind, for the screens.

use super::describe::whos_title;
use super::{Manual, Rules};
use crate::def::{Tone, Who};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// The flow of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Flow {
    /// Stages, in the order of the definition.
    pub nodes: Vec<Node>,
    /// Ways from stage to stage, in the order of the actions.
    pub edges: Vec<Edge>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Node {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// A case begins here.
    pub begins: bool,
    /// A case ends here.
    pub ends: bool,
    /// How it is coloured.
    pub tone: Option<Tone>,
    /// Heading of the sign-off that is gone through here.
    pub signoff: Option<String>,
    /// Headings of actions that may be done here without leaving.
    pub stays: Vec<String>,
}

/// An action that leads from one stage to another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Edge {
    /// Stage it leaves.
    pub from: String,
    /// Stage it leads to.
    pub to: String,
    /// Name of the action.
    pub action: String,
    /// Its words.
    pub title: String,
    /// Who may, in words.
    pub by: Vec<String>,
    /// The usual next step.
    pub main: bool,
    /// The system does it by itself.
    pub system: bool,
    /// It has a condition.
    pub guarded: bool,
}

/// The flow chart of a kind.
pub fn flow(manual: &Manual, rules: &Rules) -> Flow {
    let kind = &rules.kind;
    let mut stays: Vec<(String, String)> = Vec::new();
    let mut edges = Vec::new();
    for action in &kind.actions {
        let from: BTreeSet<&str> = if action.from.is_empty() {
            kind.stages
                .iter()
                .filter(|s| !s.ends)
                .map(|s| s.name.as_str())
                .collect()
        } else {
            action.from.iter().map(String::as_str).collect()
        };
        for stage in kind.stages.iter().filter(|s| from.contains(s.name.as_str())) {
            let to = action.to.as_ref().filter(|to| **to != stage.name);
            let Some(to) = to else {
                stays.push((stage.name.clone(), action.title.clone()));
                continue;
            };
            edges.push(Edge {
                from: stage.name.clone(),
                to: to.clone(),
                action: action.name.clone(),
                title: action.title.clone(),
                by: whos_title(manual, rules, &action.by),
                main: action.main,
                system: action.by.iter().all(|who| *who == Who::System),
                guarded: action.when.is_some(),
            });
        }
    }
    let node = |stage: &crate::def::Stage| Node {
        name: stage.name.clone(),
        title: stage.title.clone(),
        begins: stage.name == rules.first_stage(),
        ends: stage.ends,
        tone: stage.tone,
        signoff: kind
            .signoffs
            .iter()
            .find(|s| s.stage == stage.name)
            .map(|s| s.title.clone()),
        stays: stays
            .iter()
            .filter(|(at, _)| *at == stage.name)
            .map(|(_, title)| title.clone())
            .collect(),
    };
    Flow {
        nodes: kind.stages.iter().map(node).collect(),
        edges,
    }
}
