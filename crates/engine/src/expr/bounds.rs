//! How large and how fine a number can become, known before it is calculated.

use super::func::Quantifier;
use super::tree::{Node, Type};

impl Node {
    /// Bounds of a numeric result.
    pub(super) fn bounds(&self) -> Bounds {
        match self {
            Node::Add { a, b, .. } | Node::Sub { a, b, .. } => {
                let (a, b) = (a.bounds(), b.bounds());
                Bounds {
                    max: a.max.max(b.max) + 1,
                    grain: a.grain.min(b.grain),
                }
            }
            Node::Mul { ty, a, b } => {
                let (a, b) = (a.bounds(), b.bounds());
                Bounds {
                    max: a.max + b.max,
                    grain: if ty.is_int() { 0 } else { a.grain + b.grain },
                }
            }
            Node::Div { ty, a, b } => {
                let (a, b) = (a.bounds(), b.bounds());
                Bounds {
                    max: a.max - b.grain,
                    // A double is a multiple of its magnitude divided by 2^53.
                    grain: if ty.is_int() { 0 } else { a.grain - b.max - 53 },
                }
            }
            Node::Rows { ty, want, body, .. } if want.is_aggregate() => body.bounds().of_rows(*ty, *want),
            Node::If { a, b, .. } => {
                let (a, b) = (a.bounds(), b.bounds());
                Bounds {
                    max: a.max.max(b.max),
                    grain: a.grain.min(b.grain),
                }
            }
            Node::Call { args, .. } => {
                args.iter()
                    .map(Node::bounds)
                    .fold(Bounds { max: 53, grain: -83 }, |all, one| Bounds {
                        // Rounding to decimals goes by way of a larger number.
                        max: all.max.max(one.max + 20),
                        grain: all.grain.min(one.grain),
                    })
            }
            _ if self.ty().is_int() => Bounds { max: 47, grain: 0 },
            _ => Bounds { max: 53, grain: -83 },
        }
    }
}

/// What is known of a number before it is calculated: as powers of two, its largest magnitude, and a unit of which it
/// is a whole multiple (a double of at least 1e-9 is a multiple of 2^-83; rounding to double keeps multiples).
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub max: i32,
    pub grain: i32,
}

impl Bounds {
    /// Neither this number nor a step on the way to it can leave the range of doubles.
    pub fn is_safe(self) -> bool {
        self.max <= 1000 && self.grain >= -1000
    }

    /// The same for what is made of many rows: no more than a million, which no case has.
    fn of_rows(self, ty: Type, want: Quantifier) -> Self {
        match want {
            Quantifier::Sum => Self {
                max: self.max + 20,
                ..self
            },
            Quantifier::Average if !ty.is_int() => Self {
                grain: self.grain - 73,
                ..self
            },
            _ => self,
        }
    }

    /// Whole and exact as a double, hence the same in 64-bit integers.
    pub fn is_exact_int(self) -> bool {
        self.max <= 53 && self.grain >= 0
    }
}
