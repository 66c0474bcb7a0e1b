create table access_event (
  id text not null,
  at bigint not null,
  staff_id text not null,
  what text not null,
  subject text not null,
  detail text default ''::text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX access_event_by_time ON public.access_event USING btree (at);

create table access_link (
  id text not null,
  link text not null,
  case_id text,
  home_id text,
  customer_id text,
  created_at bigint not null,
  revoked_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (customer_id) REFERENCES customer(id),
  FOREIGN KEY (home_id) REFERENCES home(id)
);
CREATE INDEX access_link_by_case ON public.access_link USING btree (case_id);
CREATE INDEX access_link_by_home ON public.access_link USING btree (home_id);

create table api_token (
  id text not null,
  staff_id text not null,
  digest text not null,
  scopes text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  revoked_at bigint,
  PRIMARY KEY (id),
  UNIQUE (digest),
  FOREIGN KEY (created_by) REFERENCES staff(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX api_token_by_staff ON public.api_token USING btree (staff_id);

create table area (
  id text not null,
  site_id text not null,
  name text not null,
  PRIMARY KEY (id),
  UNIQUE (site_id, name),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

create table building (
  id text not null,
  site_id text not null,
  area_id text,
  name text not null,
  PRIMARY KEY (id),
  UNIQUE (site_id, name),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

create table case_event (
  case_id text not null,
  seq bigint not null,
  type text not null,
  version bigint not null,
  happened_at bigint not null,
  recorded_at bigint not null,
  actor_kind text not null,
  actor_id text,
  body jsonb not null,
  salt text not null,
  digest text not null,
  chain text not null,
  PRIMARY KEY (case_id, seq),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);

create table case_link (
  case_id text not null,
  other_id text not null,
  why text not null,
  PRIMARY KEY (case_id, other_id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (other_id) REFERENCES case_record(id)
);

create table case_person (
  case_id text not null,
  relation text not null,
  staff_id text not null,
  open boolean default true not null,
  PRIMARY KEY (case_id, relation, staff_id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX case_person_by_staff ON public.case_person USING btree (staff_id, case_id);
CREATE INDEX case_person_load ON public.case_person USING btree (staff_id) WHERE ((relation = 'assignee'::text) AND open);
CREATE INDEX case_person_open ON public.case_person USING btree (staff_id, case_id) WHERE open;

create table case_record (
  id text not null,
  kind text not null,
  manual text not null,
  site_id text not null,
  area_id text,
  number text not null,
  heading text not null,
  stage text not null,
  home_id text,
  customer_id text,
  contact_id text,
  parent_id text,
  channel text,
  urgency bigint not null,
  level bigint not null,
  reminders bigint not null,
  opened_at bigint not null,
  closed_at bigint,
  merged_into text,
  passing_to text,
  next_due_at bigint,
  wake_at bigint,
  seq bigint not null,
  data jsonb not null,
  state jsonb not null,
  PRIMARY KEY (id),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (contact_id) REFERENCES contact(id),
  FOREIGN KEY (customer_id) REFERENCES customer(id),
  FOREIGN KEY (home_id) REFERENCES home(id),
  FOREIGN KEY (manual) REFERENCES manual(hash),
  FOREIGN KEY (merged_into) REFERENCES case_record(id),
  FOREIGN KEY (parent_id) REFERENCES case_record(id),
  FOREIGN KEY (passing_to) REFERENCES staff(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);
CREATE INDEX case_by_contact ON public.case_record USING btree (contact_id);
CREATE INDEX case_by_customer ON public.case_record USING btree (customer_id, opened_at);
CREATE INDEX case_by_home ON public.case_record USING btree (home_id, opened_at);
CREATE INDEX case_by_kind ON public.case_record USING btree (kind, site_id, opened_at);
CREATE UNIQUE INDEX case_by_number ON public.case_record USING btree (number);
CREATE INDEX case_by_opened ON public.case_record USING btree (site_id, opened_at);
CREATE INDEX case_by_parent ON public.case_record USING btree (parent_id);
CREATE INDEX case_by_passing ON public.case_record USING btree (passing_to) WHERE (passing_to IS NOT NULL);
CREATE INDEX case_by_wake ON public.case_record USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX case_open_by_due ON public.case_record USING btree (site_id, next_due_at) WHERE (closed_at IS NULL);
CREATE INDEX case_queue ON public.case_record USING btree (COALESCE(next_due_at, '9007199254740991'::bigint), id) WHERE (closed_at IS NULL);
CREATE INDEX case_queue_by_kind ON public.case_record USING btree (kind, COALESCE(next_due_at, '9007199254740991'::bigint), id) WHERE (closed_at IS NULL);
CREATE INDEX case_queue_by_site ON public.case_record USING btree (site_id, COALESCE(next_due_at, '9007199254740991'::bigint), id) WHERE (closed_at IS NULL);

create table case_text (
  seat bigint not null,
  case_id text not null,
  body text not null,
  words tsvector not null,
  PRIMARY KEY (seat),
  UNIQUE (case_id),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);
CREATE INDEX case_text_by_word ON public.case_text USING gin (words);

create table claim (
  name text not null,
  resource text not null,
  case_id text not null,
  said text,
  PRIMARY KEY (name, resource),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);
CREATE INDEX claim_by_case ON public.claim USING btree (case_id);

create table claim_resource (
  name text not null,
  resource text not null,
  PRIMARY KEY (name, resource)
);

create table claim_span (
  name text not null,
  resource text not null,
  from_at bigint not null,
  to_at bigint not null,
  case_id text not null,
  PRIMARY KEY (name, resource, from_at),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);
CREATE INDEX claim_span_by_case ON public.claim_span USING btree (case_id);

create table clause_fill (
  clause text not null,
  definition text not null,
  cursor text default ''::text not null,
  complete boolean default false not null,
  since bigint default 0 not null,
  PRIMARY KEY (clause)
);

create table clock_run (
  case_id text not null,
  run bigint not null,
  clock text not null,
  started_at bigint not null,
  due_at bigint,
  paused boolean not null,
  ended_at bigint,
  breached_at bigint,
  PRIMARY KEY (case_id, run),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);

create table contact (
  id text not null,
  number text not null,
  site_id text not null,
  channel text not null,
  customer_id text,
  home_id text,
  caller_name text default ''::text not null,
  caller_phone text default ''::text not null,
  said text not null,
  done_at_once text default ''::text not null,
  follow_needed text default ''::text not null,
  read_back boolean default false not null,
  taken_by text,
  happened_at bigint not null,
  recorded_at bigint not null,
  answered_at bigint,
  settled_at bigint,
  outside_id text,
  PRIMARY KEY (id),
  UNIQUE (outside_id),
  FOREIGN KEY (customer_id) REFERENCES customer(id),
  FOREIGN KEY (home_id) REFERENCES home(id),
  FOREIGN KEY (site_id) REFERENCES site(id),
  FOREIGN KEY (taken_by) REFERENCES staff(id)
);
CREATE INDEX contact_by_customer ON public.contact USING btree (customer_id, happened_at);
CREATE INDEX contact_by_home ON public.contact USING btree (home_id, happened_at);
CREATE UNIQUE INDEX contact_by_number ON public.contact USING btree (site_id, number);
CREATE INDEX contact_by_time ON public.contact USING btree (site_id, happened_at);

create table contact_case (
  contact_id text not null,
  case_id text not null,
  PRIMARY KEY (contact_id, case_id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (contact_id) REFERENCES contact(id)
);
CREATE INDEX contact_case_by_case ON public.contact_case USING btree (case_id);

create table contact_feedback (
  id text not null,
  contact_id text not null,
  words text not null,
  signature text,
  taken_by text,
  at bigint not null,
  PRIMARY KEY (id),
  FOREIGN KEY (contact_id) REFERENCES contact(id),
  FOREIGN KEY (signature) REFERENCES file(id),
  FOREIGN KEY (taken_by) REFERENCES staff(id)
);
CREATE INDEX contact_feedback_by_contact ON public.contact_feedback USING btree (contact_id);
CREATE UNIQUE INDEX contact_feedback_by_signature ON public.contact_feedback USING btree (signature);

create table contact_judgement (
  contact_id text not null,
  judgement text not null,
  urgency bigint default 0 not null,
  PRIMARY KEY (contact_id, judgement),
  FOREIGN KEY (contact_id) REFERENCES contact(id)
);

create table contact_text (
  seat bigint not null,
  contact_id text not null,
  body text not null,
  words tsvector not null,
  PRIMARY KEY (seat),
  UNIQUE (contact_id),
  FOREIGN KEY (contact_id) REFERENCES contact(id)
);
CREATE INDEX contact_text_by_word ON public.contact_text USING gin (words);

create table counter (
  name text not null,
  next bigint not null,
  PRIMARY KEY (name)
);

create table customer (
  id text not null,
  name text not null,
  pinyin text not null,
  initials text not null,
  kind text default 'person'::text not null,
  identity text,
  care_note text default ''::text not null,
  arrears boolean default false not null,
  created_at bigint not null,
  site_id text,
  PRIMARY KEY (id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);
CREATE INDEX customer_by_name ON public.customer USING btree (name);

create table customer_key (
  key text not null,
  customer_id text not null,
  PRIMARY KEY (key, customer_id),
  FOREIGN KEY (customer_id) REFERENCES customer(id)
);
CREATE INDEX customer_key_by_customer ON public.customer_key USING btree (customer_id);

create table customer_phone (
  id text not null,
  customer_id text not null,
  number text not null,
  last4 text not null,
  note text default ''::text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (customer_id) REFERENCES customer(id)
);
CREATE INDEX customer_phone_by_customer ON public.customer_phone USING btree (customer_id);
CREATE INDEX customer_phone_by_last4 ON public.customer_phone USING btree (last4);
CREATE INDEX customer_phone_by_number ON public.customer_phone USING btree (number);

create table customer_plate (
  customer_id text not null,
  plate text not null,
  PRIMARY KEY (customer_id, plate),
  FOREIGN KEY (customer_id) REFERENCES customer(id)
);

create table deed (
  id text not null,
  case_id text not null,
  other_id text not null,
  act text not null,
  or_act text,
  entered jsonb not null,
  due_at bigint not null,
  done_at bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (other_id) REFERENCES case_record(id)
);
CREATE INDEX deed_due ON public.deed USING btree (due_at) WHERE (done_at IS NULL);

create table duty (
  id text not null,
  staff_id text not null,
  post text not null,
  site_id text not null,
  area_id text,
  from_at bigint not null,
  to_at bigint not null,
  PRIMARY KEY (id),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (site_id) REFERENCES site(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX duty_by_time ON public.duty USING btree (site_id, from_at);
CREATE TRIGGER roster_by_duty AFTER INSERT OR DELETE OR UPDATE ON public.duty FOR EACH STATEMENT EXECUTE FUNCTION roster_marked();

create table erased_case (
  case_id text not null,
  run_id text not null,
  at bigint not null,
  PRIMARY KEY (case_id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (run_id) REFERENCES retention_run(id)
);
CREATE INDEX erased_case_by_run ON public.erased_case USING btree (run_id);

create table fact (
  clause text not null,
  subject text not null,
  case_id text,
  contact_id text,
  anchor_id text,
  period text not null,
  at bigint not null,
  site_id text not null,
  department text not null,
  staff_id text,
  compliance text not null,
  reason text,
  due_at bigint,
  value double precision,
  PRIMARY KEY (clause, subject),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (contact_id) REFERENCES contact(id),
  FOREIGN KEY (site_id) REFERENCES site(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX fact_by_case ON public.fact USING btree (case_id);
CREATE INDEX fact_by_compliance ON public.fact USING btree (clause, compliance, at, subject);
CREATE INDEX fact_by_contact ON public.fact USING btree (contact_id);
CREATE INDEX fact_by_period ON public.fact USING btree (clause, period, site_id, department, staff_id, compliance);
CREATE INDEX fact_counted ON public.fact USING btree (clause, anchor_id, period) WHERE (compliance = 'counted'::text);
CREATE INDEX fact_due ON public.fact USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX fact_open ON public.fact USING btree (clause, period, site_id) WHERE (compliance = 'open'::text);
CREATE TRIGGER fact_changed AFTER INSERT OR DELETE OR UPDATE OF clause, period, site_id, compliance, value ON public.fact FOR EACH ROW EXECUTE FUNCTION fact_changed();

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
  PRIMARY KEY (clause, period)
);

create table fact_sum (
  clause text not null,
  period text not null,
  site_id text not null,
  kept bigint not null,
  broken bigint not null,
  excused bigint not null,
  value double precision not null,
  PRIMARY KEY (clause, period, site_id)
);

create table file (
  id text not null,
  name text not null,
  type text not null,
  size bigint not null,
  digest text not null,
  width bigint,
  height bigint,
  case_id text,
  uploaded_by text,
  created_at bigint not null,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);
CREATE INDEX file_by_case ON public.file USING btree (case_id);

create table home (
  id text not null,
  site_id text not null,
  building_id text not null,
  unit text default ''::text not null,
  room text not null,
  title text not null,
  room_key text not null,
  kind text default 'home'::text not null,
  floor_area double precision,
  delivered_on text,
  PRIMARY KEY (id),
  UNIQUE (building_id, unit, room),
  FOREIGN KEY (building_id) REFERENCES building(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);
CREATE INDEX home_by_key ON public.home USING btree (room_key);
CREATE INDEX home_by_room ON public.home USING btree (room, site_id);
CREATE INDEX home_by_site ON public.home USING btree (site_id, title);

create table home_person (
  home_id text not null,
  customer_id text not null,
  relation text not null,
  PRIMARY KEY (home_id, customer_id),
  FOREIGN KEY (customer_id) REFERENCES customer(id),
  FOREIGN KEY (home_id) REFERENCES home(id)
);
CREATE INDEX home_person_by_customer ON public.home_person USING btree (customer_id);

create table hook (
  id text not null,
  name text not null,
  url text not null,
  events text not null,
  site_id text,
  secret text not null,
  active boolean default true not null,
  created_by text not null,
  created_at bigint not null,
  PRIMARY KEY (id),
  FOREIGN KEY (created_by) REFERENCES staff(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);

create table hook_delivery (
  id text not null,
  hook_id text not null,
  event text not null,
  body text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint default 0 not null,
  sent_at bigint,
  failed_at bigint,
  status bigint,
  answer text,
  took_ms bigint,
  PRIMARY KEY (id),
  FOREIGN KEY (hook_id) REFERENCES hook(id)
);
CREATE INDEX hook_delivery_by_age ON public.hook_delivery USING btree (created_at);
CREATE INDEX hook_delivery_by_hook ON public.hook_delivery USING btree (hook_id, created_at);
CREATE INDEX hook_delivery_due ON public.hook_delivery USING btree (hook_id, due_at) WHERE ((sent_at IS NULL) AND (failed_at IS NULL));

create table idempotency (
  actor text not null,
  key text not null,
  request text not null,
  status bigint not null,
  body jsonb not null,
  created_at bigint not null,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_by_age ON public.idempotency USING btree (created_at);

create table inbox (
  id text not null,
  staff_id text not null,
  case_id text,
  text text not null,
  at bigint not null,
  read_at bigint,
  page text,
  PRIMARY KEY (id),
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX inbox_by_staff ON public.inbox USING btree (staff_id, at);
CREATE INDEX inbox_of_case ON public.inbox USING btree (case_id, staff_id);
CREATE INDEX inbox_unread ON public.inbox USING btree (staff_id) WHERE (read_at IS NULL);

create table incident (
  id text not null,
  site_id text not null,
  title text not null,
  notice text default ''::text not null,
  opened_at bigint not null,
  opened_by text,
  closed_at bigint,
  closing_notice text default ''::text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (opened_by) REFERENCES staff(id),
  FOREIGN KEY (site_id) REFERENCES site(id)
);
CREATE INDEX incident_by_site ON public.incident USING btree (site_id, opened_at);

create table incident_contact (
  incident_id text not null,
  contact_id text not null,
  PRIMARY KEY (incident_id, contact_id),
  FOREIGN KEY (contact_id) REFERENCES contact(id),
  FOREIGN KEY (incident_id) REFERENCES incident(id)
);

create table list_view (
  id text not null,
  list text not null,
  name text not null,
  owner_id text not null,
  post text,
  query jsonb not null,
  created_at bigint not null,
  PRIMARY KEY (id),
  FOREIGN KEY (owner_id) REFERENCES staff(id)
);
CREATE INDEX list_view_by_owner ON public.list_view USING btree (owner_id, list);
CREATE INDEX list_view_by_post ON public.list_view USING btree (post, list);

create table look (
  id text not null,
  staff_id text not null,
  at bigint not null,
  what text not null,
  subject text not null,
  reason text not null,
  PRIMARY KEY (id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX look_by_staff ON public.look USING btree (staff_id, what, at);

create table manual (
  hash text not null,
  files jsonb not null,
  published_at bigint not null,
  published_by text,
  PRIMARY KEY (hash)
);

create table outbox (
  id text not null,
  channel text not null,
  receiver text not null,
  subject text not null,
  body text not null,
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint default 0 not null,
  sent_at bigint,
  failed_at bigint,
  error text,
  PRIMARY KEY (id)
);
CREATE INDEX outbox_due ON public.outbox USING btree (due_at) WHERE ((sent_at IS NULL) AND (failed_at IS NULL));

create table recovery_code (
  staff_id text not null,
  digest text not null,
  used_at bigint,
  PRIMARY KEY (staff_id, digest),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);

create table recurrence_run (
  name text not null,
  anchor_id text not null,
  at bigint not null,
  case_id text,
  refused text,
  PRIMARY KEY (name, anchor_id, at),
  FOREIGN KEY (case_id) REFERENCES case_record(id)
);
CREATE INDEX recurrence_run_by_case ON public.recurrence_run USING btree (case_id);
CREATE INDEX recurrence_run_by_time ON public.recurrence_run USING btree (name, at);

create table recurrence_sweep (
  name text not null,
  done_until bigint not null,
  to_at bigint,
  last_id text default ''::text not null,
  looked_at bigint default 0 not null,
  PRIMARY KEY (name)
);

create table retention_run (
  id text not null,
  at bigint not null,
  approved_by text not null,
  approval text not null,
  counts jsonb not null,
  PRIMARY KEY (id)
);

create table roster_mark (
  mark bigint not null
);

create table second_step (
  staff_id text not null,
  secret text not null,
  created_at bigint not null,
  confirmed_at bigint,
  last_step bigint default 0 not null,
  PRIMARY KEY (staff_id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);

create table session (
  digest text not null,
  staff_id text not null,
  csrf text not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null,
  agent text default ''::text not null,
  address text default ''::text not null,
  PRIMARY KEY (digest),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX session_by_staff ON public.session USING btree (staff_id);

create table setting (
  name text not null,
  value jsonb not null,
  PRIMARY KEY (name)
);

create table sign_wait (
  case_id text not null,
  slot text not null,
  title text not null,
  post text,
  staff_id text,
  FOREIGN KEY (case_id) REFERENCES case_record(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX sign_wait_by_case ON public.sign_wait USING btree (case_id);
CREATE INDEX sign_wait_by_post ON public.sign_wait USING btree (post);
CREATE INDEX sign_wait_by_staff ON public.sign_wait USING btree (staff_id);

create table site (
  id text not null,
  name text not null,
  code text not null,
  PRIMARY KEY (id),
  UNIQUE (code)
);

create table staff (
  id text not null,
  name text not null,
  pinyin text default ''::text not null,
  initials text default ''::text not null,
  login text not null,
  password text not null,
  phone text,
  email text,
  active boolean default true not null,
  failures bigint default 0 not null,
  locked_until bigint,
  created_at bigint not null,
  service boolean default false not null,
  PRIMARY KEY (id),
  UNIQUE (login)
);
CREATE TRIGGER roster_by_staff AFTER INSERT OR DELETE OR UPDATE OF name, active ON public.staff FOR EACH STATEMENT EXECUTE FUNCTION roster_marked();

create table staff_area (
  staff_id text not null,
  area_id text not null,
  PRIMARY KEY (staff_id, area_id),
  FOREIGN KEY (area_id) REFERENCES area(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE TRIGGER roster_by_area AFTER INSERT OR DELETE OR UPDATE ON public.staff_area FOR EACH STATEMENT EXECUTE FUNCTION roster_marked();

create table staff_post (
  staff_id text not null,
  post text not null,
  site_id text,
  FOREIGN KEY (site_id) REFERENCES site(id),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE INDEX staff_post_by_site ON public.staff_post USING btree (site_id);
CREATE UNIQUE INDEX staff_post_once ON public.staff_post USING btree (staff_id, post, COALESCE(site_id, ''::text));
CREATE TRIGGER roster_by_post AFTER INSERT OR DELETE OR UPDATE ON public.staff_post FOR EACH STATEMENT EXECUTE FUNCTION roster_marked();

create table staff_skill (
  staff_id text not null,
  skill text not null,
  PRIMARY KEY (staff_id, skill),
  FOREIGN KEY (staff_id) REFERENCES staff(id)
);
CREATE TRIGGER roster_by_skill AFTER INSERT OR DELETE OR UPDATE ON public.staff_skill FOR EACH STATEMENT EXECUTE FUNCTION roster_marked();

CREATE OR REPLACE FUNCTION public.fact_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op <> 'INSERT' and old.compliance in ('kept', 'broken', 'excused') then
    insert into fact_change (clause, period, site_id, kept, broken, excused, value)
      values (old.clause, old.period, old.site_id,
        case when old.compliance = 'kept' then -1 else 0 end, case when old.compliance = 'broken' then -1 else 0 end,
        case when old.compliance = 'excused' then -1 else 0 end,
        case when old.compliance = 'excused' then 0 else - coalesce(old.value, 0) end);
  end if;
  if tg_op <> 'DELETE' and new.compliance in ('kept', 'broken', 'excused') then
    insert into fact_change (clause, period, site_id, kept, broken, excused, value)
      values (new.clause, new.period, new.site_id,
        case when new.compliance = 'kept' then 1 else 0 end, case when new.compliance = 'broken' then 1 else 0 end,
        case when new.compliance = 'excused' then 1 else 0 end,
        case when new.compliance = 'excused' then 0 else coalesce(new.value, 0) end);
  end if;
  return null;
end;
$function$;

CREATE OR REPLACE FUNCTION public.roster_marked()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update roster_mark set mark = (txid_current() << 20) | ((mark + 1) & 1048575);
  return null;
end;
$function$;
