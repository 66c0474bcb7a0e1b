//! One request for every operation. `{…}` is filled in by the company of `main.rs`; a `{own-…}` is there once for each
//! actor, so that what one does leaves the next the same world.

/// Operation as the description of the API names it, address, JSON body: empty for none, `file` for an upload.
pub const PROBES: &[(&str, &str, &str)] = &[
    // Session
    ("GET /session", "/session", ""),
    (
        "POST /session",
        "/session",
        r#"{"login":"nobody","password":"wrong"}"#,
    ),
    ("GET /session/demo", "/session/demo", ""),
    ("POST /demo/clock", "/demo/clock", r#"{"minutes":1}"#),
    (
        "PUT /session/password",
        "/session/password",
        r#"{"current":"wrong","new":"quite another one"}"#,
    ),
    ("GET /session/access", "/session/access", ""),
    ("DELETE /session/access", "/session/access", ""),
    (
        "DELETE /session/access/{id}",
        "/session/access/0123456789abcdef",
        "",
    ),
    (
        "POST /session/two-step",
        "/session/two-step",
        r#"{"password":"wrong"}"#,
    ),
    (
        "PUT /session/two-step",
        "/session/two-step",
        r#"{"code":"000000"}"#,
    ),
    (
        "POST /session/two-step/end",
        "/session/two-step/end",
        r#"{"password":"wrong","code":"000000"}"#,
    ),
    (
        "POST /setup",
        "/setup",
        r#"{"company":"示范","login":"root","name":"示范","password":"a long secret"}"#,
    ),
    // Homes, customers, people
    ("GET /search", "/search?q=王秀英", ""),
    ("GET /sites", "/sites", ""),
    ("GET /homes", "/homes", ""),
    ("GET /homes/{id}", "/homes/{home}", ""),
    (
        "PUT /homes/{id}",
        "/homes/{home}",
        r#"{"kind":"home","area":80.0,"delivered_on":"2026-01-10","people":[{"customer":"{customer}","relation":"owner"}]}"#,
    ),
    ("POST /customers", "/customers", r#"{"name":"示范客户"}"#),
    ("GET /customers/{id}", "/customers/{customer}", ""),
    (
        "PUT /customers/{id}",
        "/customers/{customer}",
        r#"{"name":"王秀英","care_note":"","phones":["13800001234"],"plates":[]}"#,
    ),
    (
        "POST /customers/{id}/unmask",
        "/customers/{customer}/unmask",
        r#"{"reason":"回电核实"}"#,
    ),
    ("GET /staff", "/staff", ""),
    (
        "POST /staff",
        "/staff",
        r#"{"name":"新人","login":"new-{actor}","password":"a long secret","posts":[{"post":"guard","site":"{site}"}]}"#,
    ),
    (
        "PUT /staff/{id}",
        "/staff/{own-person}",
        r#"{"name":"改名","posts":[{"post":"guard","site":"{site}"}]}"#,
    ),
    ("GET /staff/{id}/access", "/staff/{own-person}/access", ""),
    ("DELETE /staff/{id}/access", "/staff/{own-person}/access", ""),
    ("DELETE /staff/{id}/two-step", "/staff/{own-person}/two-step", ""),
    ("GET /duty", "/duty", ""),
    (
        "POST /duty",
        "/duty",
        r#"{"staff":"{own-person}","post":"guard","site":"{site}","from_at":0,"to_at":0}"#,
    ),
    ("DELETE /duty/{id}", "/duty/{own-duty}", ""),
    ("POST /staff/{id}/leave", "/staff/{own-person}/leave", "{}"),
    ("GET /imports/{what}/template", "/imports/homes/template", ""),
    ("POST /imports/{what}", "/imports/homes?dry_run=true", "file"),
    // Contacts
    ("GET /contacts", "/contacts", ""),
    (
        "POST /contacts/export",
        "/contacts/export",
        r#"{"reason":"月度分析"}"#,
    ),
    (
        "POST /contacts",
        "/contacts",
        r#"{"site":"{site}","channel":"call","said":"问物业费","judgements":[],"read_back":true}"#,
    ),
    ("GET /contacts/{id}", "/contacts/{contact}", ""),
    (
        "POST /contacts/{id}/cases",
        "/contacts/{contact}/cases",
        r#"{"judgement":"none-such"}"#,
    ),
    (
        "POST /contacts/{id}/attach",
        "/contacts/{contact}/attach",
        r#"{"case":"{case}"}"#,
    ),
    (
        "PUT /contacts/{id}/customer",
        "/contacts/{contact}/customer",
        r#"{"customer":"{customer}"}"#,
    ),
    (
        "POST /contacts/{id}/feedback",
        "/contacts/{contact}/feedback",
        r#"{"words":"知道了"}"#,
    ),
    ("GET /duplicates", "/duplicates?home={home}", ""),
    ("GET /events", "/events", ""),
    ("POST /events", "/events", r#"{"site":"{site}","title":"停水"}"#),
    (
        "POST /events/{id}/contacts",
        "/events/{event}/contacts",
        r#"{"contact":"{contact}"}"#,
    ),
    (
        "POST /events/{id}/close",
        "/events/{event}/close",
        r#"{"notice":""}"#,
    ),
    // Cases
    ("GET /cases", "/cases", ""),
    ("GET /cases/columns", "/cases/columns", ""),
    ("POST /cases/export", "/cases/export", r#"{"reason":"月度分析"}"#),
    (
        "POST /cases/{id}/guests/{guest}",
        "/cases/{case}/guests/contractor",
        r#"{"way":"copy"}"#,
    ),
    (
        "POST /cases/{id}/unmask",
        "/cases/{case}/unmask",
        r#"{"reason":"核对证件"}"#,
    ),
    (
        "POST /cases",
        "/cases",
        r#"{"kind":"complaint","site":"{site}","data":{}}"#,
    ),
    ("POST /cases/offers", "/cases/offers", r#"{"cases":["{case}"]}"#),
    (
        "POST /cases/actions",
        "/cases/actions",
        r#"{"cases":[{"id":"{case}","seq":0}],"action":"note","input":{"words":"记"}}"#,
    ),
    ("GET /cases/{id}", "/cases/{case}", ""),
    ("GET /cases/{id}/ahead", "/cases/{case}/ahead", ""),
    (
        "POST /cases/{id}/actions",
        "/cases/{case}/actions",
        r#"{"action":"note","input":{"words":"记"}}"#,
    ),
    ("GET /work", "/work", ""),
    ("GET /pool", "/pool", ""),
    ("GET /gate/{code}", "/gate/none-such", ""),
    ("POST /gate/{code}/use", "/gate/none-such/use", "{}"),
    ("GET /views", "/views?list=cases", ""),
    (
        "POST /views",
        "/views",
        r#"{"list":"cases","name":"我的视图","query":{}}"#,
    ),
    ("DELETE /views/{id}", "/views/none-such", ""),
    // Files, notices
    ("POST /files", "/files", "file"),
    ("GET /files/{id}", "/files/{file}", ""),
    ("GET /files/{id}/thumb", "/files/{file}/thumb", ""),
    ("GET /inbox", "/inbox", ""),
    ("POST /inbox/read", "/inbox/read", r#"{"all":true}"#),
    ("GET /live", "/live", ""),
    ("GET /outbox", "/outbox", ""),
    ("POST /outbox/{id}/retry", "/outbox/none-such/retry", "{}"),
    // Manual, measures, reports
    ("GET /kinds", "/kinds", ""),
    ("GET /kinds/{kind}", "/kinds/complaint", ""),
    ("GET /manual", "/manual", ""),
    ("GET /clauses", "/clauses", ""),
    ("GET /clauses/{id}", "/clauses/C-06", ""),
    ("GET /reports", "/reports", ""),
    ("GET /reports/{name}", "/reports/{report}", ""),
    (
        "POST /reports/{name}/excel",
        "/reports/{report}/excel",
        r#"{"reason":"月度分析"}"#,
    ),
    (
        "GET /reports/{name}/behind",
        "/reports/{report}/behind?part=none&key=none",
        "",
    ),
    // Other systems
    ("GET /access-log", "/access-log", ""),
    ("GET /looks", "/looks", ""),
    ("GET /tokens", "/tokens", ""),
    (
        "POST /tokens",
        "/tokens",
        r#"{"name":"","scopes":[],"posts":[],"days":1}"#,
    ),
    ("DELETE /tokens/{id}", "/tokens/none-such", ""),
    ("GET /hooks", "/hooks", ""),
    (
        "POST /hooks",
        "/hooks",
        r#"{"name":"","url":"","events":[],"active":true}"#,
    ),
    (
        "PUT /hooks/{id}",
        "/hooks/none-such",
        r#"{"name":"甲","url":"https://example.com","events":["case.opened"],"active":true}"#,
    ),
    ("DELETE /hooks/{id}", "/hooks/none-such", ""),
    ("POST /hooks/{id}/try", "/hooks/none-such/try", "{}"),
    ("GET /hooks/{id}/deliveries", "/hooks/none-such/deliveries", ""),
    (
        "POST /hooks/{id}/deliveries/{delivery}/replay",
        "/hooks/none-such/deliveries/none/replay",
        "{}",
    ),
    // The owner's page
    ("GET /owner", "/owner", ""),
    (
        "POST /owner/reports",
        "/owner/reports",
        r#"{"judgement":"none-such"}"#,
    ),
    (
        "POST /owner/cases/{id}/actions",
        "/owner/cases/{case}/actions",
        r#"{"action":"none-such"}"#,
    ),
    ("POST /owner/files", "/owner/files", "file"),
    ("GET /owner/files/{id}", "/owner/files/{file}", ""),
    // Ends the session of who asks: last.
    ("DELETE /session", "/session", ""),
];
