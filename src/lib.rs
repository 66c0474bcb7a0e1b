//! Yizhan (一站): a customer-service centre for property companies, run from its written manual.

pub mod api;
pub mod app;
pub mod auth;
pub mod cases;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod contacts;
pub mod db;
mod described;
pub mod error;
pub mod estate;
pub mod exchange;
pub mod files;
pub mod live;
pub mod manual;
pub mod measure;
pub mod messages;
pub mod owner;
pub mod people;
pub mod router;
pub mod search;
pub mod simulate;
pub mod web;
