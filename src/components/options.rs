//! Radios and checkboxes: each option is one large target.

use yew::prelude::*;

use crate::browser;

/// A group of options.
pub struct Options<'a> {
    /// Stable name of the field.
    pub name: &'static str,
    /// Keys, in order.
    pub keys: Vec<AttrValue>,
    /// The key that excludes all others.
    pub exclusive: Option<&'static str>,
    /// Whether several may be chosen.
    pub is_multiple: bool,
    /// The keys that are chosen.
    pub values: Vec<String>,
    /// Label of an option.
    pub label: &'a dyn Fn(&str) -> AttrValue,
    /// The word before the option that excludes the others.
    pub or: AttrValue,
    /// Called with the key of the option that was pressed.
    pub on_press: Callback<AttrValue>,
}

/// The options. The first has the field's own name as its id, so that a link to the field finds it.
pub fn options(options: Options) -> Html {
    let Options { name, keys, exclusive, is_multiple, values, label, or, on_press } = options;
    let kind = if is_multiple { "checkbox" } else { "radio" };
    let option = |(at, key): (usize, AttrValue)| {
        let id = if at == 0 { name.to_owned() } else { [name, "-", &key].concat() };
        let checked = values.iter().any(|value| *value == *key);
        let divider =
            (exclusive == Some(&*key)).then(|| html! { <p class="or">{ or.clone() }</p> });
        let text = label(&key);
        let onchange = {
            let (on_press, key) = (on_press.clone(), key.clone());
            Callback::from(move |_: Event| on_press.emit(key.clone()))
        };
        html! {
            <>
                { divider }
                <div class="option" onclick={ignore_second_click}>
                    <input type={kind} id={id.clone()} {name} value={key} {checked} {onchange} />
                    <label for={id}>{ text }</label>
                </div>
            </>
        }
    };
    html! { <div class="options">{ for keys.into_iter().enumerate().map(option) }</div> }
}

/// The second press of a double click on the page before must not choose what lies under it here.
fn ignore_second_click(event: MouseEvent) {
    if browser::is_second_click(&event) {
        event.prevent_default();
    }
}
