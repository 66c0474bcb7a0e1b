//! How likely each action of each kind is. A kind or action that is not named here is never done by chance.

use engine::case::Case;
use serde_json::Value;

/// What was done already is less likely by so much.
pub const AGAIN: f64 = 0.04;

fn has(case: &Case, field: &str) -> bool {
    case.data.contains_key(field)
}

fn is(case: &Case, field: &str, value: &str) -> bool {
    case.data.get(field).and_then(Value::as_str) == Some(value)
}

fn yes(case: &Case, field: &str) -> bool {
    case.data.get(field) == Some(&Value::Bool(true))
}

/// How likely an action is, all else being equal; what is not named is never done by chance.
pub fn base(case: &Case, action: &str) -> f64 {
    match case.kind.as_str() {
        "complaint" => complaint(case, action),
        "repair" => repair(case, action),
        "work-order" => work_order(case, action),
        "decoration" => decoration(case, action),
        "subscription" => subscription(case, action),
        kind => small(kind, case, action),
    }
}

fn complaint(case: &Case, action: &str) -> f64 {
    match action {
        "take" => 10.0,
        "judge" if !has(case, "valid") => 12.0,
        "to-centre" => 8.0,
        "settle-now" => 2.5,
        "explain" => 12.0,
        "answer" => 4.0,
        "promise" => 0.8,
        "apologise" if !has(case, "apology") => 10.0,
        "draw-up" if !has(case, "options") => 8.0,
        "propose" | "accept-option" => 8.0,
        "refuse-option" => 1.2,
        "carry-out" => 2.0,
        "escalate" => 0.08,
        "measures" if !has(case, "measures") => 30.0,
        "register-outside" => 0.1,
        "reply-outside" if !has(case, "outside_reply") => 10.0,
        "find-responsibility" if !has(case, "blame_department") && case.stage == "settled" => 8.0,
        "improve" => 8.0,
        "settle" => 6.0,
        "close" => 12.0,
        "close-unreached" => 8.0,
        "give-up" => 0.1,
        _ => 0.0,
    }
}

fn repair(case: &Case, action: &str) -> f64 {
    let judged = has(case, "liability");
    let developer = is(case, "matrix", "开发商");
    let own_team = is(case, "matrix", "自有维修队");
    let approved = yes(case, "cost_approved");
    match action {
        "to-developer" | "to-property" if !judged => 10.0,
        "to-owner" if !judged => 7.0,
        "dispute" => 0.15,
        "rule-developer" => 5.0,
        "rule-property" | "rule-owner" => 3.0,
        "submit-cost" if own_team && !approved => 12.0,
        "submit-cost" if !has(case, "estimate") => 1.2,
        "submit-cost" if !approved => 5.0,
        "offer-price" if !yes(case, "owner_agreed") => 10.0,
        "owner-agrees" | "agree-for" => 8.0,
        "owner-declines" => 0.6,
        "notify-contractor" if developer => 8.0,
        "dispatch" if case.stage == "arranging" => {
            if developer {
                1.0
            } else {
                10.0
            }
        }
        "contractor-replies" if !has(case, "contractor_reply") => 4.0,
        "contractor-done" => 5.0,
        "contractor-refuses" if !yes(case, "contractor_late") => 0.25,
        "own-team" => 12.0,
        "engineering-received" | "sales-received" => 1.5,
        "ask-acceptance" | "confirm" => 10.0,
        "rework" => 0.4,
        "record-cost" if !has(case, "cost") => 2.0,
        "answer" if case.stage == "new" => 1.0,
        "answer" => 0.15,
        "promise" => 0.2,
        "cancel" => 0.08,
        _ => 0.0,
    }
}

fn work_order(case: &Case, action: &str) -> f64 {
    match action {
        "accept" => 20.0,
        "take" => 12.0,
        "turn-down" => 0.4,
        "assign" if case.stage == "waiting" && case.people.iter().all(|p| p.0.name() != "assignee") => 1.5,
        "change-appointment" => 0.05,
        "set-off" => 4.0,
        "arrive" => 8.0,
        "wait-parts" | "wait-owner" => 0.35,
        "resume" | "resume-owner" => 8.0,
        "finish" => 8.0,
        "give-back" => 0.1,
        "cancel" => 0.03,
        _ => 0.0,
    }
}

fn decoration(case: &Case, action: &str) -> f64 {
    let late_phase = is(case, "phase", "安装") || is(case, "phase", "收尾");
    match action {
        "add-papers" if !has(case, "drawings") => 8.0,
        "submit" | "permit" | "pay-back" | "inspection-passed" => 8.0,
        "sign-agreement" if !has(case, "agreement_files") => 10.0,
        "take-deposit" if !has(case, "deposit") => 10.0,
        "set-phase" if !is(case, "phase", "收尾") => 3.0 / AGAIN,
        "add-worker" => 1.0,
        "ask-hot-work" | "ask-extension" => 0.35,
        "breach" | "suspend" => 0.12,
        "go-on" => 8.0,
        "finish-work" if late_phase => 5.0,
        "inspection-failed" => 0.6,
        "answer" | "promise" => 0.2,
        "cancel" => 0.03,
        _ => 0.0,
    }
}

fn subscription(case: &Case, action: &str) -> f64 {
    match action {
        "papers-received" if !has(case, "papers") => 8.0,
        "papers-received" if has(case, "papers_missing") => 5.0,
        "papers-complete" if case.running("papers").is_some() => 8.0,
        "choose-bank" if !has(case, "bank") => 8.0,
        "chase-papers" if !has(case, "papers") => 1.0,
        "deposit-confirmed" | "seal" | "arrange" | "resubmit" => 5.0,
        "postpone" | "cancel" => 0.15,
        _ => 0.0,
    }
}

fn small(kind: &str, case: &Case, action: &str) -> f64 {
    match (kind, action) {
        ("signing", "prepare") => 5.0,
        ("consultation", "answer") => 8.0,
        ("consultation", "ask-article") if case.stage != "answered" => 0.5,
        ("consultation", "promise") if case.stage == "new" => 1.2,
        ("consultation" | "matter", "tell") => 0.6,
        ("consultation" | "matter", "give-up") => 0.06,
        ("matter", "take") => 7.0,
        ("matter", "finish") => 5.0,
        ("matter", "promise") if !has(case, "next_answer_at") => 1.0,
        ("follow-up", "satisfied" | "rate") => 10.0,
        ("follow-up", "no-answer") => 1.2,
        ("follow-up", "unsatisfied" | "unwilling") => 0.35,
        ("follow-up", "give-up") => 4.0,
        ("release-pass", "check-identity" | "consent" | "issue" | "pass" | "correct") => 10.0,
        ("release-pass", "record-consent") => 4.0,
        ("release-pass", "stop" | "decline") => 0.25,
        ("release-pass", "cancel") => 0.05,
        ("hot-work", "apply" | "approve" | "end") => 10.0,
        ("hot-work", "deny" | "back" | "stop" | "drop") => 0.2,
        ("worker-pass", "fill" | "issue") => 10.0,
        ("worker-pass", "return") => 0.3,
        ("decoration-extension", "apply" | "grant") => 10.0,
        ("decoration-extension", "back" | "deny") => 0.3,
        ("decoration-patrol" | "shop-patrol", "normal") => 10.0,
        ("decoration-patrol" | "shop-patrol", "dissuade") => 1.2,
        ("decoration-patrol" | "shop-patrol", "notice" | "skip") => 0.5,
        ("rectification", "reply" | "again") => 8.0,
        ("onboarding", "pass") => 8.0,
        ("safety-training", "before") => 8.0,
        ("onboarding", "extend") => 0.6,
        ("corrective-action", "plan" | "done") => 8.0,
        _ => 0.0,
    }
}
