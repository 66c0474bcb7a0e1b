-- What comes round without a case it hangs on. A sweep goes through those it is done for (homes, sites, staff) page by
-- page; each page and where it ended are one transaction, so that a node that dies leaves neither gap nor double.
create table recurrence_sweep (
    name text primary key,
    -- Everything due up to here has been opened.
    done_until bigint not null,
    -- The sweep under way: up to when, the last one it has been with, and how far it has come.
    to_at bigint,
    last_id text not null default '',
    looked_at bigint not null default 0
);

-- Each opening under its key, at most once; or why it was refused.
create table recurrence_run (
    name text not null,
    anchor_id text not null,
    at bigint not null,
    case_id text references case_record (id),
    refused text,
    primary key (name, anchor_id, at)
);
create index recurrence_run_by_case on recurrence_run (case_id);
