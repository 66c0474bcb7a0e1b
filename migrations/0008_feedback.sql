-- What customers answered 客户意见, each as it was given, with their signature where they signed (INTAKE-1). What is
-- entered is never written over.
create table contact_feedback (
    id text primary key,
    contact_id text not null references contact (id),
    words text not null,
    -- Picture of the customer's signature.
    signature text references file (id),
    taken_by text references staff (id),
    at bigint not null
);
create index contact_feedback_by_contact on contact_feedback (contact_id);
create unique index contact_feedback_by_signature on contact_feedback (signature);

insert into contact_feedback (id, contact_id, words, at)
select id, id, feedback, recorded_at from contact where feedback <> '';
alter table contact drop column feedback;
