-- The clause board counts from this index alone, without reading the facts; groups by site, department and person
-- too.
drop index fact_by_month;
create index fact_by_month on fact (clause, month, site_id, department, staff_id, met);
-- What broke a clause, newest first.
create index fact_broken on fact (clause, at, subject) where not met;
