-- A notice may lead to a page of the desk that is no case: a report of the period that has just ended.
alter table inbox add column page text;
