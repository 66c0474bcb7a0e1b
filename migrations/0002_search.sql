-- Search. One analyser (src/search/words.rs) cuts text into words for both databases: overlapping pairs of Chinese
-- characters, whole words, whole numbers. The seat of a text is its instant and a few bits of its id, so that the
-- order of seats is the order of time and a page begins where the last one ended.

create table case_text (
    seat bigint primary key,
    case_id text not null unique references case_record (id),
    -- Normalised text: pairs of characters are held against it, since they alone do not say that they stand together.
    body text not null
);
create table contact_text (
    seat bigint primary key,
    contact_id text not null unique references contact (id),
    body text not null
);

-- The text is in the tables above, so the index keeps none; nor positions, which words that are pairs do not need.
-- `ascii` leaves everything beyond ASCII as it is: the analyser has folded it already.
-- only: sqlite
create virtual table case_word using fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- only: sqlite
create virtual table contact_word using fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- only: postgres
alter table case_text add column words tsvector not null;
-- only: postgres
create index case_text_by_word on case_text using gin (words);
-- only: postgres
alter table contact_text add column words tsvector not null;
-- only: postgres
create index contact_text_by_word on contact_text using gin (words);

-- All that a customer is found by from its beginning: name and the ends of the name, pinyin with the readings of
-- characters that have several, initials, plates with and without the province. Phones are not here: they match whole
-- or by the last four only.
-- only: sqlite
create table customer_key (
    key text not null,
    customer_id text not null references customer (id),
    primary key (key, customer_id)
) without rowid;
-- In the order of bytes, whatever the order of the database: else no index answers "begins with".
-- only: postgres
create table customer_key (
    key text collate "C" not null,
    customer_id text not null references customer (id),
    primary key (key, customer_id)
);
create index customer_key_by_customer on customer_key (customer_id);
-- The keys above replace them.
drop index customer_by_pinyin;
drop index customer_by_initials;
drop index customer_plate_by_plate;

-- only: postgres
alter table home alter column room_key type text collate "C";
-- only: postgres
alter table case_record alter column number type text collate "C";
-- A room alone: 502.
create index home_by_room on home (room, site_id);

-- Limits on look-ups count those of one person, one sort and the last hour.
drop index look_by_staff;
create index look_by_staff on look (staff_id, what, at);
