//! Elements with fixed attributes. One function in place of a template for each of them: every
//! template is code of its own, and is paid for by a resident (decision 0003).

use yew::prelude::*;
use yew::virtual_dom::{AttributeOrProperty, Attributes, VList, VTag};

/// An element with this class; with none, where that is empty.
pub fn element(tag: &'static str, class: &'static str, children: Html) -> Html {
    let class = (!class.is_empty()).then(|| AttributeOrProperty::Attribute(class.into()));
    let attributes = Attributes::Dynamic { keys: &["class"], values: Box::new([class]) };
    with_attributes(tag.into(), attributes, children)
}

/// An element with these attributes.
pub fn with_attributes(tag: AttrValue, attributes: Attributes, children: Html) -> Html {
    let mut element = VTag::new(tag);
    element.set_attributes(attributes);
    if let Some(place) = element.children_mut() {
        *place = children;
    }
    element.into()
}

/// The same, new where this key is another: what was there may be a translation (decision 0002).
pub fn with_key(tag: &'static str, attributes: Attributes, key: &str, children: Html) -> Html {
    let mut element = VTag::new(tag);
    element.set_attributes(attributes);
    element.key = Some(key.into());
    if let Some(place) = element.children_mut() {
        *place = children;
    }
    element.into()
}

/// An element with a text.
pub fn text(tag: &'static str, class: &'static str, text: AttrValue) -> Html {
    element(tag, class, text.into())
}

/// Several nodes as one.
pub fn all(nodes: Vec<Html>) -> Html {
    VList::with_children(nodes, None).into()
}
