//! The tables as they are, for both databases, committed beside the migrations: a diff shows what a migration did.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sea_orm::{DbErr, FromQueryResult};
use yizhan::db::{Reader, Sql};
use yizhan::vals;

both! {
    async fn the_committed_schema_is_what_the_migrations_make(db: TestDb) {
        let (name, actual) = if db.read().is_postgres() {
            ("postgres", postgres(db.read()).await)
        } else {
            ("sqlite", sqlite(db.read()).await)
        };
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrations/schema.{name}.sql"));
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, &actual).expect("write the schema");
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == actual,
            "migrations/schema.{name}.sql is out of date: run `make schema` (or this test with UPDATE_SCHEMA=1), read \
             the diff and commit it"
        );
    }

    async fn the_schema_shows_all_that_a_migration_can_make(db: TestDb) {
        let statements = [
            "create table z_home (\n  id text primary key, -- where people live\n  kind text not null \
             check (kind in ('flat', 'shop')), body text not null default '{}', unique (kind, body))",
            "create table z_pet (id bigint primary key, home text not null references z_home (id), name text)",
            "create table z_note (pet bigint not null references z_pet (id) on delete cascade, primary key (pet))",
            "create index z_pet_by_name on z_pet (name) where name is not null",
        ];
        db.write::<_, DbErr, _>(move |tx| Box::pin(async move {
            for sql in statements { tx.run(sql, vals![]).await?; }
            Ok(())
        })).await.expect("tables");
        let read = db.read();
        let dump = if read.is_postgres() { postgres(read).await } else { sqlite(read).await };
        let lower = dump.to_lowercase();
        for part in ["create table z_home (\n  id text", "'flat'", "'{}'", "unique (kind, body)",
            "home text not null", "references z_home", "z_pet_by_name", "name is not null"] {
            assert!(lower.contains(part), "{part} is missing:\n{dump}");
        }
        assert!(!dump.contains("where people live") && !dump.contains("sqlx"), "{dump}");
    }
}

#[derive(FromQueryResult)]
struct Part {
    owner: String,
    text: String,
}

/// The statements as SQLite keeps them, without comments and line breaks of the source.
async fn sqlite(reader: &Reader) -> String {
    let parts: Vec<Part> = reader
        .rows(
            "select tbl_name as owner, sql as text from sqlite_schema \
             where sql is not null and name not like '\\_sqlx%' escape '\\' and name not like 'sqlite\\_%' escape '\\' \
               and tbl_name not in (select name from pragma_table_list where type = 'shadow') \
             order by tbl_name, case type when 'table' then 1 when 'index' then 2 else 3 end, name",
            vals![],
        )
        .await
        .expect("schema");
    let mut dump = String::new();
    let mut last = String::new();
    for Part { owner, text } in parts {
        if owner != last && !last.is_empty() {
            dump.push('\n');
        }
        last = owner;
        writeln!(dump, "{}", normal(&text)).expect("write");
    }
    dump
}

/// Comments off, one space between words, one column or constraint of a table a line.
fn normal(sql: &str) -> String {
    let words = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ");
    // SQLite itself writes the beginning in capitals.
    let Some(table) = words.strip_prefix("CREATE TABLE ") else {
        return format!("{words};");
    };
    let mut out = "create table ".to_owned();
    let (mut depth, mut quoted) = (0, false);
    for c in table.chars() {
        quoted ^= c == '\'';
        let step = i32::from(c == '(') - i32::from(c == ')');
        if !quoted {
            depth += step;
        }
        match c {
            '(' if !quoted && depth == 1 => out.push_str("(\n  "),
            ',' if !quoted && depth == 1 => out.push_str(",\n  "),
            ')' if !quoted && depth == 0 => {
                out.truncate(out.trim_end().len());
                out.push_str("\n)");
            }
            ' ' if out.ends_with("\n  ") => {}
            _ => out.push(c),
        }
    }
    out + ";"
}

/// From the catalogue: `pg_dump` prints differently from version to version.
async fn postgres(reader: &Reader) -> String {
    const COLUMNS: &str = "
        select c.relname::text as owner,
          '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || case a.attgenerated when 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
               else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end
            || case a.attidentity when '' then '' else ' identity' end
            || case when a.attnotnull then ' not null' else '' end as text
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0
          and not a.attisdropped and c.relname not like '\\_sqlx%'
        order by c.relname, a.attnum";
    const CONSTRAINTS: &str = "
        select conrelid::regclass::text as owner, '  ' || pg_get_constraintdef(oid) as text
        from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f', 'c', 'x')
          and conrelid::regclass::text not like '\\_sqlx%'
        order by conrelid::regclass::text, array_position(array['p', 'u', 'f', 'c', 'x'], contype::text), 2";
    const INDEXES: &str = "
        select x.indrelid::regclass::text as owner, pg_get_indexdef(x.indexrelid) as text
        from pg_index x join pg_class c on c.oid = x.indexrelid
        where c.relnamespace = 'public'::regnamespace and x.indrelid::regclass::text not like '\\_sqlx%'
          and not exists (select 1 from pg_constraint k where k.conindid = x.indexrelid)
        order by 1, c.relname";
    const TRIGGERS: &str = "
        select tgrelid::regclass::text as owner, pg_get_triggerdef(oid) as text
        from pg_trigger where not tgisinternal order by 1, tgname";
    const FUNCTIONS: &str = "
        select proname::text as owner, pg_get_functiondef(oid) as text
        from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f' order by 1";

    let mut tables: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for sql in [COLUMNS, CONSTRAINTS] {
        for part in parts(reader, sql).await {
            tables.entry(part.owner).or_default().0.push(part.text);
        }
    }
    for sql in [INDEXES, TRIGGERS] {
        for part in parts(reader, sql).await {
            tables.entry(part.owner).or_default().1.push(part.text);
        }
    }
    let mut blocks = Vec::new();
    for (name, (inside, after)) in tables {
        let mut block = format!("create table {name} (\n{}\n);\n", inside.join(",\n"));
        for statement in after {
            writeln!(block, "{statement};").expect("write");
        }
        blocks.push(block);
    }
    blocks.extend(
        parts(reader, FUNCTIONS)
            .await
            .into_iter()
            .map(|part| format!("{};\n", part.text.trim_end())),
    );
    blocks.join("\n")
}

async fn parts(reader: &Reader, sql: &str) -> Vec<Part> {
    reader.rows(sql, vals![]).await.expect("catalogue")
}
