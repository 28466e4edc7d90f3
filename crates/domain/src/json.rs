//! Reading JSON by hand, with every finding at its JSON pointer (RFC 6901).
//!
//! The landlord's file is written by people, who need to hear of all mistakes at once and exactly
//! where they are. This reader is also much smaller in the widget than generated parsers; there the
//! browser's own `JSON.parse` makes the [`Json`] (decision 0003), elsewhere `serde_json` does.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::choices::Choice;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as JavaScript has it.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order of the text.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The field of this name in an object; `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let field = self.fields()?.iter().find(|(it, _)| it == name);
        field.map(|(_, value)| value).filter(|value| **value != Self::Null)
    }

    /// The fields of an object.
    pub fn fields(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(fields) = self { Some(fields) } else { None }
    }

    /// The values of an array.
    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A whole number that is not negative.
    pub fn count(&self) -> Option<u32> {
        let Self::Number(number) = self else {
            return None;
        };
        let count = *number as u32;
        (f64::from(count) == *number).then_some(count)
    }
}

impl Json {
    /// An object with these fields.
    pub fn object(fields: &[(&str, Self)]) -> Self {
        let own = |(name, value): &(&str, Self)| ((*name).to_owned(), value.clone());
        Self::Object(fields.iter().map(own).collect())
    }

    /// Puts a value at a JSON pointer, and makes the objects on the way there.
    pub fn put(&mut self, pointer: &str, value: Self) {
        let Self::Object(fields) = self else {
            return;
        };
        let name = pointer.trim_start_matches('/');
        let Some((name, rest)) = name.split_once('/') else {
            fields.push((name.to_owned(), value));
            return;
        };
        if !fields.iter().any(|(it, _)| it == name) {
            fields.push((name.to_owned(), Self::Object(Vec::new())));
        }
        for (it, inner) in fields {
            if it == name {
                return inner.put(rest, value);
            }
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_i64(*value as i64),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(fields) => {
                serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            fields.push(entry);
        }
        Ok(Json::Object(fields))
    }
}

/// Something wrong (or merely odd) in a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// JSON pointer to the value: `/times/acknowledge`.
    pub pointer: String,
    /// What is the matter with it.
    pub fault: Fault,
}

/// What can be the matter with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The text is not JSON at all.
    NotJson,
    /// A value that must be there is not.
    Missing,
    /// The value is not text, or is blank.
    NotText,
    /// The value is not a whole number above 0.
    NotNumber,
    /// The value is not a list.
    NotList,
    /// The value is not an object.
    NotObject,
    /// The value is none of the known choices.
    UnknownChoice,
    /// The version of the file is not known to this program.
    UnknownVersion,
    /// The number is more than the Code allows.
    OverCode,
    /// The address does not start with `https://`, `/` or `http://`.
    NotAddress,
    /// The Housing Ombudsman was left out of the list of Ombudsmen (Code 3.7).
    HousingOmbudsmanMissing,
    /// Nobody reads a field of this name. The file can be used all the same.
    UnknownField,
}

impl Fault {
    /// A short stable name, for logs, events and tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Missing => "missing",
            Self::NotText => "not_text",
            Self::NotNumber => "not_number",
            Self::NotList => "not_list",
            Self::NotObject => "not_object",
            Self::UnknownChoice => "unknown_choice",
            Self::UnknownVersion => "unknown_version",
            Self::OverCode => "over_code",
            Self::NotAddress => "not_address",
            Self::HousingOmbudsmanMissing => "housing_ombudsman_missing",
            Self::UnknownField => "unknown_field",
        }
    }

    /// Whether the file can be used in spite of it.
    pub fn is_warning(self) -> bool {
        self == Self::UnknownField
    }
}

/// One object of a file while it is read. Findings of all readers of a file go to one list.
pub struct Reader<'a> {
    fields: Option<&'a Json>,
    pointer: String,
}

impl<'a> Reader<'a> {
    /// Reads `value` as an object that may have the fields `known` (and `$schema`, and `comment`).
    pub fn new(
        value: &'a Json,
        pointer: String,
        known: &[&str],
        findings: &mut Vec<Finding>,
    ) -> Self {
        let reader = Self { fields: value.fields().is_some().then_some(value), pointer };
        match value.fields() {
            None => {
                findings.push(Finding { pointer: reader.pointer.clone(), fault: Fault::NotObject })
            }
            Some(fields) => {
                for (name, _) in fields {
                    let is_known = known.contains(&name.as_str());
                    if !is_known && name != "$schema" && name != "comment" {
                        reader.report(name, Fault::UnknownField, findings);
                    }
                }
            }
        }
        reader
    }

    /// Adds a finding about the field `name`.
    pub fn report(&self, name: &str, fault: Fault, findings: &mut Vec<Finding>) {
        findings.push(Finding { pointer: self.at(name), fault });
    }

    /// The pointer to the field `name`.
    pub fn at(&self, name: &str) -> String {
        let mut pointer = self.pointer.clone();
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        pointer
    }

    /// The field `name`; `null` counts as absent.
    pub fn value(&self, name: &str) -> Option<&'a Json> {
        self.fields?.get(name)
    }

    /// The text in `name`, if any.
    pub fn text(&self, name: &str, findings: &mut Vec<Finding>) -> Option<String> {
        let value = self.value(name)?;
        let text = value.text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.report(name, Fault::NotText, findings);
        }
        text.map(str::to_owned)
    }

    /// The text in `name`, which must be there.
    pub fn required_text(&self, name: &str, findings: &mut Vec<Finding>) -> String {
        self.require(name, findings);
        self.text(name, findings).unwrap_or_default()
    }

    /// The address in `name`, if any. Only what a browser opens as a page: a script in a landlord's
    /// file must never run.
    pub fn address(&self, name: &str, findings: &mut Vec<Finding>) -> Option<String> {
        let text = self.text(name, findings)?;
        let is_page = ["https://", "http://", "/"].iter().any(|start| text.starts_with(start));
        if !is_page {
            self.report(name, Fault::NotAddress, findings);
        }
        is_page.then_some(text)
    }

    /// The choice in `name`, if any.
    pub fn choice<C: Choice>(&self, name: &str, findings: &mut Vec<Finding>) -> Option<C> {
        let value = self.value(name)?;
        let choice = value.text().and_then(C::from_key);
        if choice.is_none() {
            self.report(name, Fault::UnknownChoice, findings);
        }
        choice
    }

    /// The whole number in `name`, if any, from 1 to `at_most` (a limit of the Code).
    pub fn count(&self, name: &str, at_most: u8, findings: &mut Vec<Finding>) -> Option<u8> {
        let value = self.value(name)?;
        match value.count() {
            Some(count) if count >= 1 => {
                if count > u32::from(at_most) {
                    self.report(name, Fault::OverCode, findings);
                }
                u8::try_from(count).ok()
            }
            Some(_) | None => {
                self.report(name, Fault::NotNumber, findings);
                None
            }
        }
    }

    /// The list in `name`; empty where there is none.
    pub fn list(&self, name: &str, findings: &mut Vec<Finding>) -> &'a [Json] {
        let Some(value) = self.value(name) else {
            return &[];
        };
        value.list().unwrap_or_else(|| {
            self.report(name, Fault::NotList, findings);
            &[]
        })
    }

    /// The choice in `name`, which must be there.
    pub fn required_choice<C: Choice>(&self, name: &str, findings: &mut Vec<Finding>) -> Option<C> {
        self.require(name, findings);
        self.choice(name, findings)
    }

    /// The choices in the list `name`, in order.
    pub fn choices<C: Choice>(&self, name: &str, findings: &mut Vec<Finding>) -> Vec<C> {
        let mut choices = Vec::new();
        for (at, value) in self.list(name, findings).iter().enumerate() {
            match value.text().and_then(C::from_key) {
                Some(choice) => choices.push(choice),
                None => {
                    let pointer = self.at_index(name, at);
                    findings.push(Finding { pointer, fault: Fault::UnknownChoice });
                }
            }
        }
        choices
    }

    /// The texts in the list `name`, in order.
    pub fn texts(&self, name: &str, findings: &mut Vec<Finding>) -> Vec<String> {
        let mut texts = Vec::new();
        for (at, value) in self.list(name, findings).iter().enumerate() {
            match value.text().filter(|text| !text.trim().is_empty()) {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let pointer = self.at_index(name, at);
                    findings.push(Finding { pointer, fault: Fault::NotText });
                }
            }
        }
        texts
    }

    /// The object in `name`, if any.
    pub fn object(&self, name: &str, known: &[&str], findings: &mut Vec<Finding>) -> Option<Self> {
        Some(Self::new(self.value(name)?, self.at(name), known, findings))
    }

    /// What `read` makes of each object in the list `name`.
    pub fn objects<T>(
        &self,
        name: &str,
        known: &[&str],
        findings: &mut Vec<Finding>,
        read: fn(&Self, &mut Vec<Finding>) -> T,
    ) -> Vec<T> {
        let mut objects = Vec::new();
        for (at, value) in self.list(name, findings).iter().enumerate() {
            let reader = Self::new(value, self.at_index(name, at), known, findings);
            objects.push(read(&reader, findings));
        }
        objects
    }

    fn at_index(&self, name: &str, at: usize) -> String {
        let mut pointer = self.at(name);
        pointer.push('/');
        pointer.push_str(&at.to_string());
        pointer
    }

    fn require(&self, name: &str, findings: &mut Vec<Finding>) {
        if self.fields.is_some() && self.value(name).is_none() {
            self.report(name, Fault::Missing, findings);
        }
    }
}
