-- What was opened last, and what was refused, is looked up round by round, however many homes there are.
create index recurrence_run_by_time on recurrence_run (name, at);
