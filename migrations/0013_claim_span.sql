-- Holds on a resource for a time: two holders may have it as long as their times do not overlap. Neither database has
-- a key for that which both know, so whoever takes one locks the resource's row first and looks then.
create table claim_resource (
    name text not null,
    resource text not null,
    primary key (name, resource)
);

create table claim_span (
    name text not null,
    resource text not null,
    from_at bigint not null,
    to_at bigint not null,
    case_id text not null references case_record (id),
    primary key (name, resource, from_at)
);
create index claim_span_by_case on claim_span (case_id);
