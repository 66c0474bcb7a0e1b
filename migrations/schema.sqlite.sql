create table access_event (
  id text primary key,
  at bigint not null,
  staff_id text not null references staff (id),
  what text not null,
  subject text not null,
  detail text not null default ''
);
CREATE INDEX access_event_by_time on access_event (at);

create table access_link (
  id text primary key,
  link text not null,
  case_id text references case_record (id),
  home_id text references home (id),
  customer_id text references customer (id),
  created_at bigint not null,
  revoked_at bigint
);
CREATE INDEX access_link_by_case on access_link (case_id);
CREATE INDEX access_link_by_home on access_link (home_id);

create table api_token (
  id text primary key,
  staff_id text not null references staff (id),
  digest text not null unique,
  scopes text not null,
  created_by text not null references staff (id),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  revoked_at bigint
);
CREATE INDEX api_token_by_staff on api_token (staff_id);

create table area (
  id text primary key,
  site_id text not null references site (id),
  name text not null,
  unique (site_id, name)
);

create table building (
  id text primary key,
  site_id text not null references site (id),
  area_id text references area (id),
  name text not null,
  unique (site_id, name)
);

create table case_event (
  case_id text not null references case_record (id),
  seq bigint not null,
  type text not null,
  version bigint not null,
  happened_at bigint not null,
  recorded_at bigint not null,
  actor_kind text not null,
  actor_id text,
  body text not null,
  salt text not null,
  digest text not null,
  chain text not null,
  primary key (case_id, seq)
);

create table case_link (
  case_id text not null references case_record (id),
  other_id text not null references case_record (id),
  why text not null,
  primary key (case_id, other_id)
);

create table case_person (
  case_id text not null references case_record (id),
  relation text not null,
  staff_id text not null references staff (id),
  open boolean not null default true,
  primary key (case_id, relation, staff_id)
);
CREATE INDEX case_person_by_staff on case_person (staff_id, case_id);
CREATE INDEX case_person_load on case_person (staff_id) where relation = 'assignee' and open;
CREATE INDEX case_person_open on case_person (staff_id, case_id) where open;

create table case_record (
  id text primary key,
  kind text not null,
  manual text not null references manual (hash),
  site_id text not null references site (id),
  area_id text references area (id),
  number text not null,
  heading text not null,
  stage text not null,
  home_id text references home (id),
  customer_id text references customer (id),
  contact_id text references contact (id),
  parent_id text references case_record (id),
  channel text,
  urgency bigint not null,
  level bigint not null,
  reminders bigint not null,
  opened_at bigint not null,
  closed_at bigint,
  merged_into text references case_record (id),
  passing_to text references staff (id),
  next_due_at bigint,
  wake_at bigint,
  seq bigint not null,
  data text not null,
  state text not null
);
CREATE INDEX case_by_contact on case_record (contact_id);
CREATE INDEX case_by_customer on case_record (customer_id, opened_at);
CREATE INDEX case_by_home on case_record (home_id, opened_at);
CREATE INDEX case_by_kind on case_record (kind, site_id, opened_at);
CREATE UNIQUE INDEX case_by_number on case_record (number);
CREATE INDEX case_by_opened on case_record (site_id, opened_at);
CREATE INDEX case_by_parent on case_record (parent_id);
CREATE INDEX case_by_passing on case_record (passing_to) where passing_to is not null;
CREATE INDEX case_by_wake on case_record (wake_at) where wake_at is not null;
CREATE INDEX case_open_by_due on case_record (site_id, next_due_at) where closed_at is null;
CREATE INDEX case_queue on case_record (coalesce(next_due_at, 9007199254740991), id) where closed_at is null;
CREATE INDEX case_queue_by_kind on case_record (kind, coalesce(next_due_at, 9007199254740991), id) where closed_at is null;
CREATE INDEX case_queue_by_site on case_record (site_id, coalesce(next_due_at, 9007199254740991), id) where closed_at is null;

create table case_text (
  seat bigint primary key,
  case_id text not null unique references case_record (id),
  body text not null
);

CREATE VIRTUAL TABLE case_word using fts5 ( words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii' );

create table claim (
  name text not null,
  resource text not null,
  case_id text not null references case_record (id),
  said text,
  primary key (name, resource)
);
CREATE INDEX claim_by_case on claim (case_id);

create table claim_resource (
  name text not null,
  resource text not null,
  primary key (name, resource)
);

create table claim_span (
  name text not null,
  resource text not null,
  from_at bigint not null,
  to_at bigint not null,
  case_id text not null references case_record (id),
  primary key (name, resource, from_at)
);
CREATE INDEX claim_span_by_case on claim_span (case_id);

create table clause_fill (
  clause text primary key,
  definition text not null,
  cursor text not null default '',
  complete boolean not null default false ,
  since bigint not null default 0
);

create table clock_run (
  case_id text not null references case_record (id),
  run bigint not null,
  clock text not null,
  started_at bigint not null,
  due_at bigint,
  paused boolean not null,
  ended_at bigint,
  breached_at bigint,
  primary key (case_id, run)
);

create table contact (
  id text primary key,
  number text not null,
  site_id text not null references site (id),
  channel text not null,
  customer_id text references customer (id),
  home_id text references home (id),
  caller_name text not null default '',
  caller_phone text not null default '',
  said text not null,
  done_at_once text not null default '',
  follow_needed text not null default '',
  read_back boolean not null default false,
  taken_by text references staff (id),
  happened_at bigint not null,
  recorded_at bigint not null,
  answered_at bigint,
  settled_at bigint,
  outside_id text unique
);
CREATE INDEX contact_by_customer on contact (customer_id, happened_at);
CREATE INDEX contact_by_home on contact (home_id, happened_at);
CREATE UNIQUE INDEX contact_by_number on contact (site_id, number);
CREATE INDEX contact_by_time on contact (site_id, happened_at);

create table contact_case (
  contact_id text not null references contact (id),
  case_id text not null references case_record (id),
  primary key (contact_id, case_id)
);
CREATE INDEX contact_case_by_case on contact_case (case_id);

create table contact_feedback (
  id text primary key,
  contact_id text not null references contact (id),
  words text not null,
  signature text references file (id),
  taken_by text references staff (id),
  at bigint not null
);
CREATE INDEX contact_feedback_by_contact on contact_feedback (contact_id);
CREATE UNIQUE INDEX contact_feedback_by_signature on contact_feedback (signature);

create table contact_judgement (
  contact_id text not null references contact (id),
  judgement text not null,
  urgency bigint not null default 0,
  primary key (contact_id, judgement)
);

create table contact_text (
  seat bigint primary key,
  contact_id text not null unique references contact (id),
  body text not null
);

CREATE VIRTUAL TABLE contact_word using fts5 ( words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii' );

create table counter (
  name text primary key,
  next bigint not null
);

create table customer (
  id text primary key,
  name text not null,
  pinyin text not null,
  initials text not null,
  kind text not null default 'person',
  identity text,
  care_note text not null default '',
  arrears boolean not null default false,
  created_at bigint not null ,
  site_id text references site (id)
);
CREATE INDEX customer_by_name on customer (name);

create table customer_key (
  key text not null,
  customer_id text not null references customer (id),
  primary key (key, customer_id)
) without rowid;
CREATE INDEX customer_key_by_customer on customer_key (customer_id);

create table customer_phone (
  id text primary key,
  customer_id text not null references customer (id),
  number text not null,
  last4 text not null,
  note text not null default ''
);
CREATE INDEX customer_phone_by_customer on customer_phone (customer_id);
CREATE INDEX customer_phone_by_last4 on customer_phone (last4);
CREATE INDEX customer_phone_by_number on customer_phone (number);

create table customer_plate (
  customer_id text not null references customer (id),
  plate text not null,
  primary key (customer_id, plate)
);

create table deed (
  id text primary key,
  case_id text not null references case_record (id),
  other_id text not null references case_record (id),
  act text not null,
  or_act text,
  entered text not null,
  due_at bigint not null,
  done_at bigint
);
CREATE INDEX deed_due on deed (due_at) where done_at is null;

create table duty (
  id text primary key,
  staff_id text not null references staff (id),
  post text not null,
  site_id text not null references site (id),
  area_id text references area (id),
  from_at bigint not null,
  to_at bigint not null
);
CREATE INDEX duty_by_time on duty (site_id, from_at);
CREATE TRIGGER roster_duty_change after update on duty begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_duty_gone after delete on duty begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_duty_new after insert on duty begin update roster_mark set mark = mark + 1; end;

create table erased_case (
  case_id text primary key references case_record (id),
  run_id text not null references retention_run (id),
  at bigint not null
);
CREATE INDEX erased_case_by_run on erased_case (run_id);

create table fact (
  clause text not null,
  subject text not null,
  case_id text references case_record (id),
  contact_id text references contact (id),
  anchor_id text,
  period text not null,
  at bigint not null,
  site_id text not null references site (id),
  department text not null,
  staff_id text references staff (id),
  compliance text not null,
  reason text,
  due_at bigint,
  value double precision,
  primary key (clause, subject)
);
CREATE INDEX fact_by_case on fact (case_id);
CREATE INDEX fact_by_compliance on fact (clause, compliance, at, subject);
CREATE INDEX fact_by_contact on fact (contact_id);
CREATE INDEX fact_by_period on fact (clause, period, site_id, department, staff_id, compliance);
CREATE INDEX fact_counted on fact (clause, anchor_id, period) where compliance = 'counted';
CREATE INDEX fact_due on fact (due_at) where due_at is not null;
CREATE INDEX fact_open on fact (clause, period, site_id) where compliance = 'open';
CREATE TRIGGER fact_came after update of clause, period, site_id, compliance, value on fact when new.compliance in ('kept', 'broken', 'excused') begin insert into fact_change (clause, period, site_id, kept, broken, excused, value) values (new.clause, new.period, new.site_id, new.compliance = 'kept', new.compliance = 'broken', new.compliance = 'excused', case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end); end;
CREATE TRIGGER fact_gone after delete on fact when old.compliance in ('kept', 'broken', 'excused') begin insert into fact_change (clause, period, site_id, kept, broken, excused, value) values (old.clause, old.period, old.site_id, - (old.compliance = 'kept'), - (old.compliance = 'broken'), - (old.compliance = 'excused'), case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end); end;
CREATE TRIGGER fact_left after update of clause, period, site_id, compliance, value on fact when old.compliance in ('kept', 'broken', 'excused') begin insert into fact_change (clause, period, site_id, kept, broken, excused, value) values (old.clause, old.period, old.site_id, - (old.compliance = 'kept'), - (old.compliance = 'broken'), - (old.compliance = 'excused'), case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end); end;
CREATE TRIGGER fact_new after insert on fact when new.compliance in ('kept', 'broken', 'excused') begin insert into fact_change (clause, period, site_id, kept, broken, excused, value) values (new.clause, new.period, new.site_id, new.compliance = 'kept', new.compliance = 'broken', new.compliance = 'excused', case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end); end;

create table fact_change (
  clause text not null,
  period text not null,
  site_id text not null,
  kept bigint not null,
  broken bigint not null,
  excused bigint not null,
  value double precision not null
);

create table fact_recount (
  clause text not null,
  anchor_id text not null,
  at bigint not null
);

create table fact_round (
  clause text not null,
  period text not null,
  last_id text not null,
  complete boolean not null,
  primary key (clause, period)
);

create table fact_sum (
  clause text not null,
  period text not null,
  site_id text not null,
  kept bigint not null,
  broken bigint not null,
  excused bigint not null,
  value double precision not null,
  primary key (clause, period, site_id)
);

create table file (
  id text primary key,
  name text not null,
  type text not null,
  size bigint not null,
  digest text not null,
  width bigint,
  height bigint,
  case_id text references case_record (id),
  uploaded_by text,
  created_at bigint not null
);
CREATE INDEX file_by_case on file (case_id);

create table home (
  id text primary key,
  site_id text not null references site (id),
  building_id text not null references building (id),
  unit text not null default '',
  room text not null,
  title text not null,
  room_key text not null,
  kind text not null default 'home',
  floor_area double precision,
  delivered_on text,
  unique (building_id, unit, room)
);
CREATE INDEX home_by_key on home (room_key);
CREATE INDEX home_by_room on home (room, site_id);
CREATE INDEX home_by_site on home (site_id, title);

create table home_person (
  home_id text not null references home (id),
  customer_id text not null references customer (id),
  relation text not null,
  primary key (home_id, customer_id)
);
CREATE INDEX home_person_by_customer on home_person (customer_id);

create table hook (
  id text primary key,
  name text not null,
  url text not null,
  events text not null,
  site_id text references site (id),
  secret text not null,
  active boolean not null default true,
  created_by text not null references staff (id),
  created_at bigint not null
);

create table hook_delivery (
  id text primary key,
  hook_id text not null references hook (id),
  event text not null,
  body text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint not null default 0,
  sent_at bigint,
  failed_at bigint,
  status bigint,
  answer text,
  took_ms bigint
);
CREATE INDEX hook_delivery_by_age on hook_delivery (created_at);
CREATE INDEX hook_delivery_by_hook on hook_delivery (hook_id, created_at);
CREATE INDEX hook_delivery_due on hook_delivery (hook_id, due_at) where sent_at is null and failed_at is null;

create table idempotency (
  actor text not null,
  key text not null,
  request text not null,
  status bigint not null,
  body text not null,
  created_at bigint not null,
  primary key (actor, key)
);
CREATE INDEX idempotency_by_age on idempotency (created_at);

create table inbox (
  id text primary key,
  staff_id text not null references staff (id),
  case_id text references case_record (id),
  text text not null,
  at bigint not null,
  read_at bigint ,
  page text
);
CREATE INDEX inbox_by_staff on inbox (staff_id, at);
CREATE INDEX inbox_of_case on inbox (case_id, staff_id);
CREATE INDEX inbox_unread on inbox (staff_id) where read_at is null;

create table incident (
  id text primary key,
  site_id text not null references site (id),
  title text not null,
  notice text not null default '',
  opened_at bigint not null,
  opened_by text references staff (id),
  closed_at bigint,
  closing_notice text not null default ''
);
CREATE INDEX incident_by_site on incident (site_id, opened_at);

create table incident_contact (
  incident_id text not null references incident (id),
  contact_id text not null references contact (id),
  primary key (incident_id, contact_id)
);

create table list_view (
  id text primary key,
  list text not null,
  name text not null,
  owner_id text not null references staff (id),
  post text,
  query text not null,
  created_at bigint not null
);
CREATE INDEX list_view_by_owner on list_view (owner_id, list);
CREATE INDEX list_view_by_post on list_view (post, list);

create table look (
  id text primary key,
  staff_id text not null references staff (id),
  at bigint not null,
  what text not null,
  subject text not null,
  reason text not null
);
CREATE INDEX look_by_staff on look (staff_id, what, at);

create table manual (
  hash text primary key,
  files text not null,
  published_at bigint not null,
  published_by text
);

create table outbox (
  id text primary key,
  channel text not null,
  receiver text not null,
  subject text not null,
  body text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint not null default 0,
  sent_at bigint,
  failed_at bigint,
  error text
);
CREATE INDEX outbox_due on outbox (due_at) where sent_at is null and failed_at is null;

create table recovery_code (
  staff_id text not null references staff (id),
  digest text not null,
  used_at bigint,
  primary key (staff_id, digest)
);

create table recurrence_run (
  name text not null,
  anchor_id text not null,
  at bigint not null,
  case_id text references case_record (id),
  refused text,
  primary key (name, anchor_id, at)
);
CREATE INDEX recurrence_run_by_case on recurrence_run (case_id);
CREATE INDEX recurrence_run_by_time on recurrence_run (name, at);

create table recurrence_sweep (
  name text primary key,
  done_until bigint not null,
  to_at bigint,
  last_id text not null default '',
  looked_at bigint not null default 0
);

create table retention_run (
  id text primary key,
  at bigint not null,
  approved_by text not null,
  approval text not null,
  counts text not null
);

create table roster_mark (
  mark bigint not null
);

create table second_step (
  staff_id text primary key references staff (id),
  secret text not null,
  created_at bigint not null,
  confirmed_at bigint,
  last_step bigint not null default 0
);

create table session (
  digest text primary key,
  staff_id text not null references staff (id),
  csrf text not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null ,
  agent text not null default '',
  address text not null default ''
);
CREATE INDEX session_by_staff on session (staff_id);

create table setting (
  name text primary key,
  value text not null
);

create table sign_wait (
  case_id text not null references case_record (id),
  slot text not null,
  title text not null,
  post text,
  staff_id text references staff (id)
);
CREATE INDEX sign_wait_by_case on sign_wait (case_id);
CREATE INDEX sign_wait_by_post on sign_wait (post);
CREATE INDEX sign_wait_by_staff on sign_wait (staff_id);

create table site (
  id text primary key,
  name text not null,
  code text not null unique
);

create table staff (
  id text primary key,
  name text not null,
  pinyin text not null default '',
  initials text not null default '',
  login text not null unique,
  password text not null,
  phone text,
  email text,
  active boolean not null default true,
  failures bigint not null default 0,
  locked_until bigint,
  created_at bigint not null ,
  service boolean not null default false
);
CREATE TRIGGER roster_staff_change after update of name, active on staff begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_staff_new after insert on staff begin update roster_mark set mark = mark + 1; end;

create table staff_area (
  staff_id text not null references staff (id),
  area_id text not null references area (id),
  primary key (staff_id, area_id)
);
CREATE TRIGGER roster_area_change after update on staff_area begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_area_gone after delete on staff_area begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_area_new after insert on staff_area begin update roster_mark set mark = mark + 1; end;

create table staff_post (
  staff_id text not null references staff (id),
  post text not null,
  site_id text references site (id)
);
CREATE INDEX staff_post_by_site on staff_post (site_id);
CREATE UNIQUE INDEX staff_post_once on staff_post (staff_id, post, coalesce(site_id, ''));
CREATE TRIGGER roster_post_change after update on staff_post begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_post_gone after delete on staff_post begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_post_new after insert on staff_post begin update roster_mark set mark = mark + 1; end;

create table staff_skill (
  staff_id text not null references staff (id),
  skill text not null,
  primary key (staff_id, skill)
);
CREATE TRIGGER roster_skill_change after update on staff_skill begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_skill_gone after delete on staff_skill begin update roster_mark set mark = mark + 1; end;
CREATE TRIGGER roster_skill_new after insert on staff_skill begin update roster_mark set mark = mark + 1; end;
