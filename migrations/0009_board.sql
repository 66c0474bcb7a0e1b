-- The clause board of a company with millions of facts: they are counted when they change, not when it is looked at.

-- How many facts there are of a clause, a month and a site, and how many of them broke the clause. Site '': of the whole
-- company.
create table fact_month (
    clause text not null,
    month text not null,
    site_id text not null,
    total bigint not null,
    broken bigint not null,
    primary key (clause, month, site_id)
);

-- What has changed since they were last added up. Rows are only appended here, so that writers never wait for each
-- other; the board adds them to what is counted, and src/measure/months.rs takes them from here to there.
create table fact_change (
    clause text not null,
    month text not null,
    site_id text not null,
    total bigint not null,
    broken bigint not null
);

insert into fact_month (clause, month, site_id, total, broken)
  select clause, month, site_id, count(*), sum(case when met then 0 else 1 end) from fact group by clause, month, site_id;
insert into fact_month (clause, month, site_id, total, broken)
  select clause, month, '', sum(total), sum(broken) from fact_month group by clause, month;

-- only: postgres
create function fact_changed() returns trigger as $$
begin
  if tg_op <> 'INSERT' then
    insert into fact_change (clause, month, site_id, total, broken)
      values (old.clause, old.month, old.site_id, -1, case when old.met then 0 else -1 end);
  end if;
  if tg_op <> 'DELETE' then
    insert into fact_change (clause, month, site_id, total, broken)
      values (new.clause, new.month, new.site_id, 1, case when new.met then 0 else 1 end);
  end if;
  return null;
end;
$$ language plpgsql;

-- only: postgres
create trigger fact_changed after insert or delete or update of clause, month, site_id, met on fact
  for each row execute function fact_changed();

-- only: sqlite
create trigger fact_new after insert on fact
begin
  insert into fact_change (clause, month, site_id, total, broken)
    values (new.clause, new.month, new.site_id, 1, not new.met);
end;
-- only: sqlite
create trigger fact_moved after update of clause, month, site_id, met on fact
begin
  insert into fact_change (clause, month, site_id, total, broken)
    values (old.clause, old.month, old.site_id, -1, - (not old.met));
  insert into fact_change (clause, month, site_id, total, broken)
    values (new.clause, new.month, new.site_id, 1, not new.met);
end;
-- only: sqlite
create trigger fact_gone after delete on fact
begin
  insert into fact_change (clause, month, site_id, total, broken)
    values (old.clause, old.month, old.site_id, -1, - (not old.met));
end;
