//! What no query can ask.

use super::super::func::Quantifier;
use super::super::tree::Node;

/// The first reason, as a sentence.
pub(in crate::expr) fn beyond(tree: &Node) -> Option<&'static str> {
    let mut found = None;
    tree.visit(&mut |node| {
        found = found.or(match node {
            Node::Call { .. } => Some("查询里不能用日期、取整、大小的函数，请用计算字段先算好"),
            Node::Cell { .. } => Some("查询里不能取表格的某一行，请用计算字段先取出来"),
            // Each database adds fractions in its own order; whole fen are the same in any.
            Node::Rows {
                want: Quantifier::Sum | Quantifier::Average,
                body,
                ..
            } if !body.bounds().is_exact_int() => Some("查询里只能合计金额和时长，请用计算字段先算好"),
            _ => None,
        });
    });
    found
}
