//! Radios and checkboxes: each option is one large target.

use yew::prelude::*;

/// A group of options.
pub struct Options {
    /// Stable name of the field.
    pub name: &'static str,
    /// Keys, in order.
    pub keys: Vec<&'static str>,
    /// The key that excludes all others.
    pub exclusive: Option<&'static str>,
    /// Whether several may be chosen.
    pub is_multiple: bool,
    /// The keys that are chosen.
    pub values: Vec<String>,
    /// Label of an option.
    pub label: Box<dyn Fn(&str) -> AttrValue>,
    /// The word before the option that excludes the others.
    pub or: AttrValue,
    /// Called with the keys that are chosen now.
    pub on_enter: Callback<Vec<String>>,
}

/// The options. The first has the field's own name as its id, so that a link to the field finds it.
pub fn options(options: Options) -> Html {
    let Options {
        name,
        keys,
        exclusive,
        is_multiple,
        values,
        label,
        or,
        on_enter,
    } = options;
    let kind = if is_multiple { "checkbox" } else { "radio" };
    let option = |(at, key): (usize, &'static str)| {
        let id = if at == 0 {
            name.to_owned()
        } else {
            [name, "-", key].concat()
        };
        let checked = values.iter().any(|value| value == key);
        let (values, on_enter) = (values.clone(), on_enter.clone());
        let onchange = Callback::from(move |_: Event| {
            on_enter.emit(match is_multiple {
                true => toggle(&values, key, exclusive),
                false => vec![key.to_owned()],
            });
        });
        let divider = (exclusive == Some(key)).then(|| html! { <p class="or">{ or.clone() }</p> });
        html! {
            <>
                { divider }
                <div class="option">
                    <input type={kind} id={id.clone()} {name} value={key} {checked} {onchange} />
                    <label for={id}><span>{ label(key) }</span></label>
                </div>
            </>
        }
    };
    html! { <div class="options">{ for keys.into_iter().enumerate().map(option) }</div> }
}

/// The keys that are chosen after one was pressed.
fn toggle(values: &[String], key: &str, exclusive: Option<&str>) -> Vec<String> {
    if values.iter().any(|value| value == key) {
        return values
            .iter()
            .filter(|value| *value != key)
            .cloned()
            .collect();
    }
    if exclusive == Some(key) {
        return vec![key.to_owned()];
    }
    let kept = values
        .iter()
        .filter(|value| Some(value.as_str()) != exclusive)
        .cloned();
    kept.chain([key.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_excludes_the_others_excludes_them_both_ways() {
        let several = vec!["braille".to_owned(), "audio".to_owned()];
        assert_eq!(toggle(&several, "none", Some("none")), ["none"]);
        assert_eq!(
            toggle(&["none".to_owned()], "audio", Some("none")),
            ["audio"]
        );
        assert_eq!(toggle(&several, "audio", Some("none")), ["braille"]);
        assert!(toggle(&["none".to_owned()], "none", Some("none")).is_empty());
    }
}
