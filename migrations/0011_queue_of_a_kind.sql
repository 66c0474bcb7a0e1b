-- The queue of one kind in the whole company, by deadline. Among the other indexes the planner of SQLite chose by what it
-- guessed of a kind, which is wrong by a thousand times once a company is large; here there is nothing to choose.
create index case_queue_by_kind on case_record (kind, coalesce(next_due_at, 9007199254740991), id) where closed_at is null;
