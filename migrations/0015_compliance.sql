-- Everything in the base of a clause is kept, broken, open or excused: nothing falls out. Facts are computed from cases
-- and contacts, so the old ones go and src/measure/fill.rs makes them anew.
drop table fact;
drop table fact_change;
drop table fact_month;
-- only: postgres
drop function fact_changed();
delete from clause_fill;
-- Since when the clause is in force: before that, a period in which nothing was done breaks nothing.
alter table clause_fill add column since bigint not null default 0;

-- One thing in the base of a clause. Rewritten by the transaction that changes what it is about.
create table fact (
    clause text not null,
    -- case id, case id/run, contact id; anchor id@period
    subject text not null,
    case_id text references case_record (id),
    contact_id text references contact (id),
    -- Site, home, person or '-' (the company) that is looked at once a period; or for which a case is counted.
    anchor_id text,
    -- Local period as the clause has it: '2026-11-23', '2026-W48', '2026-11', '2026-Q4', '2026'.
    period text not null,
    at bigint not null,
    site_id text not null references site (id),
    department text not null,
    staff_id text references staff (id),
    -- kept, broken, open, excused; counted: a case that only adds to the number of its anchor.
    compliance text not null,
    -- Name of the excuse.
    reason text,
    -- When what is open is broken by itself.
    due_at bigint,
    -- What an average is taken of; the number of an anchor.
    value double precision,
    primary key (clause, subject)
);
create index fact_by_case on fact (case_id);
create index fact_by_contact on fact (contact_id);
-- The board by department or person, and its groups, count from this index alone.
create index fact_by_period on fact (clause, period, site_id, department, staff_id, compliance);
-- What broke a clause, or is excused or open, newest first.
create index fact_by_compliance on fact (clause, compliance, at, subject);
create index fact_open on fact (clause, period, site_id) where compliance = 'open';
create index fact_due on fact (due_at) where due_at is not null;
create index fact_counted on fact (clause, anchor_id, period) where compliance = 'counted';

-- Facts that are decided, by clause, period and site. Site '': of the whole company.
create table fact_sum (
    clause text not null,
    period text not null,
    site_id text not null,
    kept bigint not null,
    broken bigint not null,
    excused bigint not null,
    -- Sum of the values of those kept or broken.
    value double precision not null,
    primary key (clause, period, site_id)
);

-- What has changed since they were last added up. Rows are only appended here, so that writers never wait for each
-- other; the board adds them to what is counted, and src/measure/sums.rs takes them from here to there. What is open
-- is not added up: it is little, and most of what is written begins open.
create table fact_change (
    clause text not null,
    period text not null,
    site_id text not null,
    kept bigint not null,
    broken bigint not null,
    excused bigint not null,
    value double precision not null
);

-- Whose number must be counted anew: src/measure/anchored.rs does it.
create table fact_recount (
    clause text not null,
    anchor_id text not null,
    at bigint not null
);

-- How far a clause over sites, homes or staff has looked at all of them in a period.
create table fact_round (
    clause text not null,
    period text not null,
    last_id text not null,
    complete boolean not null,
    primary key (clause, period)
);

-- only: postgres
create function fact_changed() returns trigger as $$
begin
  if tg_op <> 'INSERT' and old.compliance in ('kept', 'broken', 'excused') then
    insert into fact_change (clause, period, site_id, kept, broken, excused, value)
      values (old.clause, old.period, old.site_id,
        case when old.compliance = 'kept' then -1 else 0 end, case when old.compliance = 'broken' then -1 else 0 end,
        case when old.compliance = 'excused' then -1 else 0 end,
        case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end);
  end if;
  if tg_op <> 'DELETE' and new.compliance in ('kept', 'broken', 'excused') then
    insert into fact_change (clause, period, site_id, kept, broken, excused, value)
      values (new.clause, new.period, new.site_id,
        case when new.compliance = 'kept' then 1 else 0 end, case when new.compliance = 'broken' then 1 else 0 end,
        case when new.compliance = 'excused' then 1 else 0 end,
        case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end);
  end if;
  return null;
end;
$$ language plpgsql;

-- only: postgres
create trigger fact_changed after insert or delete or update of clause, period, site_id, compliance, value on fact
  for each row execute function fact_changed();

-- only: sqlite
create trigger fact_new after insert on fact when new.compliance in ('kept', 'broken', 'excused')
begin
  insert into fact_change (clause, period, site_id, kept, broken, excused, value)
    values (new.clause, new.period, new.site_id, new.compliance = 'kept', new.compliance = 'broken',
      new.compliance = 'excused', case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end);
end;
-- only: sqlite
create trigger fact_left after update of clause, period, site_id, compliance, value on fact
  when old.compliance in ('kept', 'broken', 'excused')
begin
  insert into fact_change (clause, period, site_id, kept, broken, excused, value)
    values (old.clause, old.period, old.site_id, - (old.compliance = 'kept'), - (old.compliance = 'broken'),
      - (old.compliance = 'excused'), case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end);
end;
-- only: sqlite
create trigger fact_came after update of clause, period, site_id, compliance, value on fact
  when new.compliance in ('kept', 'broken', 'excused')
begin
  insert into fact_change (clause, period, site_id, kept, broken, excused, value)
    values (new.clause, new.period, new.site_id, new.compliance = 'kept', new.compliance = 'broken',
      new.compliance = 'excused', case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end);
end;
-- only: sqlite
create trigger fact_gone after delete on fact when old.compliance in ('kept', 'broken', 'excused')
begin
  insert into fact_change (clause, period, site_id, kept, broken, excused, value)
    values (old.clause, old.period, old.site_id, - (old.compliance = 'kept'), - (old.compliance = 'broken'),
      - (old.compliance = 'excused'), case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end);
end;
