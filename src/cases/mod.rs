//! Cases 事项: opening, acting, reading, and the passing of time.

pub mod act;
pub mod ahead;
pub mod bulk;
pub mod close_children;
pub mod columns;
pub mod commit;
pub mod export;
pub mod ledger;
pub mod links;
pub mod lists;
pub mod load;
pub mod numbers;
pub mod offers;
pub mod opening;
pub mod projections;
pub mod roster;
pub mod rows;
pub mod saved;
pub mod scheduler;
pub mod scope;
pub mod sight;
pub mod snapshot;
pub mod timeline;
pub mod values;
pub mod view;
pub mod world;
