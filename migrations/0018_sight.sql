-- Whoever was told of a case may see it: asked of every row of a list that a narrow post reads. Erasing finds the notices
-- of a case by it too.
create index inbox_of_case on inbox (case_id, staff_id);
