-- The first tables. Instants are Unix epoch milliseconds, days are 'YYYY-MM-DD', money is fen.
-- Ids are ULIDs. What follows from the events of a case is a projection and can be made anew from them.

-- Settings of the company, the manual in force, the server's secret.
create table setting (
    name text primary key,
    value {json} not null
);

-- Every version of the manual that was ever in force: an immutable bundle addressed by its hash.
create table manual (
    hash text primary key,
    files {json} not null,
    published_at bigint not null,
    published_by text
);

-- ---------------------------------------------------------------- estate

create table site (
    id text primary key,
    name text not null,
    -- Stands in the numbers of cases.
    code text not null unique
);

-- Customers are divided among assistants by area 片区 (INTAKE-8).
create table area (
    id text primary key,
    site_id text not null references site (id),
    name text not null,
    unique (site_id, name)
);

create table building (
    id text primary key,
    site_id text not null references site (id),
    area_id text references area (id),
    name text not null,
    unique (site_id, name)
);

-- Homes, shops, parking spaces.
create table home (
    id text primary key,
    site_id text not null references site (id),
    building_id text not null references building (id),
    unit text not null default '',
    room text not null,
    -- What people say: 3栋1单元502.
    title text not null,
    -- Digits joined by hyphens, 3-1-502: what people type.
    room_key text not null,
    kind text not null default 'home',
    floor_area double precision,
    -- Day of handover 交付日期: the owner's warranty begins (REPAIR-2).
    delivered_on text,
    unique (building_id, unit, room)
);
create index home_by_key on home (room_key);
create index home_by_site on home (site_id, title);

create table customer (
    id text primary key,
    name text not null,
    -- Pinyin of the whole name and its initials, without spaces: 张伟 zhangwei zw.
    pinyin text not null,
    initials text not null,
    -- person, company
    kind text not null default 'person',
    identity text,
    care_note text not null default '',
    arrears boolean not null default false,
    created_at bigint not null
);
create index customer_by_name on customer (name);
create index customer_by_pinyin on customer (pinyin);
create index customer_by_initials on customer (initials);

create table customer_phone (
    id text primary key,
    customer_id text not null references customer (id),
    number text not null,
    last4 text not null,
    note text not null default ''
);
create index customer_phone_by_number on customer_phone (number);
create index customer_phone_by_last4 on customer_phone (last4);
create index customer_phone_by_customer on customer_phone (customer_id);

create table customer_plate (
    customer_id text not null references customer (id),
    plate text not null,
    primary key (customer_id, plate)
);
create index customer_plate_by_plate on customer_plate (plate);

-- Who lives in or owns what: owner, family, tenant.
create table home_person (
    home_id text not null references home (id),
    customer_id text not null references customer (id),
    relation text not null,
    primary key (home_id, customer_id)
);
create index home_person_by_customer on home_person (customer_id);

-- ---------------------------------------------------------------- people

create table staff (
    id text primary key,
    name text not null,
    pinyin text not null default '',
    initials text not null default '',
    login text not null unique,
    password text not null,
    phone text,
    email text,
    active boolean not null default true,
    failures bigint not null default 0,
    locked_until bigint,
    created_at bigint not null
);

-- A post held at one site, or (no site) at all of them.
create table staff_post (
    staff_id text not null references staff (id),
    post text not null,
    site_id text references site (id)
);
create unique index staff_post_once on staff_post (staff_id, post, coalesce(site_id, ''));

create table staff_area (
    staff_id text not null references staff (id),
    area_id text not null references area (id),
    primary key (staff_id, area_id)
);

create table staff_skill (
    staff_id text not null references staff (id),
    skill text not null,
    primary key (staff_id, skill)
);

-- The simple duty list (INTAKE-15).
create table duty (
    id text primary key,
    staff_id text not null references staff (id),
    post text not null,
    site_id text not null references site (id),
    area_id text references area (id),
    from_at bigint not null,
    to_at bigint not null
);
create index duty_by_time on duty (site_id, from_at);

-- Only the digest of a session's secret is kept.
create table session (
    digest text primary key,
    staff_id text not null references staff (id),
    csrf text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_by_staff on session (staff_id);

-- The first answer to a write, repeated to whoever sends the same key again.
create table idempotency (
    actor text not null,
    key text not null,
    request text not null,
    status bigint not null,
    body {json} not null,
    created_at bigint not null,
    primary key (actor, key)
);
create index idempotency_by_age on idempotency (created_at);

-- Who looked at personal data, and why (SAFE-4).
create table look (
    id text primary key,
    staff_id text not null references staff (id),
    at bigint not null,
    what text not null,
    subject text not null,
    reason text not null
);
create index look_by_staff on look (staff_id, at);

-- ---------------------------------------------------------------- contacts

-- Next number of each series; updated last before the commit, so that numbers have no gaps.
create table counter (
    name text primary key,
    next bigint not null
);

-- The register 来电来访登记 (INTAKE-1).
create table contact (
    id text primary key,
    number text not null,
    site_id text not null references site (id),
    channel text not null,
    customer_id text references customer (id),
    home_id text references home (id),
    caller_name text not null default '',
    caller_phone text not null default '',
    said text not null,
    done_at_once text not null default '',
    follow_needed text not null default '',
    feedback text not null default '',
    -- The taker read the matter back (INTAKE-5).
    read_back boolean not null default false,
    taken_by text references staff (id),
    happened_at bigint not null,
    recorded_at bigint not null,
    answered_at bigint,
    settled_at bigint,
    -- Number in the outside source it was imported from.
    outside_id text unique
);
create unique index contact_by_number on contact (site_id, number);
create index contact_by_time on contact (site_id, happened_at);
create index contact_by_customer on contact (customer_id, happened_at);
create index contact_by_home on contact (home_id, happened_at);

create table contact_judgement (
    contact_id text not null references contact (id),
    judgement text not null,
    urgency bigint not null default 0,
    primary key (contact_id, judgement)
);

-- One event 事件 (a lift, a water cut) over many contacts (INTAKE-16).
create table incident (
    id text primary key,
    site_id text not null references site (id),
    title text not null,
    notice text not null default '',
    opened_at bigint not null,
    opened_by text references staff (id),
    closed_at bigint,
    closing_notice text not null default ''
);
create index incident_by_site on incident (site_id, opened_at);

create table incident_contact (
    incident_id text not null references incident (id),
    contact_id text not null references contact (id),
    primary key (incident_id, contact_id)
);

-- ---------------------------------------------------------------- cases

-- The snapshot of a case 事项: a projection of its events, in columns where lists need them.
create table case_record (
    id text primary key,
    kind text not null,
    manual text not null references manual (hash),
    site_id text not null references site (id),
    area_id text references area (id),
    number text not null,
    heading text not null,
    stage text not null,
    home_id text references home (id),
    customer_id text references customer (id),
    contact_id text references contact (id),
    parent_id text references case_record (id),
    channel text,
    urgency bigint not null,
    level bigint not null,
    reminders bigint not null,
    opened_at bigint not null,
    closed_at bigint,
    merged_into text references case_record (id),
    passing_to text references staff (id),
    -- Nearest deadline of a running clock.
    next_due_at bigint,
    -- When the engine must look at it again though nobody acts.
    wake_at bigint,
    seq bigint not null,
    data {json} not null,
    state {json} not null
);
create unique index case_by_number on case_record (number);
create index case_open_by_due on case_record (site_id, next_due_at) where closed_at is null;
create index case_by_opened on case_record (site_id, opened_at);
create index case_by_kind on case_record (kind, site_id, opened_at);
create index case_by_home on case_record (home_id, opened_at);
create index case_by_customer on case_record (customer_id, opened_at);
create index case_by_contact on case_record (contact_id);
create index case_by_parent on case_record (parent_id);
create index case_by_wake on case_record (wake_at) where wake_at is not null;

create table case_person (
    case_id text not null references case_record (id),
    relation text not null,
    staff_id text not null references staff (id),
    primary key (case_id, relation, staff_id)
);
create index case_person_by_staff on case_person (staff_id, case_id);

-- The ledger 经过. Append-only. `digest` is over the salted body, so that a body can be erased on a legal
-- demand and the chain still holds; `chain` is over the one before it and everything else of the row.
create table case_event (
    case_id text not null references case_record (id),
    seq bigint not null,
    type text not null,
    version bigint not null,
    happened_at bigint not null,
    recorded_at bigint not null,
    actor_kind text not null,
    actor_id text,
    body {json} not null,
    salt text not null,
    digest text not null,
    chain text not null,
    primary key (case_id, seq)
);

-- Runs of clocks, for lists and measures.
create table clock_run (
    case_id text not null references case_record (id),
    run bigint not null,
    clock text not null,
    started_at bigint not null,
    due_at bigint,
    paused boolean not null,
    ended_at bigint,
    breached_at bigint,
    primary key (case_id, run)
);

-- Signatures that are waited for: of a post at the site of the case, or of one member of staff.
create table sign_wait (
    case_id text not null references case_record (id),
    slot text not null,
    title text not null,
    post text,
    staff_id text references staff (id)
);
create index sign_wait_by_case on sign_wait (case_id);
create index sign_wait_by_post on sign_wait (post);
create index sign_wait_by_staff on sign_wait (staff_id);

-- Cases a contact leads to: those it opened, and those it hangs under as a reminder.
create table contact_case (
    contact_id text not null references contact (id),
    case_id text not null references case_record (id),
    primary key (contact_id, case_id)
);
create index contact_case_by_case on contact_case (case_id);

create table case_link (
    case_id text not null references case_record (id),
    other_id text not null references case_record (id),
    why text not null,
    primary key (case_id, other_id)
);

-- One holder a resource: whatever the concurrency, exactly one wins.
create table claim (
    name text not null,
    resource text not null,
    case_id text not null references case_record (id),
    primary key (name, resource)
);
create index claim_by_case on claim (case_id);

-- Links for people who are not staff. The token is the id and a keyed digest of it, so that a copy of this
-- table opens nothing.
create table access_link (
    id text primary key,
    link text not null,
    case_id text references case_record (id),
    home_id text references home (id),
    customer_id text references customer (id),
    created_at bigint not null,
    revoked_at bigint
);
create index access_link_by_case on access_link (case_id);
create index access_link_by_home on access_link (home_id);

-- ---------------------------------------------------------------- files, notices

create table file (
    id text primary key,
    name text not null,
    type text not null,
    size bigint not null,
    digest text not null,
    width bigint,
    height bigint,
    case_id text references case_record (id),
    uploaded_by text,
    created_at bigint not null
);
create index file_by_case on file (case_id);

create table inbox (
    id text primary key,
    staff_id text not null references staff (id),
    case_id text references case_record (id),
    text text not null,
    at bigint not null,
    read_at bigint
);
create index inbox_by_staff on inbox (staff_id, at);
create index inbox_unread on inbox (staff_id) where read_at is null;

-- What is to be delivered outside, at least once, after the commit.
create table outbox (
    id text primary key,
    -- email
    channel text not null,
    receiver text not null,
    subject text not null,
    body text not null,
    created_at bigint not null,
    due_at bigint not null,
    attempts bigint not null default 0,
    sent_at bigint,
    failed_at bigint,
    error text
);
create index outbox_due on outbox (due_at) where sent_at is null and failed_at is null;

-- ---------------------------------------------------------------- measures

-- One thing a clause counts, kept or broken. Rewritten by the transaction that changes what it is about.
create table fact (
    clause text not null,
    -- case id, case id/run, contact id
    subject text not null,
    case_id text references case_record (id),
    contact_id text references contact (id),
    -- Local month, '2026-11'.
    month text not null,
    at bigint not null,
    site_id text not null references site (id),
    department text not null,
    staff_id text references staff (id),
    met boolean not null,
    primary key (clause, subject)
);
create index fact_by_month on fact (clause, month, site_id);
create index fact_by_case on fact (case_id);
create index fact_by_contact on fact (contact_id);

-- How far a clause has been computed over the past; shown as complete when it has.
create table clause_fill (
    clause text primary key,
    -- Digest of the definition: a changed clause is filled anew.
    definition text not null,
    cursor text not null default '',
    complete boolean not null default false
);
