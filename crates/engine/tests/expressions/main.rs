//! One language, three interpreters: the same vectors and the same random expressions in memory, in SQLite and, when
//! `TEST_POSTGRES_URL` names a server, in PostgreSQL. The third, `web/src/shared/expr.ts`, reads the same vectors.

mod conformance;
mod data;
mod database;
mod days;
mod grammar;
mod random;
mod refusals;
mod vectors;
mod world;
