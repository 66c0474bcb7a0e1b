-- What is asked often is answered from an index, or kept in memory under a mark that tells when to ask again.

-- A new value whenever who works where, when or with which skill changes (src/cases/roster.rs). On PostgreSQL the number
-- of the transaction is in it, so that a value which was taken back never returns.
create table roster_mark (
  mark bigint not null
);
insert into roster_mark (mark) values (1);

-- only: postgres
create function roster_marked() returns trigger as $$
begin
  update roster_mark set mark = (txid_current() << 20) | ((mark + 1) & 1048575);
  return null;
end;
$$ language plpgsql;

-- only: postgres
create trigger roster_by_staff after insert or delete or update of name, active on staff
  for each statement execute function roster_marked();
-- only: postgres
create trigger roster_by_post after insert or delete or update on staff_post
  for each statement execute function roster_marked();
-- only: postgres
create trigger roster_by_area after insert or delete or update on staff_area
  for each statement execute function roster_marked();
-- only: postgres
create trigger roster_by_skill after insert or delete or update on staff_skill
  for each statement execute function roster_marked();
-- only: postgres
create trigger roster_by_duty after insert or delete or update on duty
  for each statement execute function roster_marked();

-- only: sqlite
create trigger roster_staff_new after insert on staff
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_staff_change after update of name, active on staff
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_post_new after insert on staff_post
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_post_change after update on staff_post
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_post_gone after delete on staff_post
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_area_new after insert on staff_area
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_area_change after update on staff_area
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_area_gone after delete on staff_area
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_skill_new after insert on staff_skill
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_skill_change after update on staff_skill
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_skill_gone after delete on staff_skill
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_duty_new after insert on duty
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_duty_change after update on duty
begin
  update roster_mark set mark = mark + 1;
end;
-- only: sqlite
create trigger roster_duty_gone after delete on duty
begin
  update roster_mark set mark = mark + 1;
end;

-- How many open cases each works on is asked before every step: counted from the index alone, among the open ones.
alter table case_person add column open boolean not null default true;
update case_person set open = false
  where exists (select 1 from case_record c where c.id = case_person.case_id and c.closed_at is not null);
create index case_person_load on case_person (staff_id) where relation = 'assignee' and open;
create index staff_post_by_site on staff_post (site_id);

-- Queues in order of deadline: a page is the beginning of an index, of a site or of the company.
create index case_queue_by_site on case_record (site_id, coalesce(next_due_at, 9007199254740991), id) where closed_at is null;
create index case_queue on case_record (coalesce(next_due_at, 9007199254740991), id) where closed_at is null;
-- One's own open work, without what was done in years before.
create index case_person_open on case_person (staff_id, case_id) where open;
