-- Who may come in: sessions that can be told apart, a second step at sign-in, tokens of other systems, and what those
-- systems are told of.

-- What the person sees in the list of their sessions.
alter table session add column agent text not null default '';
alter table session add column address text not null default '';

-- An account other systems act by: it never signs in, is never on duty and never chosen for work.
alter table staff add column service boolean not null default false;

-- Where a customer without a home was written down; none: for the whole company.
alter table customer add column site_id text references site (id);

-- The second step at sign-in (RFC 6238). `last_step`: the newest time step a code was taken of; none is taken twice.
create table second_step (
    staff_id text primary key references staff (id),
    secret text not null,
    created_at bigint not null,
    confirmed_at bigint,
    last_step bigint not null default 0
);

-- Codes for when the phone is lost. Only digests; each is good once.
create table recovery_code (
    staff_id text not null references staff (id),
    digest text not null,
    used_at bigint,
    primary key (staff_id, digest)
);

-- Tokens of other systems. Only the digest is kept.
create table api_token (
    id text primary key,
    staff_id text not null references staff (id),
    digest text not null unique,
    -- Names joined by spaces: read:cases write:contacts.
    scopes text not null,
    created_by text not null references staff (id),
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create index api_token_by_staff on api_token (staff_id);

-- Where other systems want to be told of events.
create table hook (
    id text primary key,
    name text not null,
    url text not null,
    -- Names joined by commas, with one at each end: ,case.opened,case.closed,
    events text not null,
    -- Only events of this site; none: of all.
    site_id text references site (id),
    secret text not null,
    active boolean not null default true,
    created_by text not null references staff (id),
    created_at bigint not null
);

-- What a hook is to be told, at least once; written with what it tells of.
create table hook_delivery (
    id text primary key,
    hook_id text not null references hook (id),
    event text not null,
    body text not null,
    created_at bigint not null,
    due_at bigint not null,
    attempts bigint not null default 0,
    sent_at bigint,
    failed_at bigint,
    -- What was answered last: the HTTP status and the beginning of the body, or why there was no answer.
    status bigint,
    answer text,
    took_ms bigint
);
create index hook_delivery_due on hook_delivery (hook_id, due_at) where sent_at is null and failed_at is null;
create index hook_delivery_by_hook on hook_delivery (hook_id, created_at);
create index hook_delivery_by_age on hook_delivery (created_at);

-- What was done to anybody's access, and by whom.
create table access_event (
    id text primary key,
    at bigint not null,
    staff_id text not null references staff (id),
    what text not null,
    subject text not null,
    detail text not null default ''
);
create index access_event_by_time on access_event (at);
