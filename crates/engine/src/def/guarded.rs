//! Effects as they are written: each may have a `when` beside it, in any order.

use super::Effect;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{EnumAccessDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, EnumAccess, Error, IgnoredAny, MapAccess, VariantAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Reads a list of effects.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Effect>, D::Error> {
    let written = Vec::<Written>::deserialize(from)?;
    Ok(written.into_iter().map(|one| one.0).collect())
}

/// Writes a list of effects as it is read.
pub(super) fn serialize<S: Serializer>(effects: &[Effect], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Flat<'a> {
        when: &'a str,
        #[serde(flatten)]
        effect: &'a Effect,
    }
    let mut list = to.serialize_seq(Some(effects.len()))?;
    for effect in effects {
        match effect {
            Effect::When { when, effect } => list.serialize_element(&Flat { when, effect })?,
            plain => list.serialize_element(plain)?,
        }
    }
    list.end()
}

/// The schema of a list of effects.
pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    let mut one = Effect::json_schema(generator);
    let choices = one.get_mut("oneOf").and_then(|list| list.as_array_mut());
    for choice in choices.into_iter().flatten() {
        let known = choice
            .get_mut("properties")
            .and_then(|properties| properties.as_object_mut());
        if let Some(properties) = known {
            let when =
                schemars::json_schema!({ "type": "string", "description": "Only while this is true." });
            properties.insert("when".to_owned(), when.to_value());
        }
    }
    schemars::json_schema!({ "type": "array", "items": one })
}

/// One effect, with or without its condition.
struct Written(Effect);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneEffect).map(Written)
    }
}

struct OneEffect;

impl<'de> Visitor<'de> for OneEffect {
    type Value = Effect;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Effect, E> {
        Effect::deserialize(StrDeserializer::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Effect, A::Error> {
        let (mut when, mut effect) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            if key == "when" {
                when = Some(map.next_value::<String>()?);
            } else if effect.is_some() {
                return Err(A::Error::custom(format!(
                    "一个花括号里只能写一种效果，请把“{key}”另写一个"
                )));
            } else {
                let named = Named { key, map: &mut map };
                effect = Some(Effect::deserialize(EnumAccessDeserializer::new(named))?);
            }
        }
        let effect =
            effect.ok_or_else(|| A::Error::custom("只有条件，没有效果，请写上 notify、assign 等"))?;
        Ok(match when {
            Some(when) => Effect::When {
                when,
                effect: Box::new(effect),
            },
            None => effect,
        })
    }
}

/// An effect whose name was read and whose value comes next.
struct Named<'a, A> {
    key: String,
    map: &'a mut A,
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Named<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(mut self, seed: V) -> Result<(V::Value, Self), A::Error> {
        let key = StringDeserializer::new(std::mem::take(&mut self.key));
        Ok((seed.deserialize(key)?, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Named<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Parts(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(Struct { fields, visitor })
    }
}

struct Parts<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Parts<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_seq(self.0)
    }
}

struct Struct<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Struct<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_struct("Effect", self.fields, self.visitor)
    }
}
