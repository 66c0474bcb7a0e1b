//! What a token may be allowed, and which of it an address asks for.

use axum::http::Method;
use engine::def::Area;

/// Every scope: its name, what people call it, and the rights of its posts it may use.
pub const SCOPES: [(&str, &str, &[Area]); 12] = [
    ("read:cases", "查看事项", &[]),
    ("write:cases", "登记和办理事项", &[Area::Field]),
    ("read:contacts", "查看来访登记", &[Area::Desk]),
    ("write:contacts", "登记来访", &[Area::Desk]),
    ("read:estate", "查看房屋和客户", &[Area::Desk, Area::Estate]),
    ("write:estate", "修改房屋和客户", &[Area::Desk, Area::Estate]),
    ("read:people", "查看员工和值班", &[]),
    ("read:measure", "查看条款执行情况", &[Area::Measure]),
    ("read:manual", "查看制度", &[]),
    ("read:files", "下载附件", &[]),
    ("write:files", "上传附件", &[]),
    ("use:gate", "核验门岗单据", &[]),
];

/// The scopes an address asks for, all of them; none: no token goes there. By the first part of the address, so that a
/// new kind of address is closed to tokens until it is named here.
pub fn needed(method: &Method, path: &str) -> Option<&'static [&'static str]> {
    // A file of what one may read is sent for by a write, since it is recorded.
    let file = path.ends_with("/export") || path.ends_with("/excel");
    let reads = file || matches!(*method, Method::GET | Method::HEAD);
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    if path.ends_with("/unmask") || path.ends_with("/access") || path.ends_with("/two-step") {
        return None;
    }
    match (first, reads) {
        ("search", true) => Some(&["read:estate", "read:cases"]),
        ("cases" | "work" | "pool", true) => Some(&["read:cases"]),
        ("cases", false) => Some(&["write:cases"]),
        ("contacts" | "events" | "duplicates", true) => Some(&["read:contacts"]),
        ("contacts" | "events", false) => Some(&["write:contacts"]),
        ("homes" | "customers" | "sites", true) => Some(&["read:estate"]),
        ("homes" | "customers", false) => Some(&["write:estate"]),
        ("staff" | "duty", true) => Some(&["read:people"]),
        ("clauses" | "reports", true) => Some(&["read:measure"]),
        ("kinds" | "manual", true) => Some(&["read:manual"]),
        ("files", true) => Some(&["read:files"]),
        ("files", false) => Some(&["write:files"]),
        ("gate", _) => Some(&["use:gate"]),
        _ => None,
    }
}

/// The rights that the scopes let a token use.
pub fn rights<'a>(scopes: impl Iterator<Item = &'a str>) -> Vec<Area> {
    let known = |name: &str| SCOPES.iter().find(|(known, ..)| *known == name);
    scopes
        .filter_map(|name| known(name).map(|(_, _, rights)| rights.iter().copied()))
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_what_can_be_allowed() {
        let paths = [
            "search",
            "cases",
            "work",
            "pool",
            "contacts",
            "events",
            "duplicates",
            "homes",
            "customers",
            "sites",
            "staff",
            "duty",
            "clauses",
            "reports",
            "kinds",
            "manual",
            "files",
            "gate",
        ];
        for path in paths {
            for method in [Method::GET, Method::POST] {
                for scope in needed(&method, &format!("/{path}")).unwrap_or_default() {
                    assert!(SCOPES.iter().any(|(known, ..)| known == scope), "{scope}");
                }
            }
        }
        for closed in [
            "/session",
            "/tokens",
            "/hooks",
            "/customers/{id}/unmask",
            "/staff/{id}/access",
            "/imports/{what}",
        ] {
            assert_eq!(needed(&Method::GET, closed), None, "{closed}");
        }
        assert_eq!(needed(&Method::POST, "/staff"), None);
    }
}
