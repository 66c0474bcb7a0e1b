-- What one case asked of another for later: each row is performed once, as an action of its own, by whichever node
-- takes it; what is refused then is written into the case that asked.
create table deed (
    id text primary key,
    case_id text not null references case_record (id),
    other_id text not null references case_record (id),
    act text not null,
    or_act text,
    entered {json} not null,
    due_at bigint not null,
    done_at bigint
);

create index deed_due on deed (due_at) where done_at is null;
