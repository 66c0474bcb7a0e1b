-- Who was passed something on sees it among what waits for them, at every look at their work: few cases are being passed
-- on at any time, and only they are in this index.
create index case_by_passing on case_record (passing_to) where passing_to is not null;
