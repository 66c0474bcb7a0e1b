//! The register 来电来访登记 (INTAKE-1): one door for everything a customer brings.

pub mod channel;
mod checks;
pub mod export;
pub mod feedback;
pub mod incidents;
pub mod joining;
pub mod judging;
pub mod list;
pub mod observer;
pub mod register;
pub mod request;
pub mod rows;
pub mod settling;
pub mod similar;
