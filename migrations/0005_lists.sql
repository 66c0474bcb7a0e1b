-- Saved views 视图 of lists: filters and columns under a name, one's own or shared with a post.
create table list_view (
    id text primary key,
    -- cases, contacts
    list text not null,
    name text not null,
    owner_id text not null references staff (id),
    -- Holders of this post see it too.
    post text,
    -- Filters as they stand in the address of the page, columns among them.
    query {json} not null,
    created_at bigint not null
);
create index list_view_by_owner on list_view (owner_id, list);
create index list_view_by_post on list_view (post, list);

-- What was erased when its retention period was over (QUALITY-2), on whose approval: one row each time.
create table retention_run (
    id text primary key,
    at bigint not null,
    -- Who approved, as written on the approval, and its number.
    approved_by text not null,
    approval text not null,
    -- What of which kind was erased, and how many.
    counts {json} not null
);

-- A case whose personal data and bodies are gone: its number, dates and chain remain.
create table erased_case (
    case_id text primary key references case_record (id),
    run_id text not null references retention_run (id),
    at bigint not null
);
create index erased_case_by_run on erased_case (run_id);
